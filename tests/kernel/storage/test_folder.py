"""Files in a folder."""

import os
from pathlib import Path

import pytest

from medea.kernel.storage.base import Storage
from medea.kernel.storage.folder import FolderStorage
from tests.contracts.storage import OURS, StorageContract, pieces


class TestFolder(StorageContract):
    @pytest.fixture
    def storage(self, tmp_path: Path) -> Storage:
        return FolderStorage(tmp_path / "files")


async def test_empty_folders_go(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "files")
    await storage.write(OURS, "a/b/c", pieces(b"x"))
    await storage.delete_all(OURS, "a/b/c")
    assert [names for _, _, names in os.walk(tmp_path / "files") if names] == []
    assert not (tmp_path / "files" / OURS.hex).exists()
