"""What each tenant's work asked of the outbound door, told to a log; never a path, a query, a header or a body.

Whoever begins work for a tenant (a request, a job) says so by `on_account_of`; what that work then asks of the door is
noted on the tenant's account. Work of nobody is not noted.
"""

import time
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from yarl import URL

from medea.kernel.ids import TenantId

_MAX_HOST = 253
_MAX_METHOD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressCall:
    """One request that went, or was to go, out.

    Attributes:
        purpose: what it was for: `model`, `tool`, `webhook`, `page`, `crawl`, `mcp`, `other`.
        host: lower case; empty where the address could not be read.
        port: None where the address could not be read.
        status: of the answer; None: there was none.
        refusal: why there was none: a reason of the policy, `unreachable`, `timeout`, `too_large`.
        received_bytes: of the body; None where it was streamed to somebody else.
        duration_ms: to the end of the body; of a streamed one to its beginning.
    """

    tenant_id: TenantId
    at: datetime
    purpose: str
    method: str
    host: str
    port: int | None
    status: int | None
    refusal: str | None
    received_bytes: int | None
    duration_ms: int


class EgressLog(Protocol):
    """Where calls are noted. Must not wait for anything."""

    def note(self, call: EgressCall) -> None:
        """Note a call."""
        ...

    async def close(self) -> None:
        """Write down what was noted."""
        ...


class SilentLog:
    """Notes nothing."""

    def note(self, call: EgressCall) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""


_account: ContextVar[tuple[TenantId, EgressLog] | None] = ContextVar("medea_egress_account", default=None)


def on_account_of(tenant_id: TenantId, log: EgressLog) -> None:
    """Let what this task, and those it starts, ask of the door be noted for a tenant."""
    _account.set((tenant_id, log))


class Stopwatch:
    """One request at the door, from its beginning."""

    __slots__ = ("_account", "_at", "_begun", "method", "purpose")

    def __init__(self, method: str, purpose: str) -> None:
        self.method = method
        self.purpose = purpose
        self._account = _account.get()
        self._at = datetime.now(UTC)
        self._begun = time.perf_counter()

    def note(
        self, url: str | URL, *, status: int | None = None, refusal: str | None = None, received: int | None = None
    ) -> None:
        """Tell how it ended."""
        if self._account is None:
            return
        tenant_id, log = self._account
        host, port = _place(url)
        log.note(
            EgressCall(
                tenant_id=tenant_id,
                at=self._at,
                purpose=self.purpose,
                method=self.method[:_MAX_METHOD].upper(),
                host=host,
                port=port,
                status=status,
                refusal=refusal,
                received_bytes=received,
                duration_ms=round((time.perf_counter() - self._begun) * 1000),
            )
        )


def _place(url: str | URL) -> tuple[str, int | None]:
    """Return host and port; nothing of an address that cannot be read, which may hold anything."""
    try:
        parsed = URL(url) if isinstance(url, str) else url
        host, port = (parsed.raw_host or "").lower(), parsed.port
    except ValueError:
        return "", None
    if not host.isascii() or not host.isprintable():
        return "", None
    return host[:_MAX_HOST], port
