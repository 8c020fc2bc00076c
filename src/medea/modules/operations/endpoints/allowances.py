"""What single companies may keep, where that is not what all may."""

from medea.kernel.ids import TenantId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.modules.operations import service
from medea.modules.operations.errors import NotForYou
from medea.modules.operations.permissions import Operator
from medea.modules.operations.schemas import AllowanceRead, AllowanceUpdate
from medea.modules.tenancy import facade as tenancy

router = make_router("/operator/tenants", "Operating")
router.responses |= problems(NotForYou)


@router.get("/{tenant_id}/allowance", responses=problems(tenancy.TenantNotFound))
async def get_allowance(tenant_id: TenantId, ctx: Operator) -> AllowanceRead:
    """Read what a company may keep, and what of that was agreed on with it alone."""
    return AllowanceRead.of(*await service.change_allowance(ctx, tenant_id, {}))


@router.patch("/{tenant_id}/allowance", responses=problems(tenancy.TenantNotFound))
async def update_allowance(tenant_id: TenantId, body: AllowanceUpdate, ctx: Operator) -> AllowanceRead:
    """Let a company keep more or less knowledge than others. Null: as much as all may.

    It holds from the next upload on. What is there already stays, whatever it is.
    """
    return AllowanceRead.of(*await service.change_allowance(ctx, tenant_id, body.model_dump(exclude_unset=True)))
