"""Web pages and sitemaps, from a site of this machine that the operator allows."""

import asyncio
import gzip
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.bus.periodic import PLATFORM_TENANT
from medea.kernel.bus.task import subscribe
from medea.kernel.context import Context
from medea.kernel.ids import TenantId
from medea.kernel.outbound.client import OutboundClient
from medea.kernel.settings import OutboundSettings, Settings
from medea.modules.knowledge.crawling import sitemaps
from medea.modules.knowledge.crawling.fetching import ROBOTS, Fetcher, FetchFailed
from medea.modules.knowledge.events import DocumentFailed
from medea.modules.knowledge.ingestion.reading import limits_of
from medea.modules.knowledge.tasks import refresh_sources
from tests.modules.knowledge.shop import chunk_texts, make_base, settled
from tests.support.app import TravelClock, problem


@dataclass
class Site:
    """A website.

    Attributes:
        pages: path to HTML; None: gone.
        is_lazy: it says of every page that nothing is new, whatever is asked.
        asked: every request: path and status.
    """

    origin: str = ""
    robots: str = "User-agent: *\nDisallow: /private"
    pages: dict[str, str | None] = field(default_factory=dict)
    is_lazy: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        answer = self._answer(request)
        self.asked.append((request.path, answer.status))
        return answer

    def _answer(self, request: web.Request) -> web.Response:
        path = request.path
        if path == "/robots.txt":
            return web.Response(text=self.robots)
        if path == "/sitemap.xml":
            return web.Response(body=self.sitemap(), content_type="application/xml")
        if path == "/index.xml":
            return web.Response(body=self.index(), content_type="application/xml")
        if path == "/sitemap.xml.gz":
            return web.Response(body=gzip.compress(self.sitemap()), content_type="application/gzip")
        if path == "/inward":
            raise web.HTTPFound("http://169.254.169.254/latest/meta-data/")
        if path == "/inside":
            raise web.HTTPFound("/private/help")
        if path == "/moved":
            raise web.HTTPMovedPermanently("/")
        if path == "/busy":
            return web.Response(status=503)
        body = self.pages.get(path)
        if body is None:
            return web.Response(status=404)
        tag = f'"{hash(body)}"'
        if self.is_lazy or request.headers.get("if-none-match") == tag:
            return web.Response(status=304)
        return web.Response(text=body, content_type="text/html", headers={"etag": tag})

    def index(self) -> bytes:
        """Return an index of sitemaps, of which one is there, and of more than anybody reads."""
        named = "".join(f"<sitemap><loc>{self.origin}/sitemap.xml?{number}</loc></sitemap>" for number in range(80))
        return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</sitemapindex>'.encode()

    def sitemap(self) -> bytes:
        """Return the sitemap of the pages that are not gone, and of one elsewhere."""
        urls = [f"{self.origin}{path}" for path, body in self.pages.items() if body is not None]
        named = "".join(f"<url><loc>{url}</loc></url>" for url in [*urls, "https://elsewhere.example.com/"])
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</urlset>'.encode()


def page(title: str, text: str) -> str:
    return f"<html><head><title>{title}</title></head><body><nav>Home</nav><main><p>{text}</p></main></body></html>"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A website on this machine."""
    made = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    serving = web.TCPSite(runner, "127.0.0.1", 0)
    await serving.start()
    host, port = runner.addresses[0][:2]
    made.origin = f"http://{host}:{port}"
    yield made
    await runner.cleanup()


@pytest.fixture
def settings(settings: Settings, site: Site) -> Settings:
    """The operator allows this site, and nothing else of this machine."""
    allowed = OutboundSettings(allowed_private_hosts=(site.origin.removeprefix("http://"),))
    return settings.model_copy(update={"outbound": allowed})


async def visited(client: AsyncClient, source_id: str) -> dict[str, Any]:
    """Return a source once it is ready or has failed."""
    source: dict[str, Any] = {}
    for _ in range(1200):
        source = (await client.get(f"/v1/sources/{source_id}")).json()
        if source["status"] in {"ready", "failed"}:
            return source
        await asyncio.sleep(0.05)
    raise AssertionError(f"it is not visited: {source}")


async def names(client: AsyncClient, base: str) -> dict[str, str]:
    """Return the documents of a base, once they are settled: name to status."""
    listed = (await client.get(f"/v1/knowledge-bases/{base}/documents")).json()["data"]
    found = [await settled(client, document["id"]) for document in listed]
    return {document["name"]: document["status"] for document in found if "name" in document}


async def test_a_page_is_fetched_and_fetched_again_when_it_changed(
    owner: AsyncClient, working: Installation, site: Site
) -> None:
    site.pages["/help"] = page("Help", "We open at nine.")
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"url": f"{site.origin}/help#top"})
    assert sent.status_code == 202, sent.text
    assert sent.json()["url"] == f"{site.origin}/help"
    document = await settled(owner, sent.json()["id"])
    assert (document["name"], document["kind"], document["status"]) == ("Help", "page", "ready")
    assert await chunk_texts(owner, document["id"]) == ["We open at nine."]
    source = await visited(owner, document["source_id"])
    assert (source["status"], source["document_count"]) == ("ready", 1)
    await owner.post(f"/v1/sources/{source['id']}/refresh")
    await visited(owner, source["id"])
    assert site.asked[-1] == ("/help", 304), "it is asked whether anything is new"
    assert (await settled(owner, document["id"]))["version"] == 1
    site.pages["/help"] = page("Help", "We open at ten.")
    await owner.post(f"/v1/sources/{source['id']}/refresh")
    await visited(owner, source["id"])
    assert (await settled(owner, document["id"]))["version"] == 2
    assert await chunk_texts(owner, document["id"]) == ["We open at ten."]
    problem(
        await owner.put(f"/v1/documents/{document['id']}/content", json={"text": "x"}), 409, "knowledge.not_replaceable"
    )
    site.pages["/help"] = None
    await owner.post(f"/v1/sources/{source['id']}/refresh")
    assert (await visited(owner, source["id"]))["error"]["code"] == "page_gone"
    left = await settled(owner, document["id"])
    assert (left["status"], left["is_searchable"], left["error"]["code"]) == ("failed", False, "page_gone")
    assert await chunk_texts(owner, document["id"]) == []
    assert (await owner.delete(f"/v1/sources/{source['id']}")).status_code == 204
    assert (await owner.get(f"/v1/documents/{document['id']}")).status_code == 404


async def test_a_page_that_fails_is_announced_once(
    owner: AsyncClient, installation: Installation, working: Installation, site: Site
) -> None:
    heard: list[str] = []

    async def hear(_ctx: object, event: DocumentFailed) -> None:
        heard.append(event.code)

    installation.jobs.add(subscribe(DocumentFailed, name="knowledge.hear_failed")(hear))
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"url": f"{site.origin}/help"})
    source = await visited(owner, sent.json()["source_id"])
    await owner.post(f"/v1/sources/{source['id']}/refresh")
    await visited(owner, source["id"])
    site.pages["/help"] = page("", "")
    await owner.post(f"/v1/sources/{source['id']}/refresh")
    await visited(owner, source["id"])
    for _ in range(1200):
        if "no_text" in heard:
            break
        await asyncio.sleep(0.05)
    assert sorted(heard) == ["no_text", "page_gone"]


async def test_a_version_that_could_not_be_read_is_not_called_ready(
    owner: AsyncClient, working: Installation, site: Site
) -> None:
    site.pages["/help"] = page("Help", "We open at nine.")
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"url": f"{site.origin}/help"})
    document = await settled(owner, sent.json()["id"])
    site.pages["/help"] = page("", "")
    for is_lazy, status in ((False, 200), (False, 200), (True, 304)):
        site.is_lazy = is_lazy
        await owner.post(f"/v1/sources/{document['source_id']}/refresh")
        await visited(owner, document["source_id"])
        assert site.asked[-1] == ("/help", status), "it is not asked what changed since a version that nobody finds"
        left = await settled(owner, document["id"])
        assert (left["status"], left["error"]["code"]) == ("failed", "no_text")
        assert (left["version"], left["live_version"]) == (2, 1)
    assert await chunk_texts(owner, document["id"]) == ["We open at nine."]


async def test_a_page_whose_document_was_deleted_says_so(owner: AsyncClient, working: Installation, site: Site) -> None:
    site.pages["/help"] = page("Help", "We open at nine.")
    base = await make_base(owner)
    body = {"url": f"{site.origin}/help", "refresh_hours": 6}
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json=body)
    document = await settled(owner, sent.json()["id"])
    await visited(owner, document["source_id"])
    await owner.delete(f"/v1/documents/{document['id']}")
    source = (await owner.get(f"/v1/sources/{document['source_id']}")).json()
    assert (source["status"], source["error"]["code"], source["next_at"]) == ("failed", "document_deleted", None)
    await owner.post(f"/v1/sources/{source['id']}/refresh")
    source = await visited(owner, source["id"])
    assert (source["status"], source["error"]["code"]) == ("failed", "document_deleted")
    await owner.delete(f"/v1/sources/{source['id']}")
    again = await owner.post(f"/v1/knowledge-bases/{base}/documents", json=body)
    assert (await settled(owner, again.json()["id"]))["status"] == "ready"


@pytest.mark.parametrize("file", ["/sitemap.xml", "/sitemap.xml.gz"])
async def test_a_sitemap_brings_its_pages_and_takes_them_away(
    owner: AsyncClient, working: Installation, site: Site, file: str
) -> None:
    for number in range(3):
        site.pages[f"/{number}"] = page(f"Page {number}", f"The text of page {number}.")
    site.pages["/private/x"] = page("Private", "Not for robots.")
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"sitemap": f"{site.origin}{file}"})
    assert (sent.status_code, sent.json()["data"]) == (202, [])
    source = await visited(owner, sent.json()["source"]["id"])
    assert (source["status"], source["document_count"]) == ("ready", 4)
    found = await names(owner, base)
    assert found.pop(f"{site.origin.removeprefix('http://').partition(':')[0]}/private/x") == "failed"
    assert found == {f"Page {number}": "ready" for number in range(3)}
    assert ("/private/x", 200) not in site.asked
    site.pages["/0"] = None
    site.pages["/3"] = page("Page 3", "The text of page 3.")
    await owner.post(f"/v1/sources/{source['id']}/refresh")
    await visited(owner, source["id"])
    found = await names(owner, base)
    assert {"Page 1", "Page 2", "Page 3"} <= set(found)
    assert "Page 0" not in found
    problem(
        await owner.post(
            f"/v1/knowledge-bases/{base}/sources", json={"kind": "sitemap", "url": f"{site.origin}{file}"}
        ),
        409,
        "knowledge.source_exists",
    )


async def test_a_page_of_a_sitemap_that_was_deleted_stays_away(
    owner: AsyncClient, working: Installation, site: Site
) -> None:
    site.pages |= {f"/{number}": page(f"Page {number}", f"The text of page {number}.") for number in range(3)}
    base = await make_base(owner)
    body = {"kind": "sitemap", "url": f"{site.origin}/sitemap.xml", "max_pages": 2}
    source = await visited(owner, (await owner.post(f"/v1/knowledge-bases/{base}/sources", json=body)).json()["id"])
    assert (source["document_count"], source["has_more"], source["left_out"]) == (2, True, [])
    assert set(await names(owner, base)) == {"Page 0", "Page 1"}
    listed = (await owner.get(f"/v1/knowledge-bases/{base}/documents?q=Page%201")).json()["data"]
    assert (await owner.delete(f"/v1/documents/{listed[0]['id']}")).status_code == 204
    await owner.post(f"/v1/sources/{source['id']}/refresh")
    source = await visited(owner, source["id"])
    assert set(await names(owner, base)) == {"Page 0", "Page 2"}, "it takes no place from others"
    assert (source["left_out"], source["has_more"]) == ([f"{site.origin}/1"], False)
    await owner.patch(f"/v1/sources/{source['id']}", json={"left_out": [], "max_pages": 200})
    source = await visited(owner, source["id"])
    assert set(await names(owner, base)) == {"Page 0", "Page 1", "Page 2"}
    assert (source["left_out"], source["has_more"]) == ([], False)
    written = [f"{site.origin.replace('http', 'HTTP')}/2#top", f"{site.origin}/2"]
    await owner.patch(f"/v1/sources/{source['id']}", json={"left_out": written})
    source = await visited(owner, source["id"])
    assert set(await names(owner, base)) == {"Page 0", "Page 1"}, "however the address is written"
    assert source["left_out"] == [f"{site.origin}/2"]


async def test_an_index_of_very_many_sitemaps(owner: AsyncClient, working: Installation, site: Site) -> None:
    site.pages["/help"] = page("Help", "We open at nine.")
    base = await make_base(owner)
    body = {"kind": "sitemap", "url": f"{site.origin}/index.xml"}
    source = await visited(owner, (await owner.post(f"/v1/knowledge-bases/{base}/sources", json=body)).json()["id"])
    assert (source["status"], source["document_count"], source["has_more"]) == ("ready", 1, True)
    assert set(await names(owner, base)) == {"Help"}
    asked = [path for path, _ in site.asked]
    assert (asked.count("/sitemap.xml"), asked.count("/robots.txt")) == (50, 1)


async def test_a_large_sitemap_is_gone_through_beside_the_event_loop(
    installation: Installation, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The 50,000 addresses that one may name take half a second, in which no stream would go on."""
    threads: list[threading.Thread] = []

    def seen(url: str, sitemap: str) -> bool:
        threads.append(threading.current_thread())
        return is_same_site(url, sitemap)

    is_same_site = sitemaps._is_same_site
    monkeypatch.setattr(sitemaps, "_is_same_site", seen)
    site.pages |= {"/help": page("Help", "We open at nine.")}
    client = OutboundClient(installation.ports.outbound.policy)
    fetcher = Fetcher(client, installation.ports.cache(ROBOTS), TenantId.new())
    limits = limits_of(installation.ports.settings.knowledge)
    for path in ("sitemap.xml", "index.xml"):
        listed = await sitemaps.list_pages(fetcher, f"{site.origin}/{path}", limits=limits, at_most=9)
        assert listed.pages == {f"{site.origin}/help": None}
    await client.close()
    assert threads
    assert threading.main_thread() not in threads


async def test_where_a_redirect_leads_robots_txt_holds_too(
    owner: AsyncClient, working: Installation, site: Site
) -> None:
    site.pages["/private/help"] = page("Help", "We open at nine.")
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"url": f"{site.origin}/inside"})
    assert (await settled(owner, sent.json()["id"]))["error"]["code"] == "robots_disallowed"


async def test_of_a_very_long_robots_txt_the_beginning_is_read(installation: Installation, site: Site) -> None:
    """It may be longer than a document, and than the 500 KiB that are read of it (RFC 9309, 2.5)."""
    site.robots = "User-agent: *\nDisallow: /private\n" + "# more\n" * 100_000
    site.pages |= {"/help": page("Help", "We open at nine."), "/private": page("No", "No.")}
    client = OutboundClient(installation.ports.outbound.policy, max_bytes=2000)
    fetcher = Fetcher(client, installation.ports.cache(ROBOTS), TenantId.new())
    found = await fetcher.fetch(f"{site.origin}/help")
    assert found is not None
    assert b"We open at nine." in found.body
    with pytest.raises(FetchFailed, match="robots_disallowed"):
        await fetcher.fetch(f"{site.origin}/private")
    await client.close()


async def test_what_robots_txt_forbade_is_asked_anew(owner: AsyncClient, working: Installation, site: Site) -> None:
    site.pages["/private/help"] = page("Help", "We open at nine.")
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"url": f"{site.origin}/private/help"})
    assert (await settled(owner, sent.json()["id"]))["error"]["code"] == "robots_disallowed"
    site.robots = "User-agent: *\nDisallow: /private\nAllow: /private/help"
    assert (await owner.post(f"/v1/documents/{sent.json()['id']}/retry")).status_code == 202
    assert (await settled(owner, sent.json()["id"]))["status"] == "ready"


@pytest.mark.parametrize(
    ("path", "code", "word"),
    [
        ("/inward", "outbound.refused", "169.254.169.254"),
        ("/private/page", "robots_disallowed", "robots.txt"),
        ("/nothing", "page_gone", "404"),
    ],
)
async def test_what_cannot_be_fetched_says_why(
    owner: AsyncClient, working: Installation, site: Site, path: str, code: str, word: str
) -> None:
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"url": f"{site.origin}{path}"})
    document = await settled(owner, sent.json()["id"])
    assert (document["status"], document["error"]["code"]) == ("failed", code)
    assert word in document["error"]["message"]


async def test_a_server_that_is_busy_is_asked_again(owner: AsyncClient, working: Installation, site: Site) -> None:
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"url": f"{site.origin}/busy"})
    for _ in range(1200):
        if ("/busy", 503) in site.asked:
            break
        await asyncio.sleep(0.05)
    assert (await owner.get(f"/v1/documents/{sent.json()['id']}")).json()["status"] == "queued"


async def test_addresses_that_are_never_called(owner: AsyncClient) -> None:
    base = await make_base(owner)
    for url in ("http://127.0.0.1:1/", "http://10.0.0.1/", "ftp://example.com/", "http://u:p@example.com/", "nonsense"):
        answer = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"url": url})
        assert problem(answer, 422, "outbound.refused")["errors"][0]["field"] == "url"
        answer = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"sitemap": url})
        assert problem(answer, 422, "outbound.refused")["errors"][0]["field"] == "sitemap"


async def test_what_is_no_sitemap_says_so(owner: AsyncClient, working: Installation, site: Site) -> None:
    site.pages["/page"] = page("A page", "No sitemap.")
    base = await make_base(owner)
    body = {"kind": "sitemap", "url": f"{site.origin}/page"}
    source = (await owner.post(f"/v1/knowledge-bases/{base}/sources", json=body)).json()
    assert (await visited(owner, source["id"]))["error"]["code"] == "no_sitemap"


async def test_sources_are_visited_on_schedule(
    owner: AsyncClient, working: Installation, site: Site, clock: TravelClock
) -> None:
    site.pages["/news"] = page("News", "Nothing new.")
    base = await make_base(owner)
    body = {"url": f"{site.origin}/news", "refresh_hours": 6}
    document = (await owner.post(f"/v1/knowledge-bases/{base}/documents", json=body)).json()
    await settled(owner, document["id"])
    source = await visited(owner, document["source_id"])
    assert source["next_at"] > source["fetched_at"]
    nobody = Context(working.ports, system_principal(PLATFORM_TENANT))
    await refresh_sources(nobody)
    asked = len(site.asked)
    clock.advance(hours=7)
    site.pages["/news"] = page("News", "Something new.")
    await refresh_sources(nobody)
    for _ in range(1200):
        if await chunk_texts(owner, document["id"]) == ["Something new."]:
            break
        await asyncio.sleep(0.05)
    assert await chunk_texts(owner, document["id"]) == ["Something new."]
    assert len(site.asked) > asked
    changed = await owner.patch(f"/v1/sources/{source['id']}", json={"refresh_hours": None})
    assert (changed.json()["refresh_hours"], changed.json()["next_at"]) == (None, None)
