"""Steps of a set-up: what is being done, how long it took, and one sentence when it cannot be done."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / ".medea-setup.log"

_LINES_SHOWN = 25
_OFFLINE_SIGNS = ("EAI_AGAIN", "ENOTFOUND", "ECONNREFUSED", "dns error", "NameResolution", "client error (Connect)")


class Fault(Exception):
    """Something on this machine is missing or in the way; the message is one sentence for the user."""


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a step and say how long it took."""
    began = time.monotonic()
    say(f"→ {text} …")
    yield
    say(f"  done in {time.monotonic() - began:.1f} s")


def tell_faults(work: Callable[[], int | None]) -> NoReturn:
    """Run a tool's main function; what it could foresee becomes one sentence and exit status 1."""
    try:
        sys.exit(work() or 0)
    except Fault as fault:
        print(f"✗ {fault}", file=sys.stderr, flush=True)
    except PermissionError as error:
        where = error.filename or ROOT
        print(f"✗ Medea cannot write to {where}: make the folder writable, or clone to one that is.", file=sys.stderr)
    except OSError as error:
        print(f"✗ {error.filename or ROOT}: {error.strerror or error}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("✗ Stopped; run the same command again to go on.", file=sys.stderr)
        sys.exit(130)
    sys.exit(1)


def check_writable(folder: Path) -> None:
    """See that files can be made in a folder.

    Raises:
        Fault: They cannot; the sentence names the folder.
    """
    probe = folder / f".probe-{os.getpid()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Fault(
            f"Medea cannot write to the folder {folder} ({error.strerror}): "
            "make it writable, or clone to a folder that is."
        ) from error


def call(command: list[str], *, cwd: Path = ROOT, extra: Mapping[str, str] | None = None, failure: str) -> None:
    """Run a tool: its output goes to the terminal if there is one, else to a log that is shown on failure.

    Raises:
        Fault: It failed; `failure` says what that means.
    """
    environment = clean_environment() | dict(extra or {})
    if sys.stderr.isatty():
        done = subprocess.run(command, cwd=cwd, env=environment, check=False)
        output = ""
    else:
        with LOG.open("w+b") as log:
            done = subprocess.run(command, cwd=cwd, env=environment, stdout=log, stderr=log, check=False)
        output = LOG.read_text(encoding="utf-8", errors="replace")
    if done.returncode == 0:
        return
    for line in output.splitlines()[-_LINES_SHOWN:]:
        print(f"    {line}", file=sys.stderr)
    if any(sign in output for sign in _OFFLINE_SIGNS):
        failure = (
            f"{failure.rstrip('.')}: the package index cannot be reached from here, check the network or the proxy."
        )
    raise Fault(failure)


def clean_environment() -> dict[str, str]:
    """Return this environment without what would make the tools work on another Python or project."""
    unwanted = {
        "PYTHONHOME",
        "PYTHONPATH",
        "VIRTUAL_ENV",
        "PIP_REQUIRE_VIRTUALENV",
        "PIP_TARGET",
        "PIP_USER",
        "NODE_ENV",
    }
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def digest(parts: Iterable[str | Path]) -> str:
    """Hash words and the content of files, in the order given."""
    state = hashlib.sha256()
    for part in parts:
        state.update(str(part).encode() + b"\0")
        if isinstance(part, Path):
            state.update(part.read_bytes() + b"\0")
    return state.hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    """Tell whether a stamp file holds this value."""
    try:
        return stamp.read_text(encoding="utf-8").strip() == value
    except OSError:
        return False
