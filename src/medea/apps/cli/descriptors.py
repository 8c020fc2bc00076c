"""How many files and connections a process may have open."""

import resource

WANTED = 65_536


def allow_many() -> None:
    """Use what the system allows, up to `WANTED`.

    A shell's usual 1,024 are fewer than the streams that a process serves, and whoever comes when none is left is
    turned away without a word. What is allowed beyond that is for whoever runs the machine to raise (`ulimit -Hn`).
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (ValueError, OSError):  # some systems allow less than they say
            return
