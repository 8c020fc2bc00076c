"""Traces within a process: what is carried, what is recorded, and that nothing is where nobody records."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from medea.kernel.errors import NotFound
from medea.kernel.telemetry import tracing
from medea.kernel.telemetry.recording import OtelRecorder
from medea.kernel.telemetry.tracing import TraceContext

THEIRS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Recording:
    """A recorder whose spans can be looked at."""

    def __init__(self, ratio: float = 1.0) -> None:
        self.exporter = InMemorySpanExporter()
        self.recorder = OtelRecorder(self.exporter, sampling_ratio=ratio, resource={"service.name": "tests"})

    async def spans(self) -> dict[str, ReadableSpan]:
        await self.recorder.close()
        return {span.name: span for span in self.exporter.get_finished_spans()}


@pytest.fixture(autouse=True)
def nobody_records() -> Iterator[None]:
    tracing.record_with(None)
    yield
    tracing.record_with(None)


@pytest.fixture
def recording() -> Recording:
    made = Recording()
    tracing.record_with(made.recorder)
    return made


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "nonsense",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
    ],
)
def test_what_is_no_traceparent_is_none(header: str | None) -> None:
    assert tracing.parse(header) is None


def test_a_traceparent_is_read_and_written() -> None:
    found = tracing.parse(THEIRS)
    assert found == TraceContext(0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7, is_sampled=True)
    assert found.header == THEIRS
    later = tracing.parse("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-what-the-future-brings")
    assert later is not None, "a later version is read as far as it is known"
    assert not later.is_sampled


def test_where_nobody_records_a_trace_is_carried_and_a_span_is_nothing() -> None:
    assert tracing.traceparent() is None
    with tracing.entry("GET", kind="server", parent=tracing.parse(THEIRS)):
        assert tracing.traceparent() == THEIRS
        first, second = tracing.span("a", size=1), tracing.span("b", {"x.y": 2}, kind="client")
        assert first is second, "one object for everybody"
        with first:
            assert tracing.traceparent() == THEIRS
    with tracing.entry("GET", kind="server", parent=None) as one:
        assert not one.is_recording
        assert not one.context.is_sampled
        assert one.context.trace_id
    assert tracing.current() is None


async def test_spans_are_parts_of_each_other(recording: Recording) -> None:
    with tracing.entry("POST", kind="server", parent=None) as http:
        http.rename("POST /v1/things")
        with tracing.span("step", {"gen_ai.agent.id": "a"}, number=3, nothing=None) as step:
            step.event("halfway", rows=2)
            with tracing.span("inner", kind="client"):
                carried = tracing.traceparent()
        alone = tracing.span("detached")
        with tracing.span("beside"):
            alone.end()
            alone.end()
    with tracing.entry("process", kind="consumer", parent=tracing.parse(carried)):
        pass
    spans = await recording.spans()
    parents = {name: span.parent.span_id if span.parent else None for name, span in spans.items()}
    ids = {name: span.context.span_id for name, span in spans.items() if span.context}
    assert parents == {
        "POST /v1/things": None,
        "step": ids["POST /v1/things"],
        "inner": ids["step"],
        "detached": ids["POST /v1/things"],
        "beside": ids["POST /v1/things"],
        "process": ids["inner"],
    }
    assert len({span.context.trace_id for span in spans.values() if span.context}) == 1
    assert dict(spans["step"].attributes or {}) == {"gen_ai.agent.id": "a", "medea.number": 3}
    assert [event.name for event in spans["step"].events] == ["halfway"]


async def test_a_failure_is_told_by_its_code_and_never_by_its_words(recording: Recording) -> None:
    class ThingNotFound(NotFound):
        """No such thing."""

        code = "things.not_found"

    with tracing.entry("job", kind="consumer", parent=None):
        with pytest.raises(ThingNotFound), tracing.span("ours"):
            raise ThingNotFound("what the visitor wrote")
        with pytest.raises(ValueError, match="wrote"), tracing.span("other"):
            raise ValueError("what the visitor wrote")
        with pytest.raises(asyncio.CancelledError), tracing.span("cancelled"):
            raise asyncio.CancelledError
    spans = await recording.spans()
    assert (spans["ours"].attributes or {})["error.type"] == "things.not_found"
    assert (spans["other"].attributes or {})["error.type"] == "ValueError"
    assert [spans[name].status.is_ok for name in ("ours", "other", "cancelled", "job")] == [False, False, True, True]
    assert "what the visitor wrote" not in "".join(span.to_json() for span in spans.values())


async def test_the_ratio_decides_where_a_trace_begins_and_a_parent_where_it_goes_on() -> None:
    none = Recording(ratio=0.0)
    tracing.record_with(none.recorder)
    with tracing.entry("unchosen", kind="server", parent=None) as unchosen:
        assert not unchosen.is_recording
        assert tracing.span("part") is tracing.span("other part")
        assert (tracing.traceparent() or "").endswith("-00")
    with tracing.entry("chosen by another", kind="consumer", parent=tracing.parse(THEIRS)) as chosen:
        assert chosen.is_recording
    assert set(await none.spans()) == {"chosen by another"}
    every = Recording(ratio=1.0)
    tracing.record_with(every.recorder)
    with tracing.entry("not chosen by another", kind="consumer", parent=tracing.parse(THEIRS[:-1] + "0")) as left:
        assert not left.is_recording
    linked = tracing.entry("linked", kind="server", parent=None, link=tracing.parse(THEIRS))
    linked.end()
    spans = await every.spans()
    assert set(spans) == {"linked"}
    assert [link.context.trace_id for link in spans["linked"].links] == [0x4BF92F3577B34DA6A3CE929D0E0E4736]


async def test_tasks_have_their_own_place(recording: Recording) -> None:
    async def part(name: str) -> None:
        with tracing.span(name):
            await asyncio.sleep(0)
            with tracing.span(f"in {name}"):
                await asyncio.sleep(0)

    with tracing.entry("all", kind="server", parent=None):
        await asyncio.gather(part("a"), part("b"))
    spans = await recording.spans()
    for name in ("a", "b"):
        parent, outer = spans[f"in {name}"].parent, spans[name].context
        assert parent is not None
        assert outer is not None
        assert parent.span_id == outer.span_id


def test_a_start_without_traces_does_not_pay_for_them() -> None:
    program = (
        "import sys, medea.apps.bootstrap, medea.apps.api.application, medea.apps.monitoring.listener\n"
        "heavy = ('opentelemetry.sdk', 'opentelemetry.exporter', 'google.protobuf')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
