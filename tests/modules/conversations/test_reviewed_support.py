"""Answers that the documents do not support: held, and approved, refused, said otherwise or not looked at in time."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import ConversationId, TenantId, TurnId
from medea.modules.conversations.service import answers
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import STREAM, frames_of, open_conversation, publish, say, text_of
from tests.modules.conversations.documents import base
from tests.support.app import problem
from tests.support.models import provided_by
from tests.support.upstream import Upstream

__all__ = ["base"]

STANDS = "Parcels to Norway leave the warehouse on Mondays [1]."
INVENTED = "Every parcel comes with a free bottle of champagne from the king himself."
SCRIPTS: dict[str, Any] = {
    "When do parcels to Norway leave?": [[STANDS]],
    "What comes with parcels to Norway?": [[f"{STANDS} {INVENTED}"]],
}
REPLACED = "Please call us."
RULES: dict[str, Any] = {"approval": {"answers": "unsupported", "replacement": REPLACED}}

models, settings = provided_by(acting(SCRIPTS))
Asked = tuple[str, str, list[tuple[str, Any]]]


async def ask(client: AsyncClient, base: str, text: str) -> Asked:
    """Ask an agent whose unsupported answers are held; return conversation, turn and frames."""
    await publish(client, guardrails=RULES, examples=[], retrieval={"knowledge_bases": [base]})
    conversation = await open_conversation(client)
    frames = await say(client, conversation, text)
    return conversation, frames[0][1]["messageMetadata"]["turn_id"], frames


@pytest.fixture
async def held(owner: AsyncClient, working: Installation, models: Upstream, base: str) -> Asked:
    """An answer that waits."""
    return await ask(owner, base, "What comes with parcels to Norway?")


async def told(client: AsyncClient, held: Asked) -> tuple[str, list[str], str, list[str]]:
    """Return text, marks, finish reason, and kinds of parts of a reply, as who comes back reads it."""
    conversation, turn, _ = held
    frames = [frame for _, frame in frames_of(await client.get(f"/v1/turns/{turn}/stream", headers=STREAM))]
    reply = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"][1]
    marks = [frame["data"]["action"] for frame in frames if frame["type"] == "data-guardrail"]
    text = "".join(frame["delta"] for frame in frames if frame["type"] == "text-delta")
    assert text == reply["text"]
    return text, marks, frames[-1]["messageMetadata"]["finish_reason"], sorted({p["type"] for p in reply["parts"]})


async def test_an_answer_that_stands_is_shown_when_it_is_whole(
    owner: AsyncClient, working: Installation, models: Upstream, base: str
) -> None:
    _, _, frames = await ask(owner, base, "When do parcels to Norway leave?")
    verdict = next(frame["data"] for _, frame in frames if frame["type"] == "data-grounding")
    assert (text_of(frames), verdict["unsupported"]) == (STANDS, [])
    assert (await owner.get("/v1/held-answers/count")).json() == {"count": 0}


async def test_nothing_of_one_that_does_not_is_shown(owner: AsyncClient, held: Asked) -> None:
    _, turn, frames = held
    assert text_of(frames) == ""
    assert frames[-1][1]["messageMetadata"]["finish_reason"] == "waiting"
    assert "champagne" not in str(frames)
    (found,) = (await owner.get("/v1/held-answers")).json()["data"]
    assert (found["turn_id"], found["reason"], found["shown"]) == (turn, "unsupported", "")
    assert found["text"] == f"{STANDS} {INVENTED}"


async def test_approved_it_is_shown_with_what_it_stands_on(owner: AsyncClient, held: Asked) -> None:
    assert (await owner.post(f"/v1/turns/{held[1]}/review", json={"approved": True})).status_code == 200
    text, marks, reason, parts = await told(owner, held)
    assert (text, marks, reason) == (f"{STANDS} {INVENTED}", [], "stop")
    assert parts == ["grounding", "guardrail", "source"]


async def test_refused_it_is_replaced_and_cites_nothing(owner: AsyncClient, held: Asked) -> None:
    assert (await owner.post(f"/v1/turns/{held[1]}/review", json={"approved": False})).status_code == 200
    text, marks, reason, parts = await told(owner, held)
    assert (text, marks, reason) == (REPLACED, ["withheld"], "content_filter")
    assert parts == ["guardrail"], "no verdict on words that are not the model's"


async def test_somebody_says_it_otherwise(owner: AsyncClient, held: Asked) -> None:
    body = {"approved": False, "answer": "Nothing but the parcel."}
    assert (await owner.post(f"/v1/turns/{held[1]}/review", json=body)).status_code == 200
    text, marks, reason, parts = await told(owner, held)
    assert (text, marks, reason) == ("Nothing but the parcel.", [], "stop")
    assert parts == ["guardrail"]


async def test_nobody_looks_at_it_in_time(owner: AsyncClient, working: Installation, held: Asked) -> None:
    conversation, turn, _ = held
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    ctx = Context(working.ports, system_principal(tenant))
    await answers.expire(ctx, ConversationId.parse(conversation), TurnId.parse(turn), 1)
    assert (await told(owner, held))[:3] == (REPLACED, ["withheld"], "content_filter")
    late = await owner.post(f"/v1/turns/{turn}/review", json={"approved": True})
    problem(late, 409, "conversations.nothing_awaited")
