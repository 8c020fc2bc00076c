"""What a clone holds: nothing of one machine, no registry's address, no unfinished work, pinned dependencies."""

import json
import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, files, shown

# put together here, so that this file does not hold what it looks for
REGISTRIES = re.compile(
    r"|".join(
        re.escape(".".join(host))
        for host in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("registry", "yarnpkg", "com"),
            ("npmmirror", "com"),
            ("deb", "debian", "org"),
        )
    )
)
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
MACHINE = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+|work)/")
TEXTS = (
    "", ".cfg", ".css", ".html", ".in", ".ini", ".js", ".json", ".jsx", ".mako", ".md", ".mjs", ".mts", ".py", ".sh",
    ".sql", ".svg", ".toml", ".ts", ".tsx", ".txt", ".yaml", ".yml",
)  # fmt: skip


def found(pattern: re.Pattern[str], *, skip: tuple[str, ...] = ()) -> list[str]:
    hits = []
    for path in files():
        if path.suffix not in TEXTS or path.name in skip:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                hits.append(f"{shown(path)}:{number} {line.strip()[:100]}")
    return hits


def test_no_registry_is_named() -> None:
    assert not (hits := found(REGISTRIES)), hits


def test_no_path_of_one_machine_is_named() -> None:
    assert not (hits := found(MACHINE)), hits


def test_nothing_is_left_to_do_later() -> None:
    assert not (hits := found(UNFINISHED, skip=("LICENSE", "package-lock.json"))), hits


@pytest.mark.parametrize("name", ["uv", "run", "dev"])
def test_python_pins_have_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=[A-Za-z])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert pins
    for pin in pins:
        assert re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+", pin), pin.splitlines()[0]
        assert "--hash=sha256:" in pin, pin.splitlines()[0]
    assert not re.search(r"^--(extra-)?index-url|^--find-links|://", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", ["run", "dev"])
def test_python_pins_cover_what_is_asked_for(name: str) -> None:
    asked = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    pins = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pinned = {
        pin.lower().replace("_", "-") for pin in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", pins, re.MULTILINE)
    }
    names = {re.split(r"[\[<>=!~ ;]", line)[0].lower() for line in asked if line and not line.startswith(("#", "-"))}
    assert not names - pinned, f"run `make pins`: {sorted(names - pinned)}"


def locks() -> list[Path]:
    return [path for path in files(".json") if path.name == "package-lock.json"]


@pytest.mark.parametrize("lock", locks(), ids=shown)
def test_npm_locks_have_integrity_and_no_addresses(lock: Path) -> None:
    for name, entry in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
        if "node_modules/" in name and not entry.get("link"):
            assert "integrity" in entry or entry.get("inBundle"), name
            assert "://" not in entry.get("resolved", ""), name


def test_the_licence_is_apache() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
