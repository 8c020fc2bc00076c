"""What a connected server is, and a tool of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from medea.kernel.ids import ServerId, ToolId
from medea.kernel.mcp.values import Transport
from medea.modules.tools.values import Tool

Auth = Literal["none", "headers", "oauth"]
State = Literal["new", "ready", "failing", "unauthorized"]

LONGEST = 5.0
"""Times its seconds: a call that tells of its progress (`kernel/mcp`)."""
MOST = 300.0
"""Seconds of any call."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a server said of itself when it was asked last.

    Attributes:
        server: name and version.
        protocol: the version that was agreed on, a date.
        transport: that it was reached by.
        is_cut: it offers more tools than are taken.
    """

    server: str = ""
    protocol: str = ""
    transport: str = ""
    is_cut: bool = False


class Hints(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a server says of a tool's effects; nobody has checked it. None: it does not say."""

    is_read_only: bool | None = None
    is_idempotent: bool | None = None
    is_destructive: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An MCP server that a company connected.

    Attributes:
        url: empty for a program.
        program: name of one of the operator's, for `stdio`.
        transport: None: whatever it speaks.
        headers: templates by name: `{{NAME}}` stands for a secret of the vault.
        oauth_client_id: entered by hand; None: Medea registers itself.
        oauth_client_secret: name of a secret of the vault.
        timeout_seconds: of a call, without a sign of life.
        revision: counts changes of what decides about the connection.
        state: `new`: it was never reached. `unauthorized`: somebody has to connect it again.
        error: one sentence; None while it is well.
        failures: in a row.
        listed_at: when it last said what it offers.
        due_at: when it is asked again; None: not by itself.
        renew_at: when its token is to be renewed; None: there is none that ends.
    """

    id: ServerId
    name: str
    url: str
    program: str = ""
    transport: Transport | None = None
    auth: Auth
    headers: dict[str, str] = field(default_factory=dict)
    oauth_client_id: str | None = None
    oauth_client_secret: str | None = None
    timeout_seconds: float
    is_enabled: bool = True
    revision: int = 1
    state: State = "new"
    error: str | None = None
    error_at: datetime | None = None
    failures: int = 0
    about: About = field(default_factory=About)
    listed_at: datetime | None = None
    due_at: datetime | None = None
    renew_at: datetime | None = None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTool:
    """A tool of a connected server.

    Attributes:
        remote_name: what the server calls it.
        name: what models call it.
        name_reason: why that is another name, where nobody chose it.
        own_description: the company's, in the place of the server's.
        problem: why it cannot be used.
        is_listed: the server offers it still.
        is_new: it came after the server was connected, and nobody has looked at it yet.
        changed_at: when the server last changed its description or schema.
    """

    id: ToolId
    server_id: ServerId
    remote_name: str
    title: str
    description: str
    input_schema: dict[str, Any]
    hints: Hints
    name: str
    name_reason: str | None = None
    own_description: str | None = None
    is_enabled: bool
    is_safe_to_repeat: bool = False
    is_public: bool = False
    problem: str | None = None
    is_listed: bool = True
    is_new: bool = False
    changed_at: datetime | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Usable:
    """A tool that agents may use, with its server."""

    server: Server
    tool: ServerTool

    def as_tool(self) -> Tool:
        """Return it as turns know tools."""
        tool = self.tool
        return Tool(
            ref=str(tool.id),
            name=tool.name,
            description=tool.own_description or tool.description or tool.title or tool.remote_name,
            parameters=tool.input_schema,
            is_safe_to_repeat=tool.is_safe_to_repeat,
            is_public=tool.is_public,
            timeout=min(self.server.timeout_seconds * LONGEST, MOST),
        )
