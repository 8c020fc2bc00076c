"""Talking to an assistant over HTTP, for tests."""

import json
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from medea.apps.bootstrap import Installation

STREAM = {"accept": "text/event-stream"}
EXAMPLE = {"user": "When are you open?", "assistant": "Every day from nine to five."}


def frames_of(answer: Response) -> list[tuple[str, Any]]:
    """Return (id, JSON) of the frames of a stream that has ended; `[DONE]` is checked and left out."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    found: list[tuple[str, Any]] = []
    last = ""
    for block in answer.text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "data" in lines:
            last = lines["data"]
            if last != "[DONE]":
                found.append((lines.get("id", ""), json.loads(last)))
    assert last == "[DONE]"
    return found


def text_of(frames: list[tuple[str, Any]]) -> str:
    """Return the text of frames."""
    return "".join(frame["delta"] for _, frame in frames if frame["type"] == "text-delta")


async def publish(client: AsyncClient, slug: str = "helper", **fields: Any) -> dict[str, Any]:
    """Make and publish an agent that knows the opening hours."""
    body = {"name": "Helper", "slug": slug, "system_prompt": "Help.", "examples": [EXAMPLE], **fields}
    made = await client.post("/v1/agents", json=body)
    assert made.status_code == 201, made.text
    answer = await client.post(f"/v1/agents/{slug}/publish", json={})
    assert answer.status_code == 200, answer.text
    agent: dict[str, Any] = answer.json()
    return agent


async def open_conversation(client: AsyncClient, agent: str = "helper", **fields: Any) -> str:
    """Open a conversation and return its id."""
    answer = await client.post("/v1/conversations", json={"agent": agent, **fields})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def say(client: AsyncClient, conversation: str, text: str = "When are you open?") -> list[tuple[str, Any]]:
    """Say something and return the frames of the answer."""
    return frames_of(
        await client.post(f"/v1/conversations/{conversation}/messages", json={"text": text}, headers=STREAM)
    )


@pytest.fixture
async def chatty(owner: AsyncClient, working: Installation) -> AsyncClient:
    """An owner with a published agent, and a worker that answers."""
    await publish(owner)
    return owner
