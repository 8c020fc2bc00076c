"""What goes to a server and comes from it. Knows no SDK."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Transport = Literal["streamable_http", "sse", "stdio"]

Authorize = Callable[[str | None], Awaitable[Mapping[str, str]]]
"""Gives the headers that prove who asks. The argument is None, or the `Authorization` that the server refused with
401: then something newer is wanted, and the same headers again mean that there is none."""

OnChange = Callable[[float], Awaitable[None]]
"""Called when a server says that its tools are others now. The argument: seconds before which it is not asked anew."""

Progress = Callable[[float, float | None, str | None], Awaitable[None]]
"""Called with how far a call is: done, of how much, and in words."""


async def nobody(_refused: str | None) -> Mapping[str, str]:
    """Authorize as nobody."""
    return {}


@dataclass(frozen=True, slots=True)
class Command:
    """A program of the operator's that speaks the protocol on its standard input and output."""

    command: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a server is and how it is spoken to.

    Attributes:
        url: of the server; empty for a program.
        transport: None: streamable HTTP, or SSE where a server knows only that.
        version: of whatever decides about the connection; another one makes a new connection.
        authorize: see `Authorize`.
        command: for `stdio` alone.
    """

    url: str = ""
    transport: Transport | None = None
    version: str = ""
    authorize: Authorize = nobody
    command: Command | None = None


async def nothing(_done: float, _of: float | None, _words: str | None) -> None:
    """Hear of progress and do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call of a tool.

    Attributes:
        name: the server's.
        arguments: fit its schema.
        seconds: without a sign of life; one that tells of its progress may take five times as long in all.
        progress: called with what it tells.
    """

    name: str
    arguments: dict[str, Any]
    seconds: float
    progress: Progress = nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTool:
    """A tool as a server describes it; none of it is to be believed.

    Attributes:
        input_schema: JSON Schema of the arguments, as it was sent; {} in the place of one that is too large to be kept.
        schema_size: characters of one that was not kept; 0: it was.
        is_read_only, is_idempotent, is_destructive: hints; None where the server says nothing.
    """

    name: str
    title: str
    description: str
    input_schema: dict[str, Any]
    schema_size: int = 0
    is_read_only: bool | None = None
    is_idempotent: bool | None = None
    is_destructive: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a server offers.

    Attributes:
        tools: in its order.
        is_cut: it offers more than are taken.
        transport: that it was reached by.
        protocol: version that was agreed on, a date.
        server: its name and version.
    """

    tools: tuple[ListedTool, ...]
    is_cut: bool
    transport: Transport
    protocol: str
    server: str


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool gave.

    Attributes:
        value: JSON-like, for the model.
        is_error: the tool says of itself that it failed; the value says why.
    """

    value: Any
    is_error: bool = False
