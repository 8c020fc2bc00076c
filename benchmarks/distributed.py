"""The distributed mode beside the embedded one: an API process, workers and a relay on RabbitMQ and Redis."""

import asyncio
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import aio_pika

from benchmarks.load import Report
from benchmarks.processes import Running, cpu_seconds, free_port
from benchmarks.row import MICRO, MILLI, Row
from benchmarks.stage import ROOT, Stage, prompt
from benchmarks.wires import bus_row, stream_row
from medea.kernel.bus.rabbitmq.topology import Topology
from tools import services

RABBITMQ = "amqp://guest:guest@127.0.0.1:5672/"
REDIS = "redis://127.0.0.1:6379/0"


@dataclass(frozen=True, slots=True)
class Brokers:
    """Where RabbitMQ and Redis are, and the names that are this run's own."""

    rabbitmq: str
    redis: str
    topology: Topology

    @property
    def settings(self) -> dict[str, str]:
        """The same, as Medea's settings."""
        prefix = self.topology.prefix
        return {
            "MEDEA_RABBITMQ__URL": self.rabbitmq,
            "MEDEA_RABBITMQ__PREFIX": prefix,
            "MEDEA_REDIS__URL": self.redis,
            "MEDEA_REDIS__PREFIX": f"{prefix}:",
        }

    async def clear_away(self) -> None:
        """Delete what was declared."""
        async with await aio_pika.connect(self.rabbitmq) as connection:
            channel = await connection.channel()
            for queue in self.topology.queues:
                await channel.queue_delete(queue)
            for exchange in (self.topology.exchange, self.topology.dead):
                await channel.exchange_delete(exchange)


@dataclass
class Spread(Stage):
    """An API process, a relay and some workers, on a database of their own in the embedded run's PostgreSQL."""

    near: Stage = field(kw_only=True)
    brokers: Brokers = field(kw_only=True)
    number: int = field(kw_only=True)
    workers: list[Running] = field(default_factory=list)

    def _start_everything(self) -> None:
        self._stack.callback(subprocess.run, ["rm", "-rf", str(self.folder)], check=False)
        self.model, self.relay = self.near.model, self.near.relay
        self._log = self._stack.enter_context((self.folder / "medea.log").open("ab"))
        url = self.near.make_database(f"bench_{free_port()}")
        own = {"MEDEA_DATA_DIR": str(self.folder / "data"), "MEDEA_DATABASE__URL": url}
        own["MEDEA_AUTH__SECRET"] = "a secret of the benchmarks, long enough for a key"
        self.environment = {**self.near.environment, **own, **self.brokers.settings}
        self._run_medea("db", "migrate").process.wait(60)
        self.medea = self._run_medea("api")
        self.workers = [self._run_medea("worker") for _ in range(self.number)]
        announcer = self._run_medea("relay")
        for running in (announcer, *self.workers, self.medea):
            self._stack.callback(running.stop)
        self._wait_for_medea()
        self._prepare()
        self.ask_medea([[prompt(1, 0)] * 4] * 8)  # whoever starts last has started

    def _run_medea(self, *command: str) -> Running:
        port = free_port()
        environment = {**self.environment, "MEDEA_PORT": str(port), "PYTHONPATH": str(ROOT / "src")}
        return Running(
            ["-m", "medea.apps.cli", *command], port, environment=environment, folder=self.folder, log=self._log
        )

    def weigh(self) -> tuple[float, float]:
        """Return the CPU seconds that the API and the workers have used until now."""
        return cpu_seconds(self.medea.pid), sum(cpu_seconds(worker.pid) for worker in self.workers)


def distributed(stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """The distributed mode, with one worker and with two; and what its wires do alone."""
    with services.running(is_required=True):
        brokers = Brokers(
            os.environ.get("MEDEA_TEST_RABBITMQ_URL", RABBITMQ),
            os.environ.get("MEDEA_TEST_REDIS_URL", REDIS),
            Topology(f"medea-bench-{os.getpid()}"),
        )
        try:
            for number in (1, 2):
                with Spread(near=stage, brokers=brokers, number=number) as far:
                    who = f"distributed, {number} worker{'s' * (number > 1)}"
                    yield from _first(stage, far, who, is_quick=is_quick)
                    yield _cost(stage, far, who, is_quick=is_quick)
                    yield _turns(stage, far, who, is_quick=is_quick)
            url = stage.make_database(f"bench_{free_port()}")
            subprocess.run(
                [sys.executable, "-m", "medea", "db", "migrate"],
                env={**os.environ, "MEDEA_DATABASE__URL": url},
                capture_output=True,
                check=True,
            )
            yield asyncio.run(bus_row(url, brokers.rabbitmq, brokers.topology, is_quick=is_quick))
            yield asyncio.run(stream_row(brokers.redis, f"{brokers.topology.prefix}:", is_quick=is_quick))
        finally:
            asyncio.run(brokers.clear_away())


def _first(near: Stage, far: Spread, who: str, *, is_quick: bool) -> Iterator[Row]:
    turns, repeats = (10, 2) if is_quick else (20, 4)
    for streams in (1, 20, 50):
        prompts = [[prompt(40, 100)] * turns] * streams
        pairs = [(near.ask_medea(prompts, 0.4), far.ask_medea(prompts, 0.4)) for _ in range(repeats)]
        added = {name: statistics.median(_added(pair, name) for pair in pairs) for name in ("p50", "p95")}
        own = statistics.median(pair[0].first["p50"] for pair in pairs) * MILLI
        yield Row(
            f"first token, {who}, {streams} stream{'s' * (streams > 1)}: more than embedded",
            "p50 <= 8 ms",
            f"p50 {added['p50']:+.1f} ms, p95 {added['p95']:+.1f} ms (embedded p50 {own:.1f} ms, the model's included)",
            is_met=added["p50"] <= 8.0,
        )


def _added(pair: tuple[Report, Report], name: str) -> float:
    return (pair[1].first[name] - pair[0].first[name]) * MILLI


def _cost(near: Stage, far: Spread, who: str, *, is_quick: bool) -> Row:
    seconds, repeats, streams, rate = (2, 2, 20, 100) if is_quick else (4, 4, 20, 100)
    prompts = [[prompt(rate * seconds, rate)]] * streams
    tokens = streams * rate * seconds
    api, worker, embedded = [], [], []
    for _ in range(repeats):
        ids, own_ids = far.conversations(streams, far.key), near.conversations(streams, near.key)
        before = far.weigh()
        far.ask_medea(prompts, 0.5, conversations=ids)
        between, own_before = far.weigh(), near.weigh_medea().server
        near.ask_medea(prompts, 0.5, conversations=own_ids)
        embedded.append((near.weigh_medea().server - own_before) / tokens * MICRO)
        api.append((between[0] - before[0]) / tokens * MICRO)
        worker.append((between[1] - before[1]) / tokens * MICRO)
    ours = statistics.median(map(sum, zip(api, worker, strict=True)))
    own = statistics.median(embedded)
    parts = f"API {statistics.median(api):.0f}, worker{'s' * (far.number > 1)} {statistics.median(worker):.0f}"
    return Row(
        f"CPU per token, {who}, {streams} streams at {rate}/s, {rate * seconds} tokens a reply",
        "<= 90 us in all",
        f"{ours:.0f} us ({parts}; embedded {own:.0f}: {ours / own:.2f} times)",
        is_met=ours <= 90,
    )


def _turns(near: Stage, far: Spread, who: str, *, is_quick: bool) -> Row:
    clients, number, repeats = (32, 10, 1) if is_quick else (32, 30, 3)
    prompts = [[prompt(1, 0)] * number] * clients
    rates = [[clients * number / each.ask_medea(prompts).wall for each in (far, near)] for _ in range(repeats)]
    ours, embedded = (statistics.median(rate[place] for rate in rates) for place in (0, 1))
    return Row(
        f"one-token turns, {who}, {clients} clients", "", f"{ours:.0f}/s (embedded, on one core: {embedded:.0f}/s)"
    )
