"""`make test`: every test there is, stage by stage, with a table of times at the end.

Usage: python -m tools.test [check|python|web|browser ...]   (no stage named: all of them)
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools import services
from tools.environment import tool
from tools.steps import ROOT, Fault, clean_environment, say, tell_faults
from tools.web import WEB, ensure_packages, find_npm

COUNTERPARTS = ROOT / "tests" / "counterparts"
COPILOTKIT = COUNTERPARTS / "copilotkit"
REQUIRE_SERVICES = os.environ.get("MEDEA_TEST_REQUIRE_SERVICES") == "1"

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC_BROWSERS = (Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),)


@dataclass(frozen=True)
class Step:
    """A command of a stage."""

    name: str
    command: Sequence[str]
    folder: Path = ROOT


@dataclass(frozen=True)
class Done:
    """What became of a step: `passed`, `FAILED`, or one of `FAILED` and `SKIPPED` with the reason."""

    name: str
    seconds: float
    outcome: str

    @property
    def is_failed(self) -> bool:
        """Whether `make test` fails with it."""
        return self.outcome.startswith("FAILED")


def main() -> int:
    """Run the stages and return the exit status: 0 when all of them passed."""
    wanted = sys.argv[1:] or list(_STAGES)
    if unknown := [name for name in wanted if name not in _STAGES]:
        raise Fault(f"There is no stage {unknown[0]}: choose from {', '.join(_STAGES)}.")
    results: list[tuple[Done, list[Done]]] = []
    for name in wanted:
        say(f"\n━━ {name} ━━")
        began = time.monotonic()
        steps = _STAGES[name]()
        outcome = "FAILED" if any(step.is_failed for step in steps) else "passed"
        results.append((Done(name, time.monotonic() - began, outcome), steps))
    for line in table(results):
        say(line)
    return 1 if any(stage.is_failed for stage, _ in results) else 0


def table(results: Sequence[tuple[Done, Sequence[Done]]]) -> list[str]:
    """Return the lines of the summary: each stage with its steps, the seconds they took and what became of them."""
    lines = ["", "━━ summary ━━"]
    for stage, steps in results:
        lines.append(f"  {stage.name:<26} {stage.seconds:7.1f} s   {stage.outcome}")
        lines += [f"    {step.name:<24} {step.seconds:7.1f} s   {step.outcome}" for step in steps]
    lines.append(f"  {'together':<26} {sum(stage.seconds for stage, _ in results):7.1f} s")
    failed = [stage.name for stage, _ in results if stage.is_failed]
    return [*lines, f"  failed: {', '.join(failed)}" if failed else f"  {'all' if len(results) > 1 else 'it'} passed"]


def check() -> list[Done]:
    """Run what reads the code without running it: Python and TypeScript side by side."""
    npm = find_npm()
    ensure_packages(WEB)
    return run(
        [
            Step("ruff check", [tool("ruff"), "check", "--quiet"]),
            Step("ruff format", [tool("ruff"), "format", "--check", "--quiet"]),
            Step("mypy --strict", [tool("mypy")]),
        ],
        [
            Step("biome, tsc", [npm, "run", "--silent", "check"], WEB),
            Step("import-linter", [tool("lint-imports"), "--no-logo"]),
            Step("API description and types", [sys.executable, "-m", "tools.openapi", "--check"]),
        ],
    )


def python() -> list[Done]:
    """Run the Python tests, all but those in the browser; some of them wait, so one more than there are processors."""
    if COUNTERPARTS.joinpath("package-lock.json").exists():
        ensure_packages(COUNTERPARTS)
    with services.running(is_required=REQUIRE_SERVICES):
        return run([Step("pytest", [tool("pytest"), "-n", "3", "--dist", "worksteal", "-m", "not browser"])])


def web() -> list[Done]:
    """Run the TypeScript tests and the size budgets."""
    npm = find_npm()
    ensure_packages(WEB)
    return run(
        [
            Step("vitest", [npm, "run", "--silent", "test"], WEB),
            Step("size budgets", [npm, "run", "--silent", "size"], WEB),
        ]
    )


def browser() -> list[Done]:
    """Run the tests in Chromium, two files at a time: those of a file share a server."""
    chromium = _find_chromium()
    if chromium is None:
        advice = (
            "no Chromium found: install it (Debian: apt-get install chromium; Ubuntu: snap install chromium; "
            "macOS: Google Chrome) or name it with MEDEA_TEST_CHROMIUM"
        )
        say(f"  !! {advice}")
        return [Done("pytest", 0, f"FAILED: {advice}" if REQUIRE_SERVICES else "SKIPPED: no Chromium")]
    os.environ["MEDEA_TEST_CHROMIUM"] = chromium
    if COPILOTKIT.joinpath("package-lock.json").exists():
        with suppress(Fault):  # whoever needs them says what is missing
            ensure_packages(COPILOTKIT)
    return run([Step("pytest", [tool("pytest"), "-n", "2", "--dist", "loadfile", "-m", "browser"])])


_STAGES: dict[str, Callable[[], list[Done]]] = {"check": check, "python": python, "web": web, "browser": browser}


def run(*lanes: Sequence[Step]) -> list[Done]:
    """Run the steps of each lane one after another, and the lanes side by side; what failed stops nothing.

    A lane that is alone writes to the terminal. Where there are several, each step is shown when it is done.
    """
    with ThreadPoolExecutor(len(lanes)) as threads:
        found = threads.map(lambda lane: [_run(step, is_alone=len(lanes) == 1) for step in lane], lanes)
        return [done for lane in found for done in lane]


def _run(step: Step, *, is_alone: bool) -> Done:
    began = time.monotonic()
    heading = f"→ {step.name}"
    if is_alone:
        say(heading)
    with tempfile.TemporaryFile() as output:
        told = None if is_alone else output
        done = subprocess.run(
            step.command, cwd=step.folder, env=clean_environment(), stdout=told, stderr=told, check=False
        )
        output.seek(0)
        said = [] if is_alone else [heading, *output.read().decode(errors="replace").splitlines()]
    seconds = time.monotonic() - began
    outcome = "passed" if done.returncode == 0 else "FAILED"
    say("\n".join([*said, f"  {outcome} after {seconds:.1f} s"]))
    return Done(step.name, seconds, outcome)


def _find_chromium() -> str | None:
    named = os.environ.get("MEDEA_TEST_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    return found or next((str(path) for path in _MAC_BROWSERS if path.exists()), None)


if __name__ == "__main__":
    tell_faults(main)
