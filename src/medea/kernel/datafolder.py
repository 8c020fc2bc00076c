"""The data folder: what Medea keeps on this machine, held by one process at a time."""

import errno
import fcntl
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LOCK_NAME = "medea.lock"


class DataFolderError(RuntimeError):
    """The data folder cannot be used; the message is one sentence for the operator."""


class DataFolderInUse(DataFolderError):
    """Another Medea holds the data folder."""


@dataclass(frozen=True)
class Holder:
    """Who holds a data folder."""

    pid: int
    command: str
    since: float

    def __str__(self) -> str:
        return f"process {self.pid} ({self.command})"


class DataFolder:
    """One data folder, created on demand and locked while in use.

    The lock is the kernel's (`flock`), so it goes with the process that holds it, however that one
    ends; what the file says is only for the sentence that the second start prints.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self._lock: IO[str] | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._lock is not None

    def create(self) -> None:
        """Make the folder if it is missing and see that it can be written to.

        Raises:
            DataFolderError: It is a file, or this account may not write there, or the disk is full.
        """
        try:
            self.path.mkdir(mode=0o755, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.path, prefix=".probe-") as probe:  # containers share numbers
                probe.write(b"medea")
                probe.flush()
        except OSError as error:
            raise DataFolderError(_why_unusable(self.path, error)) from error

    def acquire(self) -> None:
        """Take the folder for this process.

        Raises:
            DataFolderInUse: Another process has it; the message names that process.
            DataFolderError: The folder cannot be written to.
        """
        if self._lock is not None:
            return
        self.create()
        lock = (self.path / LOCK_NAME).open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            if error.errno not in {errno.EAGAIN, errno.EACCES}:
                raise DataFolderError(_why_unusable(self.path, error)) from error
            holder = self.holder()
            raise DataFolderInUse(
                f"The data folder {self.path} is in use by {holder or 'another Medea'}: "
                "stop that one first, or set MEDEA_DATA_DIR to another folder."
            ) from error
        lock.seek(0)
        lock.truncate()
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200]
        json.dump({"pid": os.getpid(), "command": command, "since": time.time()}, lock)
        lock.flush()
        self._lock = lock

    def release(self) -> None:
        """Let the folder go. Without effect when it is not held."""
        if self._lock is None:
            return
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.close()
        self._lock = None

    def holder(self) -> Holder | None:
        """Say who wrote the lock file last, None when nobody can be named."""
        try:
            found = json.loads((self.path / LOCK_NAME).read_text(encoding="utf-8"))
            return Holder(pid=int(found["pid"]), command=str(found["command"]), since=float(found["since"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _why_unusable(path: Path, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk that holds the data folder {path} is full: free some space or set MEDEA_DATA_DIR."
    if error.errno in {errno.EEXIST, errno.ENOTDIR}:
        return f"The data folder {path} is not a folder: set MEDEA_DATA_DIR to a folder."
    return (
        f"Medea cannot write to the data folder {path} ({error.strerror}): "
        "make it writable or set MEDEA_DATA_DIR to a folder that is."
    )
