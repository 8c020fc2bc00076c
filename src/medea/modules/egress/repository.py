"""Queries of the outbound door's log."""

from typing import Any

from medea.kernel.db.sql import Sql
from medea.kernel.ids import EgressCallId


async def list_calls(
    sql: Sql, *, host: str | None, purpose: str | None, is_refused: bool | None, before: EgressCallId | None, limit: int
) -> list[dict[str, Any]]:
    """Return the bound company's calls, the newest first.

    Args:
        sql: bound to the company.
        host: part of the host's name.
        purpose: only these.
        is_refused: True: only those that got no answer; False: only those that did.
        before: only older ones.
        limit: at most so many.
    """
    rows = await sql.fetch(
        "SELECT id, at, purpose, method, host, port, status, refusal, received_bytes, duration_ms FROM egress_calls"
        " WHERE ($1::text IS NULL OR position($1 IN host) > 0) AND ($2::text IS NULL OR purpose = $2)"
        " AND ($3::boolean IS NULL OR (refusal IS NOT NULL) = $3) AND ($4::uuid IS NULL OR id < $4)"
        " ORDER BY id DESC LIMIT $5",
        host,
        purpose,
        is_refused,
        before,
        limit,
    )
    return [dict(row) | {"id": EgressCallId(row["id"])} for row in rows]
