"""What `/metrics` tells, and to whom."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from medea.apps.bootstrap import Installation
from medea.apps.monitoring.listener import ListenerUnusable, listening
from medea.apps.monitoring.monitor import Monitor, may_read
from medea.kernel.settings import Settings, TelemetrySettings
from medea.kernel.telemetry import metrics
from tests.modules.conversations.chatting import open_conversation, publish, say
from tests.support.app import ORIGIN, problem
from tests.support.server import free_port

TOKEN = "of the operator"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
async def chatty(owner: AsyncClient, working: Installation) -> AsyncClient:
    await publish(owner)
    return owner


async def page(client: AsyncClient) -> Samples:
    """Scrape, and return what was told as Prometheus' own reader understands it."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    """Return the sum of a metric over all samples that have these labels."""
    return sum(
        found for (known, theirs), found in samples.items() if known == name and labels.items() <= dict(theirs).items()
    )


async def test_a_turn_is_counted_where_it_passes(chatty: AsyncClient) -> None:
    before = await page(chatty)
    await say(chatty, await open_conversation(chatty))
    after = await page(chatty)

    def grown(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    route = "/v1/conversations/{conversation_id}/messages"
    assert grown("medea_http_requests_total", method="POST", route=route, status="200") == 1
    assert grown("medea_http_response_seconds_count", route=route) == 1
    assert grown("medea_jobs_total", task="conversations.run_turn", queue="turns", outcome="settled") == 1
    assert grown("medea_job_wait_seconds_count", queue="turns") == 1
    assert grown("medea_turns_total", state="completed", code="", tenant="") == 1
    assert grown("medea_turn_first_token_seconds_count") == 1
    assert grown("medea_turn_seconds_count", state="completed") == 1
    assert grown("medea_tokens_total", direction="output", model="medea/offline") > 0
    assert grown("medea_model_calls_total", provider="offline", model="medea/offline", outcome="ok") == 1
    assert grown("medea_cache_misses_total", cache="agents.live") >= 1
    assert value(after, "medea_http_streams_open") == 0
    assert value(after, "medea_db_pool_limit", pool="app") == 4
    assert value(after, "medea_db_pool_limit", pool="planned") == 2
    assert grown("medea_db_pool_lent_total", pool="app") > 0
    assert value(after, "medea_dependency_up", dependency="postgresql") == 1
    assert value(after, "medea_worker_places", queue="turns") > 0
    assert value(after, "medea_build_info", process="all") == 1
    assert value(after, "process_resident_memory_bytes") > 0


async def test_what_fails_is_told_by_its_code(chatty: AsyncClient) -> None:
    await chatty.patch("/v1/agents/helper", json={"model": "no/such-model"})
    await chatty.post("/v1/agents/helper/publish", json={})
    before = await page(chatty)
    await say(chatty, await open_conversation(chatty))
    problem(await chatty.get("/v1/agents/nobody"), 404, "agents.agent_not_found")
    after = await page(chatty)
    failed: dict[str, Any] = {"state": "failed", "code": "llm.model_not_found"}
    assert value(after, "medea_turns_total", **failed) - value(before, "medea_turns_total", **failed) == 1
    refused = {"code": "agents.agent_not_found"}
    assert (
        value(after, "medea_http_problems_total", **refused) - value(before, "medea_http_problems_total", **refused)
        == 1
    )


async def test_labels_hold_no_ids_and_no_names_that_people_make_up(chatty: AsyncClient) -> None:
    conversation = await open_conversation(chatty)
    await say(chatty, conversation)
    await chatty.get("/v1/nothing/of/the/kind-4711")
    await chatty.request("BREW", "/v1/agents")
    await chatty.get(f"/v1/conversations/{conversation}/messages")
    samples = await page(chatty)
    labels = {text for _, theirs in samples for _, text in theirs}
    assert not [text for text in labels if re.search(r"[a-z]{3}_[0-9a-f]{32}|4711|BREW", text)]
    assert value(samples, "medea_http_requests_total", route="unmatched", status="404") >= 1
    assert value(samples, "medea_http_requests_total", method="_OTHER") >= 1


def test_an_empty_setting_is_none() -> None:
    given = TelemetrySettings.model_validate({"metrics_token": "", "otlp_endpoint": " ", "metrics_port": ""})
    assert given == TelemetrySettings()
    assert not may_read(given, "203.0.113.9", {"authorization": "Bearer "})


def test_names_are_bounded() -> None:
    names = metrics.Names(most=2)
    names.add(["ours"])
    assert [names(name) for name in ("a", "b", "ours", "a")] == ["a", "other", "ours", "a"]
    assert names.known("c") == "other"


async def test_the_queues_are_counted(chatty: AsyncClient, installation: Installation) -> None:
    samples = await page(chatty)
    for queue in ("turns", "default", "slow"):
        for state in ("queued", "running", "dead"):
            assert ("medea_queue_jobs", (("queue", queue), ("state", state))) in samples
        assert ("medea_queue_oldest_seconds", (("queue", queue), ("state", "queued"))) in samples
    assert ("medea_turns_unfinished", (("state", "running"),)) in samples


@pytest.mark.parametrize(
    ("token", "address", "headers", "may"),
    [
        (None, "127.0.0.1", {}, True),
        (None, "127.8.9.1", {}, True),
        (None, "::1", {}, True),
        (None, "10.0.0.1", {}, False),
        (None, "203.0.113.9", {}, False),
        (None, None, {}, False),
        (None, "nonsense", {}, False),
        (None, "127.0.0.1", {"x-forwarded-for": "203.0.113.9"}, False),
        (None, "127.0.0.1", {"forwarded": "for=203.0.113.9"}, False),
        (None, "127.0.0.1", {"x-real-ip": "203.0.113.9"}, False),
        (None, "127.0.0.1", {"host": "localhost:8000"}, True),
        (None, "127.0.0.1", {"host": "evil.example:8000"}, False),
        (TOKEN, "127.0.0.1", {}, False),
        (TOKEN, "203.0.113.9", {"authorization": f"Bearer {TOKEN}"}, True),
        (TOKEN, "203.0.113.9", {"authorization": f"bearer {TOKEN} "}, True),
        (TOKEN, "203.0.113.9", {"authorization": "Bearer of somebody else"}, False),
        (TOKEN, "203.0.113.9", {"authorization": f"Basic {TOKEN}"}, False),
        (TOKEN, "203.0.113.9", {"authorization": "Bearer öäü"}, False),
    ],
)
def test_who_may_read(token: str | None, address: str | None, headers: dict[str, str], may: bool) -> None:
    settings = TelemetrySettings(metrics_token=SecretStr(token) if token else None)
    assert may_read(settings, address, headers) is may


async def test_strangers_are_refused_at_the_apis_own_port(app: FastAPI, installation: Installation) -> None:
    transport = ASGITransport(app, client=("203.0.113.9", 5))
    async with AsyncClient(transport=transport, base_url=ORIGIN) as stranger:
        problem(await stranger.get("/metrics"), 403, "operations.metrics_refused")
        assert (await stranger.get("/healthz")).status_code == 200


class Beside:
    """The small server beside a process."""

    def __init__(self, installation: Installation, **settings: Any) -> None:
        self.port = free_port()
        telemetry = TelemetrySettings(metrics_port=self.port, **settings)
        made: Settings = installation.ports.settings.model_copy(update={"telemetry": telemetry})
        object.__setattr__(installation.ports, "settings", made)
        self.installation = installation
        self.client = AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=60)

    def serving(self) -> Any:
        self.monitor = Monitor(self.installation, "worker")
        return listening(self.installation, self.monitor)


async def test_a_worker_answers_at_a_port_of_its_own(working: Installation) -> None:
    beside = Beside(working)
    async with beside.serving(), beside.client as client:
        assert value(await page(client), "medea_build_info", process="worker") == 1
        assert (await client.get("/healthz")).json()["status"] == "ok"
        assert (await client.get("/readyz?verbose")).status_code == 200
        beside.monitor.is_leaving = lambda: True
        assert (await client.get("/readyz")).status_code == 503, "whoever sends work looks for another"
        assert (await client.get("/v1/agents")).status_code == 404
        assert (await client.post("/metrics")).status_code == 405
        assert (await client.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"})).status_code == 403


async def test_a_token_is_asked_for_there_too(working: Installation) -> None:
    beside = Beside(working, metrics_token=SecretStr(TOKEN))
    async with beside.serving(), beside.client as client:
        assert (await client.get("/metrics")).status_code == 403
        assert (await client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})).status_code == 200
        assert (await client.get("/healthz")).status_code == 200


async def test_a_taken_port_is_told_in_one_sentence(working: Installation) -> None:
    beside = Beside(working)
    async with await asyncio.start_server(lambda _r, writer: writer.close(), "127.0.0.1", beside.port):
        with pytest.raises(ListenerUnusable, match="MEDEA_TELEMETRY__METRICS_PORT"):
            async with beside.serving():
                pass


async def test_nonsense_does_no_harm(working: Installation, tmp_path: Path) -> None:
    beside = Beside(working)
    async with beside.serving(), beside.client as client:
        for sent in (
            b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"\x00\xff" * 100 + b"\r\n\r\n",
            b"GET /" + b"x" * 20_000,
            b"GET /healthz",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", beside.port)
            writer.write(sent)
            writer.write_eof()
            await reader.read()
            writer.close()
        assert (await client.get("/healthz")).status_code == 200


async def test_a_database_that_is_away_is_told_and_does_not_hold_up_the_page(installation: Installation) -> None:
    beside = Beside(installation)
    await installation.ports.database.close()
    async with beside.serving(), beside.client as client:
        samples = await page(client)
        assert value(samples, "medea_dependency_up", dependency="postgresql") == 0
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200
