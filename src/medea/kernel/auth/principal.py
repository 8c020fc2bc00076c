"""The one who asks."""

from dataclasses import dataclass, field
from enum import StrEnum

from medea.kernel.ids import AgentId, ApiKeyId, SessionId, TenantId, UserId, VisitorId


class PrincipalKind(StrEnum):
    """What sort of credential stands behind a request."""

    ANONYMOUS = "anonymous"
    USER = "user"
    SECRET_KEY = "secret_key"
    PUBLISHABLE_KEY = "publishable_key"
    VISITOR = "visitor"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated (or anonymous) caller.

    Attributes:
        kind: sort of credential.
        tenant_id: the tenant this request acts in; None only for the anonymous.
        scopes: what it may do (`agents:write`).
        user_id: the person behind a dashboard session.
        session_id: that session.
        api_key_id: the key behind a key or a visitor session.
        visitor_id: the visitor behind a visitor session.
        agent_id: the only agent a visitor session may talk to.
        allowed_origins: of a publishable key; empty means any.
    """

    kind: PrincipalKind
    tenant_id: TenantId | None = None
    scopes: frozenset[str] = frozenset()
    user_id: UserId | None = None
    session_id: SessionId | None = None
    api_key_id: ApiKeyId | None = None
    visitor_id: VisitorId | None = None
    agent_id: AgentId | None = None
    allowed_origins: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """A stable name of the caller for logs, limits and metadata of events."""
        subject = self.user_id or self.visitor_id or self.api_key_id
        return str(subject) if subject else self.kind.value

    @property
    def is_visitor(self) -> bool:
        """Whether this is a visitor of a website, who sees only their own conversations."""
        return self.kind is PrincipalKind.VISITOR

    def may(self, scope: str) -> bool:
        """Tell whether the scope is granted."""
        return scope in self.scopes


ANONYMOUS = Principal(PrincipalKind.ANONYMOUS)


def system_principal(tenant_id: TenantId | None) -> Principal:
    """Return the principal of background work."""
    return Principal(PrincipalKind.SYSTEM, tenant_id)
