"""An answer that somebody of the company looks at first: what the visitor reads meanwhile, and after it."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import APIRequestContext, Browser, Page, expect

from tests.modules.conversations.acting import acting
from tests.support.app import PASSWORD, fresh_email
from tests.support.browser import assert_accessible
from tests.support.server import Server, serving
from tests.support.upstream import Upstream, upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

CHECKING = "A colleague is checking this answer…"
SOON = 60_000  # milliseconds: both sides look for news every few seconds


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[Upstream]:
    """A model that knows one price."""
    async with upstream(respond=acting({"How much?": [["It costs 40 euros."]]})) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory, model: Upstream) -> AsyncIterator[Server]:
    """A server with that model."""
    folder: Path = tmp_path_factory.mktemp("reviewing")
    about = {"MEDEA_LLM__BASE_URL": model.base_url, "MEDEA_LLM__DEFAULT_MODEL": "m"}
    async with serving(folder / "data", **about) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of a fresh visitor."""
    context = await browser.new_context(viewport={"width": 1100, "height": 800}, reduced_motion="reduce")
    yield await context.new_page()
    await context.close()


async def make_agent(request: APIRequestContext, origin: str) -> str:
    """Make a company whose answers are all looked at first; return the slug of its agent."""
    sent = {"email": fresh_email(), "password": PASSWORD, "name": "Ada", "tenant_name": "Engines Ltd"}
    assert (await request.post(f"{origin}/v1/auth/signup", data=sent)).ok
    rules = {"approval": {"answers": "all"}}
    draft = {"name": f"Helper {uuid4().hex[:8]}", "system_prompt": "Help.", "model": "m", "guardrails": rules}
    agent = await (await request.post(f"{origin}/v1/agents", data=draft)).json()
    published = await request.post(f"{origin}/v1/agents/{agent['id']}/publish", data={})
    assert published.ok, await published.text()
    return str(agent["slug"])


async def ask(page: Page) -> None:
    """Say something in the widget."""
    await page.get_by_role("textbox", name="Message").fill("How much?")
    await page.keyboard.press("Enter")


async def test_an_answer_waits_for_a_colleague_and_comes_then(shop: Server, page: Page) -> None:
    agent = await make_agent(page.request, shop.origin)
    await page.goto(f"{shop.widget_origin}/widget?agent={agent}")
    await ask(page)
    log = page.get_by_role("log")
    await expect(log.get_by_text(CHECKING)).to_be_visible(timeout=SOON)
    await expect(page.get_by_text("40 euros")).to_have_count(0)
    await assert_accessible(page, "an answer that is checked")
    await page.reload()
    await expect(log.get_by_text(CHECKING)).to_be_visible(timeout=SOON)

    inside = await page.context.new_page()
    await inside.goto(f"{shop.origin}/dashboard/conversations")
    await expect(inside.get_by_role("heading", name="Waiting for approval")).to_be_visible(timeout=SOON)
    await expect(inside.get_by_role("link", name="1 answer waits for approval")).to_be_visible(timeout=SOON)
    await assert_accessible(inside, "answers that wait")
    await inside.get_by_role("button", name="Approve", exact=True).click()
    await expect(inside.get_by_text("No answer waits any more.")).to_be_visible(timeout=SOON)
    await expect(inside.get_by_role("heading", name="Waiting for approval")).to_be_focused()
    await page.bring_to_front()
    await expect(log.get_by_text("It costs 40 euros.")).to_be_visible(timeout=SOON)
    await expect(log.get_by_text(CHECKING)).to_have_count(0)

    await ask(page)
    await expect(log.get_by_text(CHECKING)).to_be_visible(timeout=SOON)
    await inside.bring_to_front()
    await inside.get_by_role("link", name="Open the conversation").click(timeout=SOON)
    await inside.wait_for_url("**/dashboard/conversations/cnv_*", timeout=SOON)
    await expect(inside.get_by_role("link", name="Open the conversation")).to_have_count(0)
    await inside.get_by_role("button", name="Say something else").click(timeout=SOON)
    await inside.get_by_label("Say instead").fill("For you it is 30 euros.")
    await inside.get_by_role("button", name="Send", exact=True).click()
    await page.bring_to_front()
    await expect(log.get_by_text("For you it is 30 euros.")).to_be_visible(timeout=SOON)
