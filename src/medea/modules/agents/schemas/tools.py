"""The tools that the assistant may use, and how far it may go with them."""

from typing import Annotated, Any

from pydantic import Field

from medea.kernel.web.wire import Line, Wire, WireIn


class ToolChoiceIn(WireIn):
    """A tool that the assistant may use: a built-in one by its name, or one of the company's own by its id."""

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    needs_approval: Annotated[bool, Field(strict=True)] = False


class ToolChoiceRead(Wire):
    """A tool that the assistant may use."""

    name: str
    needs_approval: bool


class ToolLimitsIn(WireIn):
    """Changes to how far a turn may go with tools: absent members stay, null ones are the installation's bound."""

    max_steps: Annotated[int, Field(ge=1, le=50, strict=True)] | None = Field(
        default=None, description="model calls of a turn that may ask for tools"
    )
    max_seconds: Annotated[float, Field(gt=0, le=540, allow_inf_nan=False)] | None = None
    max_cost_usd: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] | None = None

    def changes(self) -> dict[str, Any]:
        """Return the members that were sent."""
        return self.model_dump(exclude_unset=True)


class ToolLimitsRead(Wire):
    """How far a turn may go with tools; null: as far as the installation lets any."""

    max_steps: int | None
    max_seconds: float | None
    max_cost_usd: float | None
