"""Chromium, driven by Playwright: Debian's, since no browser is downloaded here."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Frame, Page, async_playwright, expect

PATIENCE = 60_000  # milliseconds; only a failing test waits so long
expect.set_options(timeout=PATIENCE)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_OPTIONS = {
    "resultTypes": ["violations"],  # what passes need not be listed
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}


def chromium_path() -> str:
    """Return the browser, or skip loudly; where all must run, fail."""
    found = os.environ.get("MEDEA_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is not None:
        return found
    words = "Chromium is missing: install it (Debian: apt-get install chromium) or set MEDEA_TEST_CHROMIUM"
    if os.environ.get("MEDEA_TEST_REQUIRE_SERVICES") == "1":
        pytest.fail(words)
    pytest.skip(words)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run the browser for the time of a block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def assert_accessible(page: Page | Frame, where: str) -> None:
    """Run axe-core and fail with what it found."""
    results = await Axe().run(page, options=AXE_OPTIONS)  # a frame has the same methods
    found = [
        f"{where}: {violation['id']} ({violation['impact']}): {node['target']} {node.get('failureSummary', '')}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
    assert not found, "\n".join(found)


@asynccontextmanager
async def website(page: Callable[[str], str]) -> AsyncIterator[tuple[str, Callable[[str], None]]]:
    """Serve one page at an origin of its own.

    Args:
        page: makes the HTML around a snippet.

    Yields:
        The origin, and the function that puts a snippet into the page.
    """
    snippet = ""

    def put(text: str) -> None:
        nonlocal snippet
        snippet = text

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            body = page(snippet).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", put
    finally:
        server.close()


def built(root: Path) -> bool:
    """Tell whether the web parts are built."""
    return (root / "apps/dashboard/dist/index.html").is_file() and (root / "apps/widget/dist/index.html").is_file()
