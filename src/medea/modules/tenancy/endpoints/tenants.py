"""The company itself."""

from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import Authenticated
from medea.modules.tenancy.errors import TenantNotFound
from medea.modules.tenancy.permissions import Read, Write
from medea.modules.tenancy.schemas.company import TenantCreate, TenantRead, TenantUpdate
from medea.modules.tenancy.service import accounts, tenants

router = make_router("", "Company")


@router.get("/tenant", responses=problems(TenantNotFound))
async def get_tenant(ctx: Read) -> TenantRead:
    """Return the company you are working in."""
    return TenantRead.model_validate(await tenants.get_tenant(ctx))


@router.patch("/tenant", responses=problems(TenantNotFound))
async def rename_tenant(body: TenantUpdate, ctx: Write) -> TenantRead:
    """Change its name."""
    return TenantRead.model_validate(await tenants.rename_tenant(ctx, body.name))


@router.post("/tenants", status_code=201)
async def create_tenant(body: TenantCreate, ctx: Authenticated) -> TenantRead:
    """Found another company, as its owner. You stay where you are; switch with `/v1/auth/switch`."""
    return TenantRead.model_validate(await accounts.found_own(ctx, body.name))
