"""How fast chunks come into the index and get their vectors, and what memory that takes."""

import time
from pathlib import Path

from benchmarks.retrieval.library import Shelf
from benchmarks.retrieval.sets import BenchSet
from medea.apps.bootstrap import Installation
from medea.kernel.embeddings.embedders import require_local

_AT_ONCE = 48  # as the product asks for


def memory_mb(name: str = "VmRSS", *, pid: int | str = "self") -> float:
    """Return the resident memory of a process in MB, or (`VmHWM`) the most that it ever was."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / 1e6


async def measure(installation: Installation, bench: BenchSet, number: int) -> str:
    """Index chunks as documents of a hundred, embed them, and let the model alone read the same texts."""
    texts = [passage.text for passage in bench.passages[:number]]
    shelf = await Shelf(installation).make()
    began = time.perf_counter()
    await shelf.put_long(texts, language="en", per_document=100)
    indexed = time.perf_counter() - began
    before = memory_mb()
    model = require_local(installation.ports.embedders)
    await model.embed(texts[:4], with_words=True)  # loads it
    began, used = time.perf_counter(), time.process_time()
    for start in range(0, len(texts), _AT_ONCE):
        await model.embed(texts[start : start + _AT_ONCE], with_words=True)
    alone, alone_cpu = time.perf_counter() - began, time.process_time() - used
    began, used = time.perf_counter(), time.process_time()
    await shelf.embed()
    embedded, embedded_cpu = time.perf_counter() - began, time.process_time() - used
    each = 1000 / len(texts)
    return (
        f"\nindexed by words: {len(texts) / indexed:.0f} chunks/s\n"
        f"embedded, words too: {len(texts) / embedded:.0f} chunks/s, {embedded_cpu * each:.1f} ms of this process a"
        f" chunk; the model alone: {len(texts) / alone:.0f} chunks/s, {alone_cpu * each:.1f} ms\n"
        f"memory of the process that embeds: {before:.0f} MB before the model, {memory_mb():.0f} MB after,"
        f" {memory_mb('VmHWM'):.0f} MB at most"
    )
