"""What a company may keep: what all may, or what was agreed on with it."""

from collections.abc import Mapping

from medea.kernel.context import Ports
from medea.kernel.db.sql import Sql
from medea.kernel.ids import TenantId
from medea.kernel.limits.allowance import Room
from medea.modules.tenancy.errors import TenantNotFound
from medea.modules.tenancy.repository import across
from medea.modules.tenancy.repository import allowances as repository
from medea.modules.tenancy.repository.allowances import Agreed


async def find_room(ports: Ports, sql: Sql, tenant_id: TenantId) -> Room:
    """Return how much a company may keep as knowledge, as its own transaction (or one of the system) sees it."""
    agreed, usual = await repository.find_agreed(sql, tenant_id), ports.allowances(tenant_id).knowledge
    return Room(
        bases=usual.bases if agreed.knowledge_bases is None else agreed.knowledge_bases,
        documents=usual.documents if agreed.knowledge_documents is None else agreed.knowledge_documents,
        pages=usual.pages if agreed.knowledge_pages is None else agreed.knowledge_pages,
        bytes=usual.bytes if agreed.knowledge_bytes is None else agreed.knowledge_bytes,
    )


async def agree(ports: Ports, tenant_id: TenantId, changes: Mapping[str, int | None]) -> tuple[Agreed, Room]:
    """Agree on something else with a company; with no changes: say what holds.

    Args:
        ports: of the installation. Whoever calls this has seen to it that an operator or a plan asks.
        tenant_id: which company.
        changes: members of `Agreed`; None: what all may. What is not named stays.

    Returns:
        What was agreed on, and what the company may keep with that.

    Raises:
        TenantNotFound: there is no such company.
    """
    async with ports.database.system() as sql:
        if tenant_id not in await across.list_names(sql, [tenant_id]):
            raise TenantNotFound()
        if changes:
            await repository.set_agreed(sql, tenant_id, changes, ports.clock.now())
        return await repository.find_agreed(sql, tenant_id), await find_room(ports, sql, tenant_id)
