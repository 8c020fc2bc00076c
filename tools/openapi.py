"""`make openapi`: write the API's description into the web workspace and generate its TypeScript types.

Usage: python -m tools.openapi
"""

import subprocess

from tools.environment import tool
from tools.steps import ROOT, Fault, call, clean_environment, step, tell_faults
from tools.web import WEB, ensure_packages, find_npm

TARGET = WEB / "packages" / "api" / "openapi.json"


def main() -> None:
    """Write `web/packages/api/openapi.json` and `src/schema.gen.ts` beside it."""
    with step(f"Writing {TARGET.relative_to(ROOT)}"):
        done = subprocess.run(
            [tool("medea"), "openapi"], cwd=ROOT, env=clean_environment(), capture_output=True, check=False
        )
        if done.returncode != 0:
            raise Fault(f"`medea openapi` failed: {done.stderr.decode(errors='replace').strip()}")
        TARGET.write_bytes(done.stdout)
    ensure_packages(WEB / "codegen")
    with step("Generating the TypeScript types"):
        call(
            [find_npm(), "run", "--silent", "generate"],
            cwd=WEB / "codegen",
            failure="The types could not be generated.",
        )


if __name__ == "__main__":
    tell_faults(main)
