"""Sessions and passwords over HTTP. Signing up and logging in answer with a company, so `tenancy` has them."""

from fastapi import Request, Response

from medea.kernel.context import Context
from medea.kernel.errors import LimitReached
from medea.kernel.ids import SessionId
from medea.kernel.limits.bucket import Limit, require
from medea.kernel.web.cookies import clear_session, set_session
from medea.kernel.web.problems import problems
from medea.kernel.web.rates import network_of
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import Anyone, Authenticated, OwnOrigin
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.identity.errors import ResetLinkInvalid, SessionNotFound, WeakPassword, WrongPassword
from medea.modules.identity.schemas import (
    PasswordChange,
    PasswordForgot,
    PasswordForgotRead,
    PasswordResetIn,
    SessionRead,
)
from medea.modules.identity.service import passwords, sessions

own = make_router("/auth", "Account")
public = make_router("/auth", "Account", is_public=True)
ROUTERS = (own, public)


async def _limit(ctx: Context, name: str, subject: str) -> None:
    amount = ctx.ports.settings.limits.login_per_minute
    await require(ctx.ports.limiter, Limit(name, amount, 60), subject)


@own.get("/sessions")
async def list_sessions(ctx: Authenticated, paging: Paging) -> ListOf[SessionRead]:
    """List where you are logged in, newest first."""
    found = await sessions.list_sessions(ctx, paging)
    current = sessions.current(ctx)
    return ListOf.of(
        found,
        lambda s: SessionRead(
            id=s.id,
            created_at=s.created_at,
            last_seen_at=s.last_seen_at,
            expires_at=s.expires_at,
            user_agent=s.user_agent,
            ip=s.ip,
            is_current=s.id == current,
        ),
    )


@own.delete("/sessions/{session_id}", status_code=204, responses=problems(SessionNotFound))
async def end_session(session_id: SessionId, ctx: Authenticated) -> None:
    """Log out in one place."""
    await sessions.end_session(ctx, session_id)


@own.delete("/sessions", status_code=204)
async def end_other_sessions(ctx: Authenticated) -> None:
    """Log out everywhere else."""
    await sessions.end_other_sessions(ctx)


@public.post("/logout", status_code=204)
async def log_out(ctx: Anyone, response: Response) -> None:
    """Log out here. Without a session nothing happens."""
    await sessions.log_out(ctx)
    clear_session(response, ctx.ports.settings)


@own.post("/password/change", status_code=204, responses=problems(WrongPassword, WeakPassword, LimitReached))
async def change_password(body: PasswordChange, ctx: Authenticated, response: Response) -> None:
    """Set a new password. All other sessions end."""
    await _limit(ctx, "identity.password_change", str(ctx.user_id))
    opened = await passwords.change_password(ctx, body.current_password, body.new_password)
    set_session(response, ctx.ports.settings, opened.token, opened.session.expires_at)


@public.post("/password/forgot", status_code=202, responses=problems(LimitReached))
async def forgot_password(body: PasswordForgot, ctx: Anyone, request: Request) -> PasswordForgotRead:
    """Have a link mailed that sets a new password. The answer is the same whether there is an account or not."""
    await _limit(ctx, "identity.password_forgot", network_of(request))
    await passwords.request_reset(ctx, body.email)
    return PasswordForgotRead()


@public.post(
    "/password/reset",
    status_code=204,
    dependencies=[OwnOrigin],
    responses=problems(ResetLinkInvalid, WeakPassword, LimitReached),
)
async def reset_password(body: PasswordResetIn, ctx: Anyone, request: Request, response: Response) -> None:
    """Set a new password with the token from the mail. All sessions end: log in again."""
    await _limit(ctx, "identity.password_reset", network_of(request))
    await passwords.reset_password(ctx, body.token, body.new_password)
    clear_session(response, ctx.ports.settings)
