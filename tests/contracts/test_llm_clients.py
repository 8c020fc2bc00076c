"""What every `ModelClient` keeps to, whoever answers behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import pytest

from medea.kernel.llm.messages import (
    CalledTool,
    ChatMessage,
    Example,
    Finish,
    ModelRequest,
    TextDelta,
    ToolDefinition,
)
from medea.kernel.llm.port import ModelClient
from medea.kernel.llm.providers.offline import OfflineModel
from tests.kernel.llm.calls import client_of, collect
from tests.support import claude
from tests.support.upstream import Answer, Call, Send, Wait, chunk, event, upstream, usage

WORDS = "The roastery opens at eight, said the ünïcode 🌍 sign, and it closes at six in the evening."
ASK = ModelRequest(
    (ChatMessage("system", "Be kind."), ChatMessage("user", "When do you open?")),
    model="any",
    examples=(Example("When do you open?", WORDS),),
)


def model(call: Call) -> Answer:
    """Behave as a model does: keep to `stop` and `max_tokens`, send word by word, count."""
    text, reason = WORDS, "stop"
    for stop in call.json.get("stop", []):
        text = text.partition(stop)[0]
    words = text.split(" ")
    limit = call.json.get("max_tokens", 1000)
    if len(words) > limit:
        words, reason = words[:limit], "length"
    steps = [step for word in words for step in (Send(event(chunk(f"{word} "))), Wait(0.001))]
    return Answer([*steps, Send(event(chunk(finish=reason)) + event(usage()) + event("[DONE]"))])


def claude_model(call: Call) -> Answer:
    """Behave the same in Anthropic's dialect."""
    text, reason = WORDS, "end_turn"
    for stop in call.json.get("stop_sequences", []):
        text, reason = text.partition(stop)[0], "stop_sequence"
    words = text.split(" ")
    limit = call.json["max_tokens"]
    if len(words) > limit:
        words, reason = words[:limit], "max_tokens"
    steps = [step for word in words for step in (Send(claude.text_delta(f"{word} ")), Wait(0.001))]
    return Answer([Send(claude.start()), *steps, Send(claude.stop_block() + claude.ending(reason))])


@pytest.fixture(params=["offline", "openai-compatible", "anthropic"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[ModelClient]:
    if request.param == "offline":
        yield OfflineModel(delay=0.001)
        return
    kind, respond = ("anthropic", claude_model) if request.param == "anthropic" else ("openai", model)
    async with upstream(respond=respond) as server, client_of(server, kind=kind) as adapter:
        yield adapter


async def test_text_then_one_finish(client: ModelClient) -> None:
    events = [item async for item in client.stream(ASK)]
    *deltas, last = events
    assert all(type(item) is TextDelta and item.text for item in deltas)
    assert len(deltas) > 3
    assert type(last) is Finish
    assert last.reason == "stop"
    assert last.model
    assert last.provider
    assert last.usage.input_tokens > 0
    assert last.usage.output_tokens > 0
    assert WORDS in "".join(item.text for item in deltas if isinstance(item, TextDelta))


async def test_tools_may_be_offered_and_earlier_calls_told(client: ModelClient) -> None:
    """Whether a model calls any is its own affair; what it says of them is whole, and it ends as ever."""
    talk = (
        *ASK.messages,
        ChatMessage("assistant", "", (CalledTool("c1", "current_time", "{}"),)),
        ChatMessage("tool", '{"time": "08:00"}', call_id="c1"),
    )
    tool = ToolDefinition("current_time", "Tells the time.", {"type": "object", "properties": {}})
    for choice in ("auto", "none"):
        request = replace(ASK, messages=talk, tools=(tool,), tool_choice=choice)
        outcome = await collect(client, request)
        assert outcome.finish is not None
        assert outcome.text or outcome.calls
        assert [call.call_id for call in outcome.calls] == [start.call_id for start in outcome.starts]


async def test_stop_and_length_are_kept(client: ModelClient) -> None:
    outcome = await collect(client, replace(ASK, stop=(", and",)))
    assert outcome.text.strip() == WORDS.partition(", and")[0]
    outcome = await collect(client, replace(ASK, max_output_tokens=4))
    assert outcome.finish is not None
    assert outcome.finish.reason == "length"
    assert WORDS.startswith(outcome.text.strip())
    assert len(outcome.text) < len(WORDS)


async def test_an_empty_question_is_answered(client: ModelClient) -> None:
    assert (await collect(client, ModelRequest((ChatMessage("user", ""),), model="any"))).finish is not None
    assert (await collect(client, ModelRequest((), model="any"))).finish is not None


async def test_text_can_be_stored_and_sent(client: ModelClient) -> None:
    outcome = await collect(client, replace(ASK, messages=(ChatMessage("user", "\x00\ud83d When do you open?"),)))
    assert outcome.finish is not None
    assert "\x00" not in outcome.text
    outcome.text.encode()


async def test_it_can_be_closed_early_and_used_again(client: ModelClient) -> None:
    for _ in range(3):
        async with aclosing(client.stream(ASK)) as events:
            assert isinstance(await anext(events), TextDelta)
    assert (await collect(client, ASK)).finish is not None


async def test_it_can_be_cancelled(client: ModelClient) -> None:
    task = asyncio.create_task(collect(client, ASK))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_many_at_once(client: ModelClient) -> None:
    outcomes = await asyncio.gather(*(collect(client, ASK) for _ in range(15)))
    assert len({outcome.text for outcome in outcomes}) == 1


async def test_a_stream_that_nobody_reads_costs_nothing(client: ModelClient) -> None:
    await client.stream(ASK).aclose()
