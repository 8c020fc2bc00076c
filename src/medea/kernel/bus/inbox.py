"""Effects that happen once although messages come more than once.

A job of ours needs no inbox: completing it in the handler's own transaction (`Job.complete`) is the
guard. The inbox is for what arrives with somebody else's id, a provider's webhook for instance.
"""

from datetime import datetime

from medea.kernel.db.sql import Sql
from medea.kernel.ids import TenantId
from medea.kernel.text import clean_text

_FIRST = "INSERT INTO inbox (tenant_id, consumer, key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING key"
_PURGE = "DELETE FROM inbox WHERE at < $1"


async def is_first_time(sql: Sql, tenant_id: TenantId, consumer: str, key: str) -> bool:
    """Tell whether this transaction is the first to handle a message; the answer commits with its effect.

    Of two transactions at once the second waits for the first to end.

    Args:
        sql: the transaction of the effect, bound to the tenant.
        tenant_id: whose message it is.
        consumer: who handles it, `<module>.<what>`.
        key: the sender's id of the message.
    """
    return await sql.fetchval(_FIRST, tenant_id, consumer, clean_text(key)) is not None


async def purge_inbox(sql: Sql, before: datetime) -> int:
    """Forget messages older than any sender would repeat, as `medea_system`; return how many."""
    return int((await sql.execute(_PURGE, before)).rpartition(" ")[2])
