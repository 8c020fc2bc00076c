"""Which files a child may open: programs and libraries to read, nothing to write. By Landlock (Linux 5.13 on).

What it holds open already (the stranger's file, its pipes) stays open. It then finds no file of a tenant, no settings
and no secret, whoever's user it runs as. https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on x86_64 and aarch64
_ASK_VERSION = 1
_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_MAY = _EXECUTE | _READ_FILE | _READ_FOLDER
_MAY_FILE = _EXECUTE | _READ_FILE
_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}  # of files, by version; from 5 on also ioctl
_ALL_RIGHTS = 0xFFFF
_NET, _SCOPES = 0b11, 0b11  # TCP from version 4 on; signals and abstract sockets of others from 6 on
_PR_SET_NO_NEW_PRIVS = 38

_SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives",
    "/dev/null", "/dev/urandom", "/dev/zero",
)  # fmt: skip


def version() -> int:
    """Return which version of Landlock this kernel has; 0: none, or it is switched off."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE, None, 0, _ASK_VERSION)))


def enclose(also: Iterable[str] = ()) -> bool:
    """Give up opening files but those of programs and libraries. False where this kernel cannot see to that.

    Args:
        also: further files and folders that stay readable.
    """
    found = version()
    if not found:
        return False
    libc, rights = _libc(), _RIGHTS.get(found, _ALL_RIGHTS)
    attributes = struct.pack("QQQ", rights, _NET if found >= 4 else 0, _SCOPES if found >= 6 else 0)
    size = 8 if found < 4 else 16 if found < 6 else 24
    ruleset = libc.syscall(_CREATE, ctypes.c_char_p(attributes), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    try:
        for path in {*_SYSTEM, *_libraries(), *also}:
            _allow(libc, ruleset, path)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return bool(libc.syscall(_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _libraries() -> set[str]:
    """Return where Python and its packages are: whole folders of an installation, of a checkout its sources alone."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    own = {f"{prefix}/{folder}" for prefix in (sys.prefix, sys.base_prefix) for folder in (f"lib/{version}", "bin")}
    base = {f"{sys.base_prefix}/{folder}" for folder in ("lib", "lib64")}
    return own | base | {path for path in sys.path if os.path.isdir(path)}  # noqa: PTH112 - pathlib takes a while


def _allow(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # this system has none
        return
    try:
        may = _MAY if os.path.isdir(path) else _MAY_FILE  # noqa: PTH112 - of what was opened, links followed
        rule = struct.pack("=Qi", may, descriptor)
        libc.syscall(_ADD, ruleset, _BENEATH, ctypes.c_char_p(rule), 0)
    finally:
        os.close(descriptor)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
