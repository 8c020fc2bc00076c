"""The company itself."""

from medea.kernel.context import Context
from medea.modules.tenancy.errors import TenantNotFound
from medea.modules.tenancy.models import Tenant
from medea.modules.tenancy.repository import tenants


async def get_tenant(ctx: Context) -> Tenant:
    """Return the company of this request.

    Raises:
        TenantNotFound: it is gone.
    """
    tenant = await tenants.find_tenant(ctx.db)
    if tenant is None:
        raise TenantNotFound()
    return tenant


async def rename_tenant(ctx: Context, name: str) -> Tenant:
    """Change the company's name; its slug stays."""
    tenant = await get_tenant(ctx)
    tenant.name = name
    tenant.updated_at = ctx.now()
    return tenant
