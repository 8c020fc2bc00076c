"""Identity tokens: a company's own server says which of its users a visitor is.

A token is a JWT (RFC 7519) signed with HS256 (RFC 7518, 3.2) under the company's identity secret, whose text is
the key as it stands. `sub` names the user; `exp`, `nbf` and `iat` are honoured where they are given; whatever
else it says is not read.
"""

import hashlib
import hmac
import uuid
from datetime import datetime

from medea.kernel.auth.crypto import KeyRing, random_token
from medea.kernel.ids import TenantId, VisitorId

SECRET_PREFIX = "ids"
MAX_TOKEN = 4_000
MAX_SUBJECT = 200
_LEEWAY = 30  # seconds that the signing server's clock may differ from ours
_ALGORITHM = "HS256"


class IdentityRefusedError(ValueError):
    """The token proves nothing.

    Args:
        message: what to do about it, as the end of a sentence about the token.
        code: stable word for the fault.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def new_identity_secret() -> str:
    """Return a fresh secret with 32 bytes of randomness. Its text is the key."""
    return random_token(SECRET_PREFIX)


def read_subject(token: str, secret: str, now: datetime) -> str:
    """Return whom a token speaks of: its `sub`, 1 to 200 characters.

    Signatures are compared in constant time.

    Raises:
        IdentityRefusedError: another signature or algorithm (`none` among them), expired, not valid yet, no `sub`.
    """
    if len(token) > MAX_TOKEN:
        raise IdentityRefusedError(f"must have at most {MAX_TOKEN} characters", "too_long")
    # Imported here because it takes 80 ms, and most installations never see such a token.
    from joserfc import errors, jwt
    from joserfc.jwk import OctKey

    try:
        claims = jwt.decode(token, OctKey.import_key(secret), algorithms=[_ALGORITHM]).claims
    # Beside its own errors the library lets by what odd headers and deep nesting bring about.
    except (errors.JoseError, ValueError, TypeError, RecursionError) as error:
        raise IdentityRefusedError(
            f"must be a JWT signed with {_ALGORITHM} and this company's identity secret", "signature"
        ) from error
    try:
        jwt.JWTClaimsRegistry(now=int(now.timestamp()), leeway=_LEEWAY).validate(
            {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
        )
    except errors.ExpiredTokenError as error:
        raise IdentityRefusedError("has expired: sign another", "expired") from error
    except errors.JoseError as error:
        raise IdentityRefusedError("must be valid now: see its `exp`, `nbf` and `iat`, in seconds", "time") from error
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT:
        raise IdentityRefusedError(f"must name the user as `sub`, a text of 1 to {MAX_SUBJECT} characters", "subject")
    return subject


def visitor_of(keyring: KeyRing, tenant_id: TenantId, subject: str) -> VisitorId:
    """Return the visitor that a company's user is, on every device.

    The id is a UUIDv8 (RFC 9562, 5.8) of HMAC-SHA256 over company and subject: nobody without the installation's
    secret can tell from it who the user is, or make it.
    """
    # `surrogatepass`: JSON can say half a character, and two users who differ in it must not be one.
    said = tenant_id.bytes + subject.encode("utf-8", "surrogatepass")
    digest = hmac.digest(keyring.signing_key("visitor-identity"), said, hashlib.sha256)
    bits = int.from_bytes(digest[:16])
    bits = bits & ~(0xF << 76) | 0x8 << 76  # version 8
    bits = bits & ~(0x3 << 62) | 0x2 << 62  # variant of RFC 9562
    return VisitorId(uuid.UUID(int=bits))
