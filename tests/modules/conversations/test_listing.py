"""What a list of conversations costs does not grow with what the company has been asked."""

from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.db.paging import PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import TenantId
from medea.modules.conversations import queries

NUMBER = 3_000
_ROWS = """
WITH made AS (
  SELECT i, gen_random_uuid() AS conversation, gen_random_uuid() AS turn, gen_random_uuid() AS reply
  FROM generate_series(1, $2::int) AS i
), talks AS (
  INSERT INTO conversations (tenant_id, id, agent_id, channel, started_by, is_draft, status, message_count, version,
                             state, active_turn_id, created_at, updated_at)
  SELECT $1, conversation, gen_random_uuid(), 'api', 'x', false, 'open', 2, 1, '{}', turn, now(),
         now() - make_interval(secs => i) FROM made
), turns AS (
  INSERT INTO turns (tenant_id, id, conversation_id, message_id, reply_id, status, attempt, created_at)
  SELECT $1, turn, conversation, gen_random_uuid(), reply, 'waiting', 1, now() FROM made
)
INSERT INTO messages (tenant_id, id, conversation_id, ordinal, role, text, status, created_at)
SELECT $1, reply, conversation, 2, 'assistant', 'May I?', 'waiting', now() FROM made
"""


class Explaining:
    """A transaction that tells how it would read instead of reading."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self.plan: list[str] = []

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        self.plan = [row[0] for row in await self._sql.fetch(f"EXPLAIN {query}", *args)]
        return []


async def test_of_turns_those_of_the_page_are_read(owner: AsyncClient, installation: Installation) -> None:
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    async with installation.ports.database.transaction(tenant) as sql:
        await sql.execute(_ROWS, tenant, NUMBER)
    async with installation.ports.database.transaction(tenant) as sql:
        explaining = Explaining(sql)
        await queries.list_conversations(explaining, PageRequest(50))  # type: ignore[arg-type]
        found = await queries.list_conversations(sql, PageRequest(50))
    (turns,) = [line for line in explaining.plan if " on turns " in line]
    assert "using turns_pkey" in turns, "\n".join(explaining.plan)
    assert {row.waits_for for row in found.data} == {"visitor"}
    assert len(found.data) == 50
