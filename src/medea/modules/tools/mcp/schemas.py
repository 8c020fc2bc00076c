"""Wire types of MCP servers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from medea.kernel.ids import ServerId, ToolId
from medea.kernel.mcp.values import Listing, Transport
from medea.kernel.web.wire import Line, Text, Wire, WireIn
from medea.modules.tools.mcp.values import Auth, ServerTool, State, Usable
from medea.modules.tools.schemas import Flag, Headers

ServerName = Annotated[Line, Field(min_length=1, max_length=60, description="shown to people", examples=["GitHub"])]
ServerUrl = Annotated[Line, Field(max_length=2_000, description="such as https://mcp.example.com/mcp")]
Seconds = Annotated[
    float,
    Field(gt=0, le=120, allow_inf_nan=False, description="of a call, without a sign of life from the server"),
]
SecretRef = Annotated[str, Field(pattern="^[A-Z][A-Z0-9_]{0,63}$", description="name of a secret of the vault")]
ClientId = Annotated[Line, Field(min_length=1, max_length=500)]
Program = Annotated[Line, Field(max_length=60, description="with transport stdio: one that the operator allows")]
RemoteName = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,60}$", description="what models call it")]


class ServerDetect(WireIn):
    """The address of a server."""

    url: ServerUrl


class ServerDetected(Wire):
    """How a server wants to be connected. `auth` is null where it could not be asked; `error` says why."""

    auth: Auth | None
    transport: Transport | None
    server: str
    tools: list[str]
    error: str | None

    @classmethod
    def of(cls, found: Any) -> "ServerDetected":
        """Read what was detected."""
        return cls(auth=found.auth, error=found.error, **_listing(found.listing))


def _listing(listing: Listing | None) -> dict[str, Any]:
    if listing is None:
        return {"transport": None, "server": "", "tools": []}
    return {
        "transport": listing.transport,
        "server": listing.server,
        "tools": [tool.name for tool in listing.tools],
    }


class McpServerCreate(WireIn):
    """An MCP server to connect."""

    name: ServerName
    url: ServerUrl = ""
    program: Program = ""
    transport: Transport | None = Field(default=None, description="null: whatever the server speaks")
    auth: Auth = "none"
    headers: Headers = Field(default_factory=dict)
    oauth_client_id: ClientId | None = Field(default=None, description="null: Medea registers itself")
    oauth_client_secret: SecretRef | None = None
    timeout_seconds: Seconds = 30.0


class McpServerUpdate(WireIn):
    """What is to be changed; what is left out stays."""

    name: ServerName | None = None
    url: ServerUrl | None = None
    program: Program | None = None
    transport: Transport | None = None
    auth: Auth | None = None
    headers: Headers | None = None
    oauth_client_id: ClientId | None = None
    oauth_client_secret: SecretRef | None = None
    timeout_seconds: Seconds | None = None
    is_enabled: Flag | None = None

    def changes(self) -> Mapping[str, Any]:
        """Return what was sent as members of a server; null empties what may be empty."""
        empties = {"transport", "oauth_client_id", "oauth_client_secret"}
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name in empties}


class McpServerRead(Wire):
    """A connected server. `state`: `unauthorized` means that somebody has to connect it again."""

    id: ServerId
    name: str
    url: str
    program: str
    transport: Transport | None
    auth: Auth
    headers: dict[str, str]
    oauth_client_id: str | None
    oauth_client_secret: str | None
    timeout_seconds: float
    is_enabled: bool
    state: State
    error: str | None
    error_at: datetime | None
    server: str
    protocol: str
    reached_by: str
    is_cut: bool
    listed_at: datetime | None
    tools_offered: int
    tools_usable: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, counted: Any) -> "McpServerRead":
        """Read a server."""
        server = counted.server
        names = set(cls.model_fields) - {"server", "protocol", "reached_by", "is_cut", "tools_offered", "tools_usable"}
        return cls(
            **{name: getattr(server, name) for name in names},
            server=server.about.server,
            protocol=server.about.protocol,
            reached_by=server.about.transport,
            is_cut=server.about.is_cut,
            tools_offered=counted.offered,
            tools_usable=counted.usable,
        )


class ServerTrial(Wire):
    """How asking a server went."""

    is_ok: bool
    error: str | None
    transport: Transport | None
    server: str
    tools: list[str]
    duration_ms: int

    @classmethod
    def of(cls, trial: Any) -> "ServerTrial":
        """Read how it went."""
        return cls(
            is_ok=trial.listing is not None,
            error=trial.error,
            duration_ms=trial.duration_ms,
            **_listing(trial.listing),
        )


class AuthorizationStart(Wire):
    """Where to send the person."""

    authorization_url: str


class AuthorizationAnswer(WireIn):
    """What the person came back with, out of the address."""

    state: Annotated[Line, Field(min_length=1, max_length=500)]
    code: Annotated[Line, Field(min_length=1, max_length=4_000)] | None = None
    iss: Annotated[Line, Field(max_length=2_000)] | None = None
    error: Annotated[Line, Field(max_length=200)] | None = None
    error_description: Annotated[Line, Field(max_length=1_000)] | None = None


class McpToolRead(Wire):
    """A tool of a server. `problem` says why it cannot be used, `name_reason` why it has another name than there."""

    id: ToolId
    server_id: ServerId
    remote_name: str
    title: str
    name: str
    name_reason: str | None
    description: str
    own_description: str | None
    parameters: dict[str, Any]
    is_enabled: bool
    is_safe_to_repeat: bool
    is_public: bool
    is_read_only: bool | None
    is_idempotent: bool | None
    is_destructive: bool | None
    problem: str | None
    is_listed: bool
    is_new: bool
    changed_at: datetime | None

    @classmethod
    def of(cls, tool: ServerTool) -> "McpToolRead":
        """Read a tool."""
        hints = ("is_read_only", "is_idempotent", "is_destructive")
        names = set(cls.model_fields) - {"parameters", *hints}
        return cls(
            **{name: getattr(tool, name) for name in names},
            **{name: getattr(tool.hints, name) for name in hints},
            parameters=tool.input_schema,
        )


class McpToolUpdate(WireIn):
    """What is to be changed; `own_description` null takes the server's again."""

    name: RemoteName | None = None
    own_description: Annotated[Text, Field(min_length=1, max_length=2_000)] | None = None
    is_enabled: Flag | None = None
    is_safe_to_repeat: Flag | None = Field(
        default=None, description="somebody has made sure that a second call does no harm"
    )
    is_public: Flag | None = Field(default=None, description="visitors may see what it returns")

    def changes(self) -> Mapping[str, Any]:
        """Return what was sent as members of a tool."""
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name == "own_description"}


class McpToolsEnable(WireIn):
    """Tools of the server, and whether agents may use them."""

    tool_ids: Annotated[list[ToolId], Field(max_length=500)]
    is_enabled: Flag


class McpToolTrial(Wire):
    """What the model would be shown, or told instead."""

    result: Any
    error: str | None
    duration_ms: int


class McpUsableRead(Wire):
    """A tool that agents may use: its `id` goes into an agent's `tools`."""

    id: ToolId
    name: str
    title: str
    description: str
    server_id: ServerId
    server_name: str
    server_state: State
    is_destructive: bool | None

    @classmethod
    def of(cls, usable: Usable) -> "McpUsableRead":
        """Read a tool."""
        tool = usable.as_tool()
        return cls(
            id=usable.tool.id,
            name=tool.name,
            title=usable.tool.title,
            description=tool.description,
            server_id=usable.server.id,
            server_name=usable.server.name,
            server_state=usable.server.state,
            is_destructive=usable.tool.hints.is_destructive,
        )


class McpClientRead(Wire):
    """Who we are, for authorization servers that take this address for a client's id."""

    client_id: str
    client_name: str
    client_uri: str
    redirect_uris: list[str]
    grant_types: list[str]
    response_types: list[str]
    token_endpoint_auth_method: Literal["none"]
    application_type: Literal["web"]
