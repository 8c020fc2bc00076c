"""Sending spans: what is tried again, what is counted as lost, and how a bad address is told."""

import asyncio
import contextlib

import pytest
from prometheus_client import REGISTRY

from medea.kernel.settings import TelemetrySettings
from medea.kernel.telemetry import tracing
from medea.kernel.telemetry.otlp import EndpointUnusable, OtlpExporter
from medea.kernel.telemetry.recording import OtelRecorder, start_recording
from tests.support.otlp import otlp_collector
from tests.support.server import free_port


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("medea_spans_total", {"outcome": outcome}) or 0.0


async def record(endpoint: str, headers: str = "", *, spans: int = 1) -> tuple[float, float]:
    """Record spans, send them, and return how many were sent and lost."""
    before = counted("sent"), counted("lost")
    exporter = OtlpExporter(endpoint, headers, first_pause=0.01)
    recorder = OtelRecorder(exporter, sampling_ratio=1.0, resource={"service.name": "tests"})
    tracing.record_with(recorder)
    for _ in range(spans):
        with tracing.entry("thing", kind="server", parent=None):
            pass
    await recorder.close()
    return counted("sent") - before[0], counted("lost") - before[1]


async def test_spans_arrive_with_the_operators_headers() -> None:
    async with otlp_collector() as collector:
        assert await record(f"{collector.endpoint}/base/", "a=1%2C2, b = c", spans=3) == (3, 0)
    assert [span.name for span in collector.spans] == ["thing"] * 3
    assert collector.paths == ["/base/v1/traces"]
    assert (collector.headers[0]["a"], collector.headers[0]["b"]) == ("1,2", "c")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_what_may_pass_is_tried_again(status: int) -> None:
    async with otlp_collector() as collector:
        collector.refusals = [status, status]
        assert await record(collector.endpoint) == (1, 0)
    assert len(collector.paths) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 500])
async def test_what_will_not_pass_is_lost_and_counted(status: int) -> None:
    async with otlp_collector() as collector:
        collector.refusals = [status] * 9
        assert await record(collector.endpoint, spans=2) == (0, 2)
    assert len(collector.paths) == 1


async def test_a_collector_that_is_away_stops_nobody() -> None:
    assert await record(f"http://127.0.0.1:{free_port()}") == (0, 1)


@pytest.mark.parametrize("address", ["", "collector:4318", "ftp://x", "grpc://127.0.0.1:4317"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(EndpointUnusable, match="MEDEA_TELEMETRY__OTLP_ENDPOINT"):
        OtlpExporter(address)


def test_headers_that_are_none_are_told_without_saying_them() -> None:
    with pytest.raises(EndpointUnusable) as told:
        OtlpExporter("http://127.0.0.1:1", "Bearer abc")
    assert "abc" not in str(told.value)


async def test_nothing_is_recorded_unless_the_operator_says_where_to() -> None:
    assert start_recording(TelemetrySettings(), "api") is None
    assert not tracing.entry("x", kind="server", parent=None).is_recording


async def test_a_process_says_what_it_is() -> None:
    async with otlp_collector() as collector:
        settings = TelemetrySettings(otlp_endpoint=collector.endpoint)
        recorder = start_recording(settings, "worker")
        assert recorder is not None
        tracing.entry("x", kind="consumer", parent=None).end()
        await recorder.close()
    assert [span.service for span in collector.spans] == ["medea-worker"]


async def test_a_collector_that_hangs_does_not_hold_up_the_end() -> None:
    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await never.wait()
        writer.close()

    never = asyncio.Event()
    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        recorder = start_recording(TelemetrySettings(otlp_endpoint=f"http://127.0.0.1:{port}"), "api")
        assert recorder is not None
        tracing.entry("x", kind="server", parent=None).end()
        async with asyncio.timeout(60):
            await recorder.close()
        never.set()
