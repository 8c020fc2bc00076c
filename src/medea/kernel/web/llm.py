"""What tenants and operators write down of models, and what keeps failing, on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from medea.kernel.web.wire import Line, Wire, WireIn

Price = Annotated[float, Field(strict=True, ge=0, le=100_000, allow_inf_nan=False)]


class ModelEntryUpdate(WireIn):
    """What is to be written down of a model: what is left out stays, null is forgotten."""

    name: Annotated[Line, Field(min_length=1, max_length=100)] | None = None
    context_window: Annotated[int, Field(ge=256, le=100_000_000)] | None = Field(default=None, description="tokens")
    input_price: Price | None = Field(default=None, description="US dollars per million tokens; with `output_price`")
    output_price: Price | None = None
    cached_input_price: Price | None = None
    has_tools: Annotated[bool, Field(strict=True)] | None = None
    has_vision: Annotated[bool, Field(strict=True)] | None = None
    is_enabled: Annotated[bool, Field(strict=True)] = Field(default=True, description="agents may use it")


class ModelFacts(Wire):
    """What is known of a model. Prices in US dollars per million tokens; null: not known."""

    context_window: int | None
    input_price: float | None
    output_price: float | None
    cached_input_price: float | None
    has_tools: bool | None = Field(description="calls tools")
    has_vision: bool | None = Field(description="reads images")
    is_enabled: bool


class CircuitRead(Wire):
    """A provider, or with `model` one of its models, that is left alone because it kept failing."""

    provider: str
    model: str | None
    state: Literal["closed", "open", "half_open"]
    failures: int = Field(description="in a row")
    seconds: float = Field(description="until it is tried again")


class CircuitList(Wire):
    """What the process that answers has learnt; others learn for themselves."""

    data: list[CircuitRead]
