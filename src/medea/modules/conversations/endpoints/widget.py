"""`POST /v1/widget/sessions`: where a visitor begins, and comes back to."""

from fastapi import Request, Response

from medea.kernel.context import Context
from medea.kernel.errors import LimitReached
from medea.kernel.web.problems import problems
from medea.kernel.web.rates import rated
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import Anyone, authenticate
from medea.modules.agents.facade import AgentNotFound
from medea.modules.conversations.endpoints.reading import read_conversation
from medea.modules.conversations.errors import (
    HostedPageAmbiguous,
    IdentityTokenInvalid,
    VisitorSessionsClosed,
)
from medea.modules.conversations.schemas import AgentRef, VisitorSessionCreate, VisitorSessionRead, WidgetConfig
from medea.modules.conversations.service import visitors
from medea.modules.tenancy.facade import OriginNotAllowed

router = make_router("/widget", "widget", is_public=True)

_COOKIE = "__Host-medea_visitor_"


@router.post(
    "/sessions",
    status_code=201,
    responses=problems(
        AgentNotFound, OriginNotAllowed, VisitorSessionsClosed, HostedPageAmbiguous, IdentityTokenInvalid, LimitReached
    ),
)
@rated("widget_sessions")
async def open_session(
    body: VisitorSessionCreate, request: Request, response: Response, ctx: Anyone
) -> VisitorSessionRead:
    """Open a visitor session, with a publishable key or from this installation's own widget page.

    The same visitor is recognised by the cookie of the widget's origin or by `resume_token`; one of the company's
    own users by `identity_token`, on every device. An identified visitor's `resume_token` alone opens a session
    for nobody in particular.
    """
    if "authorization" in request.headers:
        await authenticate(request)  # a key that is wrong is refused, not taken for none
    cookies = [value for name, value in request.cookies.items() if name.startswith(_COOKIE)]
    given = [body.resume_token] if body.resume_token else []
    opening = visitors.Opening(
        agent=body.agent,
        origin=request.headers.get("origin"),
        resume_tokens=(*given, *cookies),
        identity_token=body.identity_token,
    )
    opened = await visitors.open_session(ctx, opening)
    if request.headers.get("origin") == ctx.ports.settings.widget_origin:
        _remember(response, ctx, opened)
    return await _read(ctx, opened)


def _remember(response: Response, ctx: Context, opened: visitors.Opened) -> None:
    """Set the visitor's cookie: partitioned per embedding site (CHIPS), so that it works in a frame."""
    name = f"{_COOKIE}{ctx.tenant.hex[-12:]}"
    age = visitors.RESUME_DAYS * 86_400
    response.headers.append(
        "set-cookie",
        f"{name}={opened.resume_token}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite=None; Partitioned",
    )


async def _read(ctx: Context, opened: visitors.Opened) -> VisitorSessionRead:
    config = opened.agent.config
    appearance = config.appearance
    return VisitorSessionRead(
        token=opened.token,
        expires_at=opened.expires_at,
        visitor_id=opened.visitor_id,
        resume_token=opened.resume_token,
        agent=AgentRef(id=opened.agent.id, slug=opened.agent.slug, name=opened.agent.name),
        config=WidgetConfig(
            title=appearance.title or config.name,
            subtitle=appearance.subtitle,
            greeting=config.greeting,
            suggested_questions=list(config.suggested_questions),
            appearance={
                "accent": appearance.accent,
                "on_accent": appearance.on_accent,
                "theme": appearance.theme,
                "position": appearance.position,
                "launcher_label": appearance.launcher_label,
                "title": appearance.title,
                "subtitle": appearance.subtitle,
                "radius": appearance.radius,
                "show_branding": appearance.show_branding,
            },
        ),
        conversation=None if opened.conversation is None else await read_conversation(ctx, opened.conversation),
    )
