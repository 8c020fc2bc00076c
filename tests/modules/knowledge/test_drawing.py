"""Drawing pages for whoever has a link: few at once, a bounded queue, no file fetched for those who wait."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.extraction import sandbox
from medea.kernel.ids import DocumentId, TenantId
from medea.kernel.settings import Settings
from medea.modules.knowledge.errors import DrawingBusy
from medea.modules.knowledge.service import contents
from tests.modules.knowledge.shop import make_base, settled
from tests.support import malformed
from tests.support.app import WIDGET_ORIGIN


class Gated:
    """A storage that counts the files it gives, and waits to give them."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        self.fetched = 0
        self.gate = asyncio.Event()

    @asynccontextmanager
    async def as_file(self, tenant_id: TenantId, key: str) -> AsyncIterator[Path]:
        self.fetched += 1
        await self.gate.wait()
        async with self._storage.as_file(tenant_id, key) as path:
            yield path


async def test_who_waits_fetches_nothing_and_too_many_are_refused(
    owner: AsyncClient, working: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "DRAWN_NEXT", 3)
    base = await make_base(owner)
    pdf = malformed.pdf_pages(["A page of text that is long enough to be one."])
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", files={"file": ("a.pdf", pdf, "application/pdf")})
    document = DocumentId.parse((await settled(owner, sent.json()["id"]))["id"])
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    storage = Gated(working.ports.storage)
    ports = dataclasses.replace(working.ports, storage=storage)  # type: ignore[arg-type]

    async def draw(quote: str) -> bytes:
        async with Context(ports, system_principal(tenant)) as ctx:
            return await contents.draw_page(ctx, document, 1, quote=quote)

    waiting = {asyncio.create_task(draw(f"text {number}")) for number in range(8)}
    refused: set[asyncio.Task[bytes]] = set()
    while len(refused) < 3:
        done, waiting = await asyncio.wait(waiting, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        refused |= done
        assert done
    for task in refused:
        error = task.exception()
        assert isinstance(error, DrawingBusy)
        assert (error.status, error.headers) == (503, {"Retry-After": "5"})
    assert (len(waiting), storage.fetched) == (5, sandbox.DRAWN_AT_ONCE)
    storage.gate.set()
    assert all(drawn.startswith(b"\x89PNG") for drawn in await asyncio.gather(*waiting))
    assert storage.fetched == 5
    first = await asyncio.gather(*(draw("once") for _ in range(8)))
    assert first == [await draw("once")] * 8
    assert storage.fetched == 6, "a picture is drawn once for all who ask"


class TestRates:
    """Behind a link stands no credential: its door counts addresses."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"limits": settings.limits.model_copy(update={"places_per_minute": 3})})

    @pytest.mark.parametrize("path", ["/sources/plc_none", "/sources/plc_none/page.png"])
    async def test_an_address_that_asks_too_often_is_told_to_wait(self, anonymous: AsyncClient, path: str) -> None:
        headers = {"host": WIDGET_ORIGIN.split("//")[1]}
        told = [await anonymous.get(path, headers=headers) for _ in range(4)]
        assert [answer.status_code for answer in told] == [404, 404, 404, 429]
        assert int(told[-1].headers["retry-after"]) > 0
