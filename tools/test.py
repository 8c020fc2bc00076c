"""`make test`: every test there is, stage by stage, with a table of times at the end.

Usage: python -m tools.test [check|python|web|browser ...]   (no stage named: all of them)
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import services
from tools.environment import tool
from tools.steps import ROOT, Fault, clean_environment, say, tell_faults
from tools.web import WEB, ensure_packages, find_npm

COUNTERPARTS = ROOT / "tests" / "counterparts"
REQUIRE_SERVICES = os.environ.get("MEDEA_TEST_REQUIRE_SERVICES") == "1"

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC_BROWSERS = (Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),)


@dataclass
class Result:
    """What became of one stage."""

    name: str
    seconds: float
    outcome: str


def main() -> int:
    """Run the stages and return the exit status: 0 when all of them passed."""
    wanted = sys.argv[1:] or list(_STAGES)
    if unknown := [name for name in wanted if name not in _STAGES]:
        raise Fault(f"There is no stage {unknown[0]}: choose from {', '.join(_STAGES)}.")
    results: list[Result] = []
    for name in wanted:
        say(f"\n━━ {name} ━━")
        began = time.monotonic()
        outcome = _STAGES[name]()
        results.append(Result(name, time.monotonic() - began, outcome))
    say("\n━━ summary ━━")
    for result in results:
        say(f"  {result.name:<10} {result.seconds:7.1f} s   {result.outcome}")
    failed = [result.name for result in results if result.outcome.startswith("FAILED")]
    say(f"  {'all' if len(wanted) > 1 else 'it'} passed" if not failed else f"  failed: {', '.join(failed)}")
    return 1 if failed else 0


def check() -> str:
    """Run what reads the code without running it."""
    npm = find_npm()
    ensure_packages(WEB)
    return _all(
        ("ruff check", [tool("ruff"), "check", "--quiet"], ROOT),
        ("ruff format", [tool("ruff"), "format", "--check", "--quiet"], ROOT),
        ("mypy --strict", [tool("mypy")], ROOT),
        ("import-linter", [tool("lint-imports"), "--no-logo"], ROOT),
        ("API description and types", [sys.executable, "-m", "tools.openapi", "--check"], ROOT),
        ("biome, tsc", [npm, "run", "--silent", "check"], WEB),
    )


def python() -> str:
    """Run the Python tests, two at a time, all but those in the browser."""
    if COUNTERPARTS.joinpath("package-lock.json").exists():
        ensure_packages(COUNTERPARTS)
    with services.running(is_required=REQUIRE_SERVICES):
        return _all(("pytest", [tool("pytest"), "-n", "2", "-m", "not browser"], ROOT))


def web() -> str:
    """Run the TypeScript tests and the size budgets."""
    npm = find_npm()
    ensure_packages(WEB)
    return _all(
        ("vitest", [npm, "run", "--silent", "test"], WEB),
        ("size budgets", [npm, "run", "--silent", "size"], WEB),
    )


def browser() -> str:
    """Run the tests in Chromium, one at a time: two browsers on two cores would only wait for each other."""
    chromium = _find_chromium()
    if chromium is None:
        advice = (
            "no Chromium found: install it (Debian: apt-get install chromium; Ubuntu: snap install chromium; "
            "macOS: Google Chrome) or name it with MEDEA_TEST_CHROMIUM"
        )
        say(f"  !! {advice}")
        return f"FAILED: {advice}" if REQUIRE_SERVICES else "SKIPPED: no Chromium"
    os.environ["MEDEA_TEST_CHROMIUM"] = chromium
    return _all(("pytest", [tool("pytest"), "-m", "browser"], ROOT))


_STAGES: dict[str, Callable[[], str]] = {"check": check, "python": python, "web": web, "browser": browser}


def _all(*commands: tuple[str, list[str], Path]) -> str:
    failed = []
    for name, command, folder in commands:
        say(f"→ {name}")
        began = time.monotonic()
        done = subprocess.run(command, cwd=folder, env=clean_environment(), check=False)
        say(f"  {'ok' if done.returncode == 0 else 'FAILED'} after {time.monotonic() - began:.1f} s")
        if done.returncode != 0:
            failed.append(name)
    return f"FAILED: {', '.join(failed)}" if failed else "passed"


def _find_chromium() -> str | None:
    named = os.environ.get("MEDEA_TEST_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    return found or next((str(path) for path in _MAC_BROWSERS if path.exists()), None)


if __name__ == "__main__":
    tell_faults(main)
