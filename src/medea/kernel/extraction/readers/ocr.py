"""Scanned pages by tesseract, where the machine has it: a program of its own, under the same limits."""

import os
from typing import Any

from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.readers.png import encode_png

_DOTS = 300 / 72  # tesseract is trained on 300 dots per inch
_MAX_PIXELS = 12_000_000


def is_there(limits: Limits) -> bool:
    """Tell whether scans may be read, and there is something to read them."""
    import shutil  # most documents do not need it

    return limits.ocr is not None and limits.ocr_pages > 0 and shutil.which("tesseract") is not None


def recognise(page: Any, limits: Limits, seconds: float) -> str:
    """Return the text of a page of pdfium's, empty where none is found in time."""
    import subprocess  # most documents do not need it

    width, height = page.get_size()
    scale = min(_DOTS, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, may_draw_forms=False, grayscale=True)
    picture = encode_png(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels)
    bitmap.close()
    command = ["tesseract", "stdin", "stdout", "-l", str(limits.ocr), "--dpi", str(round(72 * scale))]
    try:
        done = subprocess.run(  # noqa: S603 - our own words; the languages are the operator's
            command,
            input=picture,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"PATH": os.defpath, "OMP_THREAD_LIMIT": "1", "LANG": "C.UTF-8"},
        )
    except (subprocess.TimeoutExpired, OSError):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
