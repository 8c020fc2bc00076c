"""Visitor sessions: who may open one, and who it is that comes back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from medea.kernel.auth.identity_token import IdentityRefusedError, read_subject, visitor_of
from medea.kernel.auth.principal import Principal, PrincipalKind
from medea.kernel.auth.visitor import VisitorSession, VisitorTokens
from medea.kernel.context import Context
from medea.kernel.db.paging import PageRequest
from medea.kernel.errors import FieldError
from medea.kernel.ids import VisitorId
from medea.kernel.limits.bucket import require
from medea.modules.agents import facade as agents
from medea.modules.conversations import queries
from medea.modules.conversations.errors import HostedPageAmbiguous, IdentityTokenInvalid, VisitorSessionsClosed
from medea.modules.conversations.models import ConversationRow
from medea.modules.tenancy import facade as tenancy

RESUME_DAYS = 180


@dataclass(frozen=True, slots=True)
class Opening:
    """What a widget brings to open a session.

    Attributes:
        agent: id or slug.
        origin: `Origin` header.
        resume_tokens: tokens of an earlier session, from the body and from the cookie.
        identity_token: by which the tenant's own server says who the visitor is. It alone counts then.
    """

    agent: str
    origin: str | None
    resume_tokens: tuple[str, ...] = ()
    identity_token: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A visitor session, and what the widget shows first.

    Attributes:
        principal: the visitor, as whom the rest of the request may act.
        resume_token: opens the next session of the same visitor, unless an identity token says who they are.
    """

    principal: Principal
    token: str
    expires_at: datetime
    visitor_id: VisitorId
    resume_token: str
    agent: agents.LiveAgent
    conversation: ConversationRow | None


async def open_session(ctx: Context, opening: Opening) -> Opened:
    """Open a visitor session.

    Raises:
        VisitorSessionsClosed: neither a publishable key nor this installation's own page.
        OriginNotAllowed: the key is not for the page that asks.
        AgentNotFound: unknown or unpublished.
        HostedPageAmbiguous: a hosted page's slug belongs to several tenants.
        IdentityTokenInvalid: the identity token proves nothing.
        LimitReached: too many sessions of a hosted page's tenant.
    """
    principal = await _host(ctx, opening)
    ctx.tenant_id = principal.tenant_id
    if ctx.principal.tenant_id is None:  # a hosted page: whose it is was not known at the edge, which counts else
        for rate in ctx.ports.allowances(ctx.tenant).widget_sessions:
            if rate.subject == "tenant":
                await require(ctx.ports.limiter, rate.limit, ctx.tenant.hex)
    agent = await agents.get_live_agent(ctx, opening.agent)
    settings, now = ctx.ports.settings, ctx.now()
    tokens = VisitorTokens(ctx.ports.keyring)
    identified = await _identify(ctx, opening.identity_token) if opening.identity_token is not None else None
    found = (tokens.read_resume(token, ctx.tenant, now) for token in opening.resume_tokens)
    visitor = identified or next((known for known in found if known is not None), None) or VisitorId.new()
    expires = now + timedelta(minutes=settings.auth.visitor_minutes)
    session = VisitorSession(ctx.tenant, agent.id, visitor, principal.api_key_id)
    async with ctx.transaction(durable=False) as sql:
        latest = await queries.list_conversations(sql, PageRequest(1), visitor=visitor, agent=agent.id)
    return Opened(
        principal=Principal(PrincipalKind.VISITOR, ctx.tenant, visitor_id=visitor, agent_id=agent.id),
        token=tokens.issue_session(session, expires),
        expires_at=expires,
        visitor_id=visitor,
        resume_token=tokens.issue_resume(
            ctx.tenant, visitor, now + timedelta(days=RESUME_DAYS), is_identified=identified is not None
        ),
        agent=agent,
        conversation=latest.data[0] if latest.data else None,
    )


async def _identify(ctx: Context, token: str) -> VisitorId:
    """Return the visitor that the tenant's user is. Who that user is goes no further than here."""
    secret = await tenancy.find_identity_secret(ctx)
    if secret is None:
        missing = "cannot be checked: this company has made no identity secret yet (`GET /v1/tenant/identity`)"
        raise IdentityTokenInvalid(errors=[FieldError("identity_token", missing, "no_secret")])
    try:
        subject = read_subject(token, secret, ctx.now())
    except IdentityRefusedError as refusal:
        raise IdentityTokenInvalid(errors=[FieldError("identity_token", str(refusal), refusal.code)]) from refusal
    return visitor_of(ctx.ports.keyring, ctx.tenant, subject)


async def _host(ctx: Context, opening: Opening) -> Principal:
    """Return on whose behalf the session is opened: the key's tenant, or the hosted page's."""
    principal = ctx.principal
    if principal.kind is PrincipalKind.PUBLISHABLE_KEY:
        if opening.origin != ctx.ports.settings.widget_origin:
            # Our own page was let into a frame by `frame-ancestors` only where the key allows it.
            tenancy.check_origin(principal, opening.origin)
        return principal
    own = {ctx.ports.settings.widget_origin, ctx.ports.settings.dashboard_origin}
    if principal.tenant_id is not None or opening.origin not in own:
        raise VisitorSessionsClosed()
    found = await agents.find_public_agents(ctx.ports, opening.agent)
    if not found:
        raise agents.AgentNotFound()
    if len(found) > 1:
        raise HostedPageAmbiguous()
    return Principal(PrincipalKind.PUBLISHABLE_KEY, found[0].tenant_id)
