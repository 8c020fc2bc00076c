"""How fast chunks come into the index and get their vectors, and what memory that takes."""

import time
from pathlib import Path

from benchmarks.retrieval.library import Shelf
from benchmarks.retrieval.sets import BenchSet
from medea.apps.bootstrap import Installation


def memory_mb() -> float:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


async def measure(installation: Installation, bench: BenchSet, number: int) -> str:
    """Index chunks as documents of a hundred, then embed them."""
    texts = [passage.text for passage in bench.passages[:number]]
    shelf = await Shelf(installation).make()
    began = time.perf_counter()
    await shelf.put_long(texts, language="en", per_document=100)
    indexed = time.perf_counter() - began
    before = memory_mb()
    began = time.perf_counter()
    await shelf.embed()
    embedded = time.perf_counter() - began
    rates = f"{len(texts) / indexed:.0f} chunks/s by words, {len(texts) / embedded:.0f} chunks/s embedded, words too"
    return f"\nindexed: {rates}; memory of the process {before:.0f} MB before the model, {memory_mb():.0f} MB after"
