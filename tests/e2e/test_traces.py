"""One trace from the HTTP request to the model and back, whatever processes it goes through."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.kernel.redis.server import RedisServer
from tests.contracts.eventually import eventually
from tests.e2e.test_killed import prepare
from tests.e2e.test_processes import STREAM, Deployment, deployed
from tests.support.app import PASSWORD
from tests.support.otlp import OtlpCollector, SeenSpan, ancestry, otlp_collector
from tests.support.rabbitmq import own_topology, rabbitmq_url
from tests.support.server import RelayProcess, free_port, serving
from tests.support.upstream import Upstream, ordinary, refusal, upstream

pytestmark = pytest.mark.slow

SAID = "a secret of mine"
CALLERS = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{CALLERS}-00f067aa0ba902b7-01"


async def say(client: AsyncClient, conversation: str, **headers: str) -> tuple[str, str]:
    """Say something, hear all of the answer, and return trace and request id as the answer names them."""
    url = f"/v1/conversations/{conversation}/messages"
    async with client.stream("POST", url, json={"text": SAID}, headers={**STREAM, **headers}) as answer:
        assert answer.status_code == 200
        async for _ in answer.aiter_bytes():
            pass
    return answer.headers["traceresponse"].split("-")[1], answer.headers["x-request-id"]


def one(spans: list[SeenSpan], name: str) -> SeenSpan:
    found = [span for span in spans if span.name == name]
    assert len(found) == 1, (name, sorted(span.name for span in spans))
    return found[0]


def assert_whole(spans: list[SeenSpan], *, api: str, worker: str) -> None:
    """Assert that a turn's trace holds together."""
    http = one(spans, "POST /v1/conversations/{conversation_id}/messages")
    job = one(spans, "process conversations.run_turn")
    turn = one(spans, "invoke_agent")
    model = one(spans, "chat m")
    assert (http.service, job.service, model.service) == (api, worker, worker)
    assert (http.kind, job.kind, model.kind) == ("server", "consumer", "client")
    assert ancestry(model, spans) == [
        "POST /v1/conversations/{conversation_id}/messages",
        "transaction",
        "create conversations.run_turn",
        "process conversations.run_turn",
        "invoke_agent",
        "chat m",
    ]
    assert http.attributes["http.response.status_code"] == 200
    assert job.attributes["medea.queue_wait_ms"] >= 0
    assert turn.attributes["medea.state"] == "completed"
    assert model.events == ("medea.first_token",)
    assert model.attributes["gen_ai.operation.name"] == "chat"
    assert model.attributes["gen_ai.request.model"] == "m"
    assert model.attributes["gen_ai.response.finish_reasons"] == ["stop"]
    assert model.attributes["gen_ai.usage.input_tokens"] >= 0
    within_turn = [span.name for span in spans if span.parent_id == turn.span_id]
    assert within_turn.count("transaction") == 2, "begin and end"
    assert http.start <= job.start <= turn.start <= model.start <= model.end <= turn.end


def assert_discreet(spans: list[SeenSpan]) -> None:
    told = repr(spans)
    for secret in (SAID, "medea_session", "long enough for a key"):
        assert secret not in told


async def sent(collector: OtlpCollector, trace: str, *names: str) -> list[SeenSpan]:
    """Wait until the trace has spans of these names, and return all of it."""
    await eventually(lambda: set(names) <= {span.name for span in collector.trace(trace)})
    await asyncio.sleep(2.5)  # whatever else belongs to it is sent within two seconds
    return collector.trace(trace)


ALL = ("POST /v1/conversations/{conversation_id}/messages", "process conversations.run_turn", "chat m")


@pytest.fixture
async def collector() -> AsyncIterator[OtlpCollector]:
    async with otlp_collector() as made:
        yield made


@pytest.fixture
async def deployment(
    tmp_path: Path, fresh_database_url: str, redis_server: RedisServer, collector: OtlpCollector
) -> AsyncIterator[Deployment]:
    async with own_topology() as topology:
        settings = {
            "MEDEA_REDIS__URL": redis_server.url,
            "MEDEA_REDIS__PREFIX": redis_server.prefix,
            "MEDEA_RABBITMQ__URL": str(rabbitmq_url()),
            "MEDEA_RABBITMQ__PREFIX": topology.prefix,
            "MEDEA_TELEMETRY__OTLP_ENDPOINT": collector.endpoint,
            "MEDEA_TELEMETRY__OTLP_HEADERS": "x-api-key=of%20the%20collector,x-tenant=medea",
            "MEDEA_TELEMETRY__TRUST_TRACEPARENT": "true",
        }
        async with deployed(tmp_path, fresh_database_url, **settings) as made:
            yield made


@pytest.mark.services
async def test_a_turn_in_several_processes_is_one_trace(deployment: Deployment, collector: OtlpCollector) -> None:
    trace, request = await say(deployment.here, deployment.conversation)
    assert request == trace, "one id to quote"
    spans = await sent(collector, trace, *ALL, "send turns")
    assert_whole(spans, api="medea-api", worker="medea-worker")
    assert ancestry(one(spans, "send turns"), spans)[-2:] == ["create conversations.run_turn", "send turns"]
    assert_discreet(collector.spans)
    assert set(collector.paths) == {"/v1/traces"}
    assert {headers["x-api-key"] for headers in collector.headers} == {"of the collector"}

    trace, request = await say(
        deployment.there, deployment.conversation, traceparent=TRACEPARENT, **{"x-request-id": "ticket-4711"}
    )
    assert (trace, request) == (CALLERS, "ticket-4711"), "a caller who is trusted goes on with its own trace"
    spans = await sent(collector, trace, *ALL)
    http = one(spans, "POST /v1/conversations/{conversation_id}/messages")
    assert http.parent_id == "00f067aa0ba902b7"
    assert http.attributes["medea.request_id"] == "ticket-4711"
    assert len({span.trace_id for span in spans}) == 1


@pytest.mark.services
async def test_a_relay_tells_how_it_is(deployment: Deployment, collector: OtlpCollector, tmp_path: Path) -> None:
    port = free_port()
    environment = {**deployment.environment, "MEDEA_TELEMETRY__METRICS_PORT": str(port)}
    relay = RelayProcess(tmp_path / "relay", **environment)
    await relay.start()
    try:
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as watching:
            await eventually_leads(watching)
            page = (await watching.get("/metrics")).text
            assert 'medea_build_info{process="relay"' in page
            assert 'medea_dependency_up{dependency="rabbitmq"} 1.0' in page
            assert (await watching.get("/readyz")).json()["status"] == "ok"
    finally:
        await relay.stop()


async def eventually_leads(client: AsyncClient) -> None:
    for _ in range(300):
        if "medea_relay_leads 1.0" in (await client.get("/metrics")).text:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("no relay leads")


@pytest.fixture
async def models() -> AsyncIterator[Upstream]:
    async with upstream(ordinary("Good ", "day.")) as made:
        yield made


async def test_a_turn_in_one_process_is_one_trace_and_the_model_is_told_where_wanted(
    tmp_path: Path, collector: OtlpCollector, models: Upstream
) -> None:
    environment: dict[str, Any] = {
        "MEDEA_LLM__BASE_URL": models.base_url,
        "MEDEA_LLM__DEFAULT_MODEL": "m",
        "MEDEA_TELEMETRY__OTLP_ENDPOINT": f"{collector.endpoint}/v1/traces",
        "MEDEA_TELEMETRY__PROPAGATE_TO_MODELS": "true",
        "MEDEA_SEED": "false",
    }
    async with (
        serving(tmp_path / "data", **environment) as server,
        AsyncClient(base_url=server.origin, timeout=60) as client,
    ):
        conversation = await prepare(client)
        trace, _ = await say(client, conversation, traceparent=TRACEPARENT)
        assert trace != CALLERS, "a caller is not trusted unless the operator says so"
        spans = await sent(collector, trace, *ALL)
        assert_whole(spans, api="medea", worker="medea")
        http = one(spans, "POST /v1/conversations/{conversation_id}/messages")
        assert http.parent_id == ""
        assert http.links == (CALLERS,)
        assert models.calls[-1].headers["traceparent"] == f"00-{trace}-{one(spans, 'chat m').span_id}-01"
        assert_discreet(collector.spans)


async def test_what_is_not_chosen_is_not_sent_and_still_has_its_id(
    tmp_path: Path, collector: OtlpCollector, models: Upstream
) -> None:
    environment = {
        "MEDEA_LLM__BASE_URL": models.base_url,
        "MEDEA_LLM__DEFAULT_MODEL": "m",
        "MEDEA_LLM__API_KEY": "key-of-the-provider",
        "MEDEA_AUTH__SECRET": "a secret of the tests, long enough for a key",
        "MEDEA_TELEMETRY__OTLP_ENDPOINT": collector.endpoint,
        "MEDEA_TELEMETRY__OTLP_HEADERS": "x-api-key=key-of-the-collector",
        "MEDEA_TELEMETRY__SAMPLING_RATIO": "0",
        "MEDEA_SEED": "false",
        "MEDEA_LOG_LEVEL": "debug",
        "MEDEA_LOG_FORMAT": "json",
    }
    async with (
        serving(tmp_path / "data", **environment) as server,
        AsyncClient(base_url=server.origin, timeout=60) as client,
    ):
        conversation = await prepare(client)
        key = (await client.post("/v1/api-keys", json={"name": "Server", "kind": "secret"})).json()["key"]
        session = client.cookies["medea_session"]
        trace, _ = await say(client, conversation, authorization=f"Bearer {key}")
        models.answers = [refusal(400, {"error": {"message": "Good day to you"}})]
        await say(client, conversation)
    assert collector.spans == []
    assert "traceparent" not in models.calls[-1].headers
    lines = [json.loads(line) for line in server.output if line.startswith("{")]
    belonging = [line for line in lines if line.get("trace_id") == trace]
    for event in ("conversations.turn_ended", "http.request"):
        assert [line["event"] for line in belonging].count(event) == 1, "the log still tells what belongs together"
    (turn,) = [line for line in belonging if line["event"] == "conversations.turn_ended"]
    assert {"tenant", "turn", "conversation", "job", "span_id"} <= set(turn)
    assert "conversations.turn_ended" in {line["event"] for line in lines if line.get("code")}, "the one that failed"
    told = "".join(server.output)
    for secret in (
        SAID,
        "Good day",
        PASSWORD,
        key,
        session,
        "key-of-the-provider",
        "key-of-the-collector",
        "long enough",
    ):
        assert secret not in told
