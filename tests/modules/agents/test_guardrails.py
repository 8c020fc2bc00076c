"""Guardrails as part of a draft: set group by group, with faults that name the field."""

from typing import Any

import pytest
from httpx2 import AsyncClient


async def make(owner: AsyncClient, **fields: Any) -> dict[str, Any]:
    made = await owner.post("/v1/agents", json={"name": "Shop", "slug": "shop", "system_prompt": "Help.", **fields})
    assert made.status_code == 201, made.text
    agent: dict[str, Any] = made.json()
    return agent


async def test_everything_is_off_at_first(owner: AsyncClient) -> None:
    rules = (await make(owner))["guardrails"]
    assert rules["input"] == {
        "max_chars": None,
        "per_minute": None,
        "reply": "Your message is too long for me. Could you shorten it, please?",
    }
    assert (rules["topics"]["allowed"], rules["blocked"]["terms"], rules["pii"]["kinds"]) == ([], [], [])
    assert (rules["links"]["only_listed"], rules["approval"]["unsafe_tools"]) == (False, False)


async def test_groups_change_one_by_one_and_are_published(owner: AsyncClient) -> None:
    agent = await make(owner, guardrails={"pii": {"kinds": ["email", "email"], "in_transcript": True}})
    assert agent["guardrails"]["pii"]["kinds"] == ["email"]
    at = f"/v1/agents/{agent['id']}"
    published = await owner.post(f"{at}/publish", json={})
    assert published.status_code == 200
    blocked = {"terms": ["  Acme   Corp "], "patterns": [{"name": "order", "pattern": "A-[0-9]+"}]}
    changed = await owner.patch(at, json={"guardrails": {"blocked": blocked, "links": {"only_listed": True}}})
    rules = changed.json()["guardrails"]
    assert rules["blocked"]["terms"] == ["Acme Corp"]
    assert rules["blocked"]["in_answers"] is True
    assert rules["pii"]["in_transcript"] is True
    query = {"from": "1", "to": "draft"}
    fields = (await owner.get(f"{at}/versions/compare", params=query)).json()["changes"]
    assert [change["field"] for change in fields] == ["guardrails.blocked", "guardrails.links"]
    reset = (await owner.patch(at, json={"guardrails": {"blocked": None}})).json()["guardrails"]
    assert (reset["blocked"]["terms"], reset["links"]["only_listed"]) == ([], True)
    everything = (await owner.patch(at, json={"guardrails": None})).json()["guardrails"]
    assert everything["pii"]["in_transcript"] is False


@pytest.mark.parametrize(
    ("rules", "field", "words"),
    [
        ({"input": {"max_chars": 0}}, "guardrails.input.max_chars", "greater than or equal to 1"),
        ({"input": {"reply": " "}}, "guardrails.input.reply", "must not be empty"),
        ({"blocked": {"terms": ["!?"]}}, "guardrails.blocked.terms.0", "must hold a letter or a digit"),
        (
            {"blocked": {"patterns": [{"name": "a", "pattern": "(?=x)y"}]}},
            "guardrails.blocked.patterns.0.pattern",
            "is no pattern that RE2 takes: invalid perl operator",
        ),
        (
            {"blocked": {"patterns": [{"name": "A b", "pattern": "x"}]}},
            "guardrails.blocked.patterns.0.name",
            "lower-case letters",
        ),
        (
            {"pii": {"patterns": [{"name": "email", "pattern": "x"}]}},
            "guardrails.pii.patterns.0.name",
            "is the name of a kind of personal data",
        ),
        (
            {"pii": {"patterns": [{"name": "a", "pattern": "x"}, {"name": "a", "pattern": "y"}]}},
            "guardrails.pii",
            "each pattern needs a name of its own",
        ),
        ({"pii": {"kinds": ["shoe_size"]}}, "guardrails.pii.kinds.0", "email"),
        ({"links": {"hosts": ["https://example.com"]}}, "guardrails.links.hosts.0", "name a host like example.com"),
        ({"links": {"hosts": ["*"]}}, "guardrails.links.hosts.0", "name a host like example.com"),
        ({"topics": {"strictness": "very"}}, "guardrails.topics.strictness", "lenient"),
        ({"approval": {"unsafe_tools": "yes"}}, "guardrails.approval.unsafe_tools", "boolean"),
        ({"magic": {}}, "guardrails.magic", "not"),
    ],
)
async def test_faults_name_their_field(owner: AsyncClient, rules: dict[str, Any], field: str, words: str) -> None:
    agent = await make(owner)
    answer = await owner.patch(f"/v1/agents/{agent['id']}", json={"guardrails": rules})
    assert answer.status_code == 422
    (error,) = [error for error in answer.json()["errors"] if error["field"] == field]
    assert words in error["message"]


async def test_rules_are_tried_out_without_a_turn(owner: AsyncClient) -> None:
    agent = await make(owner, guardrails={"pii": {"kinds": ["email"]}, "blocked": {"terms": ["falcon"]}})
    path = f"/v1/agents/{agent['slug']}/guardrails/try"
    tried = (await owner.post(path, json={"text": "Mail a@b.cc. It is falcon. Yes."})).json()
    assert tried["prompt"] == {
        "reply": "I cannot talk about that here.",
        "to_model": "Mail [email_1]. It is falcon. Yes.",
        "kept": "Mail a@b.cc. It is falcon. Yes.",
        "acts": [
            {"rule": "blocked.terms", "action": "refused", "name": "falcon", "counts": {}},
            {"rule": "pii", "action": "hidden", "name": "", "counts": {"email": 1}},
        ],
    }
    assert tried["answer"]["shown"].startswith("Mail a@b.cc.\n\nI have to stop here")
    assert [act["action"] for act in tried["answer"]["acts"]] == ["withheld"]
    unsaved = {"blocked": None, "pii": {"kinds": ["email"], "in_transcript": True, "in_answers": True}}
    changed = (await owner.post(path, json={"text": "I am a@b.cc", "guardrails": unsaved})).json()
    assert changed["prompt"]["reply"] is None
    assert changed["prompt"]["kept"] == changed["answer"]["shown"] == "I am [email_1]"
    assert (await owner.get(f"/v1/agents/{agent['id']}")).json()["guardrails"] == agent["guardrails"]


async def test_an_answer_that_would_wait_for_a_look_says_so_when_tried(owner: AsyncClient) -> None:
    agent = await make(owner, guardrails={"approval": {"answers": "flagged"}, "blocked": {"terms": ["falcon"]}})
    path = f"/v1/agents/{agent['slug']}/guardrails/try"
    flagged = await owner.post(path, json={"text": "It is falcon."})
    assert flagged.status_code == 200, flagged.text
    assert [act["action"] for act in flagged.json()["answer"]["acts"]] == ["held"]
    every = await owner.post(path, json={"text": "Yes.", "guardrails": {"approval": {"answers": "all"}}})
    assert every.json()["answer"]["acts"] == [
        {"rule": "approval.answers", "action": "held", "name": "all", "counts": {}}
    ]


async def test_topics_are_tried_by_words_where_there_is_no_model(owner: AsyncClient) -> None:
    agent = await make(owner, guardrails={"topics": {"forbidden": ["medical advice"], "reply": "Ask a doctor."}})
    path = f"/v1/agents/{agent['id']}/guardrails/try"
    refused = (await owner.post(path, json={"text": "I need medical advice"})).json()["prompt"]
    assert refused["reply"] == "Ask a doctor."
    assert refused["acts"] == [{"rule": "topics", "action": "refused", "name": "medical advice", "counts": {}}]
    nothing = await owner.post(path, json={"text": ""})
    assert nothing.status_code == 422
    assert (await owner.post("/v1/agents/nobody/guardrails/try", json={"text": "x"})).status_code == 404
