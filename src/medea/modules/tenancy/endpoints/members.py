"""Members."""

from medea.kernel.ids import MembershipId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.tenancy.endpoints import reading
from medea.modules.tenancy.errors import LastOwner, MemberNotFound, OwnersOnly
from medea.modules.tenancy.permissions import Read, Write
from medea.modules.tenancy.schemas.company import MemberRead, MemberUpdate
from medea.modules.tenancy.service import members

router = make_router("/members", "Members")


@router.get("")
async def list_members(ctx: Read, paging: Paging) -> ListOf[MemberRead]:
    """List members, the first to join first."""
    return ListOf[MemberRead].of(await members.list_members(ctx, paging), reading.member)


@router.patch("/{member_id}", responses=problems(MemberNotFound, OwnersOnly, LastOwner))
async def change_role(member_id: MembershipId, body: MemberUpdate, ctx: Write) -> MemberRead:
    """Give a member another role. It holds from the next request on."""
    return reading.member(await members.change_role(ctx, member_id, body.role))


@router.delete("/{member_id}", status_code=204, responses=problems(MemberNotFound, OwnersOnly, LastOwner))
async def remove_member(member_id: MembershipId, ctx: Read) -> None:
    """Remove a member (needs `tenancy:write`), or leave yourself. Access ends at once."""
    await members.remove_member(ctx, member_id)
