"""`python -m tests.chaos`: run all faults and print the table; exit status 1 when anything was wrong."""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.faults import FAULTS, QUICK
from tests.chaos.run import Round, run, table, timed
from tools.steps import say


def _tell(one: Round) -> None:
    say(f"  {one.what}: {one.turns} turns, longest silence {one.silence:.1f} s, {len(one.verdict.faults)} faults")


def main() -> int:
    """Run the faults that were asked for."""
    # told to end, it takes everything that it started along, as it does on Ctrl-C
    signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the faults of `make test`")
    parser.add_argument("--only", default="", help=f"some of {','.join(FAULTS)}")
    parser.add_argument("--diary", type=Path, help="a file for what all processes said")
    asked = parser.parse_args()
    names = asked.only.split(",") if asked.only else list(QUICK if asked.quick else FAULTS)
    if unknown := [name for name in names if name not in FAULTS]:
        parser.error(f"there is no fault {unknown[0]}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="medea-chaos-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        rounds = asyncio.run(run(Path(folder), names, asked.diary, _tell))
    say(table(rounds))
    faults = [f"{one.what}: {fault}" for one in rounds for fault in one.verdict.faults]
    for fault in faults[:50]:
        say(fault)
    say(f"\n{sum(one.turns for one in rounds)} turns in {timed(began)}; {len(faults)} faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
