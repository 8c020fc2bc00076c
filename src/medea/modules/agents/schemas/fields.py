"""The fields that agents are made of, with their bounds."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from medea.kernel.web.wire import Line, Text

_SLUG = "^[a-z0-9-]{1,63}$"
_COLOUR = "^#[0-9a-fA-F]{6}$"


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return value


def _like(pattern: str, message: str) -> AfterValidator:
    """Check a pattern with a message for people; OpenAPI shows the pattern itself."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise PydanticCustomError("pattern", "{message}", {"message": message})
        return value

    return AfterValidator(check)


def without_default(schema: dict[str, Any]) -> None:
    """Take the default out of a field's description."""
    schema.pop("default", None)  # absence means "leave it", not this placeholder


Name = Annotated[Line, Field(min_length=1, max_length=80)]
Slug = Annotated[
    Text,
    _like(_SLUG, "use 1 to 63 lower-case letters, digits and hyphens"),
    WithJsonSchema({"type": "string", "pattern": _SLUG}),
]
Colour = Annotated[
    Text,
    _like(_COLOUR, "must be a colour like #1f6f5c"),
    WithJsonSchema({"type": "string", "pattern": _COLOUR}),
]
Description = Annotated[Text, Field(max_length=500)]
SystemPrompt = Annotated[Text, Field(max_length=32_000)]
Greeting = Annotated[Text, Field(max_length=500)]
Said = Annotated[Text, AfterValidator(_not_blank), StringConstraints(min_length=1, max_length=8_000)]
Question = Annotated[Line, Field(min_length=1, max_length=120)]
Model = Annotated[Line, Field(min_length=1, max_length=200, description="as `GET /v1/llm/models` names it")]
Temperature = Annotated[float, Field(ge=0, le=2, strict=True, allow_inf_nan=False)]
MaxOutputTokens = Annotated[int, Field(ge=1, le=32_768, strict=True)]
Note = Annotated[Text, Field(max_length=500)]
