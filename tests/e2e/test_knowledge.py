"""A stranger's way with documents: drop a file, try a search, ask an agent, open what its answer rests on."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.app import PASSWORD, fresh_email
from tests.support.browser import assert_accessible
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

HANDBOOK = """# Delivery

Parcels within Germany take three to five working days. Express parcels take one working day.

# Returns

Goods can be sent back within thirty days of delivery. Gift cards cannot be returned.
"""

DROP = """([element, name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name));
  for (const type of ["dragenter", "dragover", "drop"]) {
    element.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


@pytest_asyncio.fixture(loop_scope="module", params=[1280, 390], ids=["wide", "narrow"])
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A page of a new customer; what it logs as an error fails the test."""
    context = await browser.new_context(viewport={"width": request.param, "height": 844}, reduced_motion="reduce")
    opened = await context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    await context.close()
    assert not errors


async def sign_up(page: Page, site: Server) -> None:
    """Make a company without anything in it."""
    sent = {"email": fresh_email(), "password": PASSWORD, "name": "Ada", "tenant_name": "Engines Ltd"}
    answer = await page.request.post(f"{site.origin}/v1/auth/signup", data=sent)
    assert answer.ok, await answer.text()


async def drop_file(page: Page, name: str, text: str) -> None:
    """Drop a file onto the place for it."""
    zone = await page.get_by_role("region", name="Add files").element_handle()
    await page.evaluate(DROP, [zone, name, text])


async def make_base(page: Page, site: Server) -> None:
    """Create a knowledge base by hand and drop a document into it."""
    await page.goto(f"{site.origin}/dashboard/knowledge")
    await page.get_by_role("button", name="Create a knowledge base").click()
    dialog = page.get_by_role("dialog", name="New knowledge base")
    await dialog.get_by_label("Name").fill("Handbook")
    await dialog.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("heading", name="Handbook")).to_be_visible()
    await expect(page.get_by_role("heading", name="Drop files here")).to_be_visible()
    await drop_file(page, "handbook.md", HANDBOOK)
    row = page.get_by_role("list", name="Documents").get_by_role("listitem")
    await expect(row.get_by_text("handbook.md")).to_be_visible()
    await expect(row.get_by_text("Ready", exact=True)).to_be_visible()


async def hit_test(page: Page) -> None:
    """See what a question finds, and go from there to the passage."""
    await page.get_by_role("link", name="Hit test").click()
    await page.get_by_role("searchbox", name="Question").fill("How long does express delivery take?")
    await page.keyboard.press("Enter")
    first = page.get_by_role("main").get_by_role("listitem").filter(has_text="handbook.md").first
    await expect(first).to_contain_text("Express parcels take one working day")
    await expect(first.get_by_text("Words", exact=True)).to_be_visible()
    await assert_accessible(page, "hit test with results")
    await first.get_by_role("link", name="handbook.md").click()
    await expect(page.get_by_role("option", selected=True)).to_contain_text("Express parcels")
    await assert_accessible(page, "document")


async def choose_knowledge(page: Page, site: Server) -> None:
    """Make an agent and let it answer from the handbook."""
    made = await page.request.post(f"{site.origin}/v1/agents", data={"name": "Helper"})
    agent = (await made.json())["id"]
    await page.goto(f"{site.origin}/dashboard/agents/{agent}/knowledge")
    await page.get_by_role("checkbox", name="Handbook").check()
    await expect(page.get_by_text("Draft saved")).to_be_visible()
    await assert_accessible(page, "knowledge of an agent")


async def ask(page: Page, question: str) -> None:
    """Ask the draft in the playground."""
    test = page.get_by_role("button", name="Test", exact=True)
    if await test.is_visible():
        await test.click()
    await page.get_by_role("textbox", name="Message to the draft").fill(question)
    await page.keyboard.press("Enter")


async def test_from_a_dropped_file_to_the_place_behind_an_answer(site: Server, page: Page) -> None:
    await sign_up(page, site)
    await make_base(page, site)
    await hit_test(page)
    await choose_knowledge(page, site)
    await ask(page, "How long does express delivery take?")

    marker = page.get_by_role("button", name=re.compile(r"^Source 1: handbook\.md")).first
    await expect(marker).to_be_visible()
    sources = page.get_by_role("region", name="Sources")
    await expect(sources.get_by_role("listitem")).not_to_have_count(0)
    await marker.click()
    sheet = page.get_by_role("dialog", name="handbook.md")
    await expect(sheet.locator("mark")).to_contain_text("working day")
    await assert_accessible(page, "an open source")
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name="Why this answer").click()
    why = page.get_by_role("dialog", name="Why this answer")
    await expect(why.get_by_text("How long does express delivery take?")).to_be_visible()
    await expect(why.get_by_role("list", name="Passages shown to the model")).to_contain_text("Express parcels")
    await assert_accessible(page, "why this answer")


async def test_deleting_can_be_undone_and_a_base_asks_for_its_name(site: Server, page: Page) -> None:
    await sign_up(page, site)
    await make_base(page, site)
    row = page.get_by_role("list", name="Documents").get_by_role("listitem")
    await row.get_by_role("button", name="Actions for handbook.md").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await expect(row).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(row.get_by_text("handbook.md")).to_be_visible()

    await page.get_by_role("link", name="Settings", exact=True).last.click()
    await page.get_by_role("button", name="Delete", exact=True).click()
    asking = page.get_by_role("alertdialog")
    confirm = asking.get_by_role("button", name="Delete knowledge base")
    await expect(confirm).to_be_disabled()
    await asking.get_by_role("textbox").fill("Handbook")
    await confirm.click()
    await expect(page.get_by_role("button", name="Create a knowledge base")).to_be_visible()


async def test_a_refused_file_says_why_beside_the_others(site: Server, page: Page) -> None:
    await sign_up(page, site)
    await make_base(page, site)
    await drop_file(page, "picture.exe", "MZ\x00\x01 not a document \x00\x02")
    row = page.get_by_role("listitem").filter(has_text="picture.exe")
    await expect(row.get_by_text("Failed")).to_be_visible()
    await expect(row.get_by_role("button", name="Try picture.exe again")).to_be_visible()
    await assert_accessible(page, "a failed document")


async def test_what_was_written_by_hand_is_edited(site: Server, page: Page) -> None:
    await sign_up(page, site)
    made = await page.request.post(f"{site.origin}/v1/knowledge-bases", data={"name": "Handbook"})
    base = (await made.json())["id"]
    sent = {"question": "Open on Sundays?", "answer": "No."}
    answer = await page.request.post(f"{site.origin}/v1/knowledge-bases/{base}/documents", data=sent)
    document = (await answer.json())["id"]
    await page.goto(f"{site.origin}/dashboard/knowledge/{base}/documents")
    row = page.get_by_role("list", name="Documents").get_by_role("listitem")
    await expect(row.get_by_text("Ready", exact=True)).to_be_visible()
    await row.get_by_role("button", name="Actions for Open on Sundays?").click()
    await expect(page.get_by_role("menuitem", name="Download the original")).to_have_count(0)
    await page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Question and answer")
    await expect(dialog.get_by_label("Answer")).to_have_value("No.")
    await assert_accessible(page, "editing an answer")
    await dialog.get_by_label("Question").fill("Open on Mondays?")
    await dialog.get_by_label("Answer").fill("From nine to five.")
    await dialog.get_by_role("button", name="Save").click()
    await expect(row.get_by_text("Open on Mondays?")).to_be_visible()
    await expect(row.get_by_text("Ready", exact=True)).to_be_visible()
    read = await page.request.get(f"{site.origin}/v1/documents/{document}/text")
    assert "From nine to five." in await read.text()
