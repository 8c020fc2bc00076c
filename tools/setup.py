"""`make setup`: everything that must be there before Medea runs; without effect where it is.

Usage: python -m tools.setup [run|dev]
"""

import sys

from tools.environment import compile_sources, ensure_python
from tools.steps import tell_faults
from tools.web import ensure_built, find_npm


def main() -> None:
    """Make the environment and build the web parts."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else "run"
    if wanted == "dev":
        find_npm()  # before minutes of installing, not after
    ensure_python(wanted)
    compile_sources()
    ensure_built()


if __name__ == "__main__":
    tell_faults(main)
