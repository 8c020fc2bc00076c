"""Documents through the whole pipeline: service, jobs, child processes, index, vectors; and the bare library alone."""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks.retrieval.library import Library, Shelf
from benchmarks.retrieval.sets import BenchSet
from medea.kernel.extraction.kinds import HEAD_BYTES, recognise
from medea.kernel.extraction.sandbox import extract
from medea.modules.knowledge.ingestion.reading import limits_of
from medea.modules.knowledge.service.adding import Uploaded, Written, add_file, add_texts
from medea.modules.knowledge.values import BaseSettings

_AT_ONCE = 100  # texts of one request
_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _OWN, _USED = 1, slice(11, 13), slice(11, 15)
"""Of the fields of /proc/<pid>/stat: the parent, the time used by itself, and that with its children that ended."""
_BARE = """
import sys, pypdfium2
document = pypdfium2.PdfDocument(open(sys.argv[1], "rb").read())
print(sum(len(document[n].get_textpage().get_text_bounded()) for n in range(len(document))))
"""
_OURS = """
import asyncio, sys
from pathlib import Path
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.sandbox import extract
asyncio.run(extract(Path(sys.argv[1]), name=sys.argv[1], limits=Limits()))
"""
_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """How long something took: by the clock, and of all processors, in seconds."""

    wall: float
    cpu: float


async def _cpu(library: Library) -> float:
    """Return the processor time that this process, its children and the database server have taken so far."""
    connection = await asyncpg.connect(library.url)
    try:
        server = _stat(await connection.fetchval("SELECT pg_backend_pid()"))[_PARENT]
        ticks = await asyncio.to_thread(_server_ticks, server)
    finally:
        await connection.close()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ticks / _TICKS + time.process_time() + ended.ru_utime + ended.ru_stime


def _server_ticks(server: int) -> int:
    """Return what a server's processes have taken, with those that have ended."""
    of_all = [_stat(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return sum(_stat(server)[_USED]) + sum(sum(each[_OWN]) for each in of_all if each[_PARENT] == server)


def _stat(pid: int) -> list[int]:
    """Return the fields of /proc/<pid>/stat behind the name: state, parent, ... (proc(5)); zeros where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return [0] * 20
    return [0, *(int(field) for field in fields[1:20])]


async def settle(shelf: Shelf, *, states: Sequence[str] = ("ready", "failed"), least: int = 1) -> None:
    """Wait until this many documents of a base are in one of these states."""
    while True:
        async with shelf.ctx.transaction(durable=False) as sql:
            count = await sql.fetchval(
                "SELECT count(*) FROM knowledge_documents WHERE base_id = $1 AND status = ANY($2::text[])",
                shelf.base_id,
                list(states),
            )
        if count >= least:
            return
        await asyncio.sleep(0.02)


async def measure_texts(library: Library, bench: BenchSet, number: int, *, model: str | None) -> str:
    """Take short texts in, a hundred a request, until the last is ready."""
    shelf = await Shelf(library.installation).make(BaseSettings(embedding_model=model))
    texts = [Written(f"note {n}", f"Note {n}. {bench.passages[n].text[:300]}") for n in range(number)]
    began, used = time.perf_counter(), await _cpu(library)
    for start in range(0, number, _AT_ONCE):
        await add_texts(shelf.ctx, shelf.base_id, texts[start : start + _AT_ONCE])
    accepted = time.perf_counter() - began
    await settle(shelf, least=number)
    taken = Taken(time.perf_counter() - began, await _cpu(library) - used)
    rate = f"{taken.cpu:.1f} s of processor time, {1000 * taken.cpu / number:.1f} ms a text"
    clock = f"accepted after {accepted:.1f} s, ready after {taken.wall:.1f} s"
    return f"{number} short texts, {model or 'words alone'}: {clock}; {rate}"


async def measure_pdf(library: Library, path: Path) -> str:
    """Take a PDF in, and wait until it is searchable by words, then by meaning."""
    shelf = await Shelf(library.installation).make()
    whole = await asyncio.to_thread(path.read_bytes)
    kind = recognise(whole[:HEAD_BYTES], path.name)

    async def content() -> AsyncIterator[bytes]:
        yield whole

    began, used = time.perf_counter(), await _cpu(library)
    file = Uploaded(path.name, kind.kind, kind.media_type, content(), len(whole))
    added = await add_file(shelf.ctx, shelf.base_id, file)
    await settle(shelf, states=("embedding", "ready", "failed"))
    words = Taken(time.perf_counter() - began, await _cpu(library) - used)
    await settle(shelf)
    meaning = Taken(time.perf_counter() - began, await _cpu(library) - used)
    async with shelf.ctx.transaction(durable=False) as sql:
        row = await sql.fetchrow(
            "SELECT status, chunk_count, page_count FROM knowledge_documents AS d JOIN knowledge_contents AS c"
            " ON c.document_id = d.id AND c.version = d.version WHERE d.id = $1",
            added.document.id,
        )
    assert row is not None
    return (
        f"| {path.name} | {row['status']} | {row['page_count']} | {row['chunk_count']} | {words.wall:.1f} |"
        f" {words.cpu:.1f} | {meaning.wall:.1f} | {meaning.cpu:.1f} |"
    )


async def compare_extraction(library: Library, path: Path, rounds: int = 3) -> str:
    """Read a PDF as the product does and with the library alone, both in processes of their own; best of some.

    Pages that are pictures are left alone, as the library does: tesseract takes a second for each.
    """
    limits = limits_of(library.installation.ports.settings.knowledge)._replace(ocr=None)
    product, bare = [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), await _cpu(library)
        await extract(path, name=path.name, limits=limits)
        product.append(Taken(time.perf_counter() - began, await _cpu(library) - used))
        began, used = time.perf_counter(), await _cpu(library)
        await asyncio.to_thread(
            subprocess.run, [sys.executable, "-I", "-c", _BARE, str(path)], check=True, capture_output=True
        )
        bare.append(Taken(time.perf_counter() - began, await _cpu(library) - used))
    wall = min(one.wall for one in product), min(one.wall for one in bare)
    cpu = min(one.cpu for one in product), min(one.cpu for one in bare)
    room = [await asyncio.to_thread(_peak_mb, code, path) for code in (_OURS, _BARE)]
    return (
        f"| {path.name} | {wall[0]:.2f} | {wall[1]:.2f} | {wall[0] / wall[1]:.2f} |"
        f" {cpu[0]:.2f} | {cpu[1]:.2f} | {cpu[0] / cpu[1]:.2f} | {room[0]:.0f} | {room[1]:.0f} |"
    )


def _peak_mb(code: str, path: Path) -> float:
    """Return the most memory that a process running some code had, or one that it started, whichever is larger."""
    command = [sys.executable, "-c", _PEAK, sys.executable, "-c", code, str(path)]
    return int(subprocess.run(command, check=True, capture_output=True).stdout) * 1024 / 1e6
