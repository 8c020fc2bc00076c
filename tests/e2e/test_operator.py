"""An operator mends what was given up, in the browser; to everybody else the page is not there."""

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from medea.kernel.db.embedded import EmbeddedPostgres
from medea.kernel.ids import JobId
from medea.seeds.demo import EMAIL, PASSWORD
from tests.support.app import fresh_email
from tests.support.browser import assert_accessible
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def database(site: Server) -> AsyncIterator[asyncpg.Connection]:
    address = EmbeddedPostgres(site.folder).running()
    assert address is not None
    connection = await asyncpg.connect(address.url("medea"))
    yield connection
    await connection.execute("DELETE FROM jobs WHERE task LIKE 'tests.%'")
    await connection.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(reduced_motion="reduce")
    yield await context.new_page()
    await context.close()


async def give_up(database: asyncpg.Connection, task: str) -> JobId:
    job_id = JobId.new()
    await database.execute(
        "INSERT INTO jobs (tenant_id, id, task, queue, payload, state, attempts, max_attempts, last_error)"
        " SELECT tenant_id, $1, $2, 'slow', $3, 'dead', 4, 4, 'ValueError: that page is torn' FROM tenants LIMIT 1",
        job_id,
        task,
        json.dumps({"page": 7}),
    )
    return job_id


async def test_what_was_given_up_is_looked_at_retried_and_purged(
    site: Server, page: Page, database: asyncpg.Connection
) -> None:
    await database.execute("DELETE FROM jobs WHERE state = 'dead'")
    first, second = await give_up(database, "tests.read_page"), await give_up(database, "tests.send_mail")
    answer = await page.request.post(f"{site.origin}/v1/auth/login", data={"email": EMAIL, "password": PASSWORD})
    assert answer.ok
    await page.goto(f"{site.origin}/dashboard")
    await page.get_by_role("link", name="Jobs", exact=True).click()
    await page.get_by_role("link", name="tests.read_page").click()
    sheet = page.get_by_role("dialog")
    await expect(sheet.get_by_text("ValueError: that page is torn")).to_be_visible()
    await expect(sheet.get_by_text('"page"')).to_be_visible()
    await assert_accessible(page, "a job's details")
    await sheet.get_by_role("button", name="Retry").click()
    confirm = page.get_by_role("alertdialog")
    await assert_accessible(page, "asking before a retry")
    await confirm.get_by_role("button", name="Retry").click()
    await expect(page.get_by_text("The job waits again")).to_be_visible()
    await expect(page.get_by_role("link", name="tests.read_page")).to_have_count(0)
    again = await database.fetchrow("SELECT state, max_attempts FROM jobs WHERE id = $1", first)
    assert again is not None
    assert (again["state"] != "dead", again["max_attempts"]) == (True, 7)

    await page.get_by_role("button", name="Purge tests.send_mail").click()
    await confirm.get_by_role("button", name="Cancel").click()
    assert await database.fetchval("SELECT state FROM jobs WHERE id = $1", second) == "dead"
    await page.get_by_role("button", name="Purge all").click()
    await confirm.get_by_role("button", name="Purge").click()
    await expect(page.get_by_text("Nothing was given up")).to_be_visible()
    assert await database.fetchval("SELECT count(*) FROM jobs WHERE id = $1", second) == 0


async def test_to_others_it_is_not_there(site: Server, page: Page) -> None:
    body = {"email": fresh_email(), "password": PASSWORD, "name": "Eve", "tenant_name": "Elsewhere"}
    assert (await page.request.post(f"{site.origin}/v1/auth/signup", data=body)).ok
    await page.goto(f"{site.origin}/dashboard/operator/jobs")
    await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    await expect(page.get_by_role("link", name="Jobs", exact=True)).to_have_count(0)
