"""A page whose very content is uploaded is searched until the upload is, however long that takes or badly it ends."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.bus.task import RetryLater
from medea.kernel.context import Context
from medea.kernel.ids import DocumentId
from medea.modules.knowledge.ingestion import steps
from medea.modules.knowledge.models import Failure
from medea.modules.knowledge.service import visiting
from tests.modules.knowledge.shop import chunk_texts, make_base
from tests.modules.knowledge.test_documents import tenant_of
from tests.modules.knowledge.test_seen import attempt_at
from tests.modules.knowledge.test_sources import Site, page, settings, site

__all__ = ["settings", "site"]  # this module's, too

KILLED = Failure("reader_killed", "Reading it took too much memory.")


@dataclass
class Stage:
    """A searched page and what was uploaded; no worker runs, so that a test says what happens when.

    Attributes:
        page: what was fetched from `/a` of the site.
        file: what has the content of the site's `/a` by now, and is not read yet.
    """

    client: AsyncClient
    ctx: Context
    page: DocumentId
    file: DocumentId

    async def found(self, which: DocumentId) -> dict[str, Any]:
        """Return a document."""
        document: dict[str, Any] = (await self.client.get(f"/v1/documents/{which}")).json()
        return document

    async def source(self) -> dict[str, Any]:
        """Return what the page's source says."""
        source_id = (await self.found(self.page))["source_id"]
        source: dict[str, Any] = (await self.client.get(f"/v1/sources/{source_id}")).json()
        return source

    async def fetch(self, *, attempt: int = 4) -> list[timedelta]:
        """Fetch the page, as an attempt of four; return after how long it will be fetched again."""
        await self.forget_jobs()
        self.ctx.job = attempt_at(self.ctx, attempt)
        try:
            await visiting.fetch_page(self.ctx, self.page)
        finally:
            self.ctx.job = None
        async with self.ctx.ports.database.system() as sql:
            rows = await sql.fetch(
                "SELECT run_at - created_at AS after FROM jobs WHERE tenant_id = $1 AND task = 'knowledge.fetch_page'",
                self.ctx.tenant,
            )
        return [row["after"] for row in rows]

    async def forget_jobs(self) -> None:
        """Nothing else is to be done."""
        async with self.ctx.ports.database.system() as sql:
            await sql.execute("DELETE FROM jobs WHERE tenant_id = $1", self.ctx.tenant)

    async def expect_searched(self, text: str = "We open at nine.") -> None:
        """Require that the page says this, and is nobody's twin."""
        found = await self.found(self.page)
        assert (found["is_searchable"], found["same_as"]) == (True, None)
        assert await chunk_texts(self.client, str(self.page)) == [text]


async def make_stage(installation: Installation, client: AsyncClient, site: Site, *, is_replaced: bool) -> Stage:
    """Fetch a page and index it, then let somebody bring its bytes: as a new file, or as another's next version."""
    saved = site.pages["/a"] = page("Hours", "We open at nine.")
    url = f"/v1/knowledge-bases/{await make_base(client)}/documents"
    ctx = Context(installation.ports, system_principal(await tenant_of(client)))
    sent = (await client.post(url, json={"url": f"{site.origin}/a"})).json()
    fetched = DocumentId.parse(sent["id"])
    await visiting.fetch_page(ctx, fetched)
    await steps.ingest(ctx, fetched, 1)
    file = ("saved.html", saved.encode(), "text/html")
    if is_replaced:
        sent = (await client.post(url, files={"file": ("a.txt", b"Some words.")})).json()
        await steps.ingest(ctx, DocumentId.parse(sent["id"]), 1)
        answer = await client.put(f"/v1/documents/{sent['id']}/content", files={"file": file})
    else:
        answer = await client.post(url, files={"file": file})
    assert answer.status_code < 300, answer.text
    stage = Stage(client, ctx, fetched, DocumentId.parse(answer.json()["id"]))
    assert stage.file != fetched
    await stage.expect_searched()
    return stage


@pytest.mark.parametrize("is_replaced", [False, True], ids=["a new file", "a file is replaced"])
async def test_an_upload_that_takes_long(
    installation: Installation, owner: AsyncClient, site: Site, is_replaced: bool
) -> None:
    stage = await make_stage(installation, owner, site, is_replaced=is_replaced)
    for attempt in (1, 3):
        with pytest.raises(RetryLater):
            await stage.fetch(attempt=attempt)
        await stage.expect_searched()
    for _ in range(2):  # attempts that were the last
        (after,) = await stage.fetch()
        assert after > timedelta(minutes=1), "it is compared again, later"
        await stage.expect_searched()
        assert (await stage.found(stage.page))["status"] == "ready"
        assert (await stage.source())["status"] == "ready"
    await steps.ingest(stage.ctx, stage.file, 2 if is_replaced else 1)
    assert await stage.fetch() == []
    found = await stage.found(stage.page)
    assert (found["same_as"], found["is_searchable"]) == (str(stage.file), False)
    assert await chunk_texts(owner, str(stage.file)) == ["We open at nine."]


@pytest.mark.parametrize("is_replaced", [False, True], ids=["a new file", "a file is replaced"])
async def test_an_upload_that_fails(
    installation: Installation, owner: AsyncClient, site: Site, is_replaced: bool
) -> None:
    stage = await make_stage(installation, owner, site, is_replaced=is_replaced)
    await stage.fetch()
    await steps.fail(stage.ctx, stage.file, 2 if is_replaced else 1, KILLED)
    for attempt in (1, 4):
        assert await stage.fetch(attempt=attempt) == []
        await stage.expect_searched()
        found = await stage.found(stage.page)
        assert (found["status"], found["error"]) == ("ready", None)
        assert (await stage.source())["status"] == "ready"


async def test_a_page_that_was_away_is_as_it_was(installation: Installation, owner: AsyncClient, site: Site) -> None:
    stage = await make_stage(installation, owner, site, is_replaced=False)
    await visiting.fail_page(stage.ctx, stage.page, Failure("fetch_failed", "It was away."))
    await stage.fetch()
    await stage.expect_searched()
    found = await stage.found(stage.page)
    assert (found["status"], found["error"]) == ("ready", None)


async def test_a_page_that_says_now_what_could_not_be_read(
    installation: Installation, owner: AsyncClient, site: Site
) -> None:
    """What it said before stays searched, and it says why that is not what is there now."""
    stage = await make_stage(installation, owner, site, is_replaced=False)
    await stage.fetch()
    other = site.pages["/a"] = page("Hours", "We are closed.")
    base = (await stage.found(stage.page))["base_id"]
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", files={"file": ("other.html", other.encode())})
    await steps.fail(stage.ctx, DocumentId.parse(sent.json()["id"]), 1, KILLED)
    assert await stage.fetch() == []
    await stage.expect_searched()
    found = await stage.found(stage.page)
    assert (found["status"], found["error"]["code"]) == ("failed", "reader_killed")
    assert (await stage.source())["status"] == "failed"
