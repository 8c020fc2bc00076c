"""Visitor sessions: a short-lived token to chat with, and a long-lived one to be recognised by.

Both are signed and stateless. The session token (`vst_`) goes in the Authorization header; the resume
token (`vrt_`) opens the next session of the same visitor and nothing else. That of an identified visitor
opens none: it lies in a browser for months, and who the visitor is only a fresh identity token may say.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

import msgspec

from medea.kernel.auth.crypto import KeyRing
from medea.kernel.auth.tokens import TokenSigner
from medea.kernel.ids import AgentId, ApiKeyId, TenantId, VisitorId

SESSION_PREFIX = "vst"
RESUME_PREFIX = "vrt"


class _Session(msgspec.Struct, array_like=True):
    tenant: uuid.UUID
    agent: uuid.UUID
    visitor: uuid.UUID
    key: uuid.UUID | None
    expires: int


class _Resume(msgspec.Struct, array_like=True):
    tenant: uuid.UUID
    visitor: uuid.UUID
    expires: int
    is_identified: bool = False


@dataclass(frozen=True, slots=True)
class VisitorSession:
    """What a session token says.

    Attributes:
        agent_id: the only agent that may be talked to.
        api_key_id: the publishable key that opened it; None where a hosted page did.
    """

    tenant_id: TenantId
    agent_id: AgentId
    visitor_id: VisitorId
    api_key_id: ApiKeyId | None


class VisitorTokens:
    """Issues and reads both kinds of token.

    Args:
        keyring: of the installation.
    """

    def __init__(self, keyring: KeyRing) -> None:
        self._sessions = TokenSigner(keyring.signing_key("visitor-session"), SESSION_PREFIX)
        self._resumes = TokenSigner(keyring.signing_key("visitor-resume"), RESUME_PREFIX)

    def issue_session(self, session: VisitorSession, expires: datetime) -> str:
        """Return the token of a session."""
        key = session.api_key_id
        payload = _Session(
            _plain(session.tenant_id),
            _plain(session.agent_id),
            _plain(session.visitor_id),
            None if key is None else _plain(key),
            int(expires.timestamp()),
        )
        return self._sessions.sign(payload)

    def read_session(self, token: str, now: datetime) -> VisitorSession | None:
        """Return what a session token says, or None when it is not ours or has expired."""
        found = self._sessions.read(token, _Session)
        if found is None or found.expires <= now.timestamp():
            return None
        return VisitorSession(
            TenantId(found.tenant),
            AgentId(found.agent),
            VisitorId(found.visitor),
            None if found.key is None else ApiKeyId(found.key),
        )

    def issue_resume(
        self, tenant_id: TenantId, visitor_id: VisitorId, expires: datetime, *, is_identified: bool = False
    ) -> str:
        """Return the token by which a visitor is recognised; an identified one is not, but by an identity token."""
        expiry = int(expires.timestamp())
        return self._resumes.sign(_Resume(_plain(tenant_id), _plain(visitor_id), expiry, is_identified))

    def read_resume(self, token: str, tenant_id: TenantId, now: datetime) -> VisitorId | None:
        """Return the visitor of this tenant, or None: not ours, not theirs, expired, or an identified visitor's."""
        found = self._resumes.read(token, _Resume)
        if found is None or found.is_identified or found.expires <= now.timestamp() or found.tenant != tenant_id:
            return None
        return VisitorId(found.visitor)


def _plain(value: uuid.UUID) -> uuid.UUID:
    return uuid.UUID(int=value.int)
