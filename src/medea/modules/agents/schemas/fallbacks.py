"""The models that take over where the agent's own does not answer."""

from typing import Annotated

from pydantic import Field

from medea.kernel.web.wire import Wire, WireIn
from medea.modules.agents.config import Fallback, FallbackReason
from medea.modules.agents.schemas.fields import Model


class FallbackIn(WireIn):
    """A model, and what must have happened to the ones before it."""

    model: Model
    on: Annotated[list[FallbackReason], Field(min_length=1, max_length=3)] = Field(
        default=["error", "timeout", "budget"],
        description="`error`: a model failed, or is switched off; `timeout`: it did not begin in time; `budget`: there "
        "is no room for its price",
    )

    def value(self) -> Fallback:
        """Return it as the configuration has it: each reason once."""
        return Fallback(model=self.model, on=tuple(dict.fromkeys(self.on)))


class FallbackRead(Wire):
    """A model, and what must have happened to the ones before it."""

    model: str
    on: list[FallbackReason]
