"""Conversations over HTTP: open, say, read, rename, judge, and what is refused."""

import pytest
from httpx2 import AsyncClient

from tests.modules.conversations.chatting import STREAM, frames_of, open_conversation, publish, say, text_of
from tests.support.app import problem


async def test_an_answer_streams_in_the_ai_sdk_protocol_with_ids(chatty: AsyncClient) -> None:
    conversation = await open_conversation(chatty)
    url = f"/v1/conversations/{conversation}/messages"
    answer = await chatty.post(url, json={"text": "When are you open?"}, headers=STREAM)
    assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert answer.headers["x-accel-buffering"] == "no"
    assert "no-cache" in answer.headers["cache-control"]
    frames = frames_of(answer)
    kinds = [frame["type"] for _, frame in frames]
    assert kinds[:3] == ["start", "start-step", "text-start"]
    assert set(kinds[3:-3]) == {"text-delta"}
    assert kinds[-3:] == ["text-end", "finish-step", "finish"]
    assert [frame_id for frame_id, _ in frames] == [f"1-{number}" for number in range(1, len(frames) + 1)]
    start, finish = frames[0][1], frames[-1][1]
    assert start["messageMetadata"]["conversation_id"] == conversation
    assert finish["messageMetadata"]["model"] == "medea/offline"
    assert finish["messageMetadata"]["usage"]["output_tokens"] > 0
    assert "nine to five" in text_of(frames)
    messages = (await chatty.get(url)).json()["data"]
    assert [(m["role"], m["status"]) for m in messages] == [("user", "complete"), ("assistant", "complete")]
    assert messages[1]["text"] == text_of(frames)
    assert messages[1]["id"] == start["messageId"]


async def test_without_streaming_the_turn_is_accepted_and_followed_later(chatty: AsyncClient) -> None:
    conversation = await open_conversation(chatty)
    accepted = await chatty.post(f"/v1/conversations/{conversation}/messages", json={"text": "Hello"})
    assert accepted.status_code == 202
    turn = accepted.json()["turn_id"]
    frames = frames_of(await chatty.get(f"/v1/turns/{turn}/stream"))
    assert text_of(frames)
    read = (await chatty.get(f"/v1/turns/{turn}")).json()
    assert (read["status"], read["attempt"], read["model"]) == ("completed", 1, "medea/offline")
    assert read["first_token_ms"] is not None


async def test_rejoining_continues_after_the_last_frame(chatty: AsyncClient) -> None:
    frames = await say(chatty, await open_conversation(chatty))
    turn = frames[0][1]["messageMetadata"]["turn_id"]
    for place in range(0, len(frames), 5):
        last = {"last-event-id": frames[place][0]}
        assert frames_of(await chatty.get(f"/v1/turns/{turn}/stream", headers=last)) == frames[place + 1 :]
    by_query = await chatty.get(f"/v1/turns/{turn}/stream", params={"after": frames[3][0]})
    assert frames_of(by_query) == frames[4:]


async def test_an_unknown_position_begins_anew_and_says_so(chatty: AsyncClient) -> None:
    frames = await say(chatty, await open_conversation(chatty))
    turn = frames[0][1]["messageMetadata"]["turn_id"]
    again = frames_of(await chatty.get(f"/v1/turns/{turn}/stream", headers={"last-event-id": "7-3"}))
    assert again[0][1]["type"] == "data-restart"
    assert text_of(again) == text_of(frames)
    nonsense = frames_of(await chatty.get(f"/v1/turns/{turn}/stream", headers={"last-event-id": "x"}))
    assert text_of(nonsense) == text_of(frames)


async def test_a_reply_can_be_written_again(chatty: AsyncClient) -> None:
    conversation = await open_conversation(chatty)
    first = (await say(chatty, conversation))[0][1]["messageMetadata"]["turn_id"]
    again = frames_of(await chatty.post(f"/v1/turns/{first}/regenerate", headers=STREAM))
    messages = (await chatty.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    assert len(messages) == 2
    assert messages[1]["id"] == again[0][1]["messageId"]
    problem(await chatty.post(f"/v1/turns/{first}/regenerate"), 409, "conversations.nothing_to_regenerate")


async def test_feedback_is_kept_and_can_be_taken_back(chatty: AsyncClient) -> None:
    conversation = await open_conversation(chatty)
    await say(chatty, conversation)
    prompt, reply = (await chatty.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    url = f"/v1/messages/{reply['id']}/feedback"
    judged = await chatty.post(url, json={"rating": "down", "comment": "too short"})
    assert judged.status_code == 200
    assert (judged.json()["feedback"], judged.json()["feedback_comment"]) == ("down", "too short")
    assert (await chatty.post(url, json={"rating": None})).json()["feedback"] is None
    problem(await chatty.post(f"/v1/messages/{prompt['id']}/feedback", json={"rating": "up"}), 409,
            "conversations.not_a_reply")  # fmt: skip
    assert (
        problem(await chatty.post(url, json={"rating": "great"}), 422, "request.invalid")["errors"][0]["field"]
        == "rating"
    )


async def test_conversations_are_listed_filtered_and_paged(chatty: AsyncClient) -> None:
    await publish(chatty, "other")
    ids = [await open_conversation(chatty) for _ in range(3)]
    ids.append(await open_conversation(chatty, "other"))
    await say(chatty, ids[0], "A question about zebras 100%")
    first = (await chatty.get("/v1/conversations", params={"limit": 2})).json()
    assert [item["id"] for item in first["data"]] == [ids[0], ids[3]]
    rest = (await chatty.get("/v1/conversations", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in rest["data"]] == [ids[2], ids[1]]
    assert rest["next_cursor"] is None
    by_agent = (await chatty.get("/v1/conversations", params={"agent": "other"})).json()["data"]
    assert [item["id"] for item in by_agent] == [ids[3]]
    for query in ("ZEBRAS", "100%"):
        found = (await chatty.get("/v1/conversations", params={"q": query})).json()["data"]
        assert [item["id"] for item in found] == [ids[0]]
    assert (await chatty.get("/v1/conversations", params={"q": "1_0%"})).json()["data"] == []
    assert (await chatty.get("/v1/conversations", params={"channel": "widget"})).json()["data"] == []
    assert (await chatty.get("/v1/conversations", params={"agent": "unknown"})).json()["data"] == []
    bad = problem(await chatty.get("/v1/conversations", params={"cursor": "WyJ4IiwieSJd"}), 422, "request.invalid")
    assert bad["errors"][0]["field"] == "cursor"


async def test_a_title_comes_from_the_first_words_and_can_be_changed(chatty: AsyncClient) -> None:
    conversation = await open_conversation(chatty)
    await say(chatty, conversation, "When do you open on Sundays?")
    url = f"/v1/conversations/{conversation}"
    assert (await chatty.get(url)).json()["title"] == "When do you open on Sundays?"
    assert (await chatty.patch(url, json={"title": "Opening"})).json()["title"] == "Opening"
    await say(chatty, conversation, "Thanks")
    assert (await chatty.get(url)).json()["title"] == "Opening"
    problem(await chatty.patch(url, json={"title": ""}), 422, "request.invalid")


async def test_the_log_tells_what_happened(chatty: AsyncClient) -> None:
    conversation = await open_conversation(chatty)
    await say(chatty, conversation)
    events = (await chatty.get(f"/v1/conversations/{conversation}/events")).json()["data"]
    names = ["ConversationStarted", "PromptReceived", "TurnStarted", "ReplyCompleted"]
    assert [event["name"] for event in events] == names
    assert [event["version"] for event in events] == [1, 2, 3, 4]
    assert events[2]["data"]["agent_version"] == 1
    assert events[1]["data"]["turn_id"].startswith("trn_")
    page = (await chatty.get(f"/v1/conversations/{conversation}/events", params={"limit": 3})).json()
    rest = await chatty.get(
        f"/v1/conversations/{conversation}/events", params={"limit": 3, "cursor": page["next_cursor"]}
    )
    assert [event["version"] for event in rest.json()["data"]] == [4]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": "x" * 32_001}, "text"),
        ({"text": 5}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": "a", "texd": "b"}, "texd"),
        ({"text": "a", "options": {"temperature": 3}}, "options.temperature"),
    ],
)
async def test_malformed_messages_name_the_field(chatty: AsyncClient, body: dict[str, object], field: str) -> None:
    conversation = await open_conversation(chatty)
    answer = await chatty.post(f"/v1/conversations/{conversation}/messages", json=body)
    assert problem(answer, 422, "request.invalid")["errors"][0]["field"] == field


async def test_what_cannot_be_done_is_refused(chatty: AsyncClient) -> None:
    conversation = await open_conversation(chatty)
    url = f"/v1/conversations/{conversation}/messages"
    problem(await chatty.post(url, json={"text": "  \n "}), 422, "conversations.empty_prompt")
    problem(await chatty.post(url, content=b"{", headers={"content-type": "application/json"}), 422, "request.invalid")
    unknown = "cnv_" + "0" * 32
    problem(await chatty.get(f"/v1/conversations/{unknown}"), 404, "conversations.conversation_not_found")
    problem(await chatty.post(f"/v1/conversations/{unknown}/messages", json={"text": "a"}), 404,
            "conversations.conversation_not_found")  # fmt: skip
    problem(await chatty.get("/v1/turns/trn_" + "0" * 32), 404, "conversations.turn_not_found")
    problem(await chatty.get("/v1/conversations/nonsense"), 422, "request.invalid")
    problem(await chatty.post("/v1/conversations", json={"agent": "nobody"}), 404, "agents.agent_not_found")
    problem(await chatty.post(url, json={"text": "x" * 3_000_000}), 413, "request.too_large")


async def test_a_message_sent_twice_with_one_key_is_said_once(chatty: AsyncClient) -> None:
    conversation = await open_conversation(chatty)
    url = f"/v1/conversations/{conversation}/messages"
    sent = [await chatty.post(url, json={"text": "Hello"}, headers={"idempotency-key": "abc-1"}) for _ in range(2)]
    assert sent[0].json() == sent[1].json()
    assert sent[1].headers["idempotency-replayed"] == "true"
    frames_of(await chatty.get(f"/v1/turns/{sent[0].json()['turn_id']}/stream"))
    assert len((await chatty.get(url)).json()["data"]) == 2
    other = await chatty.post(url, json={"text": "Other"}, headers={"idempotency-key": "abc-1"})
    problem(other, 422, "request.idempotency_key_reused")


async def test_a_stream_asked_for_twice_with_one_key_is_the_same_stream(chatty: AsyncClient) -> None:
    conversation = await open_conversation(chatty)
    url = f"/v1/conversations/{conversation}/messages"
    headers = {**STREAM, "idempotency-key": "abc-2"}
    first = frames_of(await chatty.post(url, json={"text": "Hello"}, headers=headers))
    second = await chatty.post(url, json={"text": "Hello"}, headers=headers, follow_redirects=True)
    assert frames_of(second) == first
    assert len((await chatty.get(url)).json()["data"]) == 2
