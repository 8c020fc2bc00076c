"""Passwords: argon2id with the library's current defaults (RFC 9106 low-memory profile)."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MIN_LENGTH = 10
MAX_LENGTH = 200

R = TypeVar("R")

_hasher = PasswordHasher()
# A hash takes 64 MiB and a core for 50 ms: a flood of logins must not take the machine. Threads, not a
# semaphore, because a semaphore of a module belongs to the first event loop that waits for it.
_threads = ThreadPoolExecutor(2, "argon2")


async def hash_password(password: str) -> str:
    """Return the encoded hash. Runs in a thread, two at a time."""
    return await _in_turn(lambda: _hasher.hash(password))


async def verify_password(encoded: str | None, password: str) -> bool:
    """Tell whether the password fits. None costs the same time, so that unknown accounts cannot be told by it."""
    return await _in_turn(lambda: _verify(encoded, password))


async def _in_turn(work: Callable[[], R]) -> R:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody's password")


def _verify(encoded: str | None, password: str) -> bool:
    try:
        _hasher.verify(encoded or _nobodys_hash(), password)
    except (Argon2Error, InvalidHashError):
        return False
    return encoded is not None


def needs_rehash(encoded: str) -> bool:
    """Tell whether the hash was made with older parameters."""
    return _hasher.check_needs_rehash(encoded)
