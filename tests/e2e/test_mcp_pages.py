"""A company connects MCP servers, chooses their tools and gives them to an agent, all in the dashboard."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from medea.seeds.demo import EMAIL, PASSWORD
from tests.support.browser import assert_accessible
from tests.support.mcp import Running, guarded_shop, running
from tests.support.server import Server, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop() -> AsyncIterator[Running]:
    """A server that anybody may ask."""
    async with running() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guarded() -> AsyncIterator[Running]:
    """A server that wants OAuth."""
    async with running(guarded_shop) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Page, Server]]:
    """The demo's owner, on a server that may speak to this machine."""
    folder: Path = tmp_path_factory.mktemp("mcp")
    async with serving(folder / "data", MEDEA_OUTBOUND__ALLOWED_PRIVATE_HOSTS=json.dumps(["127.0.0.1"])) as server:
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        opened = await context.new_page()
        answer = await opened.request.post(
            f"{server.origin}/v1/auth/login", data={"email": EMAIL, "password": PASSWORD}
        )
        assert answer.ok, await answer.text()
        yield opened, server


async def test_a_server_from_its_address_to_an_agent(page: tuple[Page, Server], shop: Running) -> None:
    tab, server = page
    await tab.goto(f"{server.origin}/dashboard/tools")
    await tab.get_by_role("link", name="Connect a server").click()
    await tab.get_by_label("Address").fill("http://127.0.0.1:1/mcp")
    await tab.get_by_role("button", name="Continue").click()
    await expect(tab.get_by_text("The server cannot be reached.")).to_be_visible()
    await tab.get_by_role("button", name="Change").click()
    await tab.get_by_label("Address").fill(shop.url)
    await tab.get_by_role("button", name="Continue").click()
    await expect(tab.get_by_text("It answers without credentials.")).to_be_visible()
    await expect(tab.get_by_label("Name")).to_have_value("Shop")
    await assert_accessible(tab, "a server that was asked")
    await tab.get_by_role("button", name="Connect", exact=True).click()

    await expect(tab.get_by_text("Connected", exact=True)).to_be_visible()
    await tab.get_by_role("button", name="More about find_order").click()
    await tab.get_by_label("Name for the model").fill("look_up_order")
    await tab.get_by_role("listitem").get_by_role("button", name="Save").click()
    await expect(tab.get_by_role("button", name="More about look_up_order")).to_be_visible()
    await tab.get_by_label("Try it: arguments of the model").fill('{"order_id": "A-1"}')
    await tab.get_by_role("button", name="Call it").click()
    await expect(tab.get_by_text('"sent"')).to_be_visible()
    await assert_accessible(tab, "a tool of a server")
    await tab.get_by_role("switch", name="sleep").click()
    await expect(tab.get_by_role("switch", name="sleep")).not_to_be_checked()

    await tab.goto(f"{server.origin}/dashboard/agents/demo/tools")
    await tab.get_by_role("switch", name="look_up_order", exact=True).click()
    await expect(tab.get_by_role("switch", name="sleep")).to_have_count(0)
    await expect(tab.get_by_text("Draft saved")).to_be_visible()
    await assert_accessible(tab, "an agent with a server's tool")


async def test_a_person_logs_in_at_a_server(page: tuple[Page, Server], guarded: Running) -> None:
    tab, server = page
    await tab.goto(f"{server.origin}/dashboard/tools/mcp/new")
    await tab.get_by_label("Address").fill(guarded.url)
    await tab.get_by_role("button", name="Continue").click()
    await expect(tab.get_by_text("It wants somebody to log in and agree (OAuth).")).to_be_visible()
    await tab.get_by_label("Name").fill("Guarded shop")
    await tab.get_by_role("button", name="Connect and log in").click()
    await expect(tab.get_by_role("heading", name="Guarded shop")).to_be_visible()
    await expect(tab.get_by_text("Connected", exact=True)).to_be_visible()
    await expect(tab.get_by_role("switch", name="guarded_shop_cancel_order")).to_be_checked()

    await tab.goto(f"{server.origin}/dashboard/tools/mcp/callback?state=forged&code=x")
    await expect(tab.get_by_text("belongs to no connection that was begun in this session")).to_be_visible()
    await assert_accessible(tab, "an answer that nobody waits for")
