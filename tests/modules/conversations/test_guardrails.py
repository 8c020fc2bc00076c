"""Guardrails in turns: what the model is sent, what tools get, what readers see, what is kept."""

import json
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import TenantId
from medea.modules.conversations.guarded import guardrail_frames, guardrail_parts
from tests.modules.conversations.acting import Reply, answer
from tests.modules.conversations.chatting import open_conversation, publish, say, text_of
from tests.support.models import provided_by
from tests.support.upstream import Answer, Call, Upstream, ordinary

EMAIL, CARD = "jane.doe@example.com", "4111 1111 1111 1111"
PII: dict[str, Any] = {"kinds": ["email", "card", "phone", "iban"]}
HIDDEN: dict[str, Any] = {**PII, "in_transcript": True}
BLOCKED = {"terms": ["Project Falcon"], "patterns": [{"name": "order", "pattern": "ORD-[0-9]{4}"}]}
LOOK_UP = {"name": "calculator"}


def respond(call: Call) -> Answer:
    """Answer by what the visitor said; the words of some answers come letter by letter."""
    messages = call.json["messages"]
    last_user = max(place for place, m in enumerate(messages) if m["role"] == "user")
    said = str(messages[last_user]["content"])
    steps = sum(1 for m in messages[last_user:] if m["role"] == "assistant")
    if "use a tool" in said and steps == 0:
        place = said.index("[email_")
        calls: Reply = [("send", {"to": said[place : said.index("]", place) + 1], "note": 'say "hi"'})]
        return answer("One moment.", calls)
    if steps:
        result = next(m["content"] for m in reversed(messages) if m["role"] == "tool")
        return ordinary(*f"Done: {result}")
    if "echo" in said:
        return ordinary(*f"You said: {said}")
    if "links" in said:
        return ordinary(
            "See [here](https://go", "od.com/a) or [there](https://ev", "il.com/?q=", "1) ![x](//evil.com) ok"
        )
    if "secret" in said:
        return ordinary("It is sunny today. It is called Proj", "ect Fal", "con, you know. And more.")
    return ordinary("It is", " fine.")


models, settings = provided_by(respond)


async def guarded(owner: AsyncClient, **rules: Any) -> str:
    """Publish an agent with rules and open a conversation with it."""
    await publish(owner, guardrails=rules)
    return await open_conversation(owner)


async def parts(client: AsyncClient, conversation: str) -> list[list[dict[str, Any]]]:
    """Return the marks of each message."""
    messages = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    return [[part for part in message["parts"] if part["type"] == "guardrail"] for message in messages]


async def transcript(client: AsyncClient, conversation: str) -> list[str]:
    return [m["text"] for m in (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]]


async def events(client: AsyncClient, conversation: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get(f"/v1/conversations/{conversation}/events")).json()["data"]
    return found


async def test_the_model_sees_placeholders_and_readers_what_they_stand_for(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation = await guarded(owner, pii=PII)
    frames = await say(owner, conversation, f"echo {EMAIL} and {CARD}")
    sent = models.calls[0].body.decode()
    assert EMAIL not in sent
    assert CARD not in sent
    assert models.calls[0].json["messages"][-1]["content"] == "echo [email_1] and [card_1]"
    assert text_of(frames) == f"You said: echo {EMAIL} and {CARD}"
    assert await transcript(owner, conversation) == [f"echo {EMAIL} and {CARD}", text_of(frames)]
    mark = {"type": "guardrail", "rule": "pii", "stage": "prompt", "action": "hidden", "name": ""}
    assert await parts(owner, conversation) == [[{**mark, "counts": {"email": 1, "card": 1}}], []]
    await say(owner, conversation, "and then?")
    assert EMAIL not in models.calls[1].body.decode(), "nor of the history"
    assert (await parts(owner, conversation))[2] == [], "what was hidden before is not told again"


async def test_what_is_kept_holds_placeholders_only(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation = await guarded(owner, pii=HIDDEN)
    frames = await say(owner, conversation, f"echo {EMAIL}")
    assert text_of(frames) == "You said: echo [email_1]", "what is shown is what is kept"
    await say(owner, conversation, "echo other@example.org")
    assert models.calls[1].json["messages"][-1]["content"] == "echo [email_2]", "no number is given twice"
    assert await transcript(owner, conversation) == [
        "echo [email_1]", "You said: echo [email_1]", "echo [email_2]", "You said: echo [email_2]",
    ]  # fmt: skip
    kept = json.dumps(await events(owner, conversation))
    summary = (await owner.get(f"/v1/conversations/{conversation}")).text
    for text in (kept, summary):
        assert EMAIL not in text
        assert "other@example.org" not in text
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    async with working.ports.database.transaction(tenant) as sql:
        assert await sql.fetchval("SELECT count(*) FROM turn_values") == 0, "gone with the turns that needed them"
        for table in ("conversation_events", "messages", "conversations", "turns"):
            rows = await sql.fetch(f"SELECT t::text AS row FROM {table} t")
            assert rows
            assert not [row for row in rows if EMAIL in row["row"]], table


async def test_messages_are_refused_without_asking_the_model(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation = await guarded(owner, input={"max_chars": 60, "reply": "Too long."}, blocked=BLOCKED)
    frames = await say(owner, conversation, "x" * 61)
    assert text_of(frames) == "Too long."
    assert [frame["data"] for _, frame in frames if frame["type"] == "data-guardrail"] == [{"action": "refused"}]
    assert frames[-1][1]["messageMetadata"]["finish_reason"] == "content_filter"
    assert text_of(await say(owner, conversation, "Tell me of project  FALCON")) == "I cannot talk about that here."
    assert text_of(await say(owner, conversation, "Where is ORD-1234?")) == "I cannot talk about that here."
    assert models.calls == []
    acts = [e["data"] for e in await events(owner, conversation) if e["name"] == "GuardrailActed"]
    assert [(act["rule"], act["stage"], act["action"], act.get("name", "")) for act in acts] == [
        ("input.max_chars", "prompt", "refused", ""),
        ("blocked.terms", "prompt", "refused", "Project Falcon"),
        ("blocked.patterns", "prompt", "refused", "order"),
    ]
    replies = (await parts(owner, conversation))[1::2]
    assert [mark["rule"] for (mark,) in replies] == [act["rule"] for act in acts]
    assert text_of(await say(owner, conversation, "How are you?")) == "It is fine."


async def test_an_answer_is_withheld_from_the_sentence_that_may_not_go_out(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation = await guarded(owner, blocked={**BLOCKED, "replacement": "No more of this."})
    frames = await say(owner, conversation, "the secret?")
    shown = "It is sunny today.\n\nNo more of this."
    assert text_of(frames) == shown
    assert (await transcript(owner, conversation))[1] == shown
    assert [frame["data"] for _, frame in frames if frame["type"] == "data-guardrail"] == [{"action": "withheld"}]
    assert frames[-1][1]["messageMetadata"]["usage"]["output_tokens"] > 0, "what came of it has its price"
    (mark,) = (await parts(owner, conversation))[1]
    assert (mark["rule"], mark["stage"], mark["name"]) == ("blocked.terms", "answer", "Project Falcon")


async def test_links_lead_to_listed_hosts_only(owner: AsyncClient, working: Installation) -> None:
    conversation = await guarded(owner, links={"only_listed": True, "hosts": ["good.com"]})
    shown = "See [here](https://good.com/a) or [there] [link removed] ![x] [link removed] ok"
    assert text_of(await say(owner, conversation, "links")) == shown
    (mark,) = (await parts(owner, conversation))[1]
    assert (mark["rule"], mark["action"], mark["counts"]) == ("links", "removed", {"links": 2})


async def test_chat_completions_get_the_same_text(owner: AsyncClient, working: Installation) -> None:
    await guarded(owner, blocked=BLOCKED, pii=PII, links={"only_listed": True, "hosts": ["good.com"]})
    for text, shown in (
        (f"echo {EMAIL}", f"You said: echo {EMAIL}"),
        ("the secret?", "It is sunny today.\n\nI have to stop here: the rest of this answer is not for this chat."),
        ("Project Falcon?", "I cannot talk about that here."),
    ):
        body = {"model": "helper", "messages": [{"role": "user", "content": text}]}
        whole = (await owner.post("/v1/chat/completions", json=body)).json()["choices"][0]
        assert whole["message"]["content"] == shown
        assert whole["finish_reason"] == ("stop" if "echo" in text else "content_filter")
        streamed = await owner.post("/v1/chat/completions", json={**body, "stream": True})
        chunks = [json.loads(line[6:]) for line in streamed.text.splitlines() if line.startswith("data: {")]
        deltas = [choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]]
        assert "".join(deltas) == shown


async def test_a_client_that_brings_its_history_goes_on_although_less_is_kept(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    await guarded(owner, pii=HIDDEN)
    said = [{"role": "user", "content": f"I am {EMAIL}"}]
    for _ in range(2):
        answered = await owner.post("/v1/chat/completions", json={"model": "helper", "messages": said})
        said += [answered.json()["choices"][0]["message"], {"role": "user", "content": f"echo {CARD}"}]
    found = (await owner.get("/v1/conversations", params={"channel": "openai"})).json()["data"]
    assert [conversation["message_count"] for conversation in found] == [4], "one conversation, found again"
    assert await transcript(owner, found[0]["id"]) == [
        "I am [email_1]", "It is fine.", "echo [card_1]", "You said: echo [card_1]",
    ]  # fmt: skip
    fresh = [{"role": "user", "content": f"{EMAIL} is me"}, {"role": "assistant", "content": "Hi"}, *said[:1]]
    await owner.post("/v1/chat/completions", json={"model": "helper", "messages": fresh})
    newest = (await owner.get("/v1/conversations", params={"channel": "openai"})).json()["data"][0]
    assert EMAIL not in json.dumps(await transcript(owner, newest["id"]))
    assert EMAIL not in json.dumps(await events(owner, newest["id"]))
    assert EMAIL not in "".join(call.body.decode() for call in models.calls)


async def test_nobody_says_more_than_they_may_in_a_minute(owner: AsyncClient, working: Installation) -> None:
    conversation = await guarded(owner, input={"per_minute": 2})
    for _ in range(2):
        await say(owner, conversation)
    for _ in range(2):
        refused = await owner.post(f"/v1/conversations/{conversation}/messages", json={"text": "again"})
        assert (refused.status_code, refused.json()["code"]) == (429, "conversations.said_too_often")
        assert int(refused.headers["retry-after"]) <= 30
    names = [event["name"] for event in await events(owner, conversation)]
    assert names.count("GuardrailActed") == 1, "told once in a minute"
    assert names.count("PromptReceived") == 2


async def test_rules_that_are_off_leave_everything_as_it_is(owner: AsyncClient, working: Installation) -> None:
    conversation = await guarded(owner, blocked={"reply": "x"}, links={"hosts": ["good.com"]})
    frames = await say(owner, conversation, f"echo {EMAIL} https://evil.com")
    assert text_of(frames) == f"You said: echo {EMAIL} https://evil.com"
    assert sum(1 for _, frame in frames if frame["type"] == "text-delta") > 20, "each piece as it came"


def test_visitors_learn_that_something_is_missing_and_not_why() -> None:
    known = {"rule": "blocked.terms", "stage": "prompt", "name": "Project Falcon", "counts": {}}
    marks = [{**known, "action": "refused"}, {**known, "rule": "pii", "action": "hidden"}]
    assert guardrail_parts(marks, is_inside=False, is_waiting=False) == [{"type": "guardrail", "action": "refused"}]
    assert [json.loads(frame) for frame in guardrail_frames(marks, is_waiting=False)] == [
        {"type": "data-guardrail", "data": {"action": "refused"}}
    ]
    assert [part["rule"] for part in guardrail_parts(marks, is_inside=True, is_waiting=False)] == [
        "blocked.terms",
        "pii",
    ]
