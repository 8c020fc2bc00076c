"""The AI SDK's `DefaultChatTransport`, as `useChat` uses it, against our own endpoint."""

import asyncio
import json
import os
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from medea.kernel.settings import Settings
from medea.kernel.web.leaving import Leaving
from tests.counterparts.node import HERE, require_node
from tests.modules.conversations.chatting import publish


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Words come slowly enough that a running answer can be rejoined."""
    return settings.model_copy(update={"llm": settings.llm.model_copy(update={"offline_delay": 0.02})})


def text_of(message: dict[str, Any]) -> str:
    """Return the text of a UI message."""
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")


async def test_use_chat_works_unmodified(live: str, owner: AsyncClient) -> None:
    node, _ = require_node("ai")
    await publish(owner)
    key = (await owner.post("/v1/api-keys", json={"name": "site", "kind": "secret"})).json()["key"]
    process = await asyncio.create_subprocess_exec(
        node,
        str(HERE / "chat_transport.mjs"),
        env={"PATH": os.environ.get("PATH", ""), "ORIGIN": live, "AGENT": "helper", "KEY": key},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, err.decode()
    seen = json.loads(out)
    for name in ("first", "second", "again", "sent"):
        assert seen[name]["role"] == "assistant"
        assert text_of(seen[name]), name
    assert "nine to five" in text_of(seen["first"])
    assert seen["first"]["metadata"]["conversation_id"] == seen["sent"]["metadata"]["conversation_id"]
    assert seen["again"]["id"] != seen["second"]["id"]
    assert seen["resumed"] == seen["sent"], "a second reader of the running answer sees the whole of it"
    assert seen["idle"] is None
    (kept,) = (await owner.get("/v1/conversations")).json()["data"]
    assert kept["message_count"] >= 6


async def test_a_farewell_is_no_error_and_the_answer_can_be_joined_again(
    live: str, app: FastAPI, owner: AsyncClient
) -> None:
    node, _ = require_node("ai")
    await publish(owner)
    key = (await owner.post("/v1/api-keys", json={"name": "site", "kind": "secret"})).json()["key"]
    process = await asyncio.create_subprocess_exec(
        node,
        str(HERE / "chat_reconnect.mjs"),
        env={"PATH": os.environ.get("PATH", ""), "ORIGIN": live, "AGENT": "helper", "KEY": key},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    begun = await asyncio.wait_for(process.stdout.readline(), 60)
    old, app.state.leaving = app.state.leaving, Leaving()  # the one stream is told, the next is another process's
    old.end_streams()
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert begun == b"begun\n", err.decode()
    assert process.returncode == 0, err.decode()
    seen = json.loads(out.splitlines()[-1])
    assert seen["faults"] == []
    assert text_of(seen["rest"]).startswith(text_of(seen["cut"]))
    assert len(text_of(seen["rest"])) > len(text_of(seen["cut"])) > 0
    assert {part["type"] for part in seen["cut"]["parts"]} == {"step-start", "text"}, "the notice leaves no trace"
