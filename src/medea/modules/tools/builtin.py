"""The tools that every agent can be given without defining anything."""

from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from medea.kernel.context import Context
from medea.modules.tools import arithmetic, pages
from medea.modules.tools.errors import ToolFailed
from medea.modules.tools.values import Tool

Run = Callable[[Context, dict[str, Any]], Awaitable[Any]]


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


CURRENT_TIME = Tool(
    ref="current_time",
    name="current_time",
    description="Tells the current date, weekday and time in a time zone. Use it for anything that depends on now.",
    parameters=_object([], time_zone=_text("IANA name such as Europe/Berlin; UTC if left out", maxLength=64)),
)
CALCULATOR = Tool(
    ref="calculator",
    name="calculator",
    description=(
        "Works out arithmetic exactly. Use it for every calculation, however simple. "
        f"Numbers, + - * / // % ^, brackets, pi, e and {arithmetic.FUNCTIONS}."
    ),
    parameters=_object(
        ["expression"], expression=_text("such as (19.90 * 3) * 1.19", minLength=1, maxLength=arithmetic.MAX_TEXT)
    ),
)
FETCH_PAGE = Tool(
    ref="fetch_page",
    name="fetch_page",
    description="Reads a web page of an allowed site as text. Use it when the visitor asks about such a page.",
    parameters=_object(["url"], url=_text("full address, beginning with https://", maxLength=2048)),
)
COLLECT_FORM = Tool(
    ref="collect_form",
    name="collect_form",
    description=(
        "Shows the visitor a short form and returns what they fill in, for example name and e-mail address of "
        "somebody who wants to be called back. Ask for what is needed and nothing else; the visitor may decline."
    ),
    parameters=_object(
        ["title", "fields"],
        title=_text("what the form is for, in the visitor's language", minLength=1, maxLength=120),
        submit_label=_text("of the button; optional", maxLength=40),
        fields={
            "type": "array",
            "minItems": 1,
            "maxItems": 8,
            "items": _object(
                ["name", "label", "type"],
                name=_text("letters, digits and _", pattern="^[a-z][a-z0-9_]{0,39}$"),
                label=_text("shown to the visitor, in their language", minLength=1, maxLength=80),
                type=_text("what is typed in", enum=["text", "long_text", "email", "phone", "number", "choice"]),
                options={"type": "array", "maxItems": 20, "items": _text("of a choice", minLength=1, maxLength=80)},
                is_required={"type": "boolean"},
            ),
        },
    ),
    is_safe_to_repeat=False,
    awaits="form",
)


async def _current_time(ctx: Context, arguments: dict[str, Any]) -> Any:
    name = (arguments.get("time_zone") or "UTC").strip()
    try:
        zone = ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        words = f"There is no time zone {name[:40]!r}; use an IANA name such as Europe/Berlin."
        raise ToolFailed(words) from None
    now = ctx.now().astimezone(UTC).astimezone(zone)
    return {
        "time": now.replace(microsecond=0).isoformat(),
        "weekday": now.strftime("%A"),
        "week": now.isocalendar().week,
        "time_zone": name,
    }


async def _calculator(_ctx: Context, arguments: dict[str, Any]) -> Any:
    try:
        value = arithmetic.calculate(arguments["expression"])
    except arithmetic.NotArithmetic as error:
        raise ToolFailed(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    return {"result": arithmetic.in_words(value)}


BUILTIN: dict[str, tuple[Tool, Run | None]] = {
    "current_time": (CURRENT_TIME, _current_time),
    "calculator": (CALCULATOR, _calculator),
    "fetch_page": (FETCH_PAGE, pages.fetch_page),
    "collect_form": (COLLECT_FORM, None),
}
"""By name; without code where the visitor gives the result."""

NAMES = frozenset({*BUILTIN, "search_knowledge", "hand_over"})
"""Of all tools that are there without anybody defining them; the last two need a conversation and live there."""
