"""Documents that are sent again under the same key: what came in is found there, what did not comes in now."""

import dataclasses
from typing import Any, cast

import asyncpg
import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.storage.base import Storage
from medea.kernel.storage.s3 import StorageAway
from tests.modules.knowledge.shop import make_base
from tests.support.app import problem

KEY = {"idempotency-key": "sent-once"}
_DIED = """
UPDATE idempotency_keys SET status = NULL, headers = NULL, body = NULL, created_at = now() - interval '2 minutes'
WHERE key = 'sent-once'
"""


class Away:
    """Storage that is away for the second file that it is given."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._given = 0

    async def write(self, *args: Any) -> Any:
        self._given += 1
        if self._given == 2:
            raise StorageAway(reason="TimeoutError")
        return await self._storage.write(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)


async def test_files_of_which_only_the_first_came_in(
    owner: AsyncClient, app: FastAPI, installation: Installation
) -> None:
    url = f"/v1/knowledge-bases/{await make_base(owner)}/documents"
    storage = cast(Storage, Away(installation.ports.storage))
    app.state.ports = dataclasses.replace(installation.ports, storage=storage)
    files = [("file", (f"{name}.txt", f"This is {name}.".encode(), "text/plain")) for name in ("one", "two")]
    problem(await owner.post(url, files=files, headers=KEY), 503, StorageAway.code)
    again = await owner.post(url, files=files, headers=KEY)
    assert again.status_code == 202, again.text
    assert [one["is_duplicate"] for one in again.json()["data"]] == [True, False]
    assert len((await owner.get(url)).json()["data"]) == 2


@pytest.mark.parametrize("written", [{"name": "a", "text": "b"}, {"question": "When?", "answer": "At nine."}])
async def test_a_text_whose_answer_was_lost(
    owner: AsyncClient, installation: Installation, written: dict[str, str]
) -> None:
    url = f"/v1/knowledge-bases/{await make_base(owner)}/documents"
    first = await owner.post(url, json=written, headers=KEY)
    connection = await asyncpg.connect(installation.ports.database.urls.admin)
    await connection.execute(_DIED)
    await connection.close()
    again = await owner.post(url, json=written, headers=KEY)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert len((await owner.get(url)).json()["data"]) == 1
