"""How much each tenant may ask for: the installation's settings, the same for all, or what a plan says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from medea.kernel.ids import TenantId
from medea.kernel.limits.bucket import Limit
from medea.kernel.settings import KnowledgeSettings, LimitSettings

Subject = Literal["tenant", "key", "visitor", "caller", "address"]
Covers = Literal["chat", "api", "widget_sessions"]

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate limit, and what each of its buckets is of.

    Attributes:
        subject: whose bucket; a `caller` is whoever the credential names (key, visitor, member).
    """

    limit: Limit
    subject: Subject


@dataclass(frozen=True, slots=True)
class Room:
    """How much a tenant may keep as knowledge.

    Attributes:
        bases: knowledge bases.
        documents: in all of them.
        pages: of documents that have such.
        bytes: of originals.
    """

    bases: int
    documents: int
    pages: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one tenant may ask for.

    Attributes:
        chat: requests that make a model speak, and those that open conversations.
        api: all other requests with a credential.
        widget_sessions: opening visitors' sessions.
        turns_at_once: turns that may run or wait at the same time.
        knowledge: what it may keep, where nothing else was agreed on with it (`tenant_allowances`).
    """

    chat: tuple[Rate, ...]
    api: tuple[Rate, ...]
    widget_sessions: tuple[Rate, ...]
    turns_at_once: int
    knowledge: Room


Allowances = Callable[[TenantId | None], Allowance]
"""Finds a tenant's allowance, without waiting: it is asked with every request. None: nobody knows the tenant yet."""


def same_for_all(settings: LimitSettings, knowledge: KnowledgeSettings) -> Allowances:
    """Give every tenant what the settings say."""
    allowance = Allowance(
        chat=(
            Rate(Limit("chat_visitor", settings.chat_per_visitor, MINUTE), "visitor"),
            Rate(Limit("chat_address", settings.chat_per_address, MINUTE), "address"),
            Rate(Limit("chat_key", settings.chat_per_key, MINUTE), "key"),
            Rate(Limit("chat_tenant", settings.chat_per_tenant, MINUTE), "tenant"),
        ),
        api=(
            Rate(Limit("api_caller", settings.requests_per_caller, MINUTE), "caller"),
            Rate(Limit("api_tenant", settings.requests_per_tenant, MINUTE), "tenant"),
        ),
        widget_sessions=(
            Rate(Limit("widget_session", settings.widget_sessions_per_minute, MINUTE), "address"),
            Rate(Limit("session_key", settings.chat_per_key, MINUTE), "key"),
            Rate(Limit("session_tenant", settings.chat_per_tenant, MINUTE), "tenant"),
        ),
        turns_at_once=settings.turns_per_tenant,
        knowledge=Room(knowledge.max_bases, knowledge.max_documents, knowledge.max_pages, knowledge.max_bytes),
    )
    return lambda _tenant: allowance
