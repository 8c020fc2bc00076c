"""Invitations."""

from typing import Annotated

from fastapi import Query, Request, Response

from medea.kernel.errors import LimitReached
from medea.kernel.ids import InvitationId
from medea.kernel.limits.bucket import Limit, require
from medea.kernel.web.problems import problems
from medea.kernel.web.rates import network_of
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import Anyone, Authenticated, OwnOrigin
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.identity import facade as identity
from medea.modules.tenancy.endpoints import reading
from medea.modules.tenancy.endpoints.accounts import device, logged_in
from medea.modules.tenancy.errors import AlreadyMember, InvitationForAnother, InvitationNotFound, OwnersOnly
from medea.modules.tenancy.permissions import Read, Write
from medea.modules.tenancy.schemas.company import (
    InvitationAccept,
    InvitationCreate,
    InvitationLookup,
    InvitationRead,
    InvitationRegister,
    Me,
    Token,
)
from medea.modules.tenancy.service import invitations

public = make_router("/invitations", "Members", is_public=True)
router = make_router("/invitations", "Members")


@public.get("/lookup", responses=problems(InvitationNotFound))
async def look_up(token: Annotated[Token, Query()], ctx: Anyone) -> InvitationLookup:
    """Tell what a mailed link is about."""
    return InvitationLookup.model_validate(await invitations.open_link(ctx, token))


@public.post(
    "/register",
    status_code=201,
    dependencies=[OwnOrigin],
    responses=problems(InvitationNotFound, identity.EmailTaken, identity.WeakPassword, LimitReached),
)
async def register(body: InvitationRegister, ctx: Anyone, request: Request, response: Response) -> Me:
    """Make an account for the invited address, join, and log in."""
    amount = ctx.ports.settings.limits.signup_per_hour
    await require(ctx.ports.limiter, Limit("signup", amount, 3600), network_of(request))
    opened = await invitations.register(ctx, body.token, name=body.name, password=body.password, device=device(request))
    return await logged_in(ctx, response, opened)


@router.post("/accept", responses=problems(InvitationNotFound, InvitationForAnother))
async def accept(body: InvitationAccept, ctx: Authenticated, response: Response) -> Me:
    """Join as the one who is logged in, and switch to that company."""
    return await logged_in(ctx, response, await invitations.accept(ctx, body.token))


@router.get("")
async def list_invitations(ctx: Read, paging: Paging) -> ListOf[InvitationRead]:
    """List invitations that were not accepted yet."""
    return ListOf[InvitationRead].of(await invitations.list_invitations(ctx, paging), reading.invitation)


@router.post("", status_code=201, responses=problems(OwnersOnly, AlreadyMember, LimitReached))
async def invite(body: InvitationCreate, ctx: Write) -> InvitationRead:
    """Mail someone a link to join. An earlier invitation to the same address no longer counts."""
    return reading.invitation(await invitations.invite(ctx, body.email, body.role))


@router.delete("/{invitation_id}", status_code=204, responses=problems(InvitationNotFound, OwnersOnly))
async def withdraw(invitation_id: InvitationId, ctx: Write) -> None:
    """Make a mailed link useless."""
    await invitations.withdraw(ctx, invitation_id)
