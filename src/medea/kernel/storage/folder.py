"""Files in a folder of this machine (or one that all its machines share)."""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from medea.kernel.ids import TenantId
from medea.kernel.storage.base import CHUNK_BYTES, FileMissing, StorageUnusable, StoredFile, check_key

_UNFINISHED = ".unfinished"


class FolderStorage:
    """Keeps `<root>/<tenant>/<key>`. A file is written beside its place, put on the disk, and then renamed.

    Args:
        root: made when first needed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    async def check(self) -> None:
        """Write a file and delete it."""
        try:
            _drop(await asyncio.to_thread(self._begin))
        except OSError as error:
            raise StorageUnusable(
                f"Files cannot be kept in {self.root}: {error.strerror}; let this user write there, or name another "
                "folder with MEDEA_STORAGE__FOLDER or MEDEA_DATA_DIR."
            ) from error

    async def write(self, tenant_id: TenantId, key: str, content: AsyncIterator[bytes]) -> StoredFile:
        """Store a file."""
        path = self._path(tenant_id, key)
        unfinished = await asyncio.to_thread(self._begin)
        digest, size = hashlib.sha256(), 0
        try:
            async for piece in content:
                digest.update(piece)
                size += len(piece)
                await asyncio.to_thread(unfinished.write, piece)
            await asyncio.to_thread(_finish, unfinished, path)
        except BaseException:
            _drop(unfinished)
            raise
        return StoredFile(size, digest.digest())

    async def read(self, tenant_id: TenantId, key: str) -> AsyncIterator[bytes]:
        """Yield a file in pieces."""
        file = await asyncio.to_thread(_open, self._path(tenant_id, key))
        try:
            while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield piece
        finally:
            file.close()

    @asynccontextmanager
    async def as_file(self, tenant_id: TenantId, key: str) -> AsyncIterator[Path]:
        """Give the file itself."""
        path = self._path(tenant_id, key)
        if not await asyncio.to_thread(path.is_file):
            raise FileMissing()
        yield path

    async def delete_all(self, tenant_id: TenantId, prefix: str) -> int:
        """Delete a file, or a folder with all in it, and the folders that are empty then."""
        return await asyncio.to_thread(self._delete, self._path(tenant_id, prefix))

    async def list_keys(self, tenant_id: TenantId, prefix: str = "") -> list[str]:
        """Return the keys at and below a prefix."""
        top = self._tenant(tenant_id)
        return await asyncio.to_thread(_keys, top, self._path(tenant_id, prefix) if prefix else top)

    async def close(self) -> None:
        """Nothing is open."""

    def _tenant(self, tenant_id: TenantId) -> Path:
        return self.root / tenant_id.hex

    def _path(self, tenant_id: TenantId, key: str) -> Path:
        return self._tenant(tenant_id) / check_key(key)

    def _begin(self) -> IO[bytes]:
        folder = self.root / _UNFINISHED
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return tempfile.NamedTemporaryFile(dir=folder, delete=False)

    def _delete(self, path: Path) -> int:
        if path.is_dir():
            count = sum(len(names) for _, _, names in os.walk(path))
            shutil.rmtree(path, ignore_errors=True)
        else:
            count = int(path.is_file())
            path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == self.root:
                break
            try:
                folder.rmdir()
            except OSError:  # not empty, or gone
                break
        return count


def _drop(unfinished: IO[bytes]) -> None:
    unfinished.close()
    Path(unfinished.name).unlink(missing_ok=True)


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except (FileNotFoundError, IsADirectoryError):
        raise FileMissing() from None


def _finish(unfinished: IO[bytes], path: Path) -> None:
    unfinished.flush()
    os.fsync(unfinished.fileno())
    unfinished.close()
    for last in (False, True):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            Path(unfinished.name).replace(path)
        except FileNotFoundError:  # somebody cleared the empty folder away at this very moment
            if last:
                raise
        else:
            break
    folder = os.open(path.parent, os.O_RDONLY)  # so that the name, too, outlives a loss of power
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _keys(top: Path, start: Path) -> list[str]:
    if start.is_file():
        return [start.relative_to(top).as_posix()]
    return sorted(
        Path(folder, name).relative_to(top).as_posix() for folder, _, names in os.walk(start) for name in names
    )
