"""`medea` as its users call it - a process, its output, its exit status - without the seconds of importing.

A process that has imported everything, and done nothing, waits: each command is a fork of it. Whatever a command
learns of its surroundings (environment, folder, standard streams) it has before anything of Medea's runs.
"""

import asyncio
import atexit
import contextlib
import io
import multiprocessing
import multiprocessing.connection
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection
from pathlib import Path

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(
    [
        "pytest",  # a fork takes it for its main program
        "tests.support.commands",
        "medea.apps.bootstrap",
        "medea.apps.cli.main",
        "medea.apps.cli.database",
        "medea.apps.cli.serve",
        "medea.seeds.demo",
    ]
)

_asking = threading.Lock()  # whoever starts a process asks how all others are, and one answer is not for two


def call(
    arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], said: str, seconds: float = 120
) -> "subprocess.CompletedProcess[str]":
    """Run a command of Medea to its end.

    Args:
        arguments: behind `medea`.
        cwd: its folder.
        env: its environment, the whole of it.
        said: what it reads.
        seconds: after which it counts as stuck.

    Raises:
        TimeoutExpired: it is stuck; it is killed.
    """
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("in", "out", "err")]
        for stream in streams:
            stream.write_text(said if stream.name == "in" else "", encoding="utf-8")
        places = [str(stream) for stream in streams]
        process = _forks.Process(target=_run, args=(list(arguments), str(cwd), dict(env), places), daemon=True)
        with _asking:
            process.start()
        is_done = bool(multiprocessing.connection.wait([process.sentinel], seconds))
        if not is_done:
            process.kill()
        with _asking:
            process.join()
            status = process.exitcode
            process.close()
        out, err = (stream.read_text(encoding="utf-8", errors="replace") for stream in streams[1:])
    if status is None or not is_done:
        raise subprocess.TimeoutExpired(["medea", *arguments], seconds, out, err)
    return subprocess.CompletedProcess(["medea", *arguments], status, out, err)


class Running:
    """A command that runs until somebody ends it.

    Args:
        arguments: behind `medea`.
        env: its environment, the whole of it.
    """

    def __init__(self, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        self._output, there = _forks.Pipe(duplex=False)
        self._process = _forks.Process(target=_serve, args=(list(arguments), dict(env), there), daemon=True)
        with _asking:
            self._process.start()
        there.close()
        self._ended: Future[int] = Future()
        self._ended.set_running_or_notify_cancel()  # so that nobody who waits for it cancels it
        _running.add(self)
        threading.Thread(target=self._await_end, name="command", daemon=True).start()

    @classmethod
    async def start(cls, arguments: Sequence[str], env: Mapping[str, str]) -> "Running":
        """Start it; the first of all waits for what is to be imported."""
        return await asyncio.to_thread(cls, arguments, env)

    @property
    def returncode(self) -> int | None:
        """Its exit status, or minus the signal that ended it; None: it runs."""
        return self._ended.result() if self._ended.done() else None

    def send_signal(self, which: signal.Signals) -> None:
        """Send it a signal.

        Raises:
            ProcessLookupError: it has ended.
        """
        if self.returncode is not None or self._process.pid is None:
            raise ProcessLookupError
        os.kill(self._process.pid, which)

    async def wait(self) -> int:
        """Wait for its end and return its exit status; any number of tasks may."""
        return await asyncio.wrap_future(self._ended)

    def _await_end(self) -> None:
        """Wait in a thread, which alone asks for the status: whoever starts another command holds the lock long."""
        multiprocessing.connection.wait([self._process.sentinel])
        with _asking:
            self._process.join()
            status = self._process.exitcode
        _running.discard(self)
        self._ended.set_result(-signal.SIGKILL if status is None else status)

    async def lines(self) -> AsyncIterator[str]:
        """Yield what it prints, line by line, to the end."""
        reader = asyncio.StreamReader(limit=1 << 20)
        # the transport closes it
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._output)
        async for line in reader:
            yield line.decode(errors="replace")


def end_leftovers(left: Iterable[Running], seconds: float = 30) -> None:
    """End commands that a test left behind, also those that stand still, and see that they have ended.

    Args:
        left: the commands.
        seconds: for all of them to end by themselves.
    """
    commands, until = list(left), time.monotonic() + seconds
    for which in (signal.SIGTERM, signal.SIGCONT, signal.SIGKILL):
        for command in commands:
            if which == signal.SIGKILL:
                multiprocessing.connection.wait([command._process.sentinel], max(0.0, until - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                command.send_signal(which)


_running: set[Running] = set()
# before multiprocessing's own, which was registered earlier: that one waits for ever for what stands still
atexit.register(lambda: end_leftovers(_running))


def _run(arguments: list[str], cwd: str, env: dict[str, str], streams: list[str]) -> None:
    os.chdir(cwd)
    opened = [
        os.open(path, os.O_WRONLY | os.O_APPEND if number else os.O_RDONLY) for number, path in enumerate(streams)
    ]
    _be(arguments, env, opened)


def _serve(arguments: list[str], env: dict[str, str], output: Connection) -> None:
    with contextlib.closing(output):
        opened = [os.open(os.devnull, os.O_RDONLY), os.dup(output.fileno()), os.dup(output.fileno())]
    _be(arguments, env, opened)


def _be(arguments: list[str], env: dict[str, str], streams: list[int]) -> None:
    """Become the command: this is what the fork does."""
    os.environ.clear()
    os.environ.update(env)
    for number, opened in enumerate(streams):
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (_text(number) for number in range(3))
    sys.argv = ["medea", *arguments]
    from medea.apps.cli.main import main

    main()


def _text(number: int) -> io.TextIOWrapper:
    raw = io.FileIO(number, "w" if number else "r", closefd=False)
    buffered = io.BufferedWriter(raw) if number else io.BufferedReader(raw)
    return io.TextIOWrapper(buffered, encoding="utf-8", errors="replace", line_buffering=number == 2)
