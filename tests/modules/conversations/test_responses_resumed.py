"""Responses that are come back to: whatever their text was cut into, wherever they are made, whoever made them anew."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import openai
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from medea.apps.bootstrap import Installation
from medea.kernel.ids import TurnId
from medea.modules.conversations.dialects.happenings import Anew, Happening, Over, Said, TextOver
from medea.modules.conversations.dialects.responses.encoding import Encoder
from medea.modules.conversations.dialects.responses.streams import stream_response
from tests.modules.conversations.chatting import publish
from tests.support.app import ORIGIN
from tests.support.models import provided_by
from tests.support.upstream import Answer, Call, Send, Wait, chunk, event, usage

TURN = TurnId(1)
TEXT = "Grüße, 雪 and 🏔️: a reply of some length."


async def told(*happened: Happening) -> AsyncIterator[Happening]:
    for each in happened:
        yield each


def cut(text: str, places: Sequence[int]) -> list[Happening]:
    """Return a text that came in pieces, and its end."""
    ends = [*sorted({place for place in places if 0 < place < len(text)}), len(text)]
    pieces = [Said(text[begin:end]) for begin, end in zip([0, *ends], ends, strict=False)]
    return [*pieces, TextOver(), Over("completed")]


async def sent(after: int | None, *happened: Happening) -> list[dict[str, Any]]:
    """Return the events of a stream."""
    encoder = Encoder(TURN, 0, {"id": "resp_1"})
    blocks = [block async for block in stream_response(encoder, told(*happened), after)]
    return [json.loads(block.split(b"data: ", 1)[1]) for block in blocks]


def deltas(events: list[dict[str, Any]]) -> str:
    return "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")


places = st.lists(st.integers(0, len(TEXT)), max_size=8)


@given(places, places, st.integers(0, 40))
async def test_a_number_of_one_cutting_is_one_of_every_other(one: list[int], other: list[int], place: int) -> None:
    first = await sent(None, *cut(TEXT, one))
    at = min(place, len(first) - 1)
    rest = await sent(first[at]["sequence_number"], *cut(TEXT, other))
    assert deltas(first[: at + 1]) + deltas(rest) == TEXT
    assert [e["type"] for e in first if "delta" not in e] == [
        e["type"] for e in [*first[: at + 1], *rest] if "delta" not in e
    ]
    assert all(e["sequence_number"] > first[at]["sequence_number"] for e in rest)


@given(places, st.integers(3, 40))
async def test_who_has_what_no_longer_holds_gets_all_of_it(one: list[int], place: int) -> None:
    first = await sent(None, *cut(TEXT, one))
    texts = [e for e in first if e["type"] == "response.output_text.delta"]
    has = texts[min(place, len(texts) - 1)]["sequence_number"]
    rest = await sent(has, *cut("Another " + TEXT, ()))
    assert rest[0]["type"] == "response.created"
    assert deltas(rest) == "Another " + TEXT


async def test_an_attempt_that_says_the_same_goes_on_unseen() -> None:
    begun = [Said("Every day "), Said("from ni")]
    events = await sent(None, *begun, Anew(), *cut("Every day from nine to five.", (3, 12)))
    assert deltas(events) == "Every day from nine to five."
    assert [e["type"] for e in events].count("response.created") == 1
    assert events[-1]["type"] == "response.completed"


async def test_an_attempt_that_says_something_else_ends_the_stream_with_an_error() -> None:
    events = await sent(None, Said("Every day "), Anew(), *cut("Only on Mondays.", ()))
    assert [e["type"] for e in events[-2:]] == ["response.output_text.delta", "error"]
    assert events[-1]["code"] == "conversations.begun_anew"
    again = await sent(events[-1]["sequence_number"], *cut("Only on Mondays.", ()))
    assert (again[0]["type"], deltas(again)) == ("response.created", "Only on Mondays.")
    quiet = await sent(None, Anew(), *cut("Only on Mondays.", ()))
    assert quiet[-1]["type"] == "response.completed", "nothing was said yet that could not be taken back"


async def test_a_stream_that_breaks_off_says_so_and_is_gone_on_with() -> None:
    events = await sent(None, Said("Every "), Over("broken_off"))
    assert events[-1]["code"] == "conversations.broken_off"
    rest = await sent(events[-2]["sequence_number"], *cut("Every day.", ()))
    assert deltas(rest) == "day."


SLOWLY = [Send(event(chunk(f"word{number} "))) for number in range(40)]


def respond(call: Call) -> Answer:
    """Speak slowly, for ever where `hold` is said."""
    steps: list[Any] = [step for sends in SLOWLY for step in (sends, Wait(0.02))]
    if call.json["messages"][-1]["content"] == "hold":
        steps.append(Wait(60))
    return Answer([*steps, Send(event(chunk(finish="stop")) + event(usage()) + b"data: [DONE]\n\n")])


models, settings = provided_by(respond)


@pytest.fixture
async def client(owner: AsyncClient, live: str) -> AsyncIterator[openai.AsyncOpenAI]:
    """The official client over a socket, so that streams stream."""
    await publish(owner, examples=[])
    key = (await owner.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    async with openai.AsyncOpenAI(api_key=key, base_url=f"{live}/v1", max_retries=0) as made:
        yield made


async def test_a_response_is_resumed_in_mid_answer_and_after(client: openai.AsyncOpenAI, working: Installation) -> None:
    first: list[Any] = []
    stream = await client.responses.create(model="helper", input="Hello", stream=True, background=True)
    async for part in stream:
        first.append(part)
        if len(first) == 12:
            break
    await stream.close()
    name = first[0].response.id
    number = first[-1].sequence_number
    running = await client.responses.retrieve(name)
    assert running.status == "in_progress"
    rest: list[Any] = [e async for e in await client.responses.retrieve(name, stream=True, starting_after=number)]
    whole = rest[-1].response
    told = "".join(e.delta for e in [*first, *rest] if e.type == "response.output_text.delta")
    assert told == whole.output_text == "".join(f"word{number} " for number in range(40))
    await working.ports.streams.close()  # from here on there is only the stored reply
    kept: list[Any] = [e async for e in await client.responses.retrieve(name, stream=True, starting_after=number)]
    assert "".join(e.delta for e in kept if e.type == "response.output_text.delta") == "".join(
        e.delta for e in rest if e.type == "response.output_text.delta"
    )
    assert kept[-1].sequence_number == rest[-1].sequence_number
    assert [
        e async for e in await client.responses.retrieve(name, stream=True, starting_after=rest[-1].sequence_number)
    ] == []
    async with client.responses.stream(response_id=name, starting_after=number) as managed:
        assert (await managed.get_final_response()).output_text == whole.output_text


async def test_a_response_in_the_background_is_polled_and_cancelled(client: openai.AsyncOpenAI) -> None:
    made = await client.responses.create(model="helper", input="hold", background=True)
    assert (made.status, made.output, made.background) == ("queued", [], True)
    stream = await client.responses.retrieve(made.id, stream=True)
    seen: list[str] = []
    cancelled: asyncio.Task[Any] | None = None
    async for part in stream:
        seen.append(part.type)
        if part.type == "response.output_text.delta" and seen.count(part.type) == 3:
            assert (await client.responses.retrieve(made.id)).status == "in_progress"
            cancelled = asyncio.create_task(client.responses.cancel(made.id))
    assert cancelled is not None
    stopped = await cancelled
    assert (stopped.status, seen[-1]) == ("cancelled", "response.incomplete")
    assert stopped.output_text.startswith("word0 ")
    assert stopped.output[-1].status == "incomplete"
    assert (await client.responses.retrieve(made.id)).to_dict() == stopped.to_dict()
    assert (await client.responses.cancel(made.id)).to_dict() == stopped.to_dict(), "twice is the same as once"


async def test_nothing_of_another_companys_conversation(
    client: openai.AsyncOpenAI, stranger: AsyncClient, app: FastAPI
) -> None:
    made = await client.responses.create(model="helper", input="Hello", background=True)
    await publish(stranger, examples=[])
    key = (await stranger.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    async with AsyncClient(transport=ASGITransport(app)) as http:
        other = openai.AsyncOpenAI(api_key=key, base_url=f"{ORIGIN}/v1", http_client=http, max_retries=0)
        for asked in ({"conversation": made.conversation.id}, {"previous_response_id": made.id}):  # type: ignore[union-attr]
            with pytest.raises(openai.NotFoundError):
                await other.responses.create(model="helper", input="Hi", extra_body=asked)
    await client.responses.cancel(made.id)
