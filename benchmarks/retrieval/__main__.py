"""`python -m benchmarks.retrieval`: quality, latency and ingestion of knowledge, printed as tables."""

import argparse
import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from benchmarks.retrieval import fulltext, ingestion, latency, pipeline, quality, weighing
from benchmarks.retrieval.library import Library, Shelf, open_library
from benchmarks.retrieval.sets import FOLDER, BenchSet, read_set

LANGUAGES = ("de", "es", "ru", "zh", "ar")
PDFS = ("multicolumn.pdf", "R-intro.pdf", "developers-reference.pdf", "debian-policy.pdf", "debian-reference.pdf")
"""Of the folder `rag_docs` beside the benchmark's, the shortest first."""


async def public(library: Library, folder: Path, _quick: bool) -> None:
    """Every way on the public set, beside PostgreSQL's full text."""
    bench = read_set("public", folder / "public")
    shelf = await _filled(library, bench)
    judged = await fulltext.judge_fulltext(library.url, bench)
    judged += await quality.judge_ways(shelf, bench, list(quality.WAYS))
    print("\n".join(quality.table(bench, judged)), flush=True)


async def scifact(library: Library, folder: Path, _quick: bool) -> None:
    """SciFact ties the pipeline to published figures."""
    bench = read_set("SciFact", folder / "anchor_scifact")
    shelf = await _filled(library, bench)
    print("\n".join(quality.table(bench, await quality.judge_ways(shelf, bench, list(quality.WAYS)))), flush=True)


async def languages(library: Library, folder: Path, _quick: bool) -> None:
    """XQuAD: languages that the local model does not know; the default finds that out itself."""
    for language in LANGUAGES:
        bench = read_set(f"XQuAD {language}", folder / "multilingual_xquad" / language)
        shelf = await _filled(library, bench)
        ways = ["BM25 alone", "hybrid", "hybrid, late interaction"]
        print("\n".join(quality.table(bench, await quality.judge_ways(shelf, bench, ways))), flush=True)


async def timing(library: Library, folder: Path, quick: bool) -> None:
    """Latency by size of the base."""
    bench = read_set("public", folder / "public")
    source = await _filled(library, bench)
    sizes = latency.SIZES[:3] if quick else latency.SIZES
    shelves = await latency.fill(library.installation, library.url, source, sizes, 50 if quick else 1000)
    timed = await latency.measure(shelves, sizes, bench, 100 if quick else 300)
    print("\n".join(latency.table(timed)), flush=True)


async def intake(library: Library, folder: Path, quick: bool) -> None:
    """Ingestion rates and memory."""
    bench = read_set("public", folder / "public")
    print(await ingestion.measure(library.installation, bench, 300 if quick else 1000), flush=True)


async def memory(library: Library, folder: Path, quick: bool) -> None:
    """What processes of the product take while they embed."""
    bench = read_set("public", folder / "public")
    print("\n| process | at rest MB | model loaded MB | after MB | most MB | chunks/s |\n|---|---|---|---|---|---|")
    for command in weighing.COMMANDS:
        print(await weighing.weigh(library, bench, 300 if quick else 1000, command), flush=True)


async def documents(library: Library, folder: Path, quick: bool) -> None:
    """Whole documents through the jobs: many short texts, PDFs, and reading beside the bare library."""
    bench = read_set("public", folder / "public")
    await library.installation.start_worker(is_alone=False)
    number = 500 if quick else 2000
    for model in (None, "medea/minilm"):
        print("\n" + await pipeline.measure_texts(library, bench, number, model=model), flush=True)
    files = [path for name in PDFS if (path := folder.parent / "rag_docs" / name).is_file()]
    if not files:
        print(f"\nNo PDFs in {folder.parent / 'rag_docs'}: none was measured.", flush=True)
        return
    print(
        "\n| PDF | state | pages | chunks | by words s | cpu | by meaning s | cpu |\n|---|---|---|---|---|---|---|---|"
    )
    for path in files[: 1 if quick else None]:
        print(await pipeline.measure_pdf(library, path), flush=True)
    print(
        "\n| reading | s | bare s | ratio | cpu | bare cpu | ratio | MB | bare MB |\n"
        "|---|---|---|---|---|---|---|---|---|"
    )
    for path in files[: 1 if quick else None]:
        print(await pipeline.compare_extraction(library, path), flush=True)


PARTS: dict[str, Callable[[Library, Path, bool], Awaitable[None]]] = {
    "intake": intake,
    "memory": memory,
    "documents": documents,
    "public": public,
    "scifact": scifact,
    "languages": languages,
    "latency": timing,
}


async def _filled(library: Library, bench: BenchSet) -> Shelf:
    shelf = await Shelf(library.installation).make()
    await shelf.put(bench.passages)
    await shelf.embed()
    return shelf


async def _run(names: list[str], folder: Path, quick: bool) -> None:
    for name in names:
        async with open_library() as library:
            await PARTS[name](library, folder, quick)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the benchmark (RETRIEVAL_BENCH)")
    parser.add_argument("--quick", action="store_true", help="fewer questions and sizes where time is measured")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    asked = parser.parse_args()
    if not (asked.data / "public" / "corpus.jsonl").is_file():
        parser.exit(0, f"There is no benchmark in {asked.data}: nothing was measured. Set RETRIEVAL_BENCH.\n")
    began, load = time.monotonic(), os.getloadavg()[0]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the server
        runner.run(_run(asked.only.split(","), asked.data, asked.quick))
    print(
        f"\n{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load average {load:.1f} before and "
        f"{os.getloadavg()[0]:.1f} after, {time.monotonic() - began:.0f} s."
    )


main()
