"""What routes for other programs' clients share: parts of bodies, and how those that speak OpenAI's refuse."""

from typing import Annotated, Any

import msgspec
from fastapi import Response
from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from medea.kernel.errors import AppError, FieldError, Invalid
from medea.kernel.text import clean_value
from medea.kernel.web.wire import Text, WireIn
from medea.modules.conversations.dialects import openai_errors


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    if clean_value(value) != value:
        raise PydanticCustomError("text", "must not contain NUL characters or unpaired surrogates")
    return value


class ContentPart(WireIn):
    """A part of a message's content; only text is understood."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: Text | None = None


def text_of(content: object) -> str:
    """Return the text of a content: itself, or that of its parts; what is neither has none."""
    if isinstance(content, list):
        return "".join(part.text or "" for part in content if isinstance(part, ContentPart) and part.type in _TEXTS)
    return content if isinstance(content, str) else ""


_TEXTS = frozenset({"text", "input_text", "output_text"})


def check_text(field: str, content: object) -> None:
    """Refuse what is no text, rather than answer as if it had not been sent.

    Raises:
        Invalid: names the field.
    """
    for part in content if isinstance(content, list) else ():
        if isinstance(part, ContentPart) and part.type not in _TEXTS and part.type != "refusal":
            raise refused(field, f"only text is understood, not {part.type}")


JsonObject = Annotated[dict[str, Any], AfterValidator(_storable)]
FunctionName = Annotated[Text, Field(pattern="^[A-Za-z0-9_-]{1,64}$")]


class FunctionIn(WireIn):
    """A function that the caller runs itself."""

    model_config = ConfigDict(extra="allow")

    name: FunctionName
    description: Annotated[Text, Field(max_length=4_000)] | None = None
    parameters: JsonObject | None = None


def refused(field: str, message: str) -> Invalid:
    """Return the refusal of something that cannot be had, or does not fit."""
    return Invalid(f"{field}: {message}", errors=[FieldError(field, message, "unsupported")])


def render(error: AppError) -> Response:
    """Return the response of an error."""
    body = msgspec.json.encode(openai_errors.error_body(error))
    return Response(body, openai_errors.status_of(error), headers=dict(error.headers), media_type="application/json")


ERROR_STYLES = tuple((prefix, render) for prefix in ("/v1/chat/completions", "/v1/models", "/v1/responses"))
