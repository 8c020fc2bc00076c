"""What billing remembers in process."""

from dataclasses import dataclass

from medea.kernel.cache.base import CacheSpec
from medea.kernel.ids import AgentId


@dataclass(frozen=True, slots=True)
class Rule:
    """As much of a budget as tells whether it applies to a call.

    Attributes:
        agent_id: the only agent it is about; None: all.
        is_per_end_user: calls without an end user are none of its business.
        counts_usd: it limits money, so that the price of a call must be known.
    """

    agent_id: AgentId | None
    is_per_end_user: bool
    counts_usd: bool

    def applies(self, agent_id: AgentId, end_user: str | None) -> bool:
        """Tell whether a call counts in this budget."""
        return self.agent_id in {None, agent_id} and (end_user is not None or not self.is_per_end_user)


RULES: CacheSpec[tuple[Rule, ...]] = CacheSpec("billing.rules", ttl=60, size=20_000)
"""A company's budgets, so that a company without any is asked nothing."""
