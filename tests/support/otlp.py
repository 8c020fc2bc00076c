"""A collector of traces: takes OTLP over HTTP and decodes it with OpenTelemetry's own protobufs."""

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}


@dataclass(frozen=True)
class SeenSpan:
    """A span as the collector got it."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    service: str
    attributes: dict[str, Any]
    events: tuple[str, ...]
    links: tuple[str, ...]
    is_failed: bool
    start: int
    end: int


@dataclass
class OtlpCollector:
    """What was sent, and with which headers; `refusals` are statuses that the next posts are answered with."""

    port: int = 0
    spans: list[SeenSpan] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def trace(self, trace_id: str) -> list[SeenSpan]:
        return [span for span in self.spans if span.trace_id == trace_id]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers["content-length"]))
            self.paths.append(first.split(" ")[1])
            self.headers.append(headers)
            status = self.refusals.pop(0) if self.refusals else 200
            if status == 200:
                self.spans.extend(_spans(gzip.decompress(body)))
            writer.write(f"HTTP/1.1 {status} Status\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def otlp_collector() -> AsyncIterator[OtlpCollector]:
    """Run one on a free loopback port."""
    collector = OtlpCollector()
    server = await asyncio.start_server(collector.answer, "127.0.0.1", 0, limit=2**24)
    collector.port = server.sockets[0].getsockname()[1]
    async with server:
        yield collector


def _spans(body: bytes) -> Iterator[SeenSpan]:
    request = ExportTraceServiceRequest.FromString(body)
    for resource in request.resource_spans:
        about = _attributes(resource.resource.attributes)
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield SeenSpan(
                    name=span.name,
                    kind=KINDS[span.kind],
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    service=about["service.name"],
                    attributes=_attributes(span.attributes),
                    events=tuple(event.name for event in span.events),
                    links=tuple(link.trace_id.hex() for link in span.links),
                    is_failed=span.status.code == span.status.STATUS_CODE_ERROR,
                    start=span.start_time_unix_nano,
                    end=span.end_time_unix_nano,
                )


def _attributes(given: Any) -> dict[str, Any]:
    return {each.key: _value(each.value) for each in given}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind)


def tree(spans: list[SeenSpan]) -> dict[str, SeenSpan]:
    """Return spans by their ids."""
    return {span.span_id: span for span in spans}


def ancestry(span: SeenSpan, spans: list[SeenSpan]) -> list[str]:
    """Return the names from the root to a span; fails where a parent was never sent."""
    known = tree(spans)
    names = [span.name]
    while span.parent_id:
        span = known[span.parent_id]
        names.insert(0, span.name)
    return names
