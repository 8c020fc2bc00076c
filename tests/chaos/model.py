"""The model that all turns are answered by: it says numbered tokens and remembers what it said to whom."""

import random
import re
from dataclasses import dataclass, field

from tests.support.upstream import DONE, Answer, Call, Send, Step, Wait, chunk, event, usage

_ASKED = re.compile(r"chaos (\w+) n=(\d+)")


@dataclass
class Model:
    """Says `<prompt>.<call>.<number>` for each token.

    Attributes:
        pause: seconds between two tokens.
        said: by prompt, the tokens of each call of the model, in order. A call that was cut off said a
            beginning of them.
    """

    pause: float = 0.04
    said: dict[str, list[list[str]]] = field(default_factory=dict)
    _random: random.Random = field(default_factory=lambda: random.Random(7))

    def respond(self, call: Call) -> Answer:
        """Answer a call."""
        asked = _ASKED.findall(call.json["messages"][-1]["content"])
        prompt, length = asked[-1][0], int(asked[-1][1])
        calls = self.said.setdefault(prompt, [])
        tokens = tokens_of(prompt, len(calls) + 1, length)
        calls.append(tokens)
        script: list[Step] = []
        for token in tokens:
            script += [Send(event(chunk(token))), Wait(self.pause * self._random.uniform(0.5, 1.5))]
        return Answer([*script, Send(event(chunk(finish="stop")) + event(usage()) + DONE)])


def prompt_text(prompt: str, length: int) -> str:
    """Return what a client says to get an answer of so many tokens."""
    return f"chaos {prompt} n={length}"


def tokens_of(prompt: str, call: int, length: int) -> list[str]:
    """Return the tokens of one call."""
    return [f"{prompt}.{call}.{number} " for number in range(1, length + 1)]
