"""Tools that are requests to a company's own server, and the vault they take their secrets from."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from httpx2 import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from medea.kernel.settings import OutboundSettings, Settings
from medea.modules.tools.masking import Masking
from medea.modules.tools.values import Request
from medea.modules.tools.webhooks import fill, sign
from tests.support.app import problem
from tests.support.threads import watch_threads
from tests.support.upstream import Answer, Call, Hang, Reset, Send, Upstream, upstream

SECRET = "s3cr3t-of-the-company"
SCHEMA = {
    "type": "object",
    "properties": {"order_id": {"type": "string", "minLength": 1}, "note": {"type": "string"}},
    "required": ["order_id"],
    "additionalProperties": False,
}


def json_answer(value: Any, status: int = 200) -> Answer:
    """Return an answer with JSON."""
    return Answer([Send(json.dumps(value).encode())], status, (("Content-Type", "application/json"),))


PAGE = b"<html><title>Oops</title><body><nav>Menu</nav><p>We are <b>closed</b>.</p></body></html>"
ANSWERS = {
    "slow": Answer([Hang()]),
    "gone": json_answer({"error": f"no such order, key {SECRET}"}, 404),
    "html": Answer([Send(PAGE)], 200, (("Content-Type", "text/html"),)),
    "deep": Answer([Send(b"<div>" * 30_000)], 200, (("Content-Type", "text/html"),)),
    "deeply-gone": Answer([Send(b"<div>" * 30_000)], 404, (("Content-Type", "text/html"),)),
    "large": Answer([Send(b"x" * 1_000_000) for _ in range(20)]),
    "cut": Answer([Send(b"{"), Reset()]),
    "empty": Answer([]),
    "inside": Answer([], 302, (("Location", "http://169.254.169.254/latest/meta-data"),)),
}


def shop(call: Call) -> Answer:
    """Behave as the order says."""
    path = call.path.partition("?")[0]
    order = path.rpartition("/")[2] if call.method == "GET" else call.json["order_id"]
    known = {"data": {"items": [order, "tea"], "key": call.headers.get("authorization", "")}}
    return ANSWERS.get(order) or json_answer(known)


@pytest.fixture
async def server() -> AsyncIterator[Upstream]:
    """The company's own server."""
    async with upstream(respond=shop) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, server: Upstream) -> Settings:
    """Settings that let requests through to that server, and to it alone."""
    return settings.model_copy(
        update={"outbound": OutboundSettings(allowed_private_hosts=(f"127.0.0.1:{server.port}",))}
    )


async def define(client: AsyncClient, server: Upstream, **fields: Any) -> dict[str, Any]:
    """Define a tool."""
    body = {
        "name": "find_order",
        "description": "Finds an order.",
        "parameters": SCHEMA,
        "method": "GET",
        "url": f"http://127.0.0.1:{server.port}/orders/{{order_id}}",
        **fields,
    }
    answer = await client.post("/v1/tools", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def trial(client: AsyncClient, tool: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    """Try a tool out."""
    answer = await client.post(f"/v1/tools/{tool['id']}/test", json={"arguments": arguments})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_arguments_fill_address_query_and_body(owner: AsyncClient, server: Upstream) -> None:
    tool = await define(owner, server, response_path="data.items.0")
    seen = await trial(owner, tool, order_id="7/../8 ü", note="a&b=c")
    assert server.calls[-1].path == "/orders/7%2F..%2F8%20%C3%BC?note=a%26b%3Dc"
    assert (seen["status"], seen["result"], seen["error"]) == (200, "7%2F..%2F8%20%C3%BC", None)
    post = await define(owner, server, name="change_order", method="POST", url=f"{server.base_url}?shop={{note}}")
    seen = await trial(owner, post, order_id="9", note="north & south")
    assert server.calls[-1].path == "/v1?shop=north%20%26%20south"
    assert server.calls[-1].json == {"order_id": "9"}
    assert json.loads(seen["body"]) == {"order_id": "9"}


def is_signed(call: Call, tool: dict[str, Any]) -> bool:
    """Say whether a request as it came in has the signature that its receiver expects."""
    stamp, _, signature = call.headers["medea-signature"].partition(",v1=")
    signed = f"{stamp.removeprefix('t=')}.{call.method}.{call.path}.".encode() + call.body
    return hmac.new(tool["signing_secret"].encode(), signed, hashlib.sha256).hexdigest() == signature


@pytest.mark.parametrize("text", ["ada@example.com", "a,b:c/d?e", "it's (so) ~ * !", "50% + 1 & more = ü", "%2C;$[x]"])
async def test_signatures_fit_whatever_arguments_hold(owner: AsyncClient, server: Upstream, text: str) -> None:
    url = f"http://127.0.0.1:{server.port}/orders/{{order_id}}?mail={{note}}"
    tool = await define(owner, server, url=url)
    assert (await trial(owner, tool, order_id=text, note=text))["status"] == 200
    assert is_signed(server.calls[-1], tool), server.calls[-1].path
    assert dict(URL(f"http://h{server.calls[-1].path}", encoded=True).query) == {"mail": text}


async def test_a_part_of_the_query_without_its_argument_is_left_out(owner: AsyncClient, server: Upstream) -> None:
    url = f"http://127.0.0.1:{server.port}/orders/{{order_id}}?size=10&about={{note}}"
    tool = await define(owner, server, url=url)
    assert (await trial(owner, tool, order_id="7"))["status"] == 200
    assert server.calls[-1].path == "/orders/7?size=10"
    alone = await define(owner, server, name="alone", url=url.replace("size=10&", ""))
    assert (await trial(owner, alone, order_id="7"))["status"] == 200
    assert server.calls[-1].path == "/orders/7"


async def test_requests_are_signed_and_carry_secrets_that_nobody_sees(owner: AsyncClient, server: Upstream) -> None:
    await owner.post("/v1/secrets", json={"name": "API_KEY", "value": SECRET})
    tool = await define(owner, server, headers={"Authorization": "Bearer {{API_KEY}}"})
    seen = await trial(owner, tool, order_id="7")
    call = server.calls[-1]
    assert call.headers["authorization"] == f"Bearer {SECRET}"
    assert call.headers["idempotency-key"].startswith("tcl_")
    assert is_signed(call, tool)
    assert seen["headers"] == {"Authorization": "Bearer {{API_KEY}}"}
    assert seen["result"]["data"]["key"] == "Bearer [secret]", "also where the server echoes it"
    read = (await owner.get(f"/v1/tools/{tool['id']}")).json()
    listed = (await owner.get("/v1/secrets")).json()["data"]
    for shown in (seen, read, listed, (await owner.get("/v1/tools")).json()):
        assert SECRET not in json.dumps(shown)
        assert tool["signing_secret"] not in json.dumps(shown)
    rotated = (await owner.post(f"/v1/tools/{tool['id']}/signing-secret")).json()["signing_secret"]
    assert rotated != tool["signing_secret"]


async def test_secrets_are_masked_however_an_answer_spells_them(owner: AsyncClient, server: Upstream) -> None:
    await owner.post("/v1/secrets", json={"name": "API_KEY", "value": SECRET})
    tool = await define(owner, server, headers={"Authorization": "Bearer {{API_KEY}}"})
    spelled = "".join(f"\\u{ord(letter):04x}" for letter in SECRET)
    body = f'{{"data": {{"key": ["{spelled}", {{"{spelled}": "no\\u0000w {SECRET[:5]}\\u0000{SECRET[5:]}"}}]}}}}'
    server.respond = lambda call: Answer([Send(body.encode())], 200, (("Content-Type", "application/json"),))
    seen = await trial(owner, tool, order_id="7")
    assert seen["result"] == {"data": {"key": ["[secret]", {"[secret]": "now [secret]"}]}}
    assert spelled not in seen["answer"]
    assert json.loads(seen["answer"]) == seen["result"]
    basic = base64.b64encode(f"user:{SECRET}".encode()).decode()
    server.respond = lambda call: Answer([Send(f'{{"error": "{spelled} {basic}"}}'.encode())], 400)
    error = (await trial(owner, tool, order_id="7"))["error"]
    assert "[secret]" in error
    assert spelled not in error
    assert basic[8:-4] not in error


def _can_be_told_apart(secret: str) -> bool:
    """Tell whether a secret begins and ends where the test below can see it."""
    return secret.isprintable() and secret == secret.strip() and "x" not in secret and "y" not in secret


@given(st.text(min_size=8, max_size=40).filter(_can_be_told_apart), st.binary(max_size=4), st.binary())
def test_every_form_of_a_secret_is_masked(secret: str, before: bytes, after: bytes) -> None:
    mask = Masking([secret])
    for form in (
        json.dumps(secret),
        json.dumps(secret, ensure_ascii=False),
        quote(secret, safe=""),
        quote_plus(secret),
    ):
        assert mask.text(f"x {form} y").replace('"', "") == "x [secret] y"
    assert mask.value({"a": [f"x {secret} y", 7, None]}) == {"a": ["x [secret] y", 7, None]}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        shown = mask.text(encode(before + secret.encode() + after).decode())
        assert "[secret]" in shown


@pytest.mark.parametrize(
    ("order", "status", "words"),
    [
        ("gone", 404, 'status 404: {"error": "no such order, key'),
        ("deep", 200, "nested more deeply"),
        ("deeply-gone", 404, "status 404."),
        ("large", None, "too large"),
        ("cut", None, "cannot be reached"),
        ("inside", 302, "status 302"),
    ],
)
async def test_what_goes_wrong_there_has_words(
    owner: AsyncClient, server: Upstream, order: str, status: int | None, words: str
) -> None:
    tool = await define(owner, server, is_safe_to_repeat=False)
    handed = watch_threads()
    seen = await trial(owner, tool, order_id=order)
    assert ("_received" in handed.names) == (status is not None), "answers are read in a thread"
    assert (seen["status"], seen["result"]) == (status, None)
    assert words in seen["error"]
    assert len(server.calls) == 1


async def test_pages_and_silence_are_answers_too(owner: AsyncClient, server: Upstream) -> None:
    tool = await define(owner, server)
    assert (await trial(owner, tool, order_id="html"))["result"] == "Oops\nWe are closed."
    empty = await trial(owner, tool, order_id="empty")
    assert (empty["status"], empty["result"], empty["error"]) == (200, None, None)
    await owner.patch(f"/v1/tools/{tool['id']}", json={"response_path": "data.rows"})
    assert (await trial(owner, tool, order_id="7"))["error"] == "The answer holds no data.rows."
    assert "did not answer with JSON" in (await trial(owner, tool, order_id="html"))["error"]


async def test_a_slow_server_is_given_up(owner: AsyncClient, server: Upstream) -> None:
    tool = await define(owner, server, timeout_seconds=0.3, is_safe_to_repeat=False)
    assert "did not answer in time" in (await trial(owner, tool, order_id="slow"))["error"]


async def test_only_what_does_no_harm_is_sent_again_as_the_same_call(owner: AsyncClient, server: Upstream) -> None:
    tries: list[Call] = []

    def respond(call: Call) -> Answer:
        tries.append(call)
        return json_answer({"n": len(tries)}, 200 if len(tries) == 3 else 503)

    server.respond = respond
    tool = await define(owner, server)
    seen = await trial(owner, tool, order_id="7")
    assert seen["result"] == {"n": 3}
    assert len({call.headers["idempotency-key"] for call in tries}) == 1
    tries.clear()
    await owner.patch(f"/v1/tools/{tool['id']}", json={"is_safe_to_repeat": False})
    assert "status 503" in (await trial(owner, tool, order_id="7"))["error"]
    assert len(tries) == 1


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"url": "http://169.254.169.254/{order_id}"}, "url"),
    ({"url": "https://{order_id}.example.com/"}, "url"),
    ({"url": "https://example.com:{order_id}/"}, "url"),
    ({"url": "{order_id}"}, "url"),
    ({"url": "ftp://example.com/"}, "url"),
    ({"url": "https://user:pass@example.com/"}, "url"),
    ({"url": "https://example.com/{customer}"}, "url"),
    ({"url": "https://example.com/{order_id"}, "url"),
    ({"url": "https://example.com/#x"}, "url"),
    ({"name": "calculator"}, "name"),
    ({"name": "hand_over"}, "name"),
    ({"parameters": {"type": "object", "properties": {"order_id": {"$ref": "#"}}}}, "parameters"),
    ({"parameters": {"type": "array"}}, "parameters"),
    ({"headers": {"Host": "example.com"}}, "headers"),
    ({"headers": {"Bad Name": "x"}}, "headers"),
    ({"headers": {"X-A": "{{no_secret}}"}}, "headers"),
]


@pytest.mark.parametrize(("fields", "field"), REFUSED)
async def test_what_cannot_work_is_refused_where_it_is_written(
    owner: AsyncClient, fields: dict[str, Any], field: str
) -> None:
    body = {
        "name": "find_order", "description": "Finds.", "parameters": SCHEMA, "method": "GET",
        "url": "https://example.com/{order_id}", **fields,
    }  # fmt: skip
    refused = problem(await owner.post("/v1/tools", json=body), 422, "tools.invalid")
    assert refused["errors"][0]["field"] == field
    assert refused["errors"][0]["message"]


async def test_names_are_unique_and_tools_come_and_go(
    owner: AsyncClient, stranger: AsyncClient, server: Upstream
) -> None:
    tool = await define(owner, server)
    path = f"/v1/tools/{tool['id']}"
    other = await define(owner, server, name="other")
    problem(await owner.patch(f"/v1/tools/{other['id']}", json={"name": "find_order"}), 409, "tools.name_taken")
    problem(await stranger.get(path), 404, "tools.tool_not_found")
    problem(await stranger.post(f"{path}/test", json={}), 404, "tools.tool_not_found")
    assert (await stranger.get("/v1/tools")).json()["data"] == []
    changed = (await owner.patch(path, json={"description": "Other words.", "method": "POST"})).json()
    assert (changed["description"], changed["method"], changed["url"]) == ("Other words.", "POST", tool["url"])
    problem(await owner.post(f"{path}/test", json={"arguments": {"order": 1}}), 422, "tools.invalid")
    assert (await owner.delete(path)).status_code == 204
    problem(await owner.get(path), 404, "tools.tool_not_found")


async def test_secrets_go_in_and_never_come_out(owner: AsyncClient, stranger: AsyncClient, server: Upstream) -> None:
    made = (await owner.post("/v1/secrets", json={"name": "API_KEY", "value": SECRET})).json()
    assert set(made) == {"id", "name", "hosts", "used_by", "created_at", "updated_at"}
    problem(await owner.post("/v1/secrets", json={"name": "API_KEY", "value": "other"}), 409, "tools.secret_name_taken")
    path = f"/v1/secrets/{made['id']}"
    tool = await define(owner, server, headers={"X-Key": "{{API_KEY}}"})
    problem(await owner.delete(path), 409, "tools.secret_in_use")
    problem(await stranger.delete(path), 404, "tools.secret_not_found")
    problem(await stranger.put(path, json={"value": "mine"}), 404, "tools.secret_not_found")
    assert (await owner.put(path, json={"value": "another-value"})).json()["used_by"] == ["find_order"]
    await trial(owner, tool, order_id="7")
    assert server.calls[-1].headers["x-key"] == "another-value"
    await owner.patch(f"/v1/tools/{tool['id']}", json={"headers": {"X-Key": "{{GONE}}"}})
    assert (await owner.delete(path)).status_code == 204
    assert "The secret GONE is missing" in (await trial(owner, tool, order_id="7"))["error"]


_VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(_VALUES, _VALUES)
def test_no_argument_changes_where_a_request_goes(one: str, other: str) -> None:
    request = Request(method="GET", url="https://example.com/a/{one}/b?x={other}")
    if one in {".", ".."}:
        return
    url, body = fill(request, {"one": one, "other": other})
    found = URL(url, encoded=True)
    assert (found.host, found.raw_parts[:2], found.raw_parts[3:]) == ("example.com", ("/", "a"), ("b",))
    assert found.fragment == ""
    assert list(found.query) == ["x"]
    assert body == b""
    assert sign("secret", "GET", url, body, at=1).startswith("t=1,v1=")
