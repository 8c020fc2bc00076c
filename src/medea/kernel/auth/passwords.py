"""Passwords: argon2id with the library's current defaults (RFC 9106 low-memory profile)."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MIN_LENGTH = 10
MAX_LENGTH = 200

_hasher = PasswordHasher()
_limit = asyncio.Semaphore(2)  # a hash takes 64 MiB and a core for 50 ms: a flood of logins must not take the machine
_DUMMY = _hasher.hash("nobody's password")


async def hash_password(password: str) -> str:
    """Return the encoded hash. Runs in a thread, two at a time."""
    async with _limit:
        return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(encoded: str | None, password: str) -> bool:
    """Tell whether the password fits. None costs the same time, so that unknown accounts cannot be told by it."""
    async with _limit:
        return await asyncio.to_thread(_verify, encoded, password)


def _verify(encoded: str | None, password: str) -> bool:
    try:
        _hasher.verify(encoded or _DUMMY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return encoded is not None


def needs_rehash(encoded: str) -> bool:
    """Tell whether the hash was made with older parameters."""
    return _hasher.check_needs_rehash(encoded)
