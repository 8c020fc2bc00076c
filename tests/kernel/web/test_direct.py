"""The direct way answers as FastAPI's own routes do, whatever is sent."""

import itertools
import json
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, BackgroundTasks, Body, FastAPI, Form, Response
from fastapi.requests import HTTPConnection
from httpx2 import AsyncClient
from httpx2 import Response as Answer

from medea.kernel.web.direct import direct, install
from medea.kernel.web.routes import make_router
from medea.modules.conversations.permissions import Chat
from tests.support.app import ORIGIN

VARYING = {"instance", "request_id"}
NOBODY = "cnv_01937b2e5c7d7f3a8b1c2d3e4f506172"
JSON = {"content-type": "application/json"}


def told(answer: Answer) -> tuple[int, Any, str | None]:
    """Return what an answer says, less what differs between any two."""
    body = answer.json()
    return answer.status_code, {k: v for k, v in body.items() if k not in VARYING}, answer.headers.get("content-type")


async def both_ways(app: FastAPI, client: AsyncClient, path: str, **request: Any) -> tuple[Answer, Answer]:
    """Send the same request with the direct way open and closed."""
    open_way = await client.post(path, **request)
    way = app.router.routes.pop(0)
    try:
        return open_way, await client.post(path, **request)
    finally:
        app.router.routes.insert(0, way)


BODIES: list[dict[str, Any]] = [
    {"content": b"", "headers": JSON},
    {"content": b"{", "headers": JSON},
    {"content": b'"text"', "headers": JSON},
    {"content": b"[" * 100_000, "headers": JSON},
    {"content": b'{"text": "\xff"}', "headers": JSON},
    {"content": b'{"text": "hello"}', "headers": {"content-type": "text/plain"}},
    {"content": b'{"text": "hello"}', "headers": {"content-type": "application/problem+json"}},
    {"content": b'{"text": "hello"}', "headers": {}},
    {"json": {}},
    {"json": {"text": 1}},
    {"json": {"text": "a\0b"}},
    {"json": {"text": "hello", "more": 1}},
    {"json": {"text": "hello"}},
    {"json": {"text": " "}},
]


@pytest.mark.parametrize("number", range(len(BODIES)))
async def test_what_is_odd_is_refused_in_the_same_words(
    app: FastAPI, owner: AsyncClient, anonymous: AsyncClient, number: int
) -> None:
    body = BODIES[number]
    places = [f"/v1/conversations/{NOBODY}/messages", "/v1/conversations/nonsense/messages", "/v1/conversations"]
    for client, path in itertools.product((owner, anonymous), places):
        direct_one, long_one = await both_ways(app, client, path, **body)
        assert told(direct_one) == told(long_one), path
        assert direct_one.status_code >= 400


async def test_credentials_and_origins_count_on_either_way(app: FastAPI, owner: AsyncClient) -> None:
    path, said = f"/v1/conversations/{NOBODY}/messages", {"text": "hello"}
    for headers in ({"authorization": "Bearer sk_unknown"}, {"authorization": "nonsense"}, {"origin": "https://evil"}):
        direct_one, long_one = await both_ways(app, owner, path, json=said, headers=headers)
        assert told(direct_one) == told(long_one)
        assert direct_one.status_code in {401, 403}


async def test_what_fits_is_done_and_counted_once(owner: AsyncClient) -> None:
    agent = (await owner.post("/v1/agents", json={"name": "A", "slug": "a", "system_prompt": "Answer."})).json()
    body = {"agent": agent["id"], "draft": True, "title": "Töne"}
    made = [await owner.post("/v1/conversations", content=json.dumps(body), headers=JSON) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201], made[0].text
    assert made[0].headers["content-type"] == "application/json"
    read = await owner.get(f"/v1/conversations/{made[0].json()['id']}")
    assert read.json() == made[0].json()
    left = [int(answer.headers["ratelimit-remaining"]) for answer in made]
    assert left[0] - left[1] == 1
    refused = await owner.post("/v1/conversations", json={"agent": 1})
    assert int(refused.headers["ratelimit-remaining"]) == left[1] - 1


async def test_a_request_with_a_key_is_done_once(owner: AsyncClient) -> None:
    await owner.post("/v1/agents", json={"name": "A", "slug": "a", "system_prompt": "Answer."})
    body, key = {"agent": "a", "draft": True}, {"idempotency-key": "the same", "origin": ORIGIN}
    first, second = [await owner.post("/v1/conversations", json=body, headers=key) for _ in range(2)]
    assert first.status_code == 201, first.text
    assert first.json() == second.json()


async def by_query(ctx: Chat, query: str) -> None:
    """Take a query, too."""


async def by_embedding(ctx: Chat, text: Annotated[str, Body(embed=True)]) -> None:
    """Take a body in a body."""


async def by_form(ctx: Chat, text: Annotated[str, Form()]) -> None:
    """Take a form."""


async def by_headers(ctx: Chat, response: Response) -> None:
    """Set headers of an answer that FastAPI makes."""


async def by_afterwork(ctx: Chat, tasks: BackgroundTasks) -> None:
    """Leave work for after the answer."""


async def by_connection(ctx: Chat, connection: HTTPConnection) -> None:
    """Take the request by another name."""


def by_thread(ctx: Chat) -> None:
    """Run in a thread."""


async def plainly(ctx: Chat) -> None:
    """Take nothing."""


@pytest.mark.parametrize(
    "endpoint", [by_query, by_embedding, by_form, by_headers, by_afterwork, by_connection, by_thread]
)
def test_what_takes_more_cannot_be_marked(endpoint: Callable[..., Any]) -> None:
    assert (
        refusal_of(endpoint, make_router("/more", "more")) == f"{endpoint.__name__} takes more than the direct way has"
    )


@pytest.mark.parametrize(
    "setting",
    [
        {"max_body_size": 10},
        {"response_model_exclude_none": True},
        {"response_model_exclude_unset": True},
        {"response_model_exclude_defaults": True},
        {"response_model_exclude": {"text"}},
        {"response_model_include": {"text"}},
        {"response_model_by_alias": False},
        {"methods": ["POST", "PUT"]},
    ],
    ids=lambda setting: next(iter(setting)),
)
def test_a_route_that_does_more_cannot_be_marked(setting: dict[str, Any]) -> None:
    assert "takes more" in refusal_of(plainly, make_router("/more", "more"), **setting)


def test_only_routes_that_need_a_credential_and_count_can_be_marked() -> None:
    assert refusal_of(plainly, make_router("/more", "more")) == ""
    assert "takes more" in refusal_of(plainly, make_router("/more", "more", is_public=True))
    assert "not on one of our routers" in refusal_of(plainly, APIRouter())


def refusal_of(endpoint: Callable[..., Any], router: APIRouter, **setting: Any) -> str:
    """Return why an endpoint cannot be marked; nothing if it can."""
    app = FastAPI()
    router.add_api_route("/it", direct(endpoint), **{"methods": ["POST"], **setting})
    app.include_router(router)
    try:
        install(app)
    except TypeError as error:
        return str(error)
    return ""
