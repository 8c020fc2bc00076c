"""One request and its answer: the id that a person may quote, and the name that its route is counted under."""

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from prometheus_client import REGISTRY

from medea.kernel.web.exchange import template
from tests.support.app import ORIGIN, problem

THEIRS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("route", "path", "expected"),
    [
        ("/agents/{agent_id}", "/v1/agents/agt_1", "/v1/agents/{agent_id}"),
        ("/agents/{agent_id}/publish", "/v1/agents/agents/publish", "/v1/agents/{agent_id}/publish"),
        ("/healthz", "/healthz", "/healthz"),
        ("/", "/", "/"),
        ("/files/{path}", "/files/of/somebody/secret", "/files/{path}"),
        ("/dashboard", "/dashboard/", "/dashboard"),
    ],
)
def test_routes_are_named_by_their_template(route: str, path: str, expected: str) -> None:
    assert template(route, path) == expected


async def test_refusals_carry_the_id_of_the_answer(anonymous: AsyncClient) -> None:
    answer = await anonymous.get("/v1/agents")
    body = problem(answer, 401, "auth.unauthenticated")
    assert body["request_id"] == answer.headers["x-request-id"]
    version, trace, span, flags = answer.headers["traceresponse"].split("-")
    assert (version, trace, len(span), flags) == ("00", body["request_id"], 16, "00")


async def test_a_callers_id_is_kept_if_it_is_a_good_one(anonymous: AsyncClient) -> None:
    for given, is_kept in (("ticket-4711", True), ("short", False), ("with spaces in it", False), ("x" * 65, False)):
        answer = await anonymous.get("/v1/agents", headers={"x-request-id": given})
        assert (answer.headers["x-request-id"] == given) is is_kept
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_callers_trace_is_not_gone_on_with_unasked(anonymous: AsyncClient) -> None:
    answer = await anonymous.get("/v1/config", headers={"traceparent": THEIRS})
    assert THEIRS.split("-")[1] not in answer.headers["traceresponse"]
    assert (await anonymous.get("/v1/config", headers={"traceparent": "garbage"})).status_code == 200


async def test_what_crashes_can_be_quoted_too(app: FastAPI) -> None:
    @app.get("/v1/crash")
    async def crash() -> None:
        raise RuntimeError("what nobody foresaw")

    def crashed() -> float:
        labels = {"method": "GET", "route": "/v1/crash", "status": "500"}
        return REGISTRY.get_sample_value("medea_http_requests_total", labels) or 0.0

    before = crashed()
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
        answer = await client.get("/v1/crash")
    body = problem(answer, 500, "internal")
    assert body["request_id"] == answer.headers["x-request-id"]
    assert "nobody foresaw" not in answer.text
    assert crashed() == before + 1


async def test_a_head_is_counted_as_one(anonymous: AsyncClient) -> None:
    def counted() -> float:
        labels = {"method": "HEAD", "route": "/v1/config", "status": "200"}
        return REGISTRY.get_sample_value("medea_http_requests_total", labels) or 0.0

    before = counted()
    assert (await anonymous.head("/v1/config")).text == ""
    assert counted() == before + 1
