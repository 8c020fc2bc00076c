"""Every page, by day and by night, wide and narrow: it shows, logs no error, and axe finds nothing."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, FilePayload, Page, expect

from medea.seeds.demo import EMAIL, PASSWORD
from tests.support.app import fresh_email
from tests.support.browser import assert_accessible
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

PUBLIC = ["/", "/login", "/signup", "/forgot", "/reset?token=nonsense", "/invite?token=nonsense", "/demo", "/outbox"]
AGENT_TABS = ["prompt", "examples", "knowledge", "tools", "guardrails", "model", "appearance", "versions", "embed"]
INSIDE = [
    "/dashboard",
    "/dashboard/agents",
    "/dashboard/agents?new=true",
    *(f"/dashboard/agents/demo/{tab}" for tab in AGENT_TABS),
    "/dashboard/conversations",
    "/dashboard/leads",
    "/dashboard/leads?from=2026-03-01",
    "/dashboard/knowledge",
    "/dashboard/knowledge?new=true",
    "/dashboard/knowledge/unanswered",
    "/dashboard/knowledge/documents/doc_00000000000000000000000000000000",
    "/dashboard/tools",
    "/dashboard/tools/new",
    "/dashboard/tools/import",
    "/dashboard/tools/mcp/new",
    "/dashboard/tools/mcp/mcp_00000000000000000000000000000000",
    "/dashboard/tools/tol_00000000000000000000000000000000",
    "/dashboard/api-keys",
    "/dashboard/webhooks",
    "/dashboard/webhooks/whk_00000000000000000000000000000000",
    "/dashboard/members",
    "/dashboard/settings",
    "/dashboard/settings/profile",
    "/dashboard/settings/sessions",
    "/dashboard/settings/models",
    "/dashboard/settings/limits",
    "/dashboard/settings/identity",
    "/dashboard/settings/network",
    "/dashboard/settings/network?refused=true",
    "/dashboard/operator/jobs",
    "/dashboard/operator/jobs?state=all&queue=slow",
    "/dashboard/operator/models",
    "/dashboard/no-such-page",
]
BASE_PAGES = [
    "documents",
    "documents?status=failed",
    "documents?add=text",
    "documents?add=answer",
    "documents?add=page",
    "documents?add=sitemap",
    "test",
    "test?q=delivery",
    "sources",
    "settings",
]
HANDBOOK = """# Delivery

Parcels within Germany take 3 to 5 working days. Express parcels take one working day.

# Returns

Goods can be sent back within 30 days.
"""
LOOKS = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
EXPECTED = ("401 (Unauthorized)", "404 (Not Found)", "422 (Unprocessable")


class Visit:
    """A context in one look, and what its pages logged as errors."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.errors: list[str] = []

    def listen(self, page: Page) -> None:
        """Note errors; what a refused request logs by itself is no fault of the page."""

        def note(message: ConsoleMessage) -> None:
            if message.type == "error" and not any(known in message.text for known in EXPECTED):
                self.errors.append(f"{page.url}: {message.text}")

        page.on("console", note)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))


@pytest_asyncio.fixture(loop_scope="module", params=LOOKS, ids=[f"{scheme}-{width}" for scheme, width in LOOKS])
async def visit(request: pytest.FixtureRequest, browser: Browser) -> AsyncIterator[Visit]:
    """A fresh browser context."""
    scheme, width = request.param
    context = await browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    yield Visit(context)
    await context.close()


async def look_at(visit: Visit, page: Page, url: str) -> None:
    """Load a page, wait until it has something to say, and check it."""
    await page.goto(url)
    await expect(page.get_by_role("dialog").or_(page.get_by_role("main")).first).to_be_visible()
    await page.wait_for_load_state("networkidle")
    assert await page.title(), url
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{url} is {overflow} px wider than the screen"
    await assert_accessible(page, url)


async def make_knowledge(page: Page, origin: str) -> tuple[str, str]:
    """Make a knowledge base with a document that is ready; return their ids."""
    made = await page.request.post(f"{origin}/v1/knowledge-bases", data={"name": "Handbook"})
    base = (await made.json())["id"]
    file = FilePayload(name="handbook.md", mimeType="text/markdown", buffer=HANDBOOK.encode())
    sent = await page.request.post(f"{origin}/v1/knowledge-bases/{base}/documents", multipart={"file": file})
    assert sent.ok, await sent.text()
    document = (await sent.json())["id"]
    await page.goto(f"{origin}/dashboard/knowledge/{base}")
    await expect(page.get_by_role("list", name="Documents").get_by_text("Ready", exact=True)).to_be_visible()
    return base, document


async def test_pages_for_everybody(site: Server, visit: Visit) -> None:
    page = await visit.context.new_page()
    visit.listen(page)
    for path in PUBLIC:
        await look_at(visit, page, site.origin + path)
    assert not visit.errors


async def test_pages_of_the_dashboard(site: Server, visit: Visit) -> None:
    page = await visit.context.new_page()
    visit.listen(page)
    answer = await page.request.post(f"{site.origin}/v1/auth/login", data={"email": EMAIL, "password": PASSWORD})
    assert answer.ok, await answer.text()
    opened = await page.request.post(f"{site.origin}/v1/conversations", data={"agent": "demo"})
    conversation = (await opened.json())["id"]
    said = {"text": "How long does delivery take?"}
    await page.request.post(f"{site.origin}/v1/conversations/{conversation}/messages", data=said)
    for path in [*INSIDE, f"/dashboard/conversations/{conversation}"]:
        await look_at(visit, page, site.origin + path)
    assert not visit.errors


async def test_pages_of_a_knowledge_base(site: Server, visit: Visit) -> None:
    page = await visit.context.new_page()
    visit.listen(page)
    answer = await page.request.post(f"{site.origin}/v1/auth/login", data={"email": EMAIL, "password": PASSWORD})
    assert answer.ok, await answer.text()
    base, document = await make_knowledge(page, site.origin)
    for path in BASE_PAGES:
        await look_at(visit, page, f"{site.origin}/dashboard/knowledge/{base}/{path}")
    await look_at(visit, page, f"{site.origin}/dashboard/knowledge/documents/{document}")
    assert not visit.errors


async def test_the_widget_as_a_page(site: Server, visit: Visit) -> None:
    page = await visit.context.new_page()
    visit.listen(page)
    await look_at(visit, page, f"{site.widget_origin}/widget?agent=demo")
    await page.get_by_role("textbox").fill("How long does delivery take?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log").get_by_text("3 to 5 working days")).to_be_visible()
    await assert_accessible(page, "widget while it answers")
    await page.goto(f"{site.widget_origin}/widget?agent=nobody")
    await expect(page.get_by_role("main").first).to_be_visible()
    await assert_accessible(page, "widget without an agent")
    assert not visit.errors


LONG = "Internationalisierungsbeauftragtenkonferenzteilnehmerverzeichnis"
WITH_NAMES = ["/conversations", "/webhooks", "/settings/models", "/settings/limits"]
ARABIC = "دليل الشحن والإرجاع للعملاء في الشرق الأوسط"


async def test_long_and_right_to_left_names_fit_a_phone(site: Server, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    page = await context.new_page()
    body = {"email": fresh_email(), "password": PASSWORD, "name": LONG, "tenant_name": LONG}
    assert (await page.request.post(f"{site.origin}/v1/auth/signup", data=body)).ok
    agent, base = "", ""
    for name in (ARABIC, LONG[:60]):
        made = await page.request.post(f"{site.origin}/v1/agents", data={"name": name, "description": name * 2})
        agent = (await made.json())["id"]
        made = await page.request.post(f"{site.origin}/v1/knowledge-bases", data={"name": name, "description": name})
        base = (await made.json())["id"]
        said = {"name": f"{name}.txt", "text": name}
        assert (await page.request.post(f"{site.origin}/v1/knowledge-bases/{base}/documents", data=said)).ok
        opened = await page.request.post(f"{site.origin}/v1/conversations", data={"agent": agent, "draft": True})
        assert opened.ok, await opened.text()
    provider = {"name": LONG, "kind": "anthropic", "api_key": "sk-none", "default_model": LONG[:60].lower()}
    budget = {"name": LONG, "scope": "tenant", "period": "month", "limit_usd": 1}
    hook = {"url": f"https://example.com/{LONG}/{LONG}", "events": ["turn.completed"], "description": LONG}
    invited = {"email": f"{LONG[:50]}@example.com", "role": "viewer"}
    long: dict[str, object] = {"providers": provider, "budgets": budget, "webhooks": hook, "invitations": invited}
    for what, sent in long.items():
        made = await page.request.post(f"{site.origin}/v1/{what}", data=sent)
        assert made.ok, await made.text()
    editor = f"/agents/{agent}"
    for path in ["", "/agents", f"{editor}/prompt", f"{editor}/knowledge", "/knowledge", "/members", *WITH_NAMES]:
        await look_at(Visit(context), page, f"{site.origin}/dashboard{path}")
    for path in ["documents", f"test?q={LONG}", "settings"]:
        await look_at(Visit(context), page, f"{site.origin}/dashboard/knowledge/{base}/{path}")
    await context.close()


async def test_a_dialog_in_the_address_gives_the_focus_back(site: Server, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = await context.new_page()
    answer = await page.request.post(f"{site.origin}/v1/auth/login", data={"email": EMAIL, "password": PASSWORD})
    assert answer.ok, await answer.text()
    for path, opener in (("agents", "New agent"), ("knowledge", "New knowledge base")):
        await page.goto(f"{site.origin}/dashboard/{path}")
        button = page.get_by_role("button", name=opener)
        await button.focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(button).to_be_focused()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("limits")
    await page.get_by_role("option", name="Usage & limits").click()
    await expect(page.get_by_role("heading", name="Budgets")).to_be_visible()
    await context.close()


async def test_a_silent_server_is_named_and_takes_nothing_off_the_screen(site: Server, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = await context.new_page()
    answer = await page.request.post(f"{site.origin}/v1/auth/login", data={"email": EMAIL, "password": PASSWORD})
    assert answer.ok, await answer.text()
    await page.goto(f"{site.origin}/dashboard/agents")
    agent = page.get_by_role("main").get_by_role("link").first
    await expect(agent).to_be_visible()
    await page.route("**/v1/**", lambda route: route.abort())
    await page.get_by_role("link", name="Tools", exact=True).click()
    notice = page.get_by_text("Medea does not answer.")
    await expect(notice).to_be_visible(timeout=60_000)
    await assert_accessible(page, "a server that is away")
    await page.get_by_role("link", name="Agents", exact=True).click()
    await expect(agent).to_be_visible()
    await expect(page.get_by_role("button", name="Try now")).to_be_visible()
    await page.unroute("**/v1/**")  # the page asks again by itself: the button may go before it can be pressed
    await expect(notice).to_have_count(0, timeout=60_000)
    await expect(agent).to_be_visible()
    await context.close()
