"""A model that calls tools as it is told, for tests."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.support.upstream import DONE, Answer, Call, Send, chunk, event, usage

_MARKS = re.compile(r'^<data from="[^"]*">\n|\n</data>$')
Reply = str | list[tuple[str, Any]]
"""Text, or calls: (tool, arguments); arguments that are text are sent as they are."""


def answer(*replies: Reply) -> Answer:
    """Return an answer of text and calls; arguments come in two pieces."""
    steps: list[Send] = []
    index = 0
    for reply in replies:
        if isinstance(reply, str):
            steps.append(Send(event(chunk(reply))))
            continue
        for name, given in reply:
            text = given if isinstance(given, str) else json.dumps(given)
            half = len(text) // 2
            first = {"index": index, "id": f"call_{index}", "function": {"name": name, "arguments": text[:half]}}
            rest = {"index": index, "function": {"arguments": text[half:]}}
            steps += [Send(event(_delta(first))), Send(event(_delta(rest)))]
            index += 1
    reason = "tool_calls" if index else "stop"
    return Answer([*steps, Send(event(chunk(finish=reason)) + event(usage()) + DONE)])


def _delta(piece: dict[str, Any]) -> dict[str, Any]:
    made = chunk()
    made["choices"][0]["delta"] = {"tool_calls": [piece]}
    return made


def results(call: Call) -> list[str]:
    """Return what the tools of the last step gave, as the model is told, without the marks around it."""
    found: list[str] = []
    for message in reversed(call.json["messages"]):
        if message["role"] == "tool":
            found.insert(0, _MARKS.sub("", message["content"]))
        elif message["role"] != "system":
            break
    return found


def prompt_of(call: Call) -> str:
    """Return what the visitor said last."""
    return next(str(m["content"]) for m in reversed(call.json["messages"]) if m["role"] == "user")


def acting(scripts: dict[str, Sequence[Sequence[Reply]]]) -> Callable[[Call], Answer]:
    """Return a model: by what the visitor said, what it does in each step; its last words name the results."""

    def respond(call: Call) -> Answer:
        messages = call.json["messages"]
        last_user = max(place for place, m in enumerate(messages) if m["role"] == "user")
        step = sum(1 for m in messages[last_user:] if m["role"] == "assistant")
        script = scripts.get(prompt_of(call), ())
        may_call = call.json.get("tool_choice") != "none" or prompt_of(call) == "stubborn"
        if step < len(script) and may_call:
            return answer(*script[step])
        return answer("Found: " + " | ".join(results(call)))

    return respond
