"""A stranger's way: sign up, make an assistant, put it on another website, ask, reload in mid-answer."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.support.app import PASSWORD, fresh_email
from tests.support.browser import assert_accessible, website
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

ANSWER = (
    "We deliver within three to five working days. Express parcels arrive on the next working day when they"
    " are ordered before two in the afternoon, and every parcel can be followed from the hour it leaves us."
)


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of a fresh visitor; what it logs as an error fails the test."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    opened = await context.new_page()
    yield opened
    await context.close()


async def sign_up(page: Page, site: Server) -> None:
    """Sign up by hand."""
    await page.goto(f"{site.origin}/signup")
    await page.get_by_label("Company or project").fill("Engines Ltd")
    await page.get_by_label("Your name").fill("Ada Lovelace")
    await page.get_by_label("E-mail").fill(fresh_email())
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Create workspace").click()
    await expect(page).to_have_url(re.compile(r"/dashboard$"))


async def make_agent(page: Page, site: Server) -> None:
    """Create an agent from scratch, give it an example, publish it."""
    await page.goto(f"{site.origin}/dashboard/agents")
    await page.get_by_role("button", name="New agent").first.click()
    dialog = page.get_by_role("dialog", name="New agent")
    await dialog.get_by_label("Name").fill("Parcel helper")
    await dialog.get_by_role("button", name="Create agent").click()
    await expect(page.get_by_role("heading", name="Parcel helper")).to_be_visible()
    await page.get_by_role("link", name=re.compile("^Examples")).click()
    await page.get_by_role("button", name="Add an example").click()
    await page.get_by_label("Visitor asks").last.fill("How long does delivery take?")
    await page.get_by_label("Agent answers").last.fill(ANSWER)
    await expect(page.get_by_text("Draft saved")).to_be_visible()
    await page.get_by_role("button", name="Publish", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("^Publish")).click()
    await expect(page.get_by_text("Live v1")).to_be_visible()


async def make_key(page: Page, origin: str) -> str:
    """Make a publishable key for a website on the embed tab and return the snippet that is shown."""
    await page.get_by_role("button", name="More parts").click()  # of the agent's tabs those that do not fit are there
    await page.get_by_role("menuitem", name="Embed").click()
    await page.get_by_role("button", name="Create key").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Shop")
    await dialog.get_by_label("Website 1").fill(origin)
    await dialog.get_by_role("button", name="Create key").click()
    await dialog.get_by_role("button", name="Done").click()
    code = page.get_by_role("tabpanel", name="HTML").locator("code")
    await expect(code).to_contain_text("data-key=")
    return (await code.inner_text()).strip()


def widget_of(page: Page) -> FrameLocator:
    """Return the inside of the widget."""
    return page.frame_locator("medea-chat iframe")


def shop(snippet: str) -> str:
    """Return the page of a website with the chat on it."""
    return f"<!doctype html><html lang=en><title>Shop</title><body><main><h1>Shop</h1></main>{snippet}</body></html>"


async def test_from_sign_up_to_an_answer_that_survives_a_reload(site: Server, browser: Browser, page: Page) -> None:
    await sign_up(page, site)
    await make_agent(page, site)
    async with website(shop) as (origin, put):
        put(await make_key(page, origin))
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        visitor = await context.new_page()
        await visitor.goto(f"{origin}/")
        await visitor.locator("medea-chat").get_by_role("button").first.click()
        chat = widget_of(visitor)
        await chat.get_by_role("textbox").fill("How long does delivery take?")
        await visitor.keyboard.press("Enter")
        log = chat.get_by_role("log")
        await expect(log.get_by_text("We deliver within three")).to_be_visible()
        assert "followed from the hour" not in await log.inner_text(), "it is still being written"
        await visitor.reload()
        launcher = visitor.locator("medea-chat").get_by_role("button").first
        await expect(launcher).to_have_attribute("aria-expanded", "true")
        await expect(log.get_by_text("How long does delivery take?")).to_be_visible()
        await expect(log.get_by_text("followed from the hour it leaves us.")).to_be_visible()
        assert (await log.inner_text()).count("We deliver within three") == 1
        frame = next(frame for frame in visitor.frames if "/widget" in frame.url)
        await assert_accessible(frame, "widget")
        await context.close()
