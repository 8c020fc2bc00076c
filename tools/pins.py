"""`make pins`: compile `requirements/*.in` to pins with hashes, for every platform and Python from 3.11 on.

Usage: python -m tools.pins [--upgrade]
"""

import subprocess
import sys

from tools.environment import PINS, ensure_uv, tool
from tools.steps import ROOT, Fault, clean_environment, step, tell_faults

SETS = ("uv", "run", "embedding", "dev")
BARE = frozenset({"embedding"})
"""Sets installed without what their packages depend on: see `requirements/embedding.in`."""


def main() -> None:
    """Compile all sets; without --upgrade a pin changes only where an .in file asks for it."""
    ensure_uv()
    for name in SETS:
        with step(f"requirements/{name}.txt"):
            command = [tool("uv"), "pip", "compile", f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
            command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
            # the versions that dev shares with run are run's
            command += ["--no-annotate", "--quiet", "--custom-compile-command", "make pins", *sys.argv[1:]]
            command += ["--no-deps"] if name in BARE else []
            constraint = ["-c", str(PINS / "run.txt")] if name == "dev" else []
            environment = clean_environment() | {"UV_SYSTEM_CERTS": "1"}
            if subprocess.run([*command, *constraint], cwd=ROOT, env=environment, check=False).returncode != 0:
                raise Fault(f"requirements/{name}.in could not be resolved.")


if __name__ == "__main__":
    tell_faults(main)
