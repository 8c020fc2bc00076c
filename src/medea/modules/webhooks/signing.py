"""Signatures of the Standard Webhooks specification, version 1.

`webhook-id` and `webhook-timestamp` (seconds since 1970) are signed with the body:
`base64(HMAC-SHA256(key, "<id>.<timestamp>.<body>"))`, in `webhook-signature` as `v1,<signature>`, several with blanks
between. The key is what stands in base64 behind `whsec_`. Source: spec/standard-webhooks.md of
github.com/standard-webhooks/standard-webhooks (www.standardwebhooks.com).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from medea.kernel.auth.rotation import Cipher
from medea.kernel.context import Context
from medea.kernel.ids import TenantId, WebhookId

PREFIX = "whsec_"
_KEY_BYTES = 32  # the specification asks for 24 to 64


def owner_of_secret(tenant: TenantId, webhook: WebhookId) -> str:
    """Return what a webhook's secrets are encrypted for."""
    return f"webhook/{tenant}/{webhook}"


CIPHERS = tuple(
    Cipher("webhooks", column, ("id",), lambda tenant, row: owner_of_secret(tenant, WebhookId(row["id"])))
    for column in ("secret_ciphertext", "old_secret_ciphertext")
)
"""What `medea keys rotate` encrypts anew."""


def new_secret() -> str:
    """Return a fresh secret: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def seal(ctx: Context, webhook: WebhookId, secret: str) -> bytes:
    """Encrypt a secret for its webhook."""
    return ctx.ports.keyring.encrypt(secret.encode(), owner_of_secret(ctx.tenant, webhook))


def unseal(ctx: Context, webhook: WebhookId, ciphertext: bytes) -> str:
    """Open what `seal` made."""
    return ctx.ports.keyring.decrypt(ciphertext, owner_of_secret(ctx.tenant, webhook)).decode()


def headers_of(event_id: str, body: bytes, with_secrets: Iterable[str], *, at: int) -> dict[str, str]:
    """Return the three headers of a request.

    Args:
        event_id: the same for every try.
        body: as it is sent.
        with_secrets: all that are valid now; receivers take any.
        at: seconds since 1970, of this try.
    """
    signed = f"{event_id}.{at}.".encode() + body
    signatures = []
    for secret in with_secrets:
        key = base64.b64decode(secret.removeprefix(PREFIX))
        signatures.append("v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode())
    return {"webhook-id": event_id, "webhook-timestamp": str(at), "webhook-signature": " ".join(signatures)}


def masked(text: str, with_secrets: Iterable[str]) -> str:
    """Return what a server answered without the secrets, which one that is debugged may well repeat."""
    for secret in with_secrets:
        text = text.replace(secret, "[secret]").replace(secret.removeprefix(PREFIX), "[secret]")
    return text
