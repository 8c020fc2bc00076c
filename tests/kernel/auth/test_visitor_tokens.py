"""Resume tokens: whose they are, and that an identified visitor's says nothing."""

import uuid
from datetime import UTC, datetime, timedelta

import msgspec

from medea.kernel.auth.crypto import KeyRing
from medea.kernel.auth.tokens import TokenSigner
from medea.kernel.auth.visitor import RESUME_PREFIX, VisitorTokens
from medea.kernel.ids import TenantId, VisitorId

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
RING = KeyRing("a secret of the tests, long enough for a key")


class OldResume(msgspec.Struct, array_like=True):
    """What a token said before visitors could be identified."""

    tenant: uuid.UUID
    visitor: uuid.UUID
    expires: int


def test_a_resume_token_names_its_visitor_in_its_company_until_it_ends() -> None:
    tokens, tenant, visitor = VisitorTokens(RING), TenantId.new(), VisitorId.new()
    token = tokens.issue_resume(tenant, visitor, LATER)
    assert tokens.read_resume(token, tenant, NOW) == visitor
    assert tokens.read_resume(token, TenantId.new(), NOW) is None
    assert tokens.read_resume(token, tenant, LATER) is None
    assert VisitorTokens(KeyRing("another secret of the tests, long enough")).read_resume(token, tenant, NOW) is None


def test_that_of_an_identified_visitor_names_nobody() -> None:
    tokens, tenant = VisitorTokens(RING), TenantId.new()
    token = tokens.issue_resume(tenant, VisitorId.new(), LATER, is_identified=True)
    assert tokens.read_resume(token, tenant, NOW) is None


def test_tokens_of_before_are_read_as_ever() -> None:
    tenant, visitor = uuid.uuid4(), uuid.uuid4()
    signer = TokenSigner(RING.signing_key("visitor-resume"), RESUME_PREFIX)
    token = signer.sign(OldResume(tenant, visitor, int(LATER.timestamp())))
    assert VisitorTokens(RING).read_resume(token, TenantId(tenant), NOW) == VisitorId(visitor)
