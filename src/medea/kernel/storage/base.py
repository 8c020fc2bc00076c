"""The port."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from medea.kernel.errors import NotFound
from medea.kernel.ids import TenantId

CHUNK_BYTES = 1 << 18

_KEY = re.compile(r"[a-z0-9_-]+(?:/[a-z0-9_-]+)*")


class FileMissing(NotFound):
    """The stored file is not there any more."""

    code = "storage.file_missing"


class StorageUnusable(Exception):
    """Files cannot be kept where the settings say; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was written.

    Attributes:
        size: bytes.
        sha256: of its content, 32 bytes.
    """

    size: int
    sha256: bytes


class Storage(Protocol):
    """Keeps files. Every key belongs to a tenant; keys are checked by `check_key`."""

    async def check(self) -> None:
        """See that files can be written and deleted there.

        Raises:
            StorageUnusable: they cannot.
        """
        ...

    async def write(self, tenant_id: TenantId, key: str, content: AsyncIterator[bytes]) -> StoredFile:
        """Store a file under a key, replacing what was there. It is there whole or not at all.

        Raises:
            BaseException: whatever the content raises; nothing is kept then.
        """
        ...

    def read(self, tenant_id: TenantId, key: str) -> AsyncIterator[bytes]:
        """Yield a file in pieces.

        Raises:
            FileMissing: there is none, when the first piece is asked for.
        """
        ...

    def as_file(self, tenant_id: TenantId, key: str) -> AbstractAsyncContextManager[Path]:
        """Give a file of this machine with the content, to be read only and only inside the context.

        Raises:
            FileMissing: there is none.
        """
        ...

    async def delete_all(self, tenant_id: TenantId, prefix: str) -> int:
        """Delete the file of this key and all files below it; return how many there were."""
        ...

    async def list_keys(self, tenant_id: TenantId, prefix: str = "") -> list[str]:
        """Return the keys at and below a prefix, sorted."""
        ...

    async def close(self) -> None:
        """Close connections, if there are any."""
        ...


def check_key(key: str) -> str:
    """Return the key.

    Raises:
        ValueError: it holds anything but words of lower-case letters, digits, `_` and `-` between slashes.
    """
    if not _KEY.fullmatch(key) or len(key) > 400:
        raise ValueError(f"not a storage key: {key[:80]!r}")
    return key


async def read_all(storage: Storage, tenant_id: TenantId, key: str, *, limit: int) -> bytes:
    """Return a file whole.

    Raises:
        FileMissing: there is none.
        ValueError: it is larger than the limit.
    """
    found = bytearray()
    async for piece in storage.read(tenant_id, key):
        found += piece
        if len(found) > limit:
            raise ValueError(f"the file has more than {limit} bytes")
    return bytes(found)
