"""Keys derived from the installation's secret: encryption at rest, keyed hashes, signatures.

One secret, several independent keys through HKDF-SHA256 (RFC 5869), so that no key serves two purposes.
Encryption is AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce and the purpose and owner as
associated data, so a ciphertext moved to another row or tenant does not open.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_MIN_SECRET = 32


class DecryptionError(ValueError):
    """The ciphertext was made under another secret, or for another owner, or is damaged."""


class KeyRing:
    """Keys of one installation.

    Args:
        secret: at least 32 characters.

    Raises:
        ValueError: the secret is too short.
    """

    def __init__(self, secret: str) -> None:
        if len(secret) < _MIN_SECRET:
            raise ValueError(f"the secret (MEDEA_AUTH__SECRET) must have at least {_MIN_SECRET} characters")
        self._secret = secret.encode()
        self._aead = AESGCM(self._derive("encryption"))
        self._hash_key = self._derive("credential-hash")

    def _derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, None, b"medea/" + purpose.encode()).derive(self._secret)

    def signing_key(self, purpose: str) -> bytes:
        """Return a 32-byte HMAC key for one purpose."""
        return self._derive("sign/" + purpose)

    def hash_credential(self, credential: str) -> bytes:
        """Return the keyed hash (HMAC-SHA256, 32 bytes) under which a random credential is stored."""
        return hmac.digest(self._hash_key, credential.encode(), hashlib.sha256)

    def encrypt(self, plaintext: bytes, owner: str) -> bytes:
        """Encrypt for an owner (`provider/<tenant>/<id>`): version byte, nonce, ciphertext with tag."""
        nonce = os.urandom(12)
        return _VERSION + nonce + self._aead.encrypt(nonce, plaintext, owner.encode())

    def decrypt(self, blob: bytes, owner: str) -> bytes:
        """Open what `encrypt` made for the same owner.

        Raises:
            DecryptionError: another secret, another owner, or damage.
        """
        if blob[:1] != _VERSION:
            raise DecryptionError("unknown version of encryption")
        try:
            return self._aead.decrypt(blob[1:13], blob[13:], owner.encode())
        except InvalidTag as error:
            raise DecryptionError("cannot be decrypted with this installation's secret") from error


def load_or_create_secret(path: Path) -> str:
    """Return the secret in a file, making the file (mode 0600) on first use."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        secret = base64.urlsafe_b64encode(secrets.token_bytes(48)).decode()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secret + "\n")
        return secret


def random_token(prefix: str, size: int = 32) -> str:
    """Return `<prefix>_<url-safe random>` with `size` bytes of randomness."""
    return f"{prefix}_{secrets.token_urlsafe(size)}"
