"""What is measured, each beside the relay in the same run."""

import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ParamSpec

from benchmarks.caching import caches
from benchmarks.distributed import distributed
from benchmarks.guarding import guardrails
from benchmarks.load import Report
from benchmarks.processes import memory_mb
from benchmarks.row import MICRO, MILLI, Row
from benchmarks.stage import Refused, Stage, Weight, prompt
from benchmarks.tool_servers import mcp_calls
from benchmarks.tooling import tool_steps

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Run:
    """A load and what it cost."""

    report: Report
    weight: Weight


def weighed(weigh: Callable[[], Weight], ask: Callable[P, Report], *args: P.args, **options: P.kwargs) -> Run:
    """Carry out a load and return it with the CPU seconds that the server needed for it."""
    before = weigh()
    report = ask(*args, **options)
    after = weigh()
    return Run(report, Weight(after.server - before.server, after.database - before.database))


def token_cost(stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """CPU per streamed token, everything included: authentication, event log, jobs, server-sent events."""
    seconds, repeats = (2, 1) if is_quick else (4, 3)
    for streams, rate in ((1, 250), (20, 100), (100, 50)):
        prompts = [[prompt(rate * seconds, rate)]] * streams
        tokens = streams * rate * seconds
        stage.ask_medea(prompts[:20])  # connections are open, code is warm
        ours, theirs, database, load = [], [], [], []
        for _ in range(repeats):
            ids = stage.conversations(streams, stage.key)
            relay = weighed(stage.weigh_relay, stage.ask_relay, prompts, 0.5)
            medea = weighed(stage.weigh_medea, stage.ask_medea, prompts, 0.5, conversations=ids)
            theirs.append(relay.weight.server / tokens * MICRO)
            ours.append(medea.weight.server / tokens * MICRO)
            database.append(medea.weight.database / tokens * MICRO)
            load.append(medea.report.cpu / tokens * MICRO)
        mine, other = statistics.median(ours), statistics.median(theirs)
        yield Row(
            f"CPU per token, {streams} stream{'s' * (streams > 1)} at {rate}/s, {rate * seconds} tokens a reply",
            "<= 1.5 x relay",
            f"{mine:.0f} us (PostgreSQL {statistics.median(database):.0f}, load {statistics.median(load):.0f})",
            f"{other:.0f} us",
            f"{mine / other:.2f}",
            mine <= 1.5 * other,
        )


def first_token(stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """Time to the first token over the model's own."""
    turns = 10 if is_quick else 30
    for streams, limits in ((1, (10.0, None)), (50, (10.0, 30.0))):
        prompts = [[prompt(40, 100)] * turns] * streams
        model = stage.ask_model(prompts, 0.4).first
        over = _over(stage.ask_relay(prompts, 0.4), model)
        for name, credential in (("secret key", stage.key), ("visitor", stage.visitor)):
            ours = _over(stage.ask_medea(prompts, 0.4, credential=credential), model)
            yield Row(
                f"first token over the model's, {streams} stream{'s' * (streams > 1)}, {name}",
                "p50 <= 10 ms" + (", p95 <= 30 ms" if limits[1] else ""),
                f"p50 {ours['p50']:.1f} ms, p95 {ours['p95']:.1f} ms",
                f"p50 {over['p50']:.1f} ms, p95 {over['p95']:.1f} ms",
                f"{ours['p50'] / max(over['p50'], 0.1):.1f}",
                ours["p50"] <= 10.0 and (limits[1] is None or ours["p95"] <= limits[1]),
            )


def _over(report: Report, own: dict[str, float]) -> dict[str, float]:
    return {name: (report.first[name] - own[name]) * MILLI for name in ("p50", "p95")}


def turns(stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """One-token turns per second, persisted, the server on one core."""
    clients, number, repeats = (32, 10, 1) if is_quick else (32, 30, 3)
    prompts = [[prompt(1, 0)] * number] * clients
    relay = statistics.median(clients * number / stage.ask_relay(prompts).wall for _ in range(repeats))
    for name, is_each_new in (("in one conversation each", False), ("each in a new conversation", True)):
        for who, credential in (("secret key", stage.key), ("visitor", stage.visitor)):
            runs = []
            for _ in range(repeats):
                ids = None if is_each_new else stage.conversations(clients, credential)
                how = {"credential": credential, "conversations": ids, "is_each_new": is_each_new}
                runs.append(weighed(stage.weigh_medea, stage.ask_medea, prompts, **how))  # type: ignore[arg-type]
            rate = statistics.median(clients * number / run.report.wall for run in runs)
            server = statistics.median(run.weight.server for run in runs) / clients / number * MILLI
            database = statistics.median(run.weight.database for run in runs) / clients / number * MILLI
            yield Row(
                f"one-token turns {name}, {who}, {clients} clients",
                ">= 200/s",
                f"{rate:.0f}/s, {MILLI / server:.0f} per CPU second (PostgreSQL {database:.1f} ms a turn)",
                f"{relay:.0f}/s",
                f"{rate / relay:.2f}",
                rate >= 200,
            )


def concurrent_streams(stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """How many streams of 100 tokens/s one process keeps flowing."""
    rest = 2 if is_quick else 4
    ours = _search(lambda n: _flows(stage.ask_medea, n, rest))
    theirs = _search(lambda n: _flows(stage.ask_relay, n, rest))
    yield Row(
        "streams at 100 tokens/s that flow (p95 gap < 50 ms, p95 first token < 200 ms, no stall)",
        ">= 300",
        f"{ours[0]}{_told(ours[1])}",
        f"{theirs[0]}{_told(theirs[1])}",
        f"{ours[0] / max(theirs[0], 1):.2f}",
        ours[0] >= 300,
    )


def _long(streams: int, rest: int) -> list[list[str]]:
    """Return prompts whose answers run on for some seconds after the last client has begun."""
    return [[prompt(streams + rest * 100, 100)]] * streams


def _flows(ask: Callable[[list[list[str]], float], Report], streams: int, rest: int) -> tuple[bool, Report | None]:
    own = streams / 100 + rest  # seconds that the model takes for each
    try:
        report = ask(_long(streams, rest), streams / 100)
    except Refused:  # more than this machine can take
        return False, None
    flows = report.gaps["p95"] < 0.05 and report.first["p95"] < 0.2 and report.whole["max"] < 1.5 * own
    return flows, report


def _search(attempt: Callable[[int], tuple[bool, Report | None]]) -> tuple[int, Report | None]:
    """Return the largest number of streams that flow, in steps of 50, three chances each."""
    low, high, best = 0, 17, None
    while high - low > 1:
        middle = (low + high) // 2
        flows, report = attempt(middle * 50)
        for _ in range(2):  # others may use this machine, too
            flows, report = (flows, report) if flows else attempt(middle * 50)
        if flows:
            low, best = middle, report
        else:
            high = middle
    return low * 50, best


def _told(report: Report | None) -> str:
    if report is None:
        return ""
    gap, first = report.gaps["p95"] * MILLI, report.first["p95"] * MILLI
    return f" (gap {gap:.0f} ms, first {first:.0f} ms, load {report.cpu / report.wall:.0%} of a core)"


def memory(stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """Resident memory after a fresh start and after a thousand turns more."""
    stage.restart()
    stage.ask_medea([[prompt(1, 0)]])
    idle = memory_mb(stage.medea.pid)
    stage.ask_medea([[prompt(20, 0)] * (10 if is_quick else 50)] * 20)
    used = memory_mb(stage.medea.pid)
    relay = memory_mb(stage.relay.pid)
    yield Row("memory of the server process, idle", "<= 200 MB", f"{idle:.0f} MB", f"{relay:.0f} MB", "", idle <= 200)
    yield Row(f"  after {200 if is_quick else 1000} turns more", "", f"{used:.0f} MB")


def cold_start(stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """From the start of the process to the end of the first answer, on a data folder that is there."""
    taken = []
    for _ in range(2 if is_quick else 5):
        (conversation,) = stage.conversations(1, stage.key)
        stage.medea.stop()
        started = time.perf_counter()
        stage.medea = stage.start_medea()
        _answered(stage, conversation)
        taken.append(time.perf_counter() - started)
    middle = statistics.median(taken)
    yield Row("cold start to first answer, existing data folder", "<= 3 s", f"{middle:.1f} s", "", "", middle <= 3.0)


def _answered(stage: Stage, conversation: str) -> None:
    deadline = time.monotonic() + 60
    headers = {
        "Authorization": f"Bearer {stage.key}",
        "Accept": "text/event-stream",
        "Content-Type": "application/json",
    }
    body = json.dumps({"text": prompt(1, 0)})
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", stage.medea.port, timeout=30)
        try:
            connection.request("POST", f"/v1/conversations/{conversation}/messages", body, headers)
            if b"~w" in connection.getresponse().read():
                return
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise RuntimeError("no answer after a start")


MEASURES: dict[str, Callable[..., Iterator[Row]]] = {
    "cpu": token_cost,
    "first": first_token,
    "turns": turns,
    "streams": concurrent_streams,
    "memory": memory,
    "start": cold_start,
    "caches": caches,
    "tools": tool_steps,
    "mcp": mcp_calls,
    "guardrails": guardrails,
    "distributed": distributed,
}
