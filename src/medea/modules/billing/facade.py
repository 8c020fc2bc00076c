"""What other modules may ask of billing.

Around every model call: `reserve` before it, `settle` with what it took after it, `release` if it took nothing.
"""

from dataclasses import dataclass

from medea.kernel.context import Context, Ports
from medea.kernel.ids import AgentId, TurnId
from medea.modules.billing.errors import BudgetExhausted
from medea.modules.billing.service import reservations
from medea.modules.billing.service.reservations import Reservation

__all__ = [
    "Applying",
    "BudgetExhausted",
    "Reservation",
    "find_applying",
    "purge",
    "release",
    "release_turn",
    "reserve",
    "settle",
]


@dataclass(frozen=True, slots=True)
class Applying:
    """That budgets apply to a call.

    Attributes:
        counts_usd: one of them limits money, so that the price of the call is needed.
    """

    counts_usd: bool


async def find_applying(ctx: Context, agent_id: AgentId, end_user: str | None) -> Applying | None:
    """Tell whether budgets apply to a call, and None if not. Costs no query while it is remembered.

    Args:
        ctx: its tenant is whose budgets count.
        agent_id: who answers.
        end_user: for whom, or None.
    """
    rules = await reservations.find_rules(ctx, agent_id, end_user)
    return Applying(any(rule.counts_usd for rule in rules)) if rules else None


async def reserve(
    ctx: Context,
    *,
    turn_id: TurnId,
    agent_id: AgentId,
    end_user: str | None,
    tokens: int,
    cost_usd: float | None,
    is_last_word: bool = True,
) -> Reservation | None:
    """Set aside what a model call may cost at most; None: no budget applies, and no query was made.

    Never inside a transaction of the caller's. What an earlier attempt at the turn left set aside still counts: who
    begins another gives it back once, by `release_turn`.

    Args:
        ctx: of the job that runs the turn.
        turn_id: whose call.
        agent_id: who answers.
        end_user: for whom, or None: then budgets per end user do not apply.
        tokens: of the prompt and the longest answer.
        cost_usd: of both; None where the price is not known.
        is_last_word: False where the caller asks again, for less or later, so that owners are not told yet.

    Raises:
        BudgetExhausted: one of the budgets has no room for it; then none has set anything aside.
    """
    return await reservations.reserve(
        ctx,
        turn_id=turn_id,
        agent_id=agent_id,
        end_user=end_user,
        tokens=tokens,
        cost_usd=cost_usd,
        is_last_word=is_last_word,
    )


async def settle(ctx: Context, reservation: Reservation, *, tokens: int, cost_usd: float | None) -> None:
    """Replace what was set aside by what the call took, in a transaction of its own; a second time does nothing.

    Args:
        ctx: of the job that runs the turn.
        reservation: of the call.
        tokens: of prompt and answer.
        cost_usd: None where nobody knows: then what was set aside counts as spent.
    """
    await reservations.settle(ctx, reservation, tokens=tokens, cost_usd=cost_usd)


async def release(ctx: Context, reservation: Reservation) -> None:
    """Give back what was set aside for a call that took nothing; a second time does nothing."""
    await reservations.release(ctx, reservation)


async def release_turn(ctx: Context, turn_id: TurnId) -> None:
    """Give back whatever a turn still has set aside, because nobody goes on with it."""
    await reservations.release_turn(ctx, turn_id)


async def purge(ports: Ports) -> dict[str, int]:
    """Count as spent what nobody settled in time, in all companies, and drop counters of long ago; return how many."""
    return await reservations.purge(ports)
