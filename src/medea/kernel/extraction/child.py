"""The child's end: reads one order, gives up what it does not need, reads one file, answers, and is gone.

Started by `sandbox`; its arguments are the descriptor of the order and the process id of the parent. What it imports it
imports for every file anew: nothing that only some need, and nothing large (tests look at that).
"""

import json
import os
import sys
import time
from typing import Any

from medea.kernel.extraction import confinement, enclosure, reading
from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.protocol import FAILED, PICTURE, PREFIX, RESULT, STEP, Failed, Order, Step
from medea.kernel.extraction.readers.drawing import draw
from medea.kernel.extraction.readers.sitemaps import read_sitemap

_EVERY = 0.25  # seconds between two words on how far it is


class _Answers:
    """Writes to the parent."""

    def __init__(self) -> None:
        self._last = 0.0

    def send(self, kind: bytes, payload: bytes) -> None:
        message = PREFIX.pack(kind, len(payload)) + payload
        while message:
            message = message[os.write(1, message) :]

    def step(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last >= _EVERY:
            self._last = now
            self.send(STEP, _encode(Step(done, total)))


def main() -> None:
    """Do what the order says."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    with os.fdopen(descriptor, "rb") as given:
        order = _order(given.read())
    limits = order.limits
    confinement.limit(memory=limits.memory, seconds=limits.seconds, output=limits.output, parent=parent)
    confinement.shut(may_start_programs=order.what == "extract" and limits.ocr is not None)
    enclosure.enclose()
    answers = _Answers()
    try:
        kind, payload = _obey(order, answers)
    except ExtractionFailed as failure:
        kind, payload = FAILED, _encode(Failed(failure.code, failure.message))
    except (MemoryError, RecursionError):
        kind, payload = FAILED, _encode(Failed("too_complex", _TOO_COMPLEX))
    answers.send(kind, payload)
    os._exit(0)  # libraries that tidy up could only crash now


_TOO_COMPLEX = (
    "Reading the file takes more memory than a document may. Split it, or save it more simply: such files are often"
    " made to break their reader."
)


def _order(given: bytes) -> Order:
    what, limits, *others = json.loads(given)
    return Order(what, Limits(*limits), *others)


def _encode(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _obey(order: Order, answers: _Answers) -> tuple[bytes, bytes]:
    with os.fdopen(0, "rb", closefd=False) as file:
        content = file.read(order.limits.file + 1)
    if len(content) > order.limits.file:
        raise ExtractionFailed("file_too_large", f"The file has more than {order.limits.file / 1e6:g} MB. Split it.")
    if order.what == "draw":
        return PICTURE, draw(content, order.page, order.quote, order.scale)
    if order.what == "sitemap":
        return RESULT, _encode(read_sitemap(content, order.limits))
    return RESULT, _encode(reading.read(content, order, answers.step))
