"""The parent's end: starts a child, listens to it for as long as it may run, and ends it with all it started."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

import msgspec
import structlog

from medea.kernel.extraction import enclosure
from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.protocol import FAILED, PICTURE, PREFIX, RESULT, STEP, Failed, Order, Sitemap, Step
from medea.kernel.extraction.structure import Extraction

Progress = Callable[[int, int], Awaitable[None]]
"""Told the pages done, and how many there are."""

_CHILD = (
    "import sys; packages = sys.argv.pop(1); packages in sys.path or sys.path.insert(0, packages);"
    " from medea.kernel.extraction import child; child.main()"
)
"""What a child runs. It is isolated, so neither PYTHONPATH nor its folder tells it where this package is: we do."""
_PACKAGES = str(Path(__file__).absolute().parents[3])
T = TypeVar("T")

_log = structlog.get_logger()
_places: dict[int, "_Places"] = {}

DRAWN_AT_ONCE = 2
DRAWN_NEXT = 20
"""Pages that wait to be drawn; whoever comes after them is refused."""


@dataclass(slots=True)
class _Places:
    """What keeps the number of children down in one loop: drawings and ingestion do not wait for each other."""

    reading: asyncio.Semaphore | None
    drawing: asyncio.Semaphore
    waiting: int = 0


class TooManyDrawings(Exception):
    """Too many pages wait to be drawn already."""


class ChildCrashed(Exception):
    """The child ended by a signal or without an answer: the file broke its reader."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"the reader ended with {code}")


class ChildKilled(ExtractionFailed):
    """The child was killed by somebody else than us, mostly by a kernel without memory: another time it may work."""

    def __init__(self) -> None:
        super().__init__(
            "reader_killed",
            "The server ended the reading of the file, as it does when it has no memory left. Try again later, or"
            " split the file.",
        )


def warn_of_gaps() -> None:
    """Say in the log what this system cannot keep a child from, once, where documents are going to be read."""
    if not enclosure.version():
        _log.warning(
            "extraction.files_not_enclosed",
            reason="no Landlock: who takes over the reader of a document can open what this process's user can",
            mend="Linux 5.13 or newer with landlock among its LSMs, or workers under a user of their own",
        )


async def extract(
    path: Path,
    *,
    name: str,
    limits: Limits,
    media_type: str | None = None,
    on_progress: Progress | None = None,
) -> Extraction:
    """Read the text of a file.

    Args:
        path: of the file; the child is given it open, and no name.
        name: as its sender called it.
        limits: what it may cost.
        media_type: as a web server called it, with its charset.
        on_progress: awaited from time to time.

    Raises:
        ExtractionFailed: it cannot be read, with the reason for whoever sent it.
        ChildKilled: its reader was killed from outside.
    """
    if limits.ocr is not None and shutil.which("tesseract", path=os.defpath) is None:
        limits = limits._replace(ocr=None)
    order = Order("extract", limits, name=name, media_type=media_type)
    try:
        return _decoded(await _run(order, path, on_progress), Extraction)
    except ChildCrashed as crash:
        if not await asyncio.to_thread(_is_pdf, path):
            raise _damaged(crash) from None
        _log.info("extraction.second_reader", code=crash.code)
        try:
            return _decoded(await _run(order._replace(reader="pypdf"), path, on_progress), Extraction)
        except ChildCrashed as again:
            raise _damaged(again) from None


@contextlib.asynccontextmanager
async def drawing() -> AsyncIterator[None]:
    """Wait for a place in which a page can be drawn. To be taken before its file is fetched.

    Raises:
        TooManyDrawings: too many wait already.
    """
    places = _find_places()
    if places.drawing.locked():
        if places.waiting >= DRAWN_NEXT:
            raise TooManyDrawings
        places.waiting += 1
        try:
            await places.drawing.acquire()
        finally:
            places.waiting -= 1
    else:
        await places.drawing.acquire()
    try:
        yield
    finally:
        places.drawing.release()


async def render_page(path: Path, number: int, *, quote: str | None, limits: Limits) -> bytes | None:
    """Draw a page of a PDF as PNG, with a quote marked where it is found; None: it cannot be drawn.

    In the place of the caller's, see `drawing`.
    """
    order = Order("draw", limits, page=number, quote=quote)
    try:
        return await _run_child(order, path, None)
    except (ChildCrashed, ExtractionFailed):
        return None


async def read_sitemap(path: Path, *, limits: Limits) -> Sitemap:
    """Read a sitemap (sitemaps.org), plain or compressed.

    Raises:
        ExtractionFailed: it is none.
        ChildKilled: its reader was killed from outside.
    """
    try:
        return _decoded(await _run(Order("sitemap", limits), path, None), Sitemap)
    except ChildCrashed as crash:
        raise _damaged(crash) from None


def _decoded(message: bytes, kind: type[T]) -> T:
    """Return what a child says, which may say anything: its file may have taken it over."""
    try:
        return msgspec.json.decode(message, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise ChildCrashed(0) from None


def _damaged(crash: ChildCrashed) -> ExtractionFailed:
    _log.info("extraction.crashed", code=crash.code)
    return ExtractionFailed("damaged", "The file is damaged or made to break its reader; save it anew and upload that.")


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


async def _run(order: Order, path: Path, on_progress: Progress | None) -> bytes:
    """Run one child in one of the places for reading and return its answer."""
    async with _find_reading(order.limits.processes):
        return await _run_child(order, path, on_progress)


async def _run_child(order: Order, path: Path, on_progress: Progress | None) -> bytes:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        process = await _start(order, file)
    finally:
        file.close()
    try:
        async with asyncio.timeout(order.limits.seconds):
            return await _listen(process, order.limits, on_progress)
    except TimeoutError:
        raise too_slow(order.limits) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _find_reading(processes: int) -> asyncio.Semaphore:
    """Return what keeps the number of children that read down in this loop."""
    places = _find_places()
    if places.reading is None:
        places.reading = asyncio.Semaphore(processes)
    return places.reading


def _find_places() -> _Places:
    loop = id(asyncio.get_running_loop())
    found = _places.get(loop)
    if found is None:
        _places.clear()  # a loop that is gone took its children with it
        found = _places[loop] = _Places(None, asyncio.Semaphore(DRAWN_AT_ONCE))
    return found


async def _start(order: Order, file: IO[bytes]) -> asyncio.subprocess.Process:
    given, to_child = os.pipe()
    try:
        os.write(to_child, msgspec.json.encode(order))  # some kilobytes: a pipe holds 64
        os.close(to_child)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-c",
            _CHILD,
            _PACKAGES,
            str(given),
            str(os.getpid()),
            stdin=file,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},  # none of ours: it holds secrets
            cwd="/",
            pass_fds=(given,),
            start_new_session=True,
        )
    finally:
        os.close(given)


async def _listen(process: asyncio.subprocess.Process, limits: Limits, on_progress: Progress | None) -> bytes:
    stdout = process.stdout
    assert stdout is not None  # noqa: S101 - a pipe was asked for
    left = limits.output
    while True:
        try:
            kind, length = PREFIX.unpack(await stdout.readexactly(PREFIX.size))
            left -= length
            if left < 0:
                raise ExtractionFailed("text_too_long", "The document holds more than can be taken in. Split it.")
            message = await stdout.readexactly(length)
        except asyncio.IncompleteReadError:
            code = await process.wait()
            if code == -signal.SIGXCPU:
                raise too_slow(limits) from None
            if code == -signal.SIGKILL:  # ours comes after this; that of its bound on time after our own
                _log.warning("extraction.killed")
                raise ChildKilled from None
            raise ChildCrashed(code) from None
        if kind == STEP and on_progress is not None:
            step = _decoded(message, Step)
            await on_progress(step.done, step.total)
        elif kind == FAILED:
            failed = _decoded(message, Failed)
            raise ExtractionFailed(failed.code, failed.message)
        elif kind in {RESULT, PICTURE}:
            return message


def too_slow(limits: Limits) -> ExtractionFailed:
    """Return the failure of a file that takes too long."""
    return ExtractionFailed(
        "too_slow", f"Reading the file took more than {limits.seconds:g} seconds. Split it, or save it more simply."
    )
