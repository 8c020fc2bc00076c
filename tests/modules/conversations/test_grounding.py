"""Answers from documents: sources before the text, the verdict after it, and what the log keeps."""

import asyncio
from typing import Any

from httpx2 import AsyncClient

from tests.modules.conversations.chatting import frames_of, open_conversation, publish, say, text_of
from tests.modules.conversations.documents import TERMS, base, settled
from tests.support.app import WIDGET_ORIGIN

__all__ = ["base"]


async def ask(client: AsyncClient, text: str, **retrieval: Any) -> tuple[str, list[Any]]:
    await publish(client, slug="shop", examples=[], retrieval=retrieval)
    conversation = await open_conversation(client, "shop")
    return conversation, [frame for _, frame in await say(client, conversation, text)]


async def test_sources_come_before_the_text_and_the_verdict_after_it(owner: AsyncClient, base: str) -> None:
    conversation, frames = await ask(owner, "When do parcels to Norway leave?", knowledge_bases=[base])
    kinds = [frame["type"] for frame in frames]
    assert kinds[2] == "source-document"
    assert kinds.index("source-document") < kinds.index("text-start")
    assert kinds.index("text-end") < kinds.index("data-grounding")
    source = frames[2]
    assert (source["title"], source["mediaType"]) == ("terms.md", "text/markdown")
    own = source["providerMetadata"]["medea"]
    assert own["n"] == 1
    assert "leave the warehouse on Mondays" in own["quote"]
    assert "[1]" in "".join(frame.get("delta", "") for frame in frames)
    verdict = frames[kinds.index("data-grounding")]["data"]
    assert (verdict["supported"], verdict["unsupported"], verdict["answered"]) == (1.0, [], True)

    reply = (await owner.get(f"/v1/conversations/{conversation}/messages")).json()["data"][1]
    assert [part["type"] for part in reply["parts"]] == ["source", "grounding"]
    cited = reply["parts"][0]
    assert (cited["document_id"], cited["n"]) == (own["document_id"], 1)
    assert cited["quote"] in TERMS

    page = await owner.get(cited["url"].removeprefix(WIDGET_ORIGIN), headers={"host": WIDGET_ORIGIN.split("//")[1]})
    assert page.status_code == 200
    assert "leave the warehouse on Mondays" in page.text
    assert "script" not in page.text


async def test_the_log_tells_what_the_model_was_shown(owner: AsyncClient, base: str) -> None:
    conversation, _ = await ask(owner, "When do parcels to Norway leave?", knowledge_bases=[base], top_k=2)
    events = (await owner.get(f"/v1/conversations/{conversation}/events")).json()["data"]
    names = [event["name"] for event in events]
    assert names[-2:] == ["ContextRetrieved", "ReplyCompleted"]
    shown = events[-2]["data"]
    assert (shown["query"], shown["mode"]) == ("When do parcels to Norway leave?", "lexical")
    assert 0 < len(shown["passages"]) <= 2
    assert "Norway" in shown["passages"][0]["text"]
    assert "bm25" in shown["passages"][0]["scores"]


async def test_a_stored_reply_streams_with_its_sources(owner: AsyncClient, base: str) -> None:
    _, frames = await ask(owner, "When do parcels to Norway leave?", knowledge_bases=[base])
    turn = frames[0]["messageMetadata"]["turn_id"]
    again = frames_of(await owner.get(f"/v1/turns/{turn}/stream"))
    assert [frame["type"] for _, frame in again if "source" in frame["type"]] == ["source-document"]
    assert text_of(again)


async def test_where_nothing_answers_it_says_so_offers_what_was_set_and_the_question_is_kept(
    owner: AsyncClient, base: str
) -> None:
    asked = "Which gift cards do you sell for birthdays?"
    offer = "Write to help@example.org."
    conversation, frames = await ask(owner, asked, knowledge_bases=[base], threshold=0.9, when_unanswered=offer)
    said = "".join(frame.get("delta", "") for frame in frames)
    assert "nothing about that" in said
    assert offer in said
    verdict = next(frame for frame in frames if frame["type"] == "data-grounding")["data"]
    assert verdict["answered"] is False

    kept = await unanswered(owner)
    assert [(question["question"], question["count"]) for question in kept] == [(asked, 1)]
    await say(owner, conversation, "which gift cards do you sell for a birthday?")
    kept = await unanswered(owner, count=2)
    assert (kept[0]["count"], len(kept[0]["examples"])) == (2, 1)

    body = {"knowledge_base_id": base, "question": asked, "answer": "Gift cards of 25 and 50 euros are sold online."}
    made = await owner.post(f"/v1/knowledge/unanswered/{kept[0]['id']}/answer", json=body)
    assert made.status_code == 201, made.text
    await settled(owner, made.json()["id"])
    assert (await owner.get("/v1/knowledge/unanswered")).json()["data"] == []
    frames_now = await say(owner, await open_conversation(owner, "shop"), "Do you sell gift cards?")
    assert "25 and 50 euros" in text_of(frames_now)


async def unanswered(client: AsyncClient, count: int = 1) -> list[Any]:
    """Return the open questions once the last was asked so often."""
    found: list[Any] = []
    for _ in range(1200):
        found = (await client.get("/v1/knowledge/unanswered")).json()["data"]
        if found and found[0]["count"] >= count:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def test_sources_can_be_kept_from_visitors(owner: AsyncClient, base: str) -> None:
    question = "When do parcels to Norway leave?"
    conversation, frames = await ask(owner, question, knowledge_bases=[base], show_sources=False)
    assert not [frame for frame in frames if frame["type"] == "source-document"]
    assert "[1]" not in "".join(frame.get("delta", "") for frame in frames)
    reply = (await owner.get(f"/v1/conversations/{conversation}/messages")).json()["data"][1]
    assert [part["type"] for part in reply["parts"]] == ["grounding"]
    assert reply["parts"][0]["supported"] == 1.0


async def test_a_greeting_is_no_unanswered_question(owner: AsyncClient, base: str) -> None:
    _, frames = await ask(owner, "Hello", knowledge_bases=[base], threshold=0.9)
    assert [frame for frame in frames if frame["type"] == "finish"]
    await asyncio.sleep(0.3)
    assert (await owner.get("/v1/knowledge/unanswered")).json()["data"] == []
