"""Turns with tools against a model server that others wrote: npm's `@copilotkit/aimock`."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.settings import Settings
from tests.counterparts.model_server import KEY, MODEL, Counterpart, aimock
from tests.modules.conversations.chatting import open_conversation, publish, say, text_of


@pytest.fixture(params=["openai", "anthropic"])
async def counterpart(request: pytest.FixtureRequest) -> AsyncIterator[Counterpart]:
    """The running server, in one of its dialects."""
    async with aimock("aimock-tools", request.param) as found:
        yield found


@pytest.fixture
def settings(settings: Settings, counterpart: Counterpart) -> Settings:
    """Settings with that server as the platform's provider."""
    given = {"kind": counterpart.kind, "base_url": counterpart.base_url, "api_key": KEY, "default_model": MODEL}
    return Settings.model_validate(
        settings.model_dump() | {"llm": settings.llm.model_dump() | given | {"max_attempts": 1}}
    )


async def asked(client: AsyncClient, text: str) -> list[dict[str, Any]]:
    """Return the frames of the answer."""
    return [frame for _, frame in await say(client, await open_conversation(client), text)]


def outputs(frames: list[dict[str, Any]]) -> list[Any]:
    """Return what tools gave."""
    return [frame["output"] for frame in frames if frame["type"] == "tool-output-available"]


def said(frames: list[dict[str, Any]]) -> str:
    """Return the text."""
    return text_of([("", frame) for frame in frames])


async def test_its_model_uses_tools(owner: AsyncClient, working: Installation, counterpart: Counterpart) -> None:
    await publish(owner, tools=[{"name": "calculator"}, {"name": "current_time"}])
    frames = await asked(owner, "multiply")
    assert outputs(frames) == [{"result": "42"}]
    assert said(frames) == "Let me calculate that.\n\nSix times seven is 42."
    assert len([f for f in frames if f["type"] == "tool-input-delta"]) > 1, "arguments come in pieces"
    frames = await asked(owner, "two at once")
    assert sorted(map(len, outputs(frames))) == [1, 4]
    assert {"result": "71.043"} in outputs(frames)
    assert said(frames) == "Both are done."
    frames = await asked(owner, "invented")
    assert [f["toolName"] for f in frames if f["type"] == "tool-input-error"] == ["teleport"]
    assert said(frames) == "I cannot do that."
    if counterpart.kind == "anthropic":
        return  # there it sends no arguments where they are broken
    frames = await asked(owner, "broken")
    assert [f["type"] for f in frames if f["type"].endswith("-error")] == ["tool-input-error"]
    assert outputs(frames) == [{"result": "42"}]
    assert said(frames) == "Now it is 42."
