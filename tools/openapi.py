"""`make openapi`: write the API's description into the web workspace and generate its TypeScript types.

Usage: python -m tools.openapi [--check]   (--check: change nothing, fail if something would change)
"""

import subprocess
import sys

from tools.environment import tool
from tools.steps import ROOT, Fault, call, clean_environment, step, tell_faults
from tools.web import WEB, ensure_packages, find_npm

DESCRIPTION = WEB / "packages" / "api" / "openapi.json"
TYPES = WEB / "packages" / "api" / "src" / "schema.gen.ts"


def main() -> None:
    """Write both files, or compare them with what they should be.

    Raises:
        Fault: One could not be made, or `--check` found one that is not what the code says.
    """
    if "--check" not in sys.argv[1:]:
        _write()
        return
    before = {path: path.read_bytes() if path.exists() else b"" for path in (DESCRIPTION, TYPES)}
    try:
        _write()
        stale = [path for path, content in before.items() if path.read_bytes() != content]
    finally:
        for path, content in before.items():
            path.write_bytes(content)
    if stale:
        raise Fault(f"{stale[0].relative_to(ROOT)} is not what the code says: run `make openapi` and commit.")


def _write() -> None:
    npm = find_npm()
    with step("Describing the API"):
        done = subprocess.run(
            [tool("medea"), "openapi"], cwd=ROOT, env=clean_environment(), capture_output=True, check=False
        )
        if done.returncode != 0:
            raise Fault(f"`medea openapi` failed: {done.stderr.decode(errors='replace').strip()}")
        DESCRIPTION.write_bytes(done.stdout)
    ensure_packages(WEB / "codegen")
    with step("Generating its TypeScript types"):
        call([npm, "run", "--silent", "generate"], cwd=WEB / "codegen", failure="The types could not be generated.")


if __name__ == "__main__":
    tell_faults(main)
