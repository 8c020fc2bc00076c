"""Setting aside, settling, releasing: one statement each, whatever else runs at the same time.

All of them change counters in the order of their budgets' ids, so that no two wait for each other.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, ReservationId, TenantId, TurnId
from medea.modules.billing.models import Budget, Counter, Standing

# $1 tenant, $2 agent, $3 end user, $4 first day of the day's period, $5 of the month's
_APPLYING = """
SELECT *, CASE period WHEN 'day' THEN $4::date ELSE $5::date END AS starts_at,
  CASE scope WHEN 'end_user' THEN $3::text ELSE '' END AS subject
FROM budgets
WHERE tenant_id = $1 AND (agent_id IS NULL OR agent_id = $2::uuid) AND (scope <> 'end_user' OR $3 IS NOT NULL)
"""

# A counter's first row is inserted, any later call changes it. `DO UPDATE` waits for whoever holds the row and looks
# at its newest version, so its condition holds at the moment at which the sum grows: that is what makes overspending
# impossible at READ COMMITTED too. (At higher isolation the loser fails instead.) What did not fit is not returned;
# the caller rolls everything back then.
# $6 reservation, $7 turn, $8 tokens, $9 US dollars or NULL where the price is unknown, $10 when it expires
_RESERVE = f"""
WITH applying AS MATERIALIZED ({_APPLYING}),
taken AS (
  INSERT INTO budget_counters AS c (tenant_id, budget_id, starts_at, subject, reserved_tokens, reserved_usd)
  SELECT $1, id, starts_at, subject, $8::bigint, coalesce($9::numeric, 0) FROM applying
  WHERE $8 <= coalesce(limit_tokens, $8) AND coalesce($9, 0) <= coalesce(limit_usd, $9, 0)
    AND ($9 IS NOT NULL OR limit_usd IS NULL OR unpriced = 'pass')
  ORDER BY id
  ON CONFLICT (tenant_id, budget_id, starts_at, subject) DO UPDATE
  SET reserved_tokens = c.reserved_tokens + excluded.reserved_tokens,
      reserved_usd = c.reserved_usd + excluded.reserved_usd
  WHERE (
    SELECT (b.limit_tokens IS NULL OR c.spent_tokens + c.reserved_tokens + excluded.reserved_tokens <= b.limit_tokens)
       AND (b.limit_usd IS NULL OR c.spent_usd + c.reserved_usd + excluded.reserved_usd <= b.limit_usd)
    FROM budgets b WHERE b.tenant_id = c.tenant_id AND b.id = c.budget_id
  )
  RETURNING budget_id
),
booked AS (
  INSERT INTO budget_reservations (tenant_id, id, budget_id, turn_id, starts_at, subject, usd, tokens, expires_at)
  SELECT $1, $6, id, $7, starts_at, subject, coalesce($9, 0), $8, $10 FROM applying
  WHERE id IN (SELECT budget_id FROM taken)
)
SELECT (SELECT count(*) FROM applying) AS applying, (SELECT count(*) FROM taken) AS taken
"""

# `gone` says what is taken off; deleting it is what makes a second time do nothing
_TAKE_OFF = """
, summed AS (
  SELECT tenant_id, budget_id, starts_at, subject, sum(tokens)::bigint AS tokens, sum(usd) AS usd
  FROM gone GROUP BY tenant_id, budget_id, starts_at, subject
),
held AS MATERIALIZED (
  SELECT c.tenant_id, c.budget_id, c.starts_at, c.subject, s.tokens, s.usd
  FROM budget_counters c JOIN summed s USING (tenant_id, budget_id, starts_at, subject)
  ORDER BY c.budget_id, c.starts_at, c.subject FOR UPDATE OF c
),
changed AS (
  UPDATE budget_counters c
  SET reserved_tokens = c.reserved_tokens - held.tokens, reserved_usd = c.reserved_usd - held.usd,
      spent_tokens = c.spent_tokens + {spent_tokens}, spent_usd = c.spent_usd + {spent_usd}
  FROM held
  WHERE (c.tenant_id, c.budget_id, c.starts_at, c.subject)
      = (held.tenant_id, held.budget_id, held.starts_at, held.subject)
  RETURNING c.*
)
"""

_SETTLE = (
    "WITH gone AS (DELETE FROM budget_reservations WHERE tenant_id = $1 AND id = $2 RETURNING *)"
    + _TAKE_OFF.format(spent_tokens="$3::bigint", spent_usd="coalesce($4::numeric, held.usd)")
    + "SELECT b.*, c.budget_id, c.starts_at, c.subject, c.spent_usd, c.spent_tokens, c.reserved_usd, c.reserved_tokens"
    " FROM changed c JOIN budgets b ON (b.tenant_id, b.id) = (c.tenant_id, c.budget_id)"
)

_NOTHING = _TAKE_OFF.format(spent_tokens="0", spent_usd="0") + "SELECT count(*) FROM changed"
_RELEASE = "WITH gone AS (DELETE FROM budget_reservations WHERE tenant_id = $1 AND id = $2 RETURNING *)" + _NOTHING
_RELEASE_TURN = (
    "WITH gone AS (DELETE FROM budget_reservations WHERE tenant_id = $1 AND turn_id = $2 RETURNING *)" + _NOTHING
)
_SPEND_EXPIRED = (
    "WITH gone AS (DELETE FROM budget_reservations WHERE expires_at <= $1 RETURNING *)"
    + _TAKE_OFF.format(spent_tokens="held.tokens", spent_usd="held.usd")
    + "SELECT count(*) FROM changed"
)

_STANDINGS = f"""
SELECT b.*, b.id AS budget_id, coalesce(c.spent_usd, 0) AS spent_usd, coalesce(c.spent_tokens, 0) AS spent_tokens,
  coalesce(c.reserved_usd, 0) AS reserved_usd, coalesce(c.reserved_tokens, 0) AS reserved_tokens
FROM ({_APPLYING}) b
LEFT JOIN budget_counters c ON (c.tenant_id, c.budget_id, c.starts_at, c.subject)
  = (b.tenant_id, b.id, b.starts_at, b.subject)
ORDER BY b.id
"""


@dataclass(frozen=True, slots=True)
class Call:
    """For which call something is set aside.

    Attributes:
        day: first day of the day's period.
        month: first day of the month's.
    """

    tenant: TenantId
    agent: AgentId
    end_user: str | None
    day: date
    month: date


async def reserve(
    sql: Sql,
    call: Call,
    reservation: ReservationId,
    turn: TurnId,
    *,
    tokens: int,
    usd: Decimal | None,
    expires_at: datetime,
) -> tuple[int, int]:
    """Set aside in every budget that applies; return how many apply, and in how many there was room.

    Where these differ the transaction must be rolled back.
    """
    row = await sql.fetchrow(
        _RESERVE,
        call.tenant,
        call.agent,
        call.end_user,
        call.day,
        call.month,
        reservation,
        turn,
        tokens,
        usd,
        expires_at,
    )
    return (0, 0) if row is None else (row["applying"], row["taken"])


async def settle(
    sql: Sql, tenant: TenantId, reservation: ReservationId, *, tokens: int, usd: Decimal | None
) -> list[Standing]:
    """Replace what was set aside by what was spent; return how budgets stand after it, none if it was done before.

    Args:
        sql: a transaction bound to the tenant.
        tenant: whose.
        reservation: which.
        tokens: spent.
        usd: spent; None where nobody knows: then what was set aside counts as spent.
    """
    rows = await sql.fetch(_SETTLE, tenant, reservation, tokens, usd)
    return [Standing(Budget.of(row), Counter.of(row)) for row in rows]


async def release(sql: Sql, tenant: TenantId, reservation: ReservationId) -> None:
    """Give back what was set aside, unless that is done."""
    await sql.execute(_RELEASE, tenant, reservation)


async def release_turn(sql: Sql, tenant: TenantId, turn: TurnId) -> int:
    """Give back what earlier attempts at a turn left set aside; return how many counters changed."""
    return int(await sql.fetchval(_RELEASE_TURN, tenant, turn))


async def spend_expired(sql: Sql, now: datetime) -> int:
    """Count as spent, for all companies as `medea_system`, what nobody settled; return how many counters changed."""
    return int(await sql.fetchval(_SPEND_EXPIRED, now))


async def delete_counters_before(sql: Sql, day: date) -> int:
    """Delete counters and warnings of periods that began before a day, as `medea_system`."""
    await sql.execute("DELETE FROM budget_notices WHERE starts_at < $1", day)
    return int((await sql.execute("DELETE FROM budget_counters WHERE starts_at < $1", day)).rpartition(" ")[2])


async def list_applying(sql: Sql, call: Call) -> list[Standing]:
    """Return the budgets that apply to a call and how they stand."""
    rows = await sql.fetch(_STANDINGS, call.tenant, call.agent, call.end_user, call.day, call.month)
    return [Standing(Budget.of(row), Counter.of(row)) for row in rows]
