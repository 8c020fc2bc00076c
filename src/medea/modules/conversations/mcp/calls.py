"""Names of calls: a call is stopped by another request, which may come to another process.

Nothing is remembered between requests (2025-11-25 calls that a server without sessions). What goes on between them is
in the names: the session's id is random and known to its client alone; a call's turn has an id that is made of
session, caller and the call's own id. So whoever gets `notifications/cancelled` knows the turn without asking anybody,
and a call that is sent again finds the turn that it began.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from medea.kernel.auth.principal import Principal
from medea.kernel.context import Context, Ports
from medea.kernel.ids import AgentId, TurnId
from medea.modules.conversations.errors import TurnNotFound
from medea.modules.conversations.service import turns

SESSION_HEADER = "mcp-session-id"
_LONGEST_SESSION = 100


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request, and what its connection can tell.

    Attributes:
        session: what the client gives back as `Mcp-Session-Id`.
        request_key: names the request where it came with an `Idempotency-Key`.
        charge: counts a question against the rate limits of chats; raises `LimitReached`.
        is_leaving: whether this process is about to stop, and hangs up for that.
    """

    ports: Ports
    principal: Principal
    correlation_id: str
    session: str | None
    request_key: bytes | None
    charge: Callable[[], Awaitable[None]]
    is_leaving: Callable[[], bool]


class Envelope(msgspec.Struct, frozen=True):
    """As much of a JSON-RPC message as says what is to be done with it."""

    method: str = ""
    id: str | int | None = None
    params: dict[str, Any] = msgspec.field(default_factory=dict)


class Unreadable(ValueError):
    """What was sent is no message; has its JSON-RPC error."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.answer = msgspec.json.encode({"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": words}})


_read = msgspec.json.Decoder(Envelope).decode


def read_envelope(body: bytes) -> Envelope:
    """Return the head of a message.

    Raises:
        Unreadable: it is none that a server is sent.
    """
    try:
        found = _read(body)
    except msgspec.ValidationError:
        found = Envelope()
    except (msgspec.DecodeError, RecursionError):
        raise Unreadable(-32700, "The body is no valid JSON.") from None
    if not found.method:
        raise Unreadable(-32600, 'Send one JSON-RPC 2.0 message: an object with "jsonrpc", "method" and, mostly, "id".')
    return found


def new_session() -> str:
    """Make the id of a session, for `Mcp-Session-Id`."""
    return secrets.token_urlsafe(24)


def key_of(ctx: Context, agent: AgentId, session: str | None, call: str | int | None) -> bytes | None:
    """Return what names a call for `Context.new_id`, or None where it has no session: then nothing can name it."""
    if call is None or not session or len(session) > _LONGEST_SESSION:
        return None
    named = msgspec.json.encode([str(ctx.tenant), ctx.principal.id, str(agent), session, call])
    return b"mcp/" + named


async def cancel(ctx: Context, agent: AgentId, session: str | None, message: Envelope) -> None:
    """Stop the turn of the call that a `notifications/cancelled` names, wherever it runs; none: nothing happens."""
    call = message.params.get("requestId")
    key = key_of(ctx, agent, session, call if isinstance(call, str | int) else None)
    if key is None:
        return
    named = Context(ctx.ports, ctx.principal, correlation_id=ctx.correlation_id, request_key=key)
    try:
        await turns.cancel_turn(ctx, named.new_id(TurnId))
    except TurnNotFound:
        ctx.log.info("conversations.mcp_cancel_unknown")
