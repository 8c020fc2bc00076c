"""The official conformance suite of the Model Context Protocol against an agent: the scenarios that need no fixtures.

The others call tools, resources and prompts that only a server made for the suite has.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from httpx2 import AsyncClient
from starlette.types import Receive, Scope, Send

from tests.counterparts.node import recent_node, require_node
from tests.modules.conversations.chatting import publish
from tests.modules.conversations.documents import base

__all__ = ["base"]

SCENARIOS = (
    "server-initialize",
    "ping",
    "tools-list",
    "resources-list",
    "prompts-list",
    "server-sse-multiple-streams",
    "dns-rebinding-protection",
)


@asynccontextmanager
async def with_key(app: FastAPI, key: str) -> AsyncIterator[str]:
    """Serve the application to a program that cannot be told a key."""

    async def keyed(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [*scope["headers"], (b"authorization", f"Bearer {key}".encode())]
        await app({**scope, "headers": headers}, receive, send)

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(keyed, lifespan="off", log_config=None, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        listener.close()


async def faults_of(suite: Path, url: str, scenario: str, folder: Path) -> str:
    """Run a scenario; return what it said where it found a fault."""
    arguments = ["server", "--url", url, "--scenario", scenario]
    process = await asyncio.create_subprocess_exec(
        *(recent_node(), str(suite / "dist" / "index.js"), *arguments),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    text = said.decode()
    return "" if process.returncode == 0 and "0 failed, 0 warnings" in text and "Passed: 0/" not in text else text


@pytest.mark.slow
async def test_the_suite_finds_no_fault(owner: AsyncClient, app: FastAPI, base: str, tmp_path: Path) -> None:
    _, suite = require_node("@modelcontextprotocol/conformance")
    await publish(owner, retrieval={"knowledge_bases": [base]}, suggested_questions=["When are you open?"])
    scopes = ["conversations:chat", "knowledge:read"]
    made = await owner.post("/v1/api-keys", json={"name": "suite", "kind": "secret", "scopes": scopes})
    async with with_key(app, made.json()["key"]) as origin:
        url = f"{origin}/mcp/helper"
        found = await asyncio.gather(*(faults_of(suite, url, scenario, tmp_path) for scenario in SCENARIOS))
    assert dict(zip(SCENARIOS, found, strict=True)) == dict.fromkeys(SCENARIOS, "")
