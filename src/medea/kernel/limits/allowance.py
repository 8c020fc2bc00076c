"""How much each tenant may ask for: the installation's settings, the same for all, or what a plan says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from medea.kernel.ids import TenantId
from medea.kernel.limits.bucket import Limit
from medea.kernel.settings import LimitSettings

Subject = Literal["tenant", "key", "visitor", "caller", "address"]
Covers = Literal["chat", "api", "widget_sessions"]

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate limit, what each of its buckets is of, and which requests it covers.

    Attributes:
        subject: whose bucket; a `caller` is whoever the credential names (key, visitor, member).
        covers: what makes a model speak (`chat`), visitors' sessions, or all other calls with a credential.
    """

    limit: Limit
    subject: Subject
    covers: Covers


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one tenant may ask for.

    Attributes:
        rates: requests.
        turns_at_once: turns that may run or wait at the same time.
    """

    rates: tuple[Rate, ...]
    turns_at_once: int

    def covering(self, what: Covers) -> tuple[Rate, ...]:
        """Return the rates that such a request counts in."""
        return tuple(rate for rate in self.rates if rate.covers == what)


Allowances = Callable[[TenantId | None], Allowance]
"""Finds a tenant's allowance, without waiting: it is asked with every request. None: nobody knows the tenant yet."""


def same_for_all(settings: LimitSettings) -> Allowances:
    """Give every tenant what the settings say."""
    allowance = Allowance(
        (
            Rate(Limit("chat_visitor", settings.chat_per_visitor, MINUTE), "visitor", "chat"),
            Rate(Limit("chat_key", settings.chat_per_key, MINUTE), "key", "chat"),
            Rate(Limit("chat_address", settings.chat_per_address, MINUTE), "address", "chat"),
            Rate(Limit("chat_tenant", settings.chat_per_tenant, MINUTE), "tenant", "chat"),
            Rate(Limit("api_caller", settings.requests_per_caller, MINUTE), "caller", "api"),
            Rate(Limit("api_tenant", settings.requests_per_tenant, MINUTE), "tenant", "api"),
            Rate(Limit("session_key", settings.chat_per_key, MINUTE), "key", "widget_sessions"),
            Rate(Limit("session_tenant", settings.chat_per_tenant, MINUTE), "tenant", "widget_sessions"),
        ),
        settings.turns_per_tenant,
    )
    return lambda _tenant: allowance
