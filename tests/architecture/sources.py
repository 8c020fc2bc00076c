"""The files of this repository, as the architecture tests see them."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "medea"
MODULES = SRC / "modules"

_NOT_OURS = {
    ".git",
    ".grimp_cache",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".tanstack",
    ".venv",
    "__pycache__",
    "coverage",
    "dist",
    "node_modules",
}


def files(*suffixes: str, under: Path = ROOT) -> Iterator[Path]:
    """Yield our own files (all, or those with a suffix), never what tools made or installed."""
    for folder, inner, names in os.walk(under):
        inner[:] = sorted(name for name in inner if name not in _NOT_OURS and not name.startswith(".medea"))
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not name.startswith(".medea") and (not suffixes or path.suffix in suffixes):
                yield path


def shown(path: Path) -> str:
    """Return a path as people name it: from the repository's root."""
    return path.relative_to(ROOT).as_posix()


def is_generated(path: Path) -> bool:
    """Whether a program wrote the file: its name says so."""
    return ".gen." in path.name
