"""`/mcp/{agent}`: each published agent as a server of the Model Context Protocol (streamable HTTP)."""

import re
from functools import partial

from fastapi import APIRouter, Request, Response
from starlette.types import Message, Receive, Scope, Send

from medea.kernel.auth.principal import PrincipalKind
from medea.kernel.context import Context
from medea.kernel.errors import Forbidden
from medea.kernel.web.leaving import Leaving
from medea.kernel.web.rates import charge
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import ForeignOrigin, correlation_id, ports_of
from medea.modules.agents.facade import LiveAgent
from medea.modules.conversations.mcp import calls
from medea.modules.conversations.mcp.calls import SESSION_HEADER, Caller
from medea.modules.conversations.mcp.serving import manager_of
from medea.modules.conversations.permissions import Chat
from medea.modules.conversations.service import conversations

router: APIRouter = make_router("/mcp", "mcp")
_LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")


@router.post("/{agent}", response_class=Response, include_in_schema=False)
async def serve_agent(agent: str, request: Request, ctx: Chat) -> Response:
    """Take one JSON-RPC message. What is wrong with the message is said in JSON-RPC, all else as problem documents."""
    _check_caller(ctx, request)
    live = await conversations.resolve_agent(ctx, agent)
    body = await request.body()
    try:
        message = calls.read_envelope(body)
    except calls.Unreadable as error:
        return Response(error.answer, 400, media_type="application/json")
    session = request.headers.get(SESSION_HEADER)
    if message.method == "notifications/cancelled" and session:
        await calls.cancel(ctx, live.id, session, message)
        return Response(status_code=202)
    leaving: Leaving = request.app.state.leaving
    caller = Caller(
        ports=ports_of(request),
        principal=ctx.principal,
        correlation_id=correlation_id(request),
        session=session,
        request_key=ctx.request_key,
        charge=partial(charge, request, ctx.principal, "chat"),
        is_leaving=lambda: leaving.is_announced,
    )
    return _Served(caller, live, body, session=calls.new_session() if message.method == "initialize" else None)


def _check_caller(ctx: Context, request: Request) -> None:
    """Refuse whoever is no program with a key of its own.

    Raises:
        ForeignOrigin: a page asks, which the protocol tells servers to refuse (rebinding of names).
        Forbidden: another credential than a secret key.
    """
    origin = request.headers.get("origin")
    if origin is not None and origin not in _own_origins(request):
        raise ForeignOrigin("A page may not speak to this address; call it from a program, with a secret key.")
    if ctx.principal.kind is not PrincipalKind.SECRET_KEY:
        raise Forbidden("Use a secret key here: `Authorization: Bearer sk_...`.")


def _own_origins(request: Request) -> set[str]:
    """Return the origins that are no other's: the dashboard's, and this very address where it is the machine's own."""
    settings = ports_of(request).settings
    host = request.headers.get("host", "")
    found = {settings.dashboard_origin}
    if _LOOPBACK.fullmatch(host):  # any other name may be rebound to another address
        found.add(f"{request.url.scheme}://{host}")
    return found - {settings.widget_origin}


class _Served(Response):
    """What the protocol's SDK answers.

    Args:
        caller: who asks.
        agent: whom.
        body: of the request, read already.
        session: the id that a new session is given.
    """

    def __init__(self, caller: Caller, agent: LiveAgent, body: bytes, *, session: str | None) -> None:
        super().__init__()
        self._caller = caller
        self._agent = agent
        self._received = body
        self._session = session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        waiting: list[Message] = [{"type": "http.request", "body": self._received, "more_body": False}]

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200 and self._session is not None:
                header = (SESSION_HEADER.encode(), self._session.encode())
                message = {**message, "headers": [*message.get("headers", ()), header]}
            await send(message)

        manager = manager_of(self._caller, self._agent)
        async with manager.run():
            await manager.handle_request(scope, again, named)
