"""`python -m benchmarks`: run everything and print one table."""

import argparse
import os
import platform
import sys
import time

from benchmarks.measures import MEASURES
from benchmarks.row import Row
from benchmarks.stage import Stage


def main() -> None:
    """Run the measures that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter and with fewer repeats")
    parser.add_argument("--only", default=",".join(MEASURES), help=f"some of {','.join(MEASURES)}")
    asked = parser.parse_args()
    started = time.monotonic()
    load = os.getloadavg()[0]
    rows: list[Row] = []
    with Stage() as stage:
        for name in asked.only.split(","):
            for row in MEASURES[name](stage, is_quick=asked.quick):
                print(f"  {row.what}: {row.figure} [{row.relay}]", file=sys.stderr, flush=True)
                rows.append(row)
    print(table(rows))
    print(
        f"\n{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores ({platform.machine()}), Python "
        f"{platform.python_version()}, load average {load:.1f} before and {os.getloadavg()[0]:.1f} after, "
        f"{time.monotonic() - started:.0f} s{', quick' if asked.quick else ''}."
    )


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [("what", "target", "Medea", "bare relay", "ratio", "met")]
    met = {None: "", True: "yes", False: "NO"}
    lines += [(row.what, row.target, row.figure, row.relay, row.ratio, met[row.is_met]) for row in rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    lines.insert(1, tuple("-" * width for width in widths))  # type: ignore[arg-type]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


main()
