"""The browser parts: npm packages from the lock file, and builds of those parts whose sources changed."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.steps import ROOT, Fault, call, check_writable, digest, is_stamped, step

WEB = ROOT / "web"
OLDEST_NODE = (20, 19)

_NOT_SOURCES = {"node_modules", "dist", ".tanstack", "coverage"}


def ensure_packages(folder: Path) -> bool:
    """Install a folder's npm packages if they are not those of its lock file.

    Returns:
        Whether anything was installed.

    Raises:
        Fault: No usable Node.js, or the packages cannot be had.
    """
    if _packages_match(folder):
        return False
    npm = find_npm()
    check_writable(folder)
    with step(f"Installing npm packages of {folder.relative_to(ROOT)}"):
        call(
            [npm, "ci", "--no-audit", "--no-fund", "--no-update-notifier"],
            cwd=folder,
            failure=f"The npm packages of {folder.relative_to(ROOT)} could not be installed.",
        )
    return True


def ensure_built() -> None:
    """Build the parts (`build:*` of web/package.json) whose sources changed since their last build.

    Raises:
        Fault: No usable Node.js, or a part does not build.
    """
    stale = [part for part in _parts() if not _is_built(part)]
    if not stale:
        return
    npm = find_npm()
    ensure_packages(WEB)
    for part in stale:
        with step(f"Building {part}"):
            # taken before the build: what is edited meanwhile is built next time
            value = _sources_digest(part)
            call([npm, "run", "--silent", f"build:{part}"], cwd=WEB, failure=f"The web part {part} does not build.")
            _stamp_file(part).write_text(value, encoding="utf-8")


def find_npm() -> str:
    """Return the path of npm after seeing that Node.js is new enough.

    Raises:
        Fault: Node.js or npm is missing or too old.
    """
    oldest = ".".join(map(str, OLDEST_NODE))
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        raise Fault(f"Medea needs Node.js {oldest} or newer to build its web parts and found none: install it.")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = re.match(r"v(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_NODE:
        raise Fault(f"Medea needs Node.js {oldest} or newer and found {said or 'one that does not start'}: update it.")
    npm = shutil.which("npm")
    if npm is None:
        raise Fault("Node.js is there but npm is not: install npm (Debian and Ubuntu: the package npm).")
    return npm


def _parts() -> list[str]:
    scripts: dict[str, str] = json.loads((WEB / "package.json").read_text(encoding="utf-8")).get("scripts", {})
    return [name.removeprefix("build:") for name in scripts if name.startswith("build:")]


def _is_built(part: str) -> bool:
    return (_folder(part) / "dist").is_dir() and is_stamped(_stamp_file(part), _sources_digest(part))


def _folder(part: str) -> Path:
    app = WEB / "apps" / part
    return app if app.is_dir() else WEB / "packages" / part


def _stamp_file(part: str) -> Path:
    return WEB / "node_modules" / f".medea-built-{part}"


def _sources_digest(part: str) -> str:
    files = {file for folder in (_folder(part), WEB / "packages") for file in _sources(folder)}
    files |= {file for file in WEB.iterdir() if file.is_file()}
    return digest(sorted(files))


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _NOT_SOURCES or path.name == "routeTree.gen.ts":  # the build itself writes the latter
            continue
        if path.is_dir():
            yield from _sources(path)
        elif path.is_file():
            yield path


def _packages_match(folder: Path) -> bool:
    """Compare npm's own record of what is installed with the lock file."""
    try:
        wanted = _packages(folder / "package-lock.json")
        present = _packages(folder / "node_modules" / ".package-lock.json")
    except (OSError, ValueError):
        return False
    # a package for another processor or system is in the lock file alone, and is marked optional there
    return all(
        _identity(present[name]) == _identity(entry) if name in present else bool(entry.get("optional"))
        for name, entry in wanted.items()
    ) and all(name in wanted for name in present)


def _packages(lock: Path) -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return {name: entry for name, entry in entries.items() if "node_modules/" in name}


def _identity(entry: dict[str, Any]) -> tuple[Any, ...]:
    return entry.get("version"), entry.get("integrity"), entry.get("link"), entry.get("link") and entry.get("resolved")
