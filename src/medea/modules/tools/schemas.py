"""Wire types of tools."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

import msgspec
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from medea.kernel.ids import AgentId, ConversationId, LeadId, SecretId, ToolId, TurnId
from medea.kernel.text import clean_value
from medea.kernel.web.wire import Line, Text, Wire, WireIn
from medea.modules.tools.values import Method, OwnTool, Reading


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    if clean_value(value) != value:
        raise PydanticCustomError("text", "must not contain NUL characters or unpaired surrogates")
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_storable)]
ToolName = Annotated[
    str, Field(pattern="^[a-z][a-z0-9_]{0,59}$", description="what the model calls it", examples=["find_order"])
]
Description = Annotated[
    Text, Field(min_length=1, max_length=2_000, description="when and how to use it, for the model")
]
Parameters = Annotated[
    JsonObject,
    Field(
        description="JSON Schema of the arguments; references stay within it",
        examples=[{"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]}],
    ),
]
Url = Annotated[
    Line,
    Field(
        min_length=8,
        max_length=2_000,
        description="`{name}` in path and query stands for an argument; other arguments become query or JSON body",
        examples=["https://api.example.com/orders/{order_id}"],
    ),
]
Headers = Annotated[
    dict[str, Line],
    Field(
        max_length=20, description="`{{NAME}}` stands for a secret", examples=[{"Authorization": "Bearer {{API_KEY}}"}]
    ),
]
ResponsePath = Annotated[
    Line,
    Field(
        max_length=200,
        description="part of a JSON answer that the model is shown, such as `data.items`; empty: all of it",
    ),
]
Timeout = Annotated[float, Field(gt=0, le=120, allow_inf_nan=False, description="seconds of one try")]
Flag = Annotated[bool, Field(strict=True)]


class ToolCreate(WireIn):
    """A tool that is a request to a server of the company."""

    name: ToolName
    description: Description
    parameters: Parameters = Field(default_factory=lambda: {"type": "object", "properties": {}})
    method: Method = "POST"
    url: Url
    headers: Headers = Field(default_factory=dict)
    response_path: ResponsePath = ""
    timeout_seconds: Timeout = 15.0
    is_safe_to_repeat: Flag | None = Field(
        default=None, description="a second request does no harm; null: as the method says (GET, PUT and DELETE)"
    )
    is_public: Flag = Field(default=False, description="visitors may see what it returns")


class ToolUpdate(WireIn):
    """What is to be changed; what is left out stays."""

    name: ToolName | None = None
    description: Description | None = None
    parameters: Parameters | None = None
    method: Method | None = None
    url: Url | None = None
    headers: Headers | None = None
    response_path: ResponsePath | None = None
    timeout_seconds: Timeout | None = None
    is_safe_to_repeat: Flag | None = None
    is_public: Flag | None = None

    def changes(self, before: OwnTool) -> Mapping[str, Any]:
        """Return what was sent as members of a tool."""
        sent = {name: value for name, value in self.model_dump(exclude_unset=True).items() if value is not None}
        request = {name: sent.pop(name) for name in ("method", "url", "headers") if name in sent}
        if request:
            sent["request"] = msgspec.structs.replace(before.request, **request)
        if "response_path" in sent:
            sent["response"] = Reading(path=sent.pop("response_path"))
        return sent


class ToolRead(Wire):
    """A tool of the company."""

    id: ToolId
    name: str
    description: str
    parameters: dict[str, Any]
    method: Method
    url: str
    headers: dict[str, str]
    response_path: str
    timeout_seconds: float
    is_safe_to_repeat: bool
    is_public: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, tool: OwnTool) -> "ToolRead":
        """Read a tool."""
        return cls(**_members(tool))


class ToolCreated(ToolRead):
    """A new tool, with the one showing of what its requests are signed with."""

    signing_secret: str

    @classmethod
    def with_secret(cls, tool: OwnTool, secret: str) -> "ToolCreated":
        """Read a new tool."""
        return cls(**_members(tool), signing_secret=secret)


def _members(tool: OwnTool) -> dict[str, Any]:
    return {
        "id": tool.id,
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "method": tool.request.method,
        "url": tool.request.url,
        "headers": tool.request.headers,
        "response_path": tool.response.path,
        "timeout_seconds": tool.timeout_seconds,
        "is_safe_to_repeat": tool.is_safe_to_repeat,
        "is_public": tool.is_public,
        "created_at": tool.created_at,
        "updated_at": tool.updated_at,
    }


class SigningSecretRead(Wire):
    """What the tool's requests are signed with from now on; shown this once."""

    signing_secret: str


class ToolImport(WireIn):
    """An OpenAPI 3 document, and which of its operations are to become tools; without these they are only shown."""

    document: Annotated[JsonObject, Field(examples=[{"openapi": "3.1.0", "paths": {}}])] | None = None
    document_url: Url | None = Field(
        default=None,
        description="where the document is, as JSON; instead of `document`",
        examples=["https://api.example.com/openapi.json"],
    )
    base_url: Url | None = Field(default=None, description="instead of the document's first server")
    headers: Headers = Field(default_factory=dict)
    operations: Annotated[list[Annotated[Text, Field(max_length=300)]], Field(max_length=50)] | None = None

    @model_validator(mode="after")
    def _one_document(self) -> Self:
        if (self.document is None) == (self.document_url is None):
            raise PydanticCustomError("document", "give either `document` or `document_url`")
        return self


class ImportRead(Wire):
    """An operation of a document, the tool that was made of it, or why there is none."""

    operation: str
    name: str
    description: str
    method: Method | None
    url: str | None
    tool: ToolCreated | None
    problem: str | None


class ToolTry(WireIn):
    """Arguments to try a tool out with."""

    arguments: JsonObject = Field(default_factory=dict)


class ToolTrial(Wire):
    """What was sent, with placeholders in the place of secrets, what came back, and what the model would be told."""

    method: str
    url: str
    headers: dict[str, str]
    body: str
    status: int | None
    answer_headers: dict[str, str]
    answer: str
    result: Any
    error: str | None
    duration_ms: int


class BuiltinRead(Wire):
    """A tool that every agent can be given."""

    name: str
    description: str
    parameters: dict[str, Any]


SecretName = Annotated[str, Field(pattern="^[A-Z][A-Z0-9_]{0,63}$", examples=["API_KEY"])]
SecretValue = Annotated[
    str, Field(min_length=1, max_length=8_000, pattern="^[ -~]+$", description="one line of ASCII; never shown again")
]


SecretHosts = Annotated[list[Annotated[Line, Field(max_length=260)]], Field(max_length=20)]


class SecretCreate(WireIn):
    """A secret for the vault. Without hosts the first request that holds it binds it to its own."""

    name: SecretName
    value: SecretValue
    hosts: SecretHosts = Field(
        default_factory=list, description="that it may be sent to; `*.example.com` for all below"
    )


class SecretReplace(WireIn):
    """Another value for a secret."""

    value: SecretValue


class SecretBind(WireIn):
    """The hosts that a secret may be sent to; none: the next request that holds it binds it to its own."""

    hosts: SecretHosts
    value: SecretValue | None = Field(
        default=None, description="needed for hosts that it cannot go to now, unless you have the scope `secrets:bind`"
    )


class SecretRead(Wire):
    """A secret, without its value.

    `hosts` is null for one that is older than this rule and goes anywhere; empty until the first request with it.
    """

    id: SecretId
    name: str
    hosts: list[str] | None
    used_by: list[str]
    created_at: datetime
    updated_at: datetime


class ToolSettingsUpdate(WireIn):
    """What is to be changed."""

    fetch_hosts: Annotated[list[Annotated[Line, Field(max_length=260)]], Field(max_length=100)]


class TurnLimitsRead(Wire):
    """How far the installation lets any turn go with tools; null: without a bound of its own."""

    max_steps: int
    max_seconds: float
    max_cost_usd: float | None


class ToolSettingsRead(Wire):
    """What the company lets its tools do: `fetch_page` reads these sites only; and what the installation lets them."""

    fetch_hosts: list[str]
    turn_limits: TurnLimitsRead


class LeadRead(Wire):
    """What a visitor filled in."""

    id: LeadId
    agent_id: AgentId
    conversation_id: ConversationId
    turn_id: TurnId
    title: str
    answers: dict[str, Any]
    created_at: datetime
