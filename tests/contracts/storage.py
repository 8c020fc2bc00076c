"""What every storage does. A test module makes the fixture `storage` and inherits this."""

from collections.abc import AsyncIterator
from hashlib import sha256

import pytest

from medea.kernel.ids import TenantId
from medea.kernel.storage.base import CHUNK_BYTES, FileMissing, Storage, read_all

OURS, THEIRS = TenantId.new(), TenantId.new()


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


class StorageContract:
    """The suite."""

    async def test_what_can_be_used_is_left_as_it_was(self, storage: Storage) -> None:
        await storage.write(OURS, "a", pieces(b"x"))
        await storage.check()
        assert await storage.list_keys(OURS) == ["a"]

    async def test_what_was_written_is_read(self, storage: Storage) -> None:
        stored = await storage.write(OURS, "a/b", pieces(b"first, ", b"second"))
        assert (stored.size, stored.sha256) == (13, sha256(b"first, second").digest())
        assert await read_all(storage, OURS, "a/b", limit=13) == b"first, second"
        with pytest.raises(ValueError, match="more than 12 bytes"):
            await read_all(storage, OURS, "a/b", limit=12)

    async def test_large_and_empty_files(self, storage: Storage) -> None:
        large = bytes(range(256)) * (3 * CHUNK_BYTES // 256) + b"end"
        await storage.write(OURS, "large", pieces(large))
        assert await read_all(storage, OURS, "large", limit=len(large)) == large
        assert (await storage.write(OURS, "empty", pieces())).size == 0
        assert await read_all(storage, OURS, "empty", limit=1) == b""

    async def test_writing_again_replaces(self, storage: Storage) -> None:
        await storage.write(OURS, "a", pieces(b"before"))
        await storage.write(OURS, "a", pieces(b"now"))
        assert await read_all(storage, OURS, "a", limit=10) == b"now"

    async def test_what_breaks_off_leaves_nothing(self, storage: Storage) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield b"half of"
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await storage.write(OURS, "broken/file", broken())
        assert await storage.list_keys(OURS, "broken") == []

    async def test_a_file_of_this_machine(self, storage: Storage) -> None:
        await storage.write(OURS, "a", pieces(b"content"))
        async with storage.as_file(OURS, "a") as path:
            assert path.read_bytes() == b"content"

    async def test_what_is_not_there(self, storage: Storage) -> None:
        with pytest.raises(FileMissing):
            await read_all(storage, OURS, "nothing", limit=1)
        with pytest.raises(FileMissing):
            async with storage.as_file(OURS, "nothing"):
                pass
        assert await storage.delete_all(OURS, "nothing") == 0

    async def test_deleting_takes_what_is_below_and_nothing_beside(self, storage: Storage) -> None:
        for key in ("d/1", "d/1/x", "d/10", "d/2/a", "d/2/b"):
            if key != "d/1":
                await storage.write(OURS, key, pieces(key.encode()))
        assert await storage.delete_all(OURS, "d/1") == 1
        assert await storage.list_keys(OURS, "d") == ["d/10", "d/2/a", "d/2/b"]
        assert await storage.delete_all(OURS, "d/2/a") == 1
        assert await storage.delete_all(OURS, "d") == 2
        assert await storage.list_keys(OURS, "d") == []

    async def test_keys_of_another_company_are_not_there(self, storage: Storage) -> None:
        await storage.write(THEIRS, "secret", pieces(b"theirs"))
        with pytest.raises(FileMissing):
            await read_all(storage, OURS, "secret", limit=10)
        assert "secret" not in await storage.list_keys(OURS)
        assert await storage.delete_all(OURS, "secret") == 0
        assert await read_all(storage, THEIRS, "secret", limit=10) == b"theirs"

    @pytest.mark.parametrize("key", ["", "/", "../x", "a/../b", "a//b", "/a", "a/", "A", "a.b", "a\n", "a" * 401])
    async def test_keys_that_are_none(self, storage: Storage, key: str) -> None:
        with pytest.raises(ValueError, match="not a storage key"):
            await storage.write(OURS, key, pieces(b"x"))
