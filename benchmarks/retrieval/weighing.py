"""What a process of the product takes while it embeds: the memory that an operator sees of it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.processes import Running, free_port
from benchmarks.retrieval.ingestion import memory_mb
from benchmarks.retrieval.library import Library, Shelf
from benchmarks.retrieval.pipeline import settle
from benchmarks.retrieval.sets import BenchSet
from medea.modules.knowledge.service.adding import Written, add_texts
from medea.modules.knowledge.values import BaseSettings

COMMANDS = ("worker", "up")
_AT_ONCE = 100  # texts of one request


@asynccontextmanager
async def _started(library: Library, command: str) -> AsyncIterator[Running]:
    settings, port = library.installation.ports.settings, free_port()
    environment = {
        "MEDEA_DATABASE__URL": library.url,
        "MEDEA_DATA_DIR": str(settings.data_dir),
        "MEDEA_PORT": str(port),
        "MEDEA_SEED": "0",
    }
    running = Running(["-m", "medea.apps.cli", command], port, environment=environment, folder=settings.data_dir)
    try:
        yield running
    finally:
        await asyncio.to_thread(running.stop)


async def _take(library: Library, texts: list[str], model: str | None) -> float:
    """Have texts taken in by whoever works on this database; return how many seconds that took."""
    shelf = await Shelf(library.installation).make(BaseSettings(embedding_model=model))
    began = time.perf_counter()
    for start in range(0, len(texts), _AT_ONCE):
        written = [Written(f"passage {start + n}", text) for n, text in enumerate(texts[start : start + _AT_ONCE])]
        await add_texts(shelf.ctx, shelf.base_id, written)
    await settle(shelf, least=len(texts))
    return time.perf_counter() - began


async def weigh(library: Library, bench: BenchSet, number: int, command: str) -> str:
    """Start a process, let it embed, and return its memory before and at most, and its rate."""
    texts = [passage.text for passage in bench.passages[:number]]
    async with _started(library, command) as running:
        await _take(library, ["It is there once it has read this."], None)
        rest = memory_mb(pid=running.pid)
        await _take(library, texts[:10], "medea/minilm")  # loads the model, or builds it
        loaded = memory_mb(pid=running.pid)
        seconds = await _take(library, texts, "medea/minilm")
        after, most = memory_mb(pid=running.pid), memory_mb("VmHWM", pid=running.pid)
    return f"| `medea {command}` | {rest:.0f} | {loaded:.0f} | {after:.0f} | {most:.0f} | {len(texts) / seconds:.0f} |"
