"""Short-lived signed tokens: compact, stateless, checked without a query.

A token is `<prefix>_<base64url payload>.<base64url HMAC-SHA256>`; the payload is a JSON array, the
signature covers prefix and payload.
"""

import base64
import binascii
import hashlib
import hmac
from typing import TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


class TokenSigner:
    """Signs and reads tokens of one purpose.

    Args:
        key: HMAC key, 32 bytes.
        prefix: what the token starts with (`vst`).
    """

    def __init__(self, key: bytes, prefix: str) -> None:
        self._key = key
        self._prefix = prefix

    def sign(self, payload: msgspec.Struct) -> str:
        """Return the token of a payload (an `array_like` struct)."""
        body = f"{self._prefix}_{_encode(msgspec.json.encode(payload))}"
        return f"{body}.{_encode(self._mac(body))}"

    def read(self, token: str, kind: type[T]) -> T | None:
        """Return the payload, or None when prefix, signature or shape is wrong. Expiry is the caller's to check."""
        body, _, mac = token.rpartition(".")
        if not body.startswith(self._prefix + "_"):
            return None
        try:
            if not hmac.compare_digest(_decode(mac), self._mac(body)):
                return None
            return msgspec.json.decode(_decode(body[len(self._prefix) + 1 :]), type=kind)
        except (binascii.Error, ValueError, msgspec.MsgspecError):
            return None

    def _mac(self, body: str) -> bytes:
        return hmac.digest(self._key, body.encode(), hashlib.sha256)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
