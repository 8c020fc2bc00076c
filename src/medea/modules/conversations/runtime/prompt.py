"""What the model is given: instructions, examples, and as much of the history as fits."""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from medea.kernel.guardrails.fences import RULE, fenced
from medea.kernel.llm.messages import CalledTool, ChatMessage, Example, ModelRequest, estimate_tokens
from medea.modules.agents.facade import AgentConfig
from medea.modules.conversations.activity import Call, Part, Spoken, last_words
from medea.modules.conversations.log import TurnOptions
from medea.modules.conversations.models import Said
from medea.modules.conversations.runtime.toolbox import HAND_OVER, NO_TOOLS, Toolbox

HISTORY_TOKENS = 16_000
"""History beyond this estimate is left out, oldest first; the prompt itself always goes."""
HISTORY_MESSAGES = 60
HISTORY_RESULT = 600
"""Characters of what a tool returned in an earlier turn: enough to know what it was about."""
TOOL_RULES = f"{RULE} Do not claim to have done what no tool has confirmed."
_OUR_WORDS = frozenset({"calculator", "current_time", HAND_OVER})
"""Tools whose results hold nothing that others wrote."""
_NO_RESULT = {
    "called": "There is no result; the call was broken off.",
    "asked": "The visitor has not answered yet.",
    "awaited": "The visitor has not answered yet.",
    "approved": "The visitor allowed this; there is no result.",
}


def assemble(
    config: AgentConfig, history: Sequence[Said], options: TurnOptions | None, tools: Toolbox = NO_TOOLS
) -> ModelRequest:
    """Return the request of a turn.

    Args:
        config: the agent's configuration.
        history: the conversation so far, oldest first, the prompt to be answered last.
        options: what the caller asked for in this turn; it overrides the configuration.
        tools: what the agent may use.
    """
    asked = options or TurnOptions()
    instructions = [text for text in (config.system_prompt, asked.instructions) if text and text.strip()]
    if tools:
        instructions.append(TOOL_RULES)
    messages = [ChatMessage("system", text) for text in instructions]
    for row in _within(history, HISTORY_TOKENS):
        messages += _past(row, has_tools=bool(tools))
    temperature = config.temperature if asked.temperature is None else asked.temperature
    return ModelRequest(
        messages=tuple(messages),
        model=config.model,
        examples=tuple(Example(example.user, example.assistant) for example in config.examples),
        temperature=temperature,
        max_output_tokens=_smaller(config.max_output_tokens, asked.max_output_tokens),
        stop=asked.stop,
        tools=tools.definitions,
        tool_choice="required" if asked.must_call and tools else "auto",
    )


def _past(row: Said, *, has_tools: bool) -> list[ChatMessage]:
    """Return an earlier message; what was called for it only where tools are known, and briefly."""
    if row.role == "user":
        return [ChatMessage("user", row.text)]
    if not row.activity or not has_tools:
        return [ChatMessage("assistant", row.text)]
    words = last_words(row.activity, row.text).strip()
    said = [ChatMessage("assistant", words)] if words else []
    known = [part for part in row.activity if isinstance(part, Call) or part.is_shown]  # what nobody heard is not said
    return [*messages_of(known, limit=HISTORY_RESULT), *said]


def messages_of(activity: Sequence[Part], *, limit: int | None = None) -> list[ChatMessage]:
    """Return steps as a model knows them: each an assistant's message with its calls, then what they returned.

    Args:
        activity: the steps.
        limit: characters of a result that are kept.
    """
    messages: list[ChatMessage] = []
    seen: set[str] = set()
    for step, parts in groupby(activity, key=lambda part: part.step):
        text, calls = "", list[tuple[Call, str]]()
        for part in parts:
            if isinstance(part, Spoken):
                text += part.text
                continue
            name = part.provider_id if part.provider_id not in seen else f"{part.provider_id}_{step}"
            seen.add(name)
            calls.append((part, name))
        called = tuple(CalledTool(name, call.name, _arguments(call)) for call, name in calls)
        messages.append(ChatMessage("assistant", text.strip(), called))
        messages += [ChatMessage("tool", _marked(call, limit), call_id=name) for call, name in calls]
    return messages


def _arguments(call: Call) -> str:
    """Return the arguments as JSON: what was none is wrapped, because providers refuse to be shown it."""
    given = call.input if isinstance(call.input, dict) else {"invalid_arguments": call.input}
    return msgspec.json.encode(given).decode()


def _marked(call: Call, limit: int | None) -> str:
    """Return what the model is told of a call; what others wrote stands between marks that it cannot close."""
    text = _result(call, limit)
    is_foreign = call.state in {"returned", "failed", "denied"} and call.tool is not None
    return fenced(text, call.name) if is_foreign and call.tool not in _OUR_WORDS else text


def _result(call: Call, limit: int | None) -> str:
    """Return what the model is told of a call."""
    if call.error is not None:
        return f"Error: {call.error.message}"
    if call.state == "denied":
        said = f" They said: {call.comment}" if call.comment else ""
        return f"The visitor did not allow this call.{said} Do not make it again unless they ask for it."
    if call.state != "returned":
        return _NO_RESULT[call.state]
    text = call.output if isinstance(call.output, str) else msgspec.json.encode(call.output).decode()
    is_cut = call.is_cut
    if limit is not None and len(text) > limit:
        text, is_cut = text[:limit], True
    return f"{text}\n[cut: the whole has {call.size} characters]" if is_cut else text


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
