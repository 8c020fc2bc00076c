"""What the model is given: instructions, examples, and as much of the history as fits."""

from collections.abc import Sequence

from medea.kernel.llm.messages import ChatMessage, Example, ModelRequest, estimate_tokens
from medea.modules.agents.facade import AgentConfig
from medea.modules.conversations.log import TurnOptions
from medea.modules.conversations.models import Said

HISTORY_TOKENS = 16_000
"""History beyond this estimate is left out, oldest first; the prompt itself always goes."""
HISTORY_MESSAGES = 60


def assemble(config: AgentConfig, history: Sequence[Said], options: TurnOptions | None) -> ModelRequest:
    """Return the request of a turn.

    Args:
        config: the agent's configuration.
        history: the conversation so far, oldest first, the prompt to be answered last.
        options: what the caller asked for in this turn; it overrides the configuration.
    """
    asked = options or TurnOptions()
    instructions = [text for text in (config.system_prompt, asked.instructions) if text and text.strip()]
    messages = [ChatMessage("system", text) for text in instructions]
    messages += [
        ChatMessage("user" if row.role == "user" else "assistant", row.text) for row in _within(history, HISTORY_TOKENS)
    ]
    temperature = config.temperature if asked.temperature is None else asked.temperature
    return ModelRequest(
        messages=tuple(messages),
        model=config.model,
        examples=tuple(Example(example.user, example.assistant) for example in config.examples),
        temperature=temperature,
        max_output_tokens=_smaller(config.max_output_tokens, asked.max_output_tokens),
        stop=asked.stop,
    )


def _within(history: Sequence[Said], tokens: int) -> list[Said]:
    kept: list[Said] = []
    for row in reversed(history):
        tokens -= estimate_tokens(row.text)
        if tokens < 0 and kept:
            break
        kept.append(row)
    kept.reverse()
    while len(kept) > 1 and kept[0].role != "user":
        kept.pop(0)  # many models refuse a history that begins with the assistant
    return kept


def _smaller(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)
