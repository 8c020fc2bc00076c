"""An assistant that asks its visitor before it goes on: for leave to use a tool, and by a form."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import APIRequestContext, Browser, Page, expect

from tests.modules.conversations.acting import Reply, acting
from tests.support.app import PASSWORD, fresh_email
from tests.support.browser import assert_accessible
from tests.support.server import Server, serving
from tests.support.upstream import upstream

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

FORM = {
    "title": "Call back",
    "submit_label": "Call me",
    "fields": [
        {"name": "name", "label": "Your name", "type": "text", "is_required": True},
        {"name": "when", "label": "When", "type": "choice", "options": ["Morning", "Evening"]},
    ],
}
SCRIPTS: dict[str, Sequence[Sequence[Reply]]] = {
    "What is 6 times 7?": [["Let me see.", [("calculator", {"expression": "6*7"})]]],
    "Call me back": [[[("collect_form", FORM)]]],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server whose model calls tools as it is told."""
    folder: Path = tmp_path_factory.mktemp("asking")
    async with upstream(respond=acting(SCRIPTS)) as model:
        allowed = json.dumps([f"127.0.0.1:{model.port}"])
        async with serving(folder / "data", MEDEA_OUTBOUND__ALLOWED_PRIVATE_HOSTS=allowed) as server:
            server.model_url = model.base_url  # type: ignore[attr-defined]  # for those who set the provider up
            yield server


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of a fresh visitor."""
    context = await browser.new_context(viewport={"width": 420, "height": 800}, reduced_motion="reduce")
    yield await context.new_page()
    await context.close()


async def make_agent(request: APIRequestContext, server: Server) -> str:
    """Make a company whose agent may calculate, if it is allowed to, and may show a form; return its slug."""
    origin = server.origin
    sent = {"email": fresh_email(), "password": PASSWORD, "name": "Ada", "tenant_name": "Engines Ltd"}
    assert (await request.post(f"{origin}/v1/auth/signup", data=sent)).ok
    provider = {"name": "Scripted", "base_url": server.model_url, "api_key": "", "default_model": "fake-1"}  # type: ignore[attr-defined]
    made = await request.post(f"{origin}/v1/providers", data={**provider, "is_default": True})
    assert made.ok, await made.text()
    tools = [{"name": "calculator", "needs_approval": True}, {"name": "collect_form"}]
    draft = {"name": f"Helper {uuid4().hex[:8]}", "system_prompt": "Help.", "tools": tools}
    agent = await (await request.post(f"{origin}/v1/agents", data=draft)).json()
    published = await request.post(f"{origin}/v1/agents/{agent['id']}/publish", data={})
    assert published.ok, await published.text()
    return str(agent["slug"])


async def ask(page: Page, question: str) -> None:
    """Say something in the widget."""
    await page.get_by_role("textbox", name="Message").fill(question)
    await page.keyboard.press("Enter")


async def test_a_tool_waits_for_leave_and_a_form_for_its_fields(asking: Server, page: Page) -> None:
    agent = await make_agent(page.request, asking)
    await page.goto(f"{asking.widget_origin}/widget?agent={agent}")
    await ask(page, "What is 6 times 7?")
    asked = page.get_by_role("group", name=re.compile("May I use the calculator"))
    await expect(asked).to_be_visible()
    await expect(page.get_by_role("log").get_by_text("Let me see.")).to_be_visible()
    await assert_accessible(page, "an approval")

    await page.reload()
    await expect(asked).to_be_visible()
    await asked.get_by_role("button", name="Allow", exact=True).click()
    await expect(page.get_by_role("log").get_by_text(re.compile("Found: .*42"))).to_be_visible()
    await expect(asked).to_have_count(0)
    await expect(page.get_by_role("log").get_by_text("Used the calculator")).to_be_visible()

    await ask(page, "Call me back")
    form = page.get_by_role("form", name="Call back")
    await expect(form).to_be_visible()
    await assert_accessible(page, "a form")
    await form.get_by_role("button", name="Call me").click()
    await expect(form.get_by_text("Please fill this in.")).to_be_visible()
    await form.get_by_label("Your name").fill("Ada")
    await form.get_by_label("When").select_option("Evening")
    await form.get_by_role("button", name="Call me").click()
    await expect(page.get_by_role("log").get_by_text(re.compile("Found: .*Ada"))).to_be_visible()


async def test_what_is_not_allowed_is_not_done(asking: Server, page: Page) -> None:
    agent = await make_agent(page.request, asking)
    await page.goto(f"{asking.widget_origin}/widget?agent={agent}")
    await ask(page, "What is 6 times 7?")
    await page.get_by_role("button", name="Don’t allow").click()
    await expect(page.get_by_role("log").get_by_text("the calculator was not allowed")).to_be_visible()
    await expect(page.get_by_text("42")).to_have_count(0)
