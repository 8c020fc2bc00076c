"""Credentials at the edge: from headers and cookie to a context with a principal that may."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from medea.kernel.auth.authenticator import Authenticator, Credential
from medea.kernel.auth.principal import ANONYMOUS, Principal, PrincipalKind
from medea.kernel.context import Context, Ports
from medea.kernel.errors import Forbidden, Unauthenticated
from medea.kernel.outbound.egress import on_account_of
from medea.kernel.settings import Settings
from medea.kernel.telemetry.logging import bind

SESSION_COOKIE = "medea_session"
_OF_THIS_HOST = "__Host-"
"""Browsers take a cookie of such a name from its very host alone, over https: not from a neighbour below its domain."""
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

bearer = HTTPBearer(auto_error=False, description="`sk_...`, `pk_...` or a visitor session's `vst_...`")
cookie = APIKeyCookie(name=SESSION_COOKIE, auto_error=False, description="dashboard session")


class ForeignOrigin(Forbidden):
    """A page of another origin may not use the dashboard's session."""

    code = "auth.foreign_origin"


class MissingScope(Forbidden):
    """This credential lacks the scope that is needed here."""

    code = "auth.forbidden"


def has_secure_cookies(settings: Settings) -> bool:
    """Tell whether cookies carry `Secure`: as set, else as the dashboard origin's scheme says."""
    if settings.web.secure_cookies is not None:
        return settings.web.secure_cookies
    return settings.dashboard_origin.startswith("https://")


def session_cookie(settings: Settings) -> str:
    """Return the name of the dashboard's session cookie."""
    return _OF_THIS_HOST + SESSION_COOKIE if has_secure_cookies(settings) else SESSION_COOKIE


def ports_of(request: Request) -> Ports:
    """Return the installation's ports."""
    ports: Ports = request.app.state.ports
    return ports


def client_address(request: Request) -> str:
    """Return the caller's address; behind a trusted proxy, the one it names last."""
    if ports_of(request).settings.web.trust_proxy:
        forwarded = request.headers.get("x-forwarded-for", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()
    return request.client.host if request.client else "unknown"


async def authenticate(request: Request) -> Principal:
    """Return who asks, once per request.

    Raises:
        Unauthenticated: a credential was sent that is unknown, expired or revoked.
        ForeignOrigin: a page elsewhere tries to use the session cookie.
    """
    state = request.scope.setdefault("state", {})  # `request.state` raises for what is not there yet, at a price
    known: Principal | None = state.get("principal")
    if known is not None:
        return known
    credential = _credential(request)
    principal = ANONYMOUS
    if credential.bearer is not None or credential.session is not None:
        authenticator: Authenticator = request.app.state.authenticator
        found = await authenticator.authenticate(credential)
        if found is None:
            raise Unauthenticated("The credential is unknown, expired or revoked.")
        principal = found
        if principal.tenant_id is not None:
            bind(tenant=str(principal.tenant_id))
            on_account_of(principal.tenant_id, ports_of(request).egress)
        if principal.kind is PrincipalKind.USER:
            require_own_origin(request)
    state["principal"] = principal
    return principal


def _credential(request: Request) -> Credential:
    header = request.headers.get("authorization")
    bearer_value = None
    if header is not None:
        scheme, _, value = header.partition(" ")
        if scheme.lower() != "bearer" or not value.strip():
            raise Unauthenticated("The Authorization header must be `Bearer <credential>`.")
        bearer_value = value.strip()
    session = None if bearer_value else request.cookies.get(session_cookie(ports_of(request).settings))
    if session is not None and _is_widgets(request):
        session = None
    return Credential(bearer_value, session, request.headers.get("origin"))


def _is_widgets(request: Request) -> bool:
    """Tell whether this came to the widget's host, where no session counts: browsers share cookies among ports."""
    settings = ports_of(request).settings
    host = request.headers.get("host")
    return host == urlsplit(settings.widget_origin).netloc != urlsplit(settings.dashboard_origin).netloc


def require_own_origin(request: Request) -> None:
    """Refuse an unsafe request that a page of another origin makes with, or for, the session cookie.

    Raises:
        ForeignOrigin: the `Origin` header names another origin than the dashboard's.
    """
    origin = request.headers.get("origin")
    if request.method in _SAFE_METHODS:
        return
    if origin is None:
        # every browser sends one here; what hides it still says where it comes from (Fetch Metadata)
        if request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            raise ForeignOrigin()
        return
    own = {ports_of(request).settings.dashboard_origin, f"{request.url.scheme}://{request.headers.get('host', '')}"}
    own.discard(ports_of(request).settings.widget_origin)
    if origin not in own:
        raise ForeignOrigin()


def correlation_id(request: Request) -> str:
    """Return the id that ties everything of this request together."""
    return getattr(request.state, "correlation_id", "")


def open_context(request: Request, principal: Principal) -> Context:
    """Make the context of a request. The caller enters it."""
    state = request.scope["state"]
    return Context(
        ports_of(request),
        principal,
        correlation_id=correlation_id(request),
        request_key=state.get("request_key"),
        guard=state.get("request_guard"),
    )


async def _anyone(request: Request) -> AsyncIterator[Context]:
    try:
        principal = await authenticate(request)
    except Unauthenticated:
        principal = ANONYMOUS
    async with open_context(request, principal) as ctx:
        yield ctx


async def _member(request: Request) -> AsyncIterator[Context]:
    principal = await authenticate(request)
    if principal.tenant_id is None:
        raise Unauthenticated()
    async with open_context(request, principal) as ctx:
        yield ctx


OwnOrigin = Depends(require_own_origin)
"""For routes that hand out a session cookie: no other site may log its visitors in here."""

# `scope="function"`: the transaction is committed before the response is sent.
Anyone = Annotated[Context, Depends(_anyone, scope="function")]
"""A context whoever asks, logged in or not (a stale credential counts as none)."""
Authenticated = Annotated[Context, Depends(_member, scope="function")]
"""A context of anyone who is known, whatever they may do."""


def may(principal: Principal, *scopes: str) -> None:
    """Refuse unless one of the scopes is granted.

    Raises:
        Unauthenticated: nobody is logged in.
        MissingScope: none of them is; names the first.
    """
    if principal.tenant_id is None:
        raise Unauthenticated()
    if not any(principal.may(scope) for scope in scopes):
        raise MissingScope(f"This needs the scope {scopes[0]}.", required=scopes[0])


def requires(*scopes: str) -> Any:
    """Return the dependency of a route that needs one of these scopes: a context, committed before the answer."""

    async def dependency(request: Request) -> AsyncIterator[Context]:
        principal = await authenticate(request)
        may(principal, *scopes)
        async with open_context(request, principal) as ctx:
            yield ctx

    dependency.__name__ = "requires_" + "_".join(s.replace(":", "_") for s in scopes)
    dependency.scopes = scopes  # type: ignore[attr-defined]  # for `kernel.web.direct`
    return Depends(dependency, scope="function")


DOCUMENTED: list[Callable[..., Any]] = [bearer, cookie]
"""Security schemes as OpenAPI shows them; routers list them as dependencies."""
