"""Our adapters against a model server that others wrote, in both dialects."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import pytest

from medea.kernel.llm.messages import CalledTool, ChatMessage, ToolDefinition
from tests.counterparts.model_server import KEY, LIMITS, MODEL, Counterpart, aimock, question
from tests.kernel.llm.calls import collect

TOOLS = tuple(ToolDefinition(name, "Does it.", {"type": "object"}) for name in ("calculator", "current_time"))


@pytest.fixture(params=["openai", "anthropic"])
async def counterpart(request: pytest.FixtureRequest) -> AsyncIterator[Counterpart]:
    async with aimock("aimock", request.param) as found:
        yield found


async def test_the_counterpart_is_understood(counterpart: Counterpart) -> None:
    paths = ("", "/", "/v1", "/v1/") + (("/api/v1",) if counterpart.kind == "openai" else ())
    for path in paths:
        outcome = await counterpart.ask("hello", path=path)
        assert outcome.text.startswith("Hello from an independent server: héllo 🌍")
        assert outcome.finish is not None
        assert (outcome.finish.reason, outcome.finish.model) == ("stop", MODEL)
        assert not outcome.finish.usage.is_estimated
    outcome = await counterpart.ask("counted")
    assert outcome.finish is not None
    assert (outcome.finish.reason, outcome.finish.model) == ("length", "renamed-1")
    assert (outcome.finish.usage.input_tokens, outcome.finish.usage.output_tokens) == (11, 5)
    assert (await counterpart.ask("thinking")).text == "Forty-two."


async def test_its_failures_become_ours(counterpart: Counterpart) -> None:
    for text, code, key in (
        ("busy", "llm.rate_limited", KEY),
        ("broken", "llm.unavailable", KEY),
        ("cut", "llm.interrupted", KEY),
        ("hello", "llm.authentication", "sk-wrong"),
        ("nothing like this is known", "llm.model_not_found", KEY),
    ):
        outcome = await counterpart.ask(text, key=key)
        assert outcome.error is not None
        assert outcome.error.code == code
        # where Messages is cut, its third event has no text yet
        assert (outcome.text != "") == (text == "cut" and counterpart.kind == "openai")
    start = time.monotonic()
    outcome = await counterpart.ask("busy", limits=replace(LIMITS, max_attempts=2, backoff=0.01))
    assert outcome.error is not None
    assert outcome.error.retry_after == 1
    assert time.monotonic() - start >= 1


async def test_it_can_be_left_early(counterpart: Counterpart) -> None:
    async with counterpart.client() as client:
        async with asyncio.timeout(60), aclosing(client.stream(question("slow"))) as events:
            await anext(events)
        tasks = [asyncio.create_task(collect(client, question("hello"))) for _ in range(20)]
        assert {outcome.text for outcome in await asyncio.gather(*tasks)} == {
            (await collect(client, question("hello"))).text
        }


async def test_calls_and_their_results_go_there_and_back_as_messages() -> None:
    """In OpenAI's dialect whole turns do so: `test_tools_aimock`."""
    async with aimock("aimock-tools", "anthropic") as counterpart:
        asked = replace(question("two at once, please"), tools=TOOLS)
        outcome = await counterpart.ask(asked)
        assert [call.name for call in outcome.calls] == ["calculator", "current_time"]
        assert json.loads(outcome.calls[1].arguments) == {"time_zone": "Europe/Berlin"}
        assert outcome.finish is not None
        assert outcome.finish.reason == "tool_calls"
        called = tuple(CalledTool(call.call_id, call.name, call.arguments) for call in outcome.calls)
        results = [ChatMessage("tool", "done", call_id=call.id) for call in called]
        talk = (*asked.messages, ChatMessage("assistant", outcome.text, called), *results)
        assert (await counterpart.ask(replace(asked, messages=talk))).text == "Both are done."
