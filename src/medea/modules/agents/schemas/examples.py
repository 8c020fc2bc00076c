"""Few-shot examples."""

from pydantic import AliasChoices, Field

from medea.kernel.web.wire import Wire, WireIn
from medea.modules.agents.schemas.fields import Said


class ExampleIn(WireIn):
    """A few-shot example; `input`/`output` and `question`/`answer` are understood as well."""

    user: Said = Field(validation_alias=AliasChoices("user", "input", "question"))
    assistant: Said = Field(validation_alias=AliasChoices("assistant", "output", "answer"))


class ExampleRead(Wire):
    """A few-shot example."""

    user: str
    assistant: str
