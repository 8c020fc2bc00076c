"""The models of an agent, one after another: which is tried next, with how much patience, and why.

A turn moves on only as long as readers have seen nothing of an answer (ADR 24). It never moves back: the model that
answered a step answers the next ones, too, and so it does after a pause, for the log holds the move.
"""

from dataclasses import dataclass, replace

from medea.kernel.context import Context
from medea.kernel.errors import AppError
from medea.kernel.llm.errors import ModelCircuitOpen, ModelContentFiltered, ModelError, ModelTimeout
from medea.kernel.llm.messages import ModelRequest
from medea.kernel.settings import LlmSettings
from medea.kernel.telemetry import metrics
from medea.modules.agents.facade import Fallback, FallbackReason
from medea.modules.billing import facade as billing
from medea.modules.conversations.log import ModelFellBack
from medea.modules.conversations.runtime.running import Running


@dataclass(frozen=True, slots=True)
class Chain:
    """What may answer, in order.

    Attributes:
        first: the agent's model; None: the default one.
        others: what takes over, and when.
    """

    first: str | None
    others: tuple[Fallback, ...] = ()

    def model_at(self, place: int) -> str | None:
        """Return the model at a place, 0 being the agent's own; of a chain that has become shorter the last."""
        if place == 0 or not self.others:
            return self.first
        return self.others[min(place, len(self.others)) - 1].model

    def place_after(self, place: int, reason: FallbackReason) -> int | None:
        """Return the place of the next model that takes over for this reason; None: none does."""
        later = enumerate(self.others[place:], place + 1)
        return next((number for number, other in later if reason in other.on), None)


def reason_of(failure: AppError) -> FallbackReason | None:
    """Return why another model may do better; None: it is not to be asked.

    What a content filter declines is not put before the next model: that would be a way around it.
    """
    if isinstance(failure, billing.BudgetExhausted):
        return "budget"
    if isinstance(failure, ModelTimeout) or (isinstance(failure, ModelCircuitOpen) and failure.is_early):
        return "timeout"
    return "error" if isinstance(failure, ModelError) and not isinstance(failure, ModelContentFiltered) else None


def request_at(chain: Chain, place: int, request: ModelRequest, limits: LlmSettings) -> ModelRequest:
    """Return the request for the model at a place: with less patience where another can take over."""
    waits = limits.fallback_timeout if chain.place_after(place, "timeout") is not None else None
    tries = limits.fallback_attempts if chain.place_after(place, "error") is not None else None
    return replace(request, model=chain.model_at(place), first_token=waits, max_attempts=tries)


def move_on(ctx: Context, running: Running, chain: Chain, failure: AppError) -> bool:
    """Go to the next model that takes over for a failure, and remember why; False: there is none."""
    reason = reason_of(failure)
    place = None if reason is None else chain.place_after(running.place, reason)
    if reason is None or place is None:
        return False
    before, after = chain.model_at(running.place), chain.model_at(place)
    upstream = getattr(failure, "upstream", None)
    running.moves.append(
        ModelFellBack(
            turn_id=running.turn.turn_id,
            place=place,
            model=before,
            to=after or "",
            reason=reason,
            code=failure.code,
            detail=" ".join(part for part in (failure.detail, upstream) if part)[:500],
        )
    )
    running.place = place
    metrics.MODEL_FALLBACKS.labels(reason).inc()
    ctx.log.info("conversations.model_fell_back", reason=reason, code=failure.code, model=before, to=after)
    return True
