"""Keys derived from the installation's secret: encryption at rest, keyed hashes, signatures.

One secret, several independent keys through HKDF-SHA256 (RFC 5869), so that no key serves two purposes.
Encryption is AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce and the purpose and owner as
associated data, so a ciphertext moved to another row or tenant does not open.

What encrypts can be replaced (`medea keys rotate`): there is one current key and any number of older ones that still
open. Hashes and signatures stay with the secret. Two forms of a ciphertext:

    01 | nonce 12 | ciphertext and tag            under the installation's secret
    02 | key id 4 | nonce 12 | ciphertext and tag  under an encryption key of its own
"""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_OF_SECRET, _OF_KEY = b"\x01", b"\x02"
_KEY_ID = 4
_NONCE = 12
_MIN_SECRET = 32
_WRITING_SECONDS = 1.0  # that another process may take to write a secret that it has just made


class DecryptionError(ValueError):
    """The ciphertext was made under another secret, or for another owner, or is damaged."""


class KeyUnusable(ValueError):
    """A secret or key of the installation is too short; the message is one sentence for the operator."""


class KeyRing:
    """Keys of one installation.

    Args:
        secret: at least 32 characters.
        encryption_key: encrypts from now on, at least 32 characters; without, the secret does.
        older_keys: that may have encrypted before, earlier secrets among them.

    Raises:
        KeyUnusable: one of them is too short.
    """

    def __init__(self, secret: str, encryption_key: str | None = None, older_keys: Sequence[str] = ()) -> None:
        for text, name in [(secret, "SECRET"), (encryption_key, "ENCRYPTION_KEY")]:
            if text is not None and len(text) < _MIN_SECRET:
                raise KeyUnusable(f"MEDEA_AUTH__{name} must have at least {_MIN_SECRET} characters.")
        if any(len(text) < _MIN_SECRET for text in older_keys):
            words = f"Each of MEDEA_AUTH__OLDER_ENCRYPTION_KEYS must have at least {_MIN_SECRET} characters."
            raise KeyUnusable(words)
        self._secret = secret.encode()
        self._hash_key = self._derive("credential-hash")
        keys = [text.encode() for text in (encryption_key, *older_keys) if text is not None]
        self._names = [name_of(_OF_KEY + _id_of(key)) for key in keys if key != self._secret]
        self._aeads = {_id_of(key): AESGCM(_derive(key, "encryption")) for key in (*keys, self._secret)}
        self._prefix = _OF_SECRET
        self._aead = AESGCM(self._derive("encryption"))
        if encryption_key is not None:
            self._prefix = _OF_KEY + _id_of(encryption_key.encode())
            self._aead = self._aeads[self._prefix[1:]]

    def _derive(self, purpose: str) -> bytes:
        return _derive(self._secret, purpose)

    @property
    def prefix(self) -> bytes:
        """What every ciphertext under the current key begins with, and no other."""
        return self._prefix

    @property
    def names(self) -> tuple[str, ...]:
        """What `name_of` calls the keys that can open: the current one first."""
        return tuple(dict.fromkeys((name_of(self._prefix), *self._names, name_of(_OF_SECRET))))

    def signing_key(self, purpose: str) -> bytes:
        """Return a 32-byte HMAC key for one purpose."""
        return self._derive("sign/" + purpose)

    def hash_credential(self, credential: str) -> bytes:
        """Return the keyed hash (HMAC-SHA256, 32 bytes) under which a random credential is stored."""
        return hmac.digest(self._hash_key, credential.encode(), hashlib.sha256)

    def encrypt(self, plaintext: bytes, owner: str) -> bytes:
        """Encrypt for an owner (`provider/<tenant>/<id>`) under the current key."""
        nonce = os.urandom(_NONCE)
        return self._prefix + nonce + self._aead.encrypt(nonce, plaintext, owner.encode())

    def decrypt(self, blob: bytes, owner: str) -> bytes:
        """Open what `encrypt` made for the same owner, under any key of this ring.

        Raises:
            DecryptionError: another key, another owner, or damage.
        """
        prefix = prefix_of(blob)
        if prefix[:1] == _OF_KEY:
            found = self._aeads.get(prefix[1:])
            if found is None:
                raise DecryptionError(f"was encrypted under the key {name_of(prefix)}, which this installation lacks")
            candidates = [found]
        elif prefix == _OF_SECRET:  # its secret may be an older key by now
            candidates = list(reversed(self._aeads.values()))
        else:
            raise DecryptionError("unknown version of encryption")
        nonce, sealed = blob[len(prefix) :][:_NONCE], blob[len(prefix) + _NONCE :]
        for aead in candidates:
            try:
                return aead.decrypt(nonce, sealed, owner.encode())
            except (InvalidTag, ValueError):
                continue
        raise DecryptionError("cannot be decrypted with this installation's secret")


def prefix_of(blob: bytes) -> bytes:
    """Return the part of a ciphertext that tells its key."""
    return blob[: 1 + _KEY_ID] if blob[:1] == _OF_KEY else blob[:1]


def name_of(prefix: bytes) -> str:
    """Return what people call a key by a ciphertext's prefix: eight hex digits, or `secret`."""
    return prefix[1:].hex() if prefix[:1] == _OF_KEY else "secret"


def _id_of(key: bytes) -> bytes:
    return _derive(key, "key-id")[:_KEY_ID]


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, None, b"medea/" + purpose.encode()).derive(secret)


def load_or_create_secret(path: Path) -> str:
    """Return the secret in a file, making the file (mode 0600) on first use.

    Raises:
        KeyUnusable: the file is empty, and stays so: who made it has died before anything was written.
        OSError: it can neither be read nor made.
    """
    with contextlib.suppress(FileNotFoundError):
        return _read_secret(path)
    secret = base64.urlsafe_b64encode(secrets.token_bytes(48)).decode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was quicker
        return _read_secret(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(descriptor)  # what is encrypted with it outlives a loss of power
    return secret


def _read_secret(path: Path) -> str:
    ends = time.monotonic() + _WRITING_SECONDS
    while not (secret := path.read_text().strip()):
        if time.monotonic() > ends:
            raise KeyUnusable(f"{path} is empty: put the secret of this installation there, or delete it on a new one.")
        time.sleep(0.01)
    return secret


def random_token(prefix: str, size: int = 32) -> str:
    """Return `<prefix>_<url-safe random>` with `size` bytes of randomness."""
    return f"{prefix}_{secrets.token_urlsafe(size)}"
