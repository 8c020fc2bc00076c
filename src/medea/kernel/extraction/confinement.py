"""What a child gives up before it opens a stranger's file.

Limits of the kernel (setrlimit), and on Linux a filter of system calls (seccomp) after which it can open no socket
and start no program. Both hold for whatever it starts, and nothing takes them back.
"""

import ctypes
import os
import resource
import signal
import struct
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_MODE_FILTER = 2

# linux/audit.h and the tables of system calls of each architecture
_ARCHITECTURES = {
    "x86_64": (0xC000003E, {"socket": 41, "connect": 42, "execve": 59, "execveat": 322, "ptrace": 101, "bpf": 321,
                            "io_uring_setup": 425, "process_vm_readv": 310, "process_vm_writev": 311, "unshare": 272,
                            "kill": 62, "rt_sigqueueinfo": 129, "pidfd_send_signal": 424, "setpgid": 109,
                            "setsid": 112, "tkill": 200, "tgkill": 234, "rt_tgsigqueueinfo": 297, "prlimit64": 302,
                            "pidfd_open": 434, "pidfd_getfd": 438, "fcntl": 72, "ioctl": 16}),
    "aarch64": (0xC00000B7, {"socket": 198, "connect": 203, "execve": 221, "execveat": 281, "ptrace": 117, "bpf": 280,
                             "io_uring_setup": 425, "process_vm_readv": 270, "process_vm_writev": 271, "unshare": 97,
                             "kill": 129, "rt_sigqueueinfo": 138, "pidfd_send_signal": 424, "setpgid": 154,
                             "setsid": 157, "tkill": 130, "tgkill": 131, "rt_tgsigqueueinfo": 240, "prlimit64": 261,
                             "pidfd_open": 434, "pidfd_getfd": 438, "fcntl": 25, "ioctl": 29}),
}  # fmt: skip
_OTHER_TABLE = 0x40000000  # from here on the same calls by other numbers (x32), where a kernel has them
_PROGRAMS = ("execve", "execveat")

_SET_OWNER, _SET_OWNER_EX = 8, 15  # fcntl: whom the kernel sends a signal when there is something to read
_SET_SOCKETS_OWNER = (0x8901, 0x8902)  # likewise ioctl

# BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_JMP|JGE|K, BPF_RET|K
_LOAD, _JUMP_EQUAL, _JUMP_FROM, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | 1  # EPERM
_KILL = 0x80000000


def limit(*, memory: int, seconds: float, output: int, parent: int) -> None:
    """Bound this process, and let it die with its parent (given by its process id)."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before this was said
            os._exit(1)
    cpu = int(seconds) + 2
    for what, bound in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS knows no bound on address space
            continue


def shut(*, may_start_programs: bool = False) -> bool:
    """Give up the network, starting programs, and leaving the group of processes that is ended with this one.

    So too signals to others, by whatever call, and bounds on others: not every kernel's Landlock sees to that.

    Returns:
        False where this system has no such filter.
    """
    machine = os.uname().machine
    if sys.platform != "linux" or machine not in _ARCHITECTURES:
        return False
    architecture, numbers = _ARCHITECTURES[machine]
    looked_at = {
        "tgkill": _look(numbers["tgkill"], 0, {os.getpid()}, _ALLOW, _REFUSE),  # how a process ends itself
        "prlimit64": _look(numbers["prlimit64"], 0, {0}, _ALLOW, _REFUSE),
        "fcntl": _look(numbers["fcntl"], 1, {_SET_OWNER, _SET_OWNER_EX}, _REFUSE, _ALLOW),
        "ioctl": _look(numbers["ioctl"], 1, set(_SET_SOCKETS_OWNER), _REFUSE, _ALLOW),
    }
    let = {*looked_at, *(_PROGRAMS if may_start_programs else ())}
    refused = [number for name, number in numbers.items() if name not in let]
    code = [
        (_LOAD, 0, 0, 4),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_JUMP_FROM, 0, 1, _OTHER_TABLE),
        (_RETURN, 0, 0, _REFUSE),
    ]
    for steps in looked_at.values():
        code += steps
    for position, number in enumerate(refused):
        code.append((_JUMP_EQUAL, len(refused) - position, 0, number))
    code += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    program = b"".join(struct.pack("HBBI", *step) for step in code)
    held = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("HxxxxxxP", len(code), ctypes.addressof(held))
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.c_char_p(filter_), 0, 0) == 0)


def _look(number: int, argument: int, values: set[int], then: int, otherwise: int) -> list[tuple[int, int, int, int]]:
    """Return the steps that decide on a call by one of its arguments, an int: its lower half, which comes first."""
    steps = [(_LOAD, 0, 0, 16 + 8 * argument)]
    for value in sorted(values):
        steps += [(_JUMP_EQUAL, 0, 1, value), (_RETURN, 0, 0, then)]
    steps.append((_RETURN, 0, 0, otherwise))
    return [(_JUMP_EQUAL, 0, len(steps), number), *steps]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
