"""Agents over HTTP: making, listing, editing, deleting, and every refusal."""

from typing import Any

from httpx2 import AsyncClient

from tests.support.app import problem

DRAFT: dict[str, Any] = {
    "name": "Shop assistant",
    "description": "Answers on the shop page",
    "system_prompt": "You sell boots.",
    "examples": [{"user": "Do you sell boots?", "assistant": "We do."}],
    "model": "medea/offline",
    "temperature": 0.5,
    "max_output_tokens": 400,
    "greeting": "Hello!",
    "suggested_questions": ["Which boots?"],
    "appearance": {"accent": "#FFEE00", "theme": "dark", "position": "left", "radius": 4, "title": "Boots"},
}


async def make(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/v1/agents", json={**DRAFT, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_agent_is_made_with_its_whole_draft(owner: AsyncClient) -> None:
    agent = await make(owner)
    assert agent["id"].startswith("agt_")
    assert agent["slug"] == "shop-assistant"
    assert {name: agent[name] for name in DRAFT if name != "appearance"} == {
        name: value for name, value in DRAFT.items() if name != "appearance"
    }
    assert agent["appearance"] == {
        "accent": "#ffee00",
        "on_accent": "#000000",
        "theme": "dark",
        "position": "left",
        "radius": 4,
        "title": "Boots",
        "subtitle": None,
        "launcher_label": "Chat with us",
        "show_branding": True,
    }
    assert agent["published_version"] is None
    assert agent["published_at"] is None
    assert agent["has_unpublished_changes"] is True
    assert agent["created_at"] == agent["updated_at"]


async def test_only_a_name_is_needed(owner: AsyncClient) -> None:
    answer = await owner.post("/v1/agents", json={"name": "  Café  "})
    assert answer.status_code == 201
    agent = answer.json()
    assert (agent["name"], agent["slug"], agent["system_prompt"], agent["model"]) == ("Café", "cafe", "", None)


async def test_id_and_slug_name_the_same_agent(owner: AsyncClient) -> None:
    agent = await make(owner)
    assert (await owner.get(f"/v1/agents/{agent['id']}")).json() == agent
    assert (await owner.get(f"/v1/agents/{agent['slug']}")).json() == agent


async def test_examples_come_under_the_names_that_people_use(owner: AsyncClient) -> None:
    pairs = [("input", "output"), ("question", "answer"), ("user", "assistant")]
    agent = await make(owner, examples=[{asked: "Q", answered: "A"} for asked, answered in pairs])
    assert agent["examples"] == [{"user": "Q", "assistant": "A"}] * 3


async def test_slugs_are_made_unique_unless_they_were_asked_for(owner: AsyncClient) -> None:
    assert [(await make(owner, name="Twin"))["slug"] for _ in range(3)] == ["twin", "twin-2", "twin-3"]
    refused = problem(await owner.post("/v1/agents", json={"name": "x", "slug": "twin"}), 409, "agents.slug_taken")
    assert refused["errors"][0]["field"] == "slug"
    other = await make(owner, name="Other")
    problem(await owner.patch(f"/v1/agents/{other['id']}", json={"slug": "twin"}), 409, "agents.slug_taken")
    assert (await owner.get(f"/v1/agents/{other['id']}")).json()["slug"] == "other"


async def test_slugs_of_two_companies_do_not_meet(owner: AsyncClient, stranger: AsyncClient) -> None:
    assert (await make(owner, slug="same"))["slug"] == (await make(stranger, slug="same"))["slug"] == "same"


async def test_a_deleted_agent_is_gone_and_gives_its_slug_back(owner: AsyncClient) -> None:
    agent = await make(owner, slug="mortal")
    assert (await owner.delete("/v1/agents/mortal")).status_code == 204
    for ref in (agent["id"], "mortal"):
        problem(await owner.get(f"/v1/agents/{ref}"), 404, "agents.agent_not_found")
        problem(await owner.patch(f"/v1/agents/{ref}", json={}), 404, "agents.agent_not_found")
        problem(await owner.delete(f"/v1/agents/{ref}"), 404, "agents.agent_not_found")
        problem(await owner.post(f"/v1/agents/{ref}/publish"), 404, "agents.agent_not_found")
    assert (await owner.get("/v1/agents")).json()["data"] == []
    assert (await make(owner, slug="mortal"))["id"] != agent["id"]


async def test_a_change_leaves_what_it_does_not_name_and_null_clears(owner: AsyncClient) -> None:
    agent = await make(owner)
    changed = (await owner.patch(f"/v1/agents/{agent['id']}", json={"greeting": "Ahoy"})).json()
    assert changed.pop("updated_at") > agent["updated_at"]
    assert changed == {**{n: v for n, v in agent.items() if n != "updated_at"}, "greeting": "Ahoy"}
    cleared = {
        "description": None,
        "system_prompt": None,
        "examples": None,
        "model": None,
        "temperature": None,
        "max_output_tokens": None,
        "greeting": None,
        "suggested_questions": None,
        "appearance": None,
    }
    empty = (await owner.patch(f"/v1/agents/{agent['id']}", json=cleared)).json()
    bare = (await owner.post("/v1/agents", json={"name": "Bare"})).json()
    assert {name: empty[name] for name in cleared} == {name: bare[name] for name in cleared}
    assert empty["name"] == agent["name"]


async def test_a_change_without_effect_changes_nothing(owner: AsyncClient) -> None:
    agent = await make(owner)
    same = {name: agent[name] for name in (*DRAFT, "slug")}
    assert (await owner.patch(f"/v1/agents/{agent['id']}", json=same)).json() == agent
    assert (await owner.patch(f"/v1/agents/{agent['id']}", json={})).json() == agent


async def test_what_an_agent_answers_from_changes_member_by_member(owner: AsyncClient) -> None:
    agent = await make(owner)
    base = (await owner.post("/v1/knowledge-bases", json={"name": "Help"})).json()["id"]
    first = await owner.patch(
        f"/v1/agents/{agent['id']}", json={"retrieval": {"knowledge_bases": [base, base], "threshold": 0.25}}
    )
    assert first.json()["retrieval"] == {**agent["retrieval"], "knowledge_bases": [base], "threshold": 0.25}
    second = await owner.patch(f"/v1/agents/{agent['id']}", json={"retrieval": {"threshold": None, "top_k": 3}})
    assert second.json()["retrieval"] == {**agent["retrieval"], "knowledge_bases": [base], "top_k": 3}
    third = await owner.patch(f"/v1/agents/{agent['id']}", json={"retrieval": None})
    assert third.json()["retrieval"] == agent["retrieval"]


async def test_what_an_agent_names_must_be_there(owner: AsyncClient, stranger: AsyncClient) -> None:
    theirs = (await stranger.post("/v1/knowledge-bases", json={"name": "Help"})).json()["id"]
    agent = await make(owner)
    sent = {
        "retrieval": {"knowledge_bases": [theirs]},
        "tools": [{"name": "hand_over"}, {"name": "time_machine"}, {"name": f"tol_{'0' * 32}"}],
    }
    refused = problem(await owner.patch(f"/v1/agents/{agent['id']}", json=sent), 422, "request.invalid")
    assert [error["field"] for error in refused["errors"]] == [
        "retrieval.knowledge_bases.0",
        "tools.1.name",
        "tools.2.name",
    ]
    problem(await owner.post("/v1/agents", json={"name": "Other", **sent}), 422, "request.invalid")


async def test_what_was_deleted_since_stays_in_the_draft_until_it_is_taken_out(owner: AsyncClient) -> None:
    base = (await owner.post("/v1/knowledge-bases", json={"name": "Help"})).json()["id"]
    agent = await make(owner, retrieval={"knowledge_bases": [base]})
    assert (await owner.delete(f"/v1/knowledge-bases/{base}")).status_code == 204
    changed = await owner.patch(f"/v1/agents/{agent['id']}", json={"greeting": "Hi", "retrieval": {"top_k": 3}})
    assert changed.json()["retrieval"]["knowledge_bases"] == [base]
    cleared = await owner.patch(f"/v1/agents/{agent['id']}", json={"retrieval": {"knowledge_bases": []}})
    assert cleared.json()["retrieval"]["knowledge_bases"] == []


async def test_tools_are_chosen_in_order_and_once(owner: AsyncClient) -> None:
    agent = await make(owner)
    chosen = [{"name": "calculator"}, {"name": "current_time", "needs_approval": True}, {"name": "calculator"}]
    changed = await owner.patch(f"/v1/agents/{agent['id']}", json={"tools": chosen})
    assert changed.json()["tools"] == [
        {"name": "calculator", "needs_approval": False},
        {"name": "current_time", "needs_approval": True},
    ]


async def test_members_of_the_appearance_change_one_by_one(owner: AsyncClient) -> None:
    agent = await make(owner)
    changed = await owner.patch(
        f"/v1/agents/{agent['id']}", json={"appearance": {"accent": "#000080", "title": None, "radius": None}}
    )
    assert changed.json()["appearance"] == {
        **agent["appearance"],
        "accent": "#000080",
        "on_accent": "#ffffff",
        "title": None,
        "radius": 16,
    }


async def test_lists_are_paged_newest_first_and_searched(owner: AsyncClient, stranger: AsyncClient) -> None:
    await make(stranger, name="Foreign")
    made = [(await make(owner, name=f"Agent {n}", description="x" * n))["id"] for n in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = (await owner.get("/v1/agents", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        assert len(page["data"]) <= 2
        seen += [agent["id"] for agent in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
    found = (await owner.get("/v1/agents", params={"q": "AGENT 3"})).json()["data"]
    assert [agent["id"] for agent in found] == [made[3]]
    for wildcard in ("%", "_", "\\"):
        assert (await owner.get("/v1/agents", params={"q": wildcard})).json()["data"] == []


async def test_a_foreign_cursor_is_refused(owner: AsyncClient) -> None:
    for cursor in ("abc", "W10", "WzFd", "WyJhIl0", "\x00", "é"):
        refused = problem(await owner.get("/v1/agents", params={"cursor": cursor}), 422, "request.invalid")
        assert refused["errors"][0]["field"] == "cursor"


LONG = "x" * 32_001


BAD_FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("name", {"name": ""}),
    ("name", {"name": "   "}),
    ("name", {"name": None}),
    ("name", {"name": "x" * 81}),
    ("name", {"name": "two\nlines"}),
    ("name", {"name": 7}),
    ("slug", {"slug": ""}),
    ("slug", {"slug": "Upper"}),
    ("slug", {"slug": "with space"}),
    ("slug", {"slug": "x" * 64}),
    ("slug", {"slug": "line\n"}),
    ("description", {"description": "x" * 501}),
    ("system_prompt", {"system_prompt": LONG}),
    ("system_prompt", {"system_prompt": "a\x00b"}),
    ("system_prompt", {"system_prompt": ["no"]}),
    ("examples", {"examples": [{"user": "a", "assistant": "b"}] * 51}),
    ("examples", {"examples": "none"}),
    ("examples.0.user", {"examples": [{"user": "  ", "assistant": "b"}]}),
    ("examples.0.assistant", {"examples": [{"user": "a"}]}),
    ("examples.0.assistant", {"examples": [{"user": "a", "assistant": "\x00"}]}),
    ("examples.0.mood", {"examples": [{"user": "a", "assistant": "b", "mood": "c"}]}),
    ("model", {"model": ""}),
    ("model", {"model": "x" * 201}),
    ("temperature", {"temperature": -0.1}),
    ("temperature", {"temperature": 2.1}),
    ("temperature", {"temperature": "warm"}),
    ("max_output_tokens", {"max_output_tokens": 0}),
    ("max_output_tokens", {"max_output_tokens": 32_769}),
    ("max_output_tokens", {"max_output_tokens": 1.5}),
    ("max_output_tokens", {"max_output_tokens": True}),
    ("greeting", {"greeting": "x" * 501}),
    ("suggested_questions", {"suggested_questions": ["q"] * 9}),
    ("suggested_questions.0", {"suggested_questions": ["x" * 121]}),
    ("suggested_questions.0", {"suggested_questions": [""]}),
    ("appearance.accent", {"appearance": {"accent": "red"}}),
    ("appearance.accent", {"appearance": {"accent": "#12345"}}),
    ("appearance.theme", {"appearance": {"theme": "neon"}}),
    ("appearance.position", {"appearance": {"position": "top"}}),
    ("appearance.radius", {"appearance": {"radius": 29}}),
    ("appearance.radius", {"appearance": {"radius": "4"}}),
    ("appearance.launcher_label", {"appearance": {"launcher_label": ""}}),
    ("appearance.show_branding", {"appearance": {"show_branding": "yes"}}),
    ("appearance.font", {"appearance": {"font": "Comic Sans"}}),
    ("retrieval.top_k", {"retrieval": {"top_k": 21}}),
    ("retrieval.threshold", {"retrieval": {"threshold": 1.5}}),
    ("retrieval.knowledge_bases.0", {"retrieval": {"knowledge_bases": ["kb_1"]}}),
    ("tools.0.name", {"tools": [{"name": ""}]}),
    ("colour", {"colour": "red"}),
]


async def test_bad_fields_are_named(owner: AsyncClient) -> None:
    agent = await make(owner)
    for field, fields in BAD_FIELDS:
        for answer in (
            await owner.post("/v1/agents", json={"name": "x", **fields}),
            await owner.patch(f"/v1/agents/{agent['id']}", json=fields),
        ):
            refused = problem(answer, 422, "request.invalid")
            assert field in [error["field"] for error in refused["errors"]], (field, refused)
    problem(await owner.patch(f"/v1/agents/{agent['id']}", json={"slug": None}), 422, "request.invalid")
    assert (await owner.get(f"/v1/agents/{agent['id']}")).json() == agent


MALFORMED = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"7",
    b"\xff\xfe",
    b'{"name": "\\ud800"}',
    b'{"name": "x", "system_prompt": "\\udc00"}',
    b'{"\\ud800": 1, "name": "x"}',
    b'{"name": "x", "temperature": NaN}',
    b'{"name": "x", "temperature": 1e999}',
    b'{"name": "x", "max_output_tokens": 1' + b"0" * 5000 + b"}",
]


async def test_malformed_bodies_are_refused(owner: AsyncClient) -> None:
    agent = await make(owner)
    headers = {"content-type": "application/json"}
    for body in MALFORMED:
        problem(await owner.post("/v1/agents", content=body, headers=headers), 422, "request.invalid")
        problem(await owner.patch(f"/v1/agents/{agent['id']}", content=body, headers=headers), 422, "request.invalid")


async def test_unknown_agents_are_not_found(owner: AsyncClient) -> None:
    for ref in ("nobody", "agt_" + "0" * 32, "agt_1", "UPPER", "a%00b", "x" * 90, "%ff"):
        problem(await owner.get(f"/v1/agents/{ref}"), 404, "agents.agent_not_found")


async def test_limits_are_inclusive(owner: AsyncClient) -> None:
    await make(
        owner,
        name="x" * 80,
        slug="s" * 63,
        system_prompt=LONG[1:],
        greeting="g" * 500,
        examples=[{"user": "a", "assistant": "b"}] * 50,
        suggested_questions=["q" * 120] * 8,
        temperature=2,
        max_output_tokens=32_768,
        appearance={"radius": 28},
    )
    await make(owner, temperature=0, max_output_tokens=1, appearance={"radius": 0})


async def test_text_of_every_script_is_kept(owner: AsyncClient) -> None:
    name = "👩‍🚀 Schöne می‌خواهم"
    question = "Quelle heure est-il ?"
    agent = await make(owner, name=name, suggested_questions=[question], system_prompt="\u2028\t\r\n é 漢字")
    assert (agent["name"], agent["suggested_questions"]) == (name, [question])
    assert agent["system_prompt"] == "\u2028\t\r\n é 漢字"


async def test_a_key_without_the_scope_may_not_write(owner: AsyncClient, anonymous: AsyncClient) -> None:
    made = await owner.post("/v1/api-keys", json={"name": "r", "kind": "secret", "scopes": ["agents:read"]})
    reader = {"authorization": f"Bearer {made.json()['key']}"}
    agent = await make(owner)
    assert (await anonymous.get(f"/v1/agents/{agent['id']}", headers=reader)).status_code == 200
    for answer in (
        await anonymous.post("/v1/agents", json={"name": "x"}, headers=reader),
        await anonymous.patch(f"/v1/agents/{agent['id']}", json={}, headers=reader),
        await anonymous.delete(f"/v1/agents/{agent['id']}", headers=reader),
        await anonymous.post(f"/v1/agents/{agent['id']}/publish", headers=reader),
        await anonymous.post(f"/v1/agents/{agent['id']}/versions/1/restore", headers=reader),
    ):
        assert problem(answer, 403, "auth.forbidden")["required"] == "agents:write"
    problem(await anonymous.get("/v1/agents"), 401, "auth.unauthenticated")


async def test_a_create_sent_twice_with_one_key_makes_one_agent(owner: AsyncClient) -> None:
    headers = {"idempotency-key": "make-one"}
    first = await owner.post("/v1/agents", json={"name": "Once"}, headers=headers)
    again = await owner.post("/v1/agents", json={"name": "Once"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len((await owner.get("/v1/agents")).json()["data"]) == 1
