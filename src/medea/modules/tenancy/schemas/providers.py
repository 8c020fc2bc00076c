"""Model providers, and what is known of models, on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from medea.kernel.ids import ProviderId
from medea.kernel.llm.config import ProviderKind
from medea.kernel.web.llm import ModelFacts
from medea.kernel.web.wire import Line, Wire, WireIn
from medea.modules.tenancy.schemas.company import Name

ModelName = Annotated[Line, Field(min_length=1, max_length=200)]


class ProviderCreate(WireIn):
    """A model endpoint. `api_key` may be empty where none is wanted."""

    name: Name
    kind: ProviderKind = Field(
        default="openai", description="`openai`: chat completions, as most servers speak them; `anthropic`: Messages"
    )
    base_url: Annotated[Line, Field(min_length=1, max_length=2000)] | None = Field(
        default=None, description="may be left out for `anthropic`: then it is Anthropic's own"
    )
    api_key: Annotated[Line, Field(max_length=1000)]
    default_model: ModelName
    is_default: bool | None = None


class ProviderUpdate(WireIn):
    """What is to be changed; what is left out stays."""

    name: Name | None = None
    base_url: Annotated[Line, Field(min_length=1, max_length=2000)] | None = None
    api_key: Annotated[Line, Field(max_length=1000)] | None = None
    default_model: ModelName | None = None
    is_default: bool | None = None


class ProviderRead(Wire):
    """A model provider. Its key is never returned; `key_hint` shows the end of it."""

    id: ProviderId
    name: str
    kind: ProviderKind
    base_url: str
    default_model: str
    key_hint: str
    is_default: bool
    created_at: datetime


class ProviderTrial(Wire):
    """How the provider answered; `latency_ms` is the time to its first text."""

    ok: bool
    latency_ms: int | None
    detail: str


class ModelRead(ModelFacts):
    """A model that an agent may name."""

    id: str
    name: str
    provider: str = Field(description="`offline`, `platform`, or the id of a provider")
    is_deprecated: bool
    disabled_by: Literal["company", "operator"] | None
    said_by: Literal["list", "company", "operator", "unknown"] = Field(
        description="where prices and the rest are from: the list that comes with Medea, or who wrote them down"
    )


class ModelList(Wire):
    """Models on offer."""

    data: list[ModelRead]


class CatalogueRead(Wire):
    """What was found in the catalogue; `total` counts what the limit left out, too."""

    data: list[ModelRead]
    total: int


class ModelEntryRead(ModelFacts):
    """What is written down of a model."""

    model: str
    name: str | None
