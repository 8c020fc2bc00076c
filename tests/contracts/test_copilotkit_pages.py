"""CopilotKit in a real browser, unmodified: a page that talks through CopilotKit's runtime, or straight to Medea."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from httpx2 import AsyncClient
from playwright.async_api import Page, Route, expect

from tests.contracts.snippets import snippets
from tests.counterparts.copilot import FOLDER, GUARDED, Pages, build_page, copilot, require_copilotkit, served_by
from tests.counterparts.node import free_port
from tests.modules.conversations.acting import acting, prompt_of
from tests.modules.conversations.chatting import publish
from tests.support.app import NewClient
from tests.support.browser import chromium
from tests.support.models import provided_by
from tests.support.upstream import Answer, Call, Hang, Send, Upstream, chunk, event

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 60.0
SCRIPTS: dict[str, Any] = {
    "sum": [["Let me see.", [("calculator", {"expression": "1+1"})]]],
    "price": [[[("show_price", {"euros": 7})]]],
    "ask first": [[[("current_time", {})]]],
}
TOOLS = [{"name": "calculator"}, {"name": "current_time", "needs_approval": True}]


def respond(call: Call) -> Answer:
    """Act as told; `fail` is an error of the model's server, `hold` never ends."""
    match prompt_of(call):
        case "fail":
            return Answer([Send(b"{}")], status=400)
        case "hold":
            return Answer([Send(event(chunk("One moment, "))), Hang()])
    return acting(SCRIPTS)(call)


models, settings = provided_by(respond)


@pytest.fixture(scope="module")
def node() -> str:
    """Node, with CopilotKit installed."""
    return require_copilotkit()


@pytest.fixture(scope="module")
def built(node: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the page."""
    folder = tmp_path_factory.mktemp("page")
    asyncio.run(build_page(node, folder))
    return folder


@pytest.fixture
async def pages(node: str, built: Path, live: str, owner: AsyncClient) -> AsyncIterator[Pages]:
    """A company's page and its CopilotKit runtime, which holds a secret key."""
    await publish(owner, examples=[], tools=TOOLS)
    key = (await owner.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    async with copilot(node, built, origin=live, agent="helper", key=key) as served:
        yield served


@asynccontextmanager
async def opened(pages: Pages, **given: str) -> AsyncIterator[Page]:
    """Open the page in Chromium; nothing of it may go anywhere but to this machine."""
    elsewhere: list[str] = []
    faults: list[str] = []

    async def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            await route.continue_()
        else:
            elsewhere.append(route.request.url)
            await route.abort()

    async with chromium() as browser:
        page = await browser.new_page()
        page.set_default_timeout(SECONDS * 1000)
        await page.route("**/*", guard)
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"{pages.origin}/?{urlencode(given)}")
        try:
            yield page
        except BaseException as fault:
            fault.add_note(f"faults of the page: {faults}")
            raise
    assert not elsewhere, elsewhere


async def say(page: Page, text: str) -> None:
    """Write into CopilotKit's own input and send it, when no answer comes any more: the same button stops one."""
    if await page.get_by_test_id("running").count():
        await expect(page.get_by_test_id("running")).to_have_text("false")
    field = page.get_by_test_id("copilot-chat-textarea")
    await expect(field).to_be_editable()
    await field.fill(text)
    await page.get_by_test_id("copilot-send-button").click()


async def expect_last(page: Page, text: str) -> None:
    """Wait until the assistant's last message has this text."""
    await expect(page.get_by_test_id("copilot-assistant-message").last).to_contain_text(text)


async def visitor(new_client: NewClient, owner: AsyncClient, agent: str = "helper") -> str:
    """Return the token of a visitor's session, as a page gets one."""
    pk = (await owner.post("/v1/api-keys", json={"name": "site", "kind": "publishable"})).json()["key"]
    answer = await new_client().post(
        "/v1/widget/sessions",
        json={"agent": agent},
        headers={"authorization": f"Bearer {pk}", "origin": "https://shop.example"},
    )
    token: str = answer.json()["token"]
    return token


@pytest.mark.parametrize("way", ["through a runtime", "straight"])
async def test_a_page_talks_shows_tools_asks_and_comes_back(
    pages: Pages, live: str, owner: AsyncClient, new_client: NewClient, models: Upstream, way: str
) -> None:
    given = {"agent": "helper", "thread": "basket-7", "runtime": pages.runtime}
    if way == "straight":
        given |= {"runtime": f"{live}/v1/ag-ui", "token": await visitor(new_client, owner)}
    async with opened(pages, **given) as page:
        await say(page, "Hello")
        await expect_last(page, "Found:")
        await say(page, "sum")
        await expect(page.get_by_test_id("tool")).to_contain_text('calculator complete {"result":"2"}')
        await expect_last(page, 'Found: {"result":"2"}')
        await say(page, "price")
        await expect(page.get_by_test_id("price")).to_have_text("7 €")
        await expect_last(page, "Found: shown")
        await say(page, "ask first")
        await expect(page.get_by_test_id("interrupt")).to_contain_text("May current_time be called?")
        await expect(page.get_by_test_id("state")).to_contain_text('"status":"waiting"')
        await page.get_by_role("button", name="Allow").click()
        await expect_last(page, 'Found: {"')
        await expect(page.get_by_test_id("interrupt")).to_have_count(0)
        await expect(page.get_by_test_id("tool").last).to_contain_text("current_time complete {")
        await expect(page.get_by_test_id("tool").last).not_to_contain_text("approved")
        await say(page, "ask first")
        await page.get_by_role("button", name="Refuse").click()
        await expect_last(page, "Found: ")
        await expect(page.get_by_test_id("state")).to_contain_text('"status":"idle"')
        before = await shown(page)
        await page.reload()
        await expect(page.get_by_test_id("copilot-user-message")).to_have_count(5)
        await expect(page.get_by_test_id("state")).to_contain_text("conversation_id")
        await expect(page.get_by_test_id("copilot-assistant-message").filter(has_text="Found:")).to_have_count(5)
        assert await shown(page) == before, "who comes back sees what was said"
        await say(page, "Thanks")
        await expect_last(page, "Found:")
    (kept,) = (await owner.get("/v1/conversations")).json()["data"]
    told = (await owner.get(f"/v1/conversations/{kept['id']}/messages")).json()["data"]
    asked = [message["text"] for message in told if message["role"] == "user"]
    assert asked == ["Hello", "sum", "price", "ask first", "ask first", "Thanks"], "each was said once, in one thread"


async def shown(page: Page) -> list[str]:
    """Return what stands in the chat, message by message."""
    found = await page.get_by_test_id("copilot-assistant-message").all_inner_texts()
    return [" ".join(text.split()) for text in found if text.strip()]


@pytest.mark.parametrize("way", ["through a runtime", "straight"])
async def test_errors_are_shown_and_what_runs_can_be_seen_and_stopped(
    pages: Pages, live: str, owner: AsyncClient, new_client: NewClient, way: str
) -> None:
    given = {"agent": "helper", "thread": "basket-8", "runtime": pages.runtime}
    if way == "straight":
        given |= {"runtime": f"{live}/v1/ag-ui", "token": await visitor(new_client, owner)}
    async with opened(pages, **given) as page:
        await say(page, "fail")
        await expect(page.get_by_test_id("fault")).not_to_be_empty()
        await say(page, "hold")
        await expect_last(page, "One moment,")  # the model has not ended
        if way == "straight":
            await page.get_by_test_id("copilot-send-button").click()  # it stops while an answer comes
        else:  # a runtime's stop ends its reading alone
            key = {"authorization": f"Bearer {pages.key}"}
            stopped = await new_client().post("/v1/ag-ui/agent/helper/stop/basket-8", headers=key)
            assert stopped.json() == {"stopped": True}
        await say(page, "Hello")
        await expect_last(page, "Found:")


@pytest.mark.parametrize("section", ["CopilotKit", "AI SDK"])
async def test_the_components_of_the_guide_work(
    section: str, node: str, live: str, owner: AsyncClient, new_client: NewClient, tmp_path: Path
) -> None:
    await publish(owner, "demo")
    token = await visitor(new_client, owner, "demo")
    code = snippets()[section, "tsx"].replace("http://127.0.0.1:8000", live)
    folder = tmp_path / "page"
    mount = f"createRoot(document.getElementById('page')).render(<Chat id='order-7' token='{token}' />);"
    await build_page(node, folder, f"import {{ createRoot }} from 'react-dom/client';\n{code}\n{mount}")
    async with copilot(node, folder, origin=live, agent="demo", key="none") as served, opened(served) as page:
        if section == "CopilotKit":
            await say(page, "When are you open?")
        else:
            await page.get_by_role("button", name="Ask").click()
        await expect(page.locator("main")).to_contain_text("Found:")


async def test_the_runtime_of_the_guide_works(node: str, live: str, owner: AsyncClient, tmp_path: Path) -> None:
    await publish(owner, "demo")
    key = (await owner.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    port = free_port()
    code = snippets()["CopilotKit", "js"].replace("http://127.0.0.1:8000", live).replace("sk_...", key)
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
    written = tmp_path / "runtime.mjs"
    written.write_text(code.replace("listen(4000)", f"listen({port}, '127.0.0.1')"), encoding="utf-8")
    async with served_by([node, *GUARDED, str(written)], port, tmp_path), AsyncClient() as client:
        runtime = f"http://127.0.0.1:{port}/api/copilotkit"
        assert list((await client.get(f"{runtime}/info")).json()["agents"]) == ["demo"]
        body = {
            "threadId": "t", "runId": "r", "state": {}, "tools": [], "context": [], "forwardedProps": {},
            "messages": [{"id": "u", "role": "user", "content": "Hello"}],
        }  # fmt: skip
        answer = await client.post(f"{runtime}/agent/demo/run", json=body, timeout=SECONDS)
        assert "Found:" in answer.text
