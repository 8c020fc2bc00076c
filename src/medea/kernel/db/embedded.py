"""The embedded PostgreSQL: the real server, started from the Python environment in the data folder.

It listens on a unix socket only, in a folder that no other account can enter. The server is a session
of its own, so Ctrl-C in a terminal reaches Medea alone, and Medea stops it. After `kill -9` of Medea the
server lives on and the next start adopts it; after `kill -9` of the server `revive` or the next start recovers.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from medea.kernel.datafolder import DataFolder
from medea.kernel.db.cluster import PORT, SUPERUSER, Cluster, EmbeddedPostgresError, first_fault

# For one machine with Medea beside it. fsync and synchronous_commit stay on: an answered request is kept.
TUNING: Mapping[str, str] = {
    "shared_buffers": "128MB",
    "max_connections": "120",
    "wal_compression": "on",
    "wal_level": "minimal",  # nobody replicates from here
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "jit": "off",  # compiling costs more than our statements
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",  # spares three worker processes
    "random_page_cost": "1.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "cluster_name": "medea",
}

_START_SECONDS = 120.0  # recovery after a crash may have much to replay
_STOP_SECONDS = 20.0
_ORPHAN_SECONDS = 10.0
_POLL_SECONDS = 0.01
_NOBODY = 2**31 - 1  # above every system's largest process number
_LARGEST_LOG = 5_000_000  # bytes; the log of earlier runs beyond this is set aside


@dataclass(frozen=True)
class PostgresAddress:
    """Where the server is to be reached; `host` is the folder of its unix socket, the port is the usual one."""

    host: str
    user: str = SUPERUSER

    def url(self, database: str = "postgres") -> str:
        """Return it as a connection string that asyncpg and psql understand."""
        return f"postgresql://{self.user}@/{database}?host={quote(self.host, safe='/')}"


@dataclass(frozen=True)
class _Postmaster:
    """What `postmaster.pid` says, and whether it is still so."""

    pid: int
    socket_dir: str
    status: str

    @classmethod
    def read(cls, path: Path) -> "_Postmaster | None":
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            pid = int(lines[0])
        except (OSError, ValueError, IndexError):
            return None
        rest = [line.strip() for line in lines] + [""] * 8
        return cls(pid=pid, socket_dir=rest[4], status=rest[7])

    def is_alive(self, cluster: Path) -> bool:
        """Whether that process is there and is the PostgreSQL of this cluster, not a later owner of its number."""
        command = _command_of(self.pid)
        return command is not None and "postgres" in command and str(cluster) in command

    @property
    def is_ready(self) -> bool:
        """Whether it says so and lets somebody in."""
        if self.status != "ready" or not self.socket_dir:
            return False
        with socket.socket(socket.AF_UNIX) as knock:
            knock.settimeout(2.0)
            try:
                knock.connect(f"{self.socket_dir}/.s.PGSQL.{PORT}")
            except OSError:
                return False
            return True


class EmbeddedPostgres:
    """One embedded server; `start` and `stop` for event loops, the `_blocking` pair for everybody else."""

    def __init__(self, data_dir: Path, *, tuning: Mapping[str, str] | None = None) -> None:
        """Describe the server of a data folder; nothing is touched before `start`.

        Args:
            data_dir: The data folder; the cluster is its folder `postgres`.
            tuning: Settings that replace those of `TUNING`, for tests and benchmarks.
        """
        self.folder = DataFolder(data_dir)
        self._tuning = {**TUNING, **(tuning or {})}
        self._cluster: Cluster | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._in_turn = threading.Lock()  # a stop waits for a start that goes on in another thread

    async def start(self) -> PostgresAddress:
        """Start or adopt the server and return its address once it answers.

        Raises:
            DataFolderError: The folder cannot be used, or another Medea has it.
            EmbeddedPostgresError: The server does not come up; the message says why in one sentence.
        """
        return await asyncio.to_thread(self.start_blocking)

    async def stop(self) -> None:
        """Stop the server and let the data folder go. Without effect when it is not running."""
        await asyncio.to_thread(self.stop_blocking)

    async def revive(self) -> bool:
        """Start the server again if it has died since `start`, and say whether it had.

        Raises:
            EmbeddedPostgresError: It does not come up again; worth another try later.
        """
        return await asyncio.to_thread(self._revive)

    def start_blocking(self) -> PostgresAddress:
        """Do what `start` does, in the calling thread."""
        with self._in_turn:
            self.folder.acquire()
            try:
                self._cluster = cluster = Cluster(self.folder.path)
                cluster.prepare()
                return self._adopt(cluster) or self._launch(cluster)
            except PermissionError as error:
                self.folder.release()
                raise EmbeddedPostgresError(
                    f"The data folder {self.folder.path} belongs to another account ({error.filename}): "
                    "start Medea as that account or set MEDEA_DATA_DIR to another folder."
                ) from error
            except BaseException:
                self.folder.release()
                raise

    def stop_blocking(self) -> None:
        """Do what `stop` does, in the calling thread."""
        with self._in_turn:
            cluster, child = self._cluster, self._child
            self._cluster = self._child = None
            if cluster is None:
                return
            try:
                found = _Postmaster.read(cluster.pid_file)
                if child is not None:
                    self._end(cluster, child.pid, child)
                elif found is not None and found.is_alive(cluster.path):
                    self._end(cluster, found.pid, None)
            finally:
                self.folder.release()

    def _revive(self) -> bool:
        with self._in_turn:
            cluster, child = self._cluster, self._child
            if cluster is None:
                return False  # stopped on purpose
            if child is not None:
                is_alive = child.poll() is None
            else:
                found = _Postmaster.read(cluster.pid_file)
                is_alive = found is not None and found.is_alive(cluster.path)
            if is_alive:
                return False
            self._child = None
            if self._adopt(cluster) is None:
                self._launch(cluster)
            return True

    def leave_blocking(self) -> None:
        """Let the data folder go and leave the server running, for whoever adopts it next."""
        self._cluster = None
        self.folder.release()

    def running(self) -> PostgresAddress | None:
        """Return the address of the folder's server if one answers, whoever started it."""
        found = _Postmaster.read(self.folder.path / "postgres" / "postmaster.pid")
        if found is None or not found.is_alive(self.folder.path / "postgres") or not found.is_ready:
            return None
        return PostgresAddress(host=found.socket_dir)

    def _adopt(self, cluster: Cluster) -> PostgresAddress | None:
        found = _Postmaster.read(cluster.pid_file)
        if found is None:
            return None
        if not found.is_alive(cluster.path):
            self._disown(cluster, found)
            return None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            found = _Postmaster.read(cluster.pid_file)
            if found is None or not found.is_alive(cluster.path):
                return None  # it was on its way out
            if found.is_ready:
                return PostgresAddress(host=found.socket_dir)
            time.sleep(_POLL_SECONDS)
        raise EmbeddedPostgresError(
            f"The PostgreSQL of {cluster.data_dir} (process {found.pid}) runs but does not answer: see {cluster.log}."
        )

    def _disown(self, cluster: Cluster, found: _Postmaster) -> None:
        """Put a number that nobody can have into pid files whose number no longer means a server.

        PostgreSQL takes any process of that number for a server and refuses to start: an unrelated one
        (in containers numbers are small) or a dead one that no init has reaped. The rest of the file
        stays, since PostgreSQL finds surviving sessions by the shared memory that is named there.
        """
        if not _exists(found.pid):
            return
        for path in (cluster.pid_file, cluster.socket_dir / f".s.PGSQL.{PORT}.lock"):
            with contextlib.suppress(FileNotFoundError), path.open("r+", encoding="utf-8") as file:
                lines = file.read().splitlines()
                file.seek(0)
                file.truncate()
                file.write("\n".join([str(_NOBODY), *lines[1:]]) + "\n")

    def _launch(self, cluster: Cluster) -> PostgresAddress:
        deadline = time.monotonic() + _ORPHAN_SECONDS
        while True:
            offset = self._open_log(cluster)
            self._spawn(cluster)
            if self._wait_ready(cluster):
                return PostgresAddress(host=str(cluster.socket_dir))
            said = cluster.log.read_text(encoding="utf-8", errors="replace")[offset:]
            # sessions of a killed server end by themselves within moments; only then may another begin
            if "still in use" not in said or time.monotonic() > deadline:
                raise EmbeddedPostgresError(_why_not_started(cluster, said))
            time.sleep(0.2)

    def _spawn(self, cluster: Cluster) -> None:
        settings = {
            **self._tuning,
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": _quoted(str(cluster.socket_dir)),
        }
        command = [cluster.command("postgres"), "-D", str(cluster.path)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        account = cluster.account
        with cluster.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - PostgreSQL itself with our arguments
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=cluster.environment(),
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )

    def _wait_ready(self, cluster: Cluster) -> bool:
        child = self._child
        assert child is not None  # noqa: S101 - set by _spawn
        deadline = time.monotonic() + _START_SECONDS
        while child.poll() is None:
            found = _Postmaster.read(cluster.pid_file)
            if found is not None and found.pid == child.pid and found.is_ready:
                return True
            if time.monotonic() > deadline:
                self._end(cluster, child.pid, child)
                raise EmbeddedPostgresError(
                    f"PostgreSQL did not come up in {cluster.data_dir} within {_START_SECONDS:.0f} s: "
                    f"see {cluster.log}."
                )
            time.sleep(_POLL_SECONDS)
        self._child = None
        return False

    def _open_log(self, cluster: Cluster) -> int:
        """Set a grown log aside and return how many characters of it are old."""
        log = cluster.log
        if log.exists() and log.stat().st_size > _LARGEST_LOG:
            shutil.move(log, log.with_suffix(".log.1"))
        return len(log.read_text(encoding="utf-8", errors="replace")) if log.exists() else 0

    def _end(self, cluster: Cluster, pid: int, child: "subprocess.Popen[bytes] | None") -> None:
        # SIGINT is PostgreSQL's fast shutdown: sessions are cut, a checkpoint is written;
        # SIGQUIT leaves recovery to the next start
        for sign, patience in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if child.poll() is not None if child else _command_of(pid) is None:
                    return
                time.sleep(_POLL_SECONDS)
        raise EmbeddedPostgresError(
            f"PostgreSQL (process {pid}) of {cluster.data_dir} does not stop: see {cluster.log}."
        )


def _exists(pid: int) -> bool:
    """Whether a process has that number, be it dead and not yet waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _command_of(pid: int) -> str | None:
    """Return the command line of a living process, None when there is none (or only its remains)."""
    if not _exists(pid):
        return None
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip() or None
        except OSError:
            return None
    ps = shutil.which("ps")  # systems without /proc
    if ps is None:
        return ""
    done = subprocess.run([ps, "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() or None


def _quoted(value: str) -> str:
    """Quote one entry of a PostgreSQL list setting, so that spaces and commas stay part of it."""
    return '"' + value.replace('"', '""') + '"'


def _why_not_started(cluster: Cluster, said: str) -> str:
    if "No space left on device" in said:
        return f"The disk that holds {cluster.data_dir} is full: free some space and start again."
    if "still in use" in said:
        return (
            f"Sessions of an earlier PostgreSQL still work in {cluster.data_dir}: "
            "wait for them to end, or end them, and start again."
        )
    return f"PostgreSQL does not start in {cluster.data_dir} ({first_fault(said)}): see {cluster.log}."
