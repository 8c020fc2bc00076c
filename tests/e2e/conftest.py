"""One server and one browser for the browser tests of a module."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from medea.apps.api.pages import WEB_ROOT
from tests.support.browser import built, chromium
from tests.support.server import Server, serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server with the demo, whose offline model speaks slowly enough to be interrupted."""
    assert built(WEB_ROOT), "the web parts are not built: run `make build`"
    folder: Path = tmp_path_factory.mktemp("site")
    async with serving(folder / "data", MEDEA_LLM__OFFLINE_DELAY="0.15") as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as opened:
        yield opened
