"""Starting, pinning and weighing the processes of a run, from `/proc`."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60.0


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cores() -> tuple[set[int], set[int]]:
    """Return the core for the server under test and the cores for everything else (the same, if there is one)."""
    usable = sorted(os.sched_getaffinity(0))
    return {usable[-1]}, set(usable[:-1]) or {usable[-1]}


def pin(pid: int, to: set[int]) -> None:
    """Keep every thread of a process on some cores; what it starts later inherits that."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(int(task.name), to)


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds, user and system, of a process's threads that live; 0 if it has gone.

    From `schedstat`, which counts nanoseconds: `stat` counts hundredths of a second.
    """
    total = 0
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                total += int((task / "schedstat").read_text(encoding="utf-8").split()[0])
    return total / 1e9


def cpu_of_ended_children(pid: int) -> float:
    """Return the CPU seconds of the processes that a process has started and waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(field) for field in fields[13:15]) / _TICKS


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found += [int(child) for child in (task / "children").read_text(encoding="utf-8").split()]
    return found


class Running:
    """A process of ours.

    Args:
        command: arguments after the Python interpreter.
        port: where it answers.
        environment: set besides our own.
        folder: where it runs.
        log: where its output goes.
    """

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        log: IO[bytes] | None = None,
    ) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MEDEA_", "OPENROUTER"))}
        output = subprocess.DEVNULL if log is None else log
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**kept, **(environment or {})},
            cwd=folder,
        )

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self.process.pid

    def wait_until_it_listens(self) -> None:
        """Wait until somebody accepts connections on the port.

        Raises:
            RuntimeError: the process ended, or nobody does in a minute.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.01)
        raise RuntimeError(f"{self.process.args!r} does not listen on port {self.port}")

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
