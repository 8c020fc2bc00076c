"""A company's own users in the chat: its secret, its key's websites, and the same visitor on two devices."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from medea.seeds.demo import EMAIL, PASSWORD
from tests.e2e.test_journey import shop, widget_of
from tests.kernel.auth.test_identity_token import sign
from tests.support.browser import assert_accessible, website
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

QUESTION = "How long does delivery take?"
ANSWER = "3 to 5 working days"


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, site: Server) -> AsyncIterator[Page]:
    """A page of the demo's owner, logged in."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened = await context.new_page()
    answer = await opened.request.post(f"{site.origin}/v1/auth/login", data={"email": EMAIL, "password": PASSWORD})
    assert answer.ok, await answer.text()
    yield opened
    await context.close()


async def shown_secret(page: Page, site: Server) -> str:
    """Return what the settings show when asked."""
    await page.goto(f"{site.origin}/dashboard/settings/identity")
    secret = page.get_by_test_id("identity-secret")
    await expect(secret).to_contain_text("••••")
    await page.get_by_role("button", name="Show secret").click()
    return (await secret.inner_text()).strip()


async def ask(page: Page, question: str, answer: str) -> None:
    """Open the chat on a website and ask."""
    launcher = page.locator("medea-chat").get_by_role("button").first
    if await launcher.get_attribute("aria-expanded") == "false":
        await launcher.click()
    chat = widget_of(page)
    await chat.get_by_role("textbox").fill(question)
    await page.keyboard.press("Enter")
    await expect(chat.get_by_role("log").get_by_text(answer)).to_be_visible()


async def device(browser: Browser, origin: str) -> tuple[BrowserContext, Page]:
    """Open a website on another device."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.goto(f"{origin}/")
    return context, page


async def test_the_secret_is_hidden_shown_and_rotated(page: Page, site: Server) -> None:
    first = await shown_secret(page, site)
    assert re.fullmatch(r"ids_[\w-]{43}", first)
    await page.get_by_role("button", name="Hide secret").click()
    await expect(page.get_by_test_id("identity-secret")).not_to_contain_text(first)
    await page.get_by_role("button", name="Rotate secret").click()
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_be_visible()
    await assert_accessible(page, "rotating the secret")
    await dialog.get_by_role("button", name="Rotate secret").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_test_id("identity-secret")).to_contain_text("••••")
    await page.get_by_role("button", name="Show secret").click()
    await expect(page.get_by_test_id("identity-secret")).not_to_have_text(first)


async def test_a_keys_websites_are_edited_and_count_at_once(page: Page, site: Server, browser: Browser) -> None:
    body = {"name": "Elsewhere", "kind": "publishable", "allowed_origins": ["https://elsewhere.example.com"]}
    key = (await (await page.request.post(f"{site.origin}/v1/api-keys", data=body)).json())["key"]
    async with website(shop) as (origin, put):
        put(f'<script async src="{site.widget_origin}/embed.js" data-key="{key}" data-agent="demo" data-open></script>')
        context, visitor = await device(browser, origin)
        await expect(visitor.locator("medea-chat iframe")).to_have_count(1)
        await expect(widget_of(visitor).get_by_role("textbox")).to_have_count(0)
        await page.goto(f"{site.origin}/dashboard/api-keys")
        await page.get_by_role("button", name="Edit Elsewhere").click()
        dialog = page.get_by_role("dialog", name="Edit Elsewhere")
        await dialog.get_by_label("Name").fill("Shop")
        await dialog.get_by_label("Website 1").fill("shop.example.com")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog.get_by_text("Begin with https://")).to_be_visible()
        await assert_accessible(page, "editing a key")
        await dialog.get_by_label("Website 1").fill(origin)
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_be_hidden()
        row = page.get_by_role("list", name="Publishable keys").get_by_role("listitem").filter(has_text=origin)
        await expect(row.get_by_role("heading", name="Shop")).to_be_visible()
        await visitor.reload()
        await ask(visitor, QUESTION, ANSWER)
        await context.close()


async def test_a_user_finds_the_conversation_on_another_device(page: Page, site: Server, browser: Browser) -> None:
    secret = await shown_secret(page, site)
    body = {"name": "Any website", "kind": "publishable"}
    key = (await (await page.request.post(f"{site.origin}/v1/api-keys", data=body)).json())["key"]
    embed = f'<script async src="{site.widget_origin}/embed.js" data-key="{key}" data-agent="demo" data-open'
    token = sign({"sub": "customer-7"}, secret)
    async with website(shop) as (origin, put):
        put(f'{embed} data-identity-token="{token}"></script>')
        context, phone = await device(browser, origin)
        await ask(phone, QUESTION, ANSWER)
        await context.close()
        put(f"{embed}></script>")
        context, laptop = await device(browser, origin)
        chat = widget_of(laptop)
        await expect(chat.get_by_role("textbox")).to_be_visible()
        await expect(chat.get_by_text(ANSWER)).to_have_count(0)
        await laptop.evaluate("token => { Medea('identify', token) }", sign({"sub": "customer-7"}, secret))
        await expect(chat.get_by_role("log").get_by_text(ANSWER)).to_be_visible()
        await laptop.evaluate("() => { Medea('identify', null) }")
        await expect(chat.get_by_role("log").get_by_text(ANSWER)).to_have_count(0)
        await laptop.evaluate("() => { Medea('on', 'unidentified', ({code}) => { document.title = code }) }")
        await laptop.evaluate("token => { Medea('identify', token) }", sign({"sub": "customer-7"}, "forged"))
        await expect(laptop).to_have_title("conversations.identity_token_invalid")
        await ask(laptop, QUESTION, ANSWER)
        await context.close()
