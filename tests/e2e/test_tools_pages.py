"""A company describes a tool, tries it out and gives it to an agent, all in the dashboard."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from medea.seeds.demo import EMAIL, PASSWORD
from tests.support.browser import assert_accessible
from tests.support.server import Server, serving
from tests.support.upstream import Answer, Call, Send, Upstream, upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

KEY = "k-17-of-the-order-system"
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "servers": [{"url": "https://api.example.com"}],
    "paths": {
        "/stock": {"get": {"operationId": "getStock", "summary": "Tells what is in stock."}},
        "/now": {"get": {"operationId": "calculator", "summary": "Is named like a built-in tool."}},
    },
}


def respond(call: Call) -> Answer:
    """Echo the key, as a careless server does."""
    body = {"data": {"order": {"path": call.path, "key": call.headers.get("authorization")}}}
    return Answer([Send(json.dumps(body).encode())], 200, (("Content-Type", "application/json"),))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop() -> AsyncIterator[Upstream]:
    """The company's own server."""
    async with upstream(respond=respond) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(
    browser: Browser, shop: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Page, Server]]:
    """The demo's owner, on a server that may speak to the company's."""
    folder: Path = tmp_path_factory.mktemp("tools")
    allowed = json.dumps([f"127.0.0.1:{shop.port}"])
    async with serving(folder / "data", MEDEA_OUTBOUND__ALLOWED_PRIVATE_HOSTS=allowed) as server:
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        opened = await context.new_page()
        answer = await opened.request.post(
            f"{server.origin}/v1/auth/login", data={"email": EMAIL, "password": PASSWORD}
        )
        assert answer.ok, await answer.text()
        yield opened, server


async def describe(page: Page, shop: Upstream) -> None:
    """Fill in the form of a new tool."""
    await page.get_by_label("Name", exact=True).fill("find_order")
    await page.get_by_label("Description").fill("Finds an order by its number.")
    await page.get_by_label("Address").fill(f"http://127.0.0.1:{shop.port}/orders/{{order}}")
    await page.get_by_role("button", name="Add a header").click()
    await page.get_by_label("Name of header 1").fill("Authorization")
    await page.get_by_label("Value of header 1").fill("Bearer {{ORDERS_KEY}}")
    await page.get_by_label("Part that the model is shown").fill("data.order")


async def test_a_tool_from_its_description_to_an_agent(page: tuple[Page, Server], shop: Upstream) -> None:
    tab, server = page
    await tab.goto(f"{server.origin}/dashboard/tools")
    await tab.get_by_role("link", name="New tool").click()
    await describe(tab, shop)
    await tab.get_by_role("button", name="Create tool").click()
    await expect(tab.get_by_text("{order} is none of the arguments")).to_be_visible()
    await tab.get_by_label("Address").fill(f"http://127.0.0.1:{shop.port}/orders/{{order_id}}")

    await tab.get_by_role("button", name="Add it to the vault: ORDERS_KEY").click()
    await tab.get_by_role("dialog").get_by_label("Value").fill(KEY)
    await assert_accessible(tab, "a secret is put in")
    await tab.get_by_role("button", name="Add secret").click()
    await expect(tab.get_by_text("is not in the vault yet")).to_have_count(0)
    await tab.get_by_role("button", name="Create tool").click()
    await expect(tab.get_by_test_id("signing-secret")).to_have_text(re.compile("^whs_"))
    await tab.keyboard.press("Escape")
    await tab.get_by_label("I have saved it").click()
    await tab.get_by_role("button", name="Done").click()

    await expect(tab.get_by_role("heading", name="find_order")).to_be_visible()
    await tab.get_by_label("Arguments of the model").fill('{"order_id": 7}')
    await tab.get_by_role("button", name="Send request").click()
    await expect(tab.get_by_text("is not of type")).to_be_visible()
    await tab.get_by_label("Arguments of the model").fill('{"order_id": "A-1"}')
    await tab.get_by_role("button", name="Send request").click()
    await expect(tab.get_by_text("Status 200", exact=True)).to_be_visible()
    shown = await tab.content()
    assert "/orders/A-1" in shown
    assert KEY not in shown
    await assert_accessible(tab, "a tool that was tried out")

    await tab.goto(f"{server.origin}/dashboard/agents/demo/tools")
    await tab.get_by_role("switch", name="Calculator").click()
    await tab.get_by_role("switch", name="find_order", exact=True).click()
    await tab.get_by_role("switch", name="Ask the visitor first, before find_order").click()
    await tab.get_by_role("button", name="Move find_order up").click()
    await expect(tab.get_by_text("Draft saved")).to_be_visible()
    agent = await (await tab.request.get(f"{server.origin}/v1/agents/demo")).json()
    assert [tool["needs_approval"] for tool in agent["tools"]] == [True, False]
    assert agent["tools"][1]["name"] == "calculator"


async def test_a_secret_in_use_stays(page: tuple[Page, Server]) -> None:
    tab, server = page
    await tab.goto(f"{server.origin}/dashboard/tools")
    await tab.get_by_role("button", name="Delete ORDERS_KEY").click()
    await tab.get_by_role("button", name="Delete secret").click()
    await expect(tab.get_by_text("find_order uses this secret")).to_be_visible()
    await tab.get_by_role("button", name="Cancel").click()


async def test_tools_from_a_document(page: tuple[Page, Server]) -> None:
    tab, server = page
    await tab.goto(f"{server.origin}/dashboard/tools/import")
    await tab.get_by_label("Document", exact=True).fill(json.dumps(DOCUMENT))
    await tab.get_by_role("button", name="Show operations").click()
    await tab.get_by_role("button", name="Choose all").click()
    await assert_accessible(tab, "operations of a document")
    await tab.get_by_role("button", name="Make 2 tools").click()
    await expect(tab.get_by_text("1 tool was made")).to_be_visible()
    await expect(tab.get_by_text("is the name of a built-in tool")).to_be_visible()
    await assert_accessible(tab, "what was imported")


async def test_an_agent_outlives_its_tool(page: tuple[Page, Server]) -> None:
    tab, server = page
    await tab.goto(f"{server.origin}/dashboard/tools")
    await tab.get_by_role("link", name="find_order").click()
    await tab.get_by_role("button", name="Delete", exact=True).click()
    await tab.get_by_role("button", name="Delete tool").click()
    await expect(tab).to_have_url(f"{server.origin}/dashboard/tools")
    await expect(tab.get_by_role("link", name="find_order")).to_have_count(0)
    await tab.goto(f"{server.origin}/dashboard/agents/demo/tools")
    await tab.get_by_role("button", name="Remove").click()
    await expect(tab.get_by_text("A tool that was deleted")).to_have_count(0)
    await expect(tab.get_by_text("Draft saved")).to_be_visible()
