"""Signing up, logging in, `me`, switching companies."""

from fastapi import Request, Response

from medea.kernel.context import Context
from medea.kernel.errors import LimitReached
from medea.kernel.limits.bucket import Decision, Limit, require
from medea.kernel.web.cookies import set_session
from medea.kernel.web.problems import problems
from medea.kernel.web.rates import network_of
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import Anyone, Authenticated, OwnOrigin, client_address
from medea.modules.identity import facade as identity
from medea.modules.tenancy.endpoints import reading
from medea.modules.tenancy.errors import TenantNotFound
from medea.modules.tenancy.schemas.company import Login, Me, MeUpdate, Signup, Switch
from medea.modules.tenancy.service import accounts, founding

public = make_router("/auth", "Account", is_public=True)
own = make_router("/auth", "Account")

_PER_ADDRESS = 6  # many people may stand behind one address: it gets so many times the attempts of one account


def device(request: Request) -> identity.Device:
    """Return where a request comes from."""
    return identity.Device(request.headers.get("user-agent"), client_address(request))


async def logged_in(ctx: Context, response: Response, opened: identity.NewSession) -> Me:
    """Give the browser its cookie and say who is logged in."""
    set_session(response, ctx.ports.settings, opened.token, opened.session.expires_at)
    return reading.me(await accounts.load_account(ctx, opened.session))


async def _limit_login(ctx: Context, email: str, address: str) -> Decision:
    limits, amount = ctx.ports.limiter, ctx.ports.settings.limits.login_per_minute
    key = identity.email_key(email)
    await require(limits, Limit("login.address", amount * _PER_ADDRESS, 60), address)
    await require(limits, Limit("login.account", amount * _PER_ADDRESS, 60), key)
    return await require(limits, Limit("login", amount, 60), f"{key} {address}")


@public.post(
    "/signup",
    status_code=201,
    dependencies=[OwnOrigin],
    responses=problems(identity.EmailTaken, identity.WeakPassword, LimitReached),
)
async def sign_up(body: Signup, ctx: Anyone, request: Request, response: Response) -> Me:
    """Make an account and a company, and log in."""
    amount = ctx.ports.settings.limits.signup_per_hour
    decision = await require(ctx.ports.limiter, Limit("signup", amount, 3600), network_of(request))
    response.headers.update(decision.headers)
    opened = await founding.sign_up(
        ctx,
        email=body.email,
        password=body.password,
        name=body.name,
        tenant_name=body.tenant_name,
        device=device(request),
    )
    return await logged_in(ctx, response, opened)


@public.post("/login", dependencies=[OwnOrigin], responses=problems(identity.LoginFailed, LimitReached))
async def log_in(body: Login, ctx: Anyone, request: Request, response: Response) -> Me:
    """Log in, in the company where you were last."""
    decision = await _limit_login(ctx, body.email, network_of(request))
    response.headers.update(decision.headers)
    opened = await accounts.log_in(ctx, email=body.email, password=body.password, device=device(request))
    return await logged_in(ctx, response, opened)


@own.get("/me")
async def get_me(ctx: Authenticated) -> Me:
    """Tell who is logged in, in which company, and what they may do there."""
    return reading.me(await accounts.get_me(ctx))


@own.patch("/me")
async def rename_me(body: MeUpdate, ctx: Authenticated) -> Me:
    """Change your name."""
    return reading.me(await accounts.rename_me(ctx, body.name))


@own.post("/switch", responses=problems(TenantNotFound))
async def switch_tenant(body: Switch, ctx: Authenticated, response: Response) -> Me:
    """Work in another of your companies from now on. The session gets a new cookie."""
    return await logged_in(ctx, response, await accounts.switch_tenant(ctx, body.tenant_id))
