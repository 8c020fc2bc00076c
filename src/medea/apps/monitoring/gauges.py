"""What is read when somebody asks: pools, caches, places, who leads, and what waits in the database."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from medea import __version__
from medea.kernel.bus.deadletters import QueueDepth, count_jobs
from medea.kernel.bus.task import QUEUES
from medea.modules.conversations.models import Unfinished
from medea.modules.conversations.queries import count_unfinished_turns
from medea.modules.knowledge import facade as knowledge

if TYPE_CHECKING:
    from medea.apps.bootstrap import Installation

FRESH_SECONDS = 10.0
"""How long what was found out elsewhere is told again: several may scrape one process."""
_UNFINISHED = ("queued", "running", "waiting")
_ON_THEIR_WAY = ("queued", "extracting", "chunking", "embedding")
_PATIENCE = 2.0  # seconds: a scrape must not hang on what it is to report as hanging

_log = structlog.get_logger()


@dataclass(slots=True)
class Looked:
    """What was found when it was last looked.

    Attributes:
        is_up: by dependency.
        queues: what is in them; None where it could not be counted, or where this process does not count.
        turns: that have not ended; likewise.
        documents: that are on their way into the index; likewise.
    """

    is_up: dict[str, bool] = field(default_factory=dict)
    queues: list[QueueDepth] | None = None
    turns: list[Unfinished] | None = None
    documents: list[knowledge.Unfinished] | None = None


class Gauges(Collector):
    """Collects from one installation. `look` first, for that waits for others; then a registry may collect.

    What is in the database is counted by processes with a worker or a relay, each for itself: over all of
    them the largest value counts, not the sum.

    Args:
        installation: what is looked at.
        process: `api`, `worker`, `relay`, or `all`.
        clock: seconds, rising; for tests.
    """

    def __init__(self, installation: "Installation", process: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._installation = installation
        self._process = process
        self._clock = clock
        self._looked = Looked()
        self._fresh_until = 0.0
        self._looking = asyncio.Lock()

    async def look(self) -> None:
        """Ask the database and the servers, unless that was done a moment ago. Never raises."""
        async with self._looking:
            if self._clock() >= self._fresh_until:
                self._looked = await self._find_out()
                self._fresh_until = self._clock() + FRESH_SECONDS

    async def _find_out(self) -> Looked:
        installation = self._installation
        has_database = await _reaches("postgresql", installation.ports.database.ping)
        found = Looked(is_up={"postgresql": has_database, "signals": installation.signals.is_connected})
        if installation.redis is not None:
            found.is_up["redis"] = await _reaches("redis", partial(installation.redis.wire.ask, "PING"))
        if (is_up := getattr(installation.driver, "is_up", None)) is not None:
            found.is_up["rabbitmq"] = is_up
        if has_database and (installation.worker is not None or installation.relay is not None):
            await _reaches("counting", lambda: self._count(found))
        return found

    async def _count(self, found: Looked) -> None:
        async with self._installation.ports.database.system(durable=False) as sql:
            found.queues, found.turns = await count_jobs(sql), await count_unfinished_turns(sql)
            found.documents = await knowledge.count_unfinished(sql)

    def collect(self) -> Iterator[Metric]:
        """Yield everything."""
        yield from self._about()
        yield from self._pools()
        yield from self._caches()
        yield from self._work()
        yield from self._waiting()
        yield from self._documents()

    def _about(self) -> Iterator[Metric]:
        yield _gauge(
            "medea_build_info", "1, with version and kind of this process.", ["version", "process"],
            [((__version__, self._process), 1)],
        )  # fmt: skip
        yield _gauge(
            "medea_dependency_up", "Whether this process reaches what it depends on.", ["dependency"],
            [((name,), int(is_up)) for name, is_up in self._looked.is_up.items()],
        )  # fmt: skip
        relay = self._installation.relay
        leads: Values = [] if relay is None else [((), int(relay.is_leader))]
        yield _gauge("medea_relay_leads", "Whether this relay leads.", [], leads)

    def _pools(self) -> Iterator[Metric]:
        pools = self._installation.ports.database.pools
        yield _gauge(
            "medea_db_pool_connections", "Connections to PostgreSQL.", ["pool", "state"],
            [
                ((pool.name, state), number)
                for pool in pools
                for state, number in (("busy", pool.busy), ("idle", pool.idle))
            ],
        )  # fmt: skip
        yield _gauge(
            "medea_db_pool_limit", "Most connections of a pool.", ["pool"],
            [((pool.name,), pool.limit) for pool in pools],
        )  # fmt: skip
        yield _gauge(
            "medea_db_pool_waiting", "Who waits for a connection at this moment.", ["pool"],
            [((pool.name,), pool.waiting) for pool in pools if pool.waiting is not None],
        )  # fmt: skip
        yield _counter(
            "medea_db_pool_lent_total", "Connections lent.", ["pool"],
            [((pool.name,), pool.lent) for pool in pools if pool.lent is not None],
        )  # fmt: skip
        yield _counter(
            "medea_db_pool_wait_seconds_total", "Time spent waiting for connections.", ["pool"],
            [((pool.name,), pool.waited) for pool in pools if pool.waited is not None],
        )  # fmt: skip

    def _caches(self) -> Iterator[Metric]:
        uses = self._installation.ports.caches.uses
        yield _gauge(
            "medea_cache_entries", "Values in a cache.", ["cache"],
            [((name,), entries) for name, (_, entries) in uses.items()],
        )  # fmt: skip
        told = {
            "hits": "Values that were there.",
            "misses": "Values that were not.",
            "loads": "Values read because they were not there.",
            "load_seconds": "Time that reading them took.",
            "evictions": "Values that went for want of room.",
            "forgotten": "Values that were forgotten because they had changed.",
        }
        for name, about in told.items():
            yield _counter(
                f"medea_cache_{name}_total", about, ["cache"],
                [((cache,), getattr(use, name)) for cache, (use, _) in uses.items()],
            )  # fmt: skip

    def _work(self) -> Iterator[Metric]:
        worker = self._installation.worker
        busy = {} if worker is None else worker.busy
        yield _gauge(
            "medea_worker_jobs", "Jobs that this worker runs, kept places included.", ["queue"],
            [((queue,), number) for queue, number in busy.items()],
        )  # fmt: skip
        settings = self._installation.ports.settings.worker
        yield _gauge(
            "medea_worker_places", "Jobs that this worker may run at once.", ["queue"],
            [((queue,), getattr(settings, queue)) for queue in busy],
        )  # fmt: skip

    def _waiting(self) -> Iterator[Metric]:
        queues = {(each.queue, each.state): each for each in self._looked.queues or ()}
        is_counted = self._looked.queues is not None
        states = [(queue, state) for queue in QUEUES for state in ("queued", "running", "dead")] if is_counted else []
        yield _gauge(
            "medea_queue_jobs", "Jobs in the database, of all processes.", ["queue", "state"],
            [(key, queues[key].number if key in queues else 0) for key in states],
        )  # fmt: skip
        ages = [key for key in states if key[1] != "dead"]
        yield _gauge(
            "medea_queue_oldest_seconds", "How long ago the oldest job of a queue was due.", ["queue", "state"],
            [(key, max(0.0, queues[key].age) if key in queues else 0.0) for key in ages],
        )  # fmt: skip
        by_state = {each.state: each for each in self._looked.turns or ()}
        open_turns = [(state, by_state.get(state)) for state in _UNFINISHED] if self._looked.turns is not None else []
        yield _gauge(
            "medea_turns_unfinished", "Turns in the database that have not ended, of all processes.", ["state"],
            [((state,), found.number if found else 0) for state, found in open_turns],
        )  # fmt: skip
        yield _gauge(
            "medea_turns_unfinished_oldest_seconds", "How long ago the oldest of them was accepted.", ["state"],
            [((state,), found.oldest_seconds if found else 0.0) for state, found in open_turns],
        )  # fmt: skip

    def _documents(self) -> Iterator[Metric]:
        by_state = {each.state: each for each in self._looked.documents or ()}
        is_counted = self._looked.documents is not None
        on_their_way = [(state, by_state.get(state)) for state in _ON_THEIR_WAY] if is_counted else []
        yield _gauge(
            "medea_knowledge_documents_unfinished", "Documents on their way into the index, of all processes.",
            ["state"], [((state,), found.number if found else 0) for state, found in on_their_way],
        )  # fmt: skip
        yield _gauge(
            "medea_knowledge_documents_unfinished_oldest_seconds", "How long ago the state of one of them changed.",
            ["state"], [((state,), found.oldest_seconds if found else 0.0) for state, found in on_their_way],
        )  # fmt: skip


async def _reaches(what: str, ask: Callable[[], Awaitable[object]]) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            await ask()
    except Exception as error:  # noqa: BLE001 - whatever it is, the metric says it
        _log.warning("monitoring.no_answer", what=what, error=type(error).__name__)
        return False
    return True


Values = list[tuple[tuple[str, ...], float]]


def _gauge(name: str, about: str, labels: list[str], values: Values) -> Metric:
    family = GaugeMetricFamily(name, about, labels=labels)
    for label_values, value in values:
        family.add_metric(label_values, value)
    return family


def _counter(name: str, about: str, labels: list[str], values: Values) -> Metric:
    family = CounterMetricFamily(name, about, labels=labels)
    for label_values, value in values:
        family.add_metric(label_values, value)
    return family
