"""CopilotKit as a company uses it: its runtime in a Node process, its React components in a page, both unmodified.

The folder `copilotkit` has packages of its own, because they are many: only who needs them installs them.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.counterparts.node import HERE, free_port, node_server
from tools.steps import Fault
from tools.web import ensure_packages

FOLDER = HERE / "copilotkit"
GUARDED = ("--require", str(FOLDER / "only_loopback.cjs"))
"""What Node is told, so that a program goes nowhere but to this machine."""
BUILD_SECONDS = 120.0
_LEFT_OUT = ("mermaid", "@shikijs/langs/*", "@shikijs/themes/*", "@copilotkit/web-inspector")
"""What the page loads only when it draws diagrams, colours code or is debugged: see the overrides of package.json."""
_NO_FONTS = ("woff2", "woff", "ttf")
_HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>
<link rel="stylesheet" href="/page.css"></head><body><main id="page"></main>
<script type="module" src="/page.js"></script></body></html>"""


@dataclass(frozen=True)
class Pages:
    """The page as it was built, and the runtime that also gives it out.

    Attributes:
        origin: of both.
        key: with which the runtime speaks to the agent.
    """

    origin: str
    key: str

    @property
    def runtime(self) -> str:
        """What the page names as `runtimeUrl`."""
        return f"{self.origin}/api/copilotkit"


def require_copilotkit() -> str:
    """Install the packages if they are not, and return Node's path.

    Without them the test is skipped, and fails where `MEDEA_TEST_REQUIRE_SERVICES=1` says that all must run.
    """
    try:
        ensure_packages(FOLDER)
    except Fault as fault:
        words = f"CopilotKit cannot be installed in tests/counterparts/copilotkit: {fault}"
        if os.environ.get("MEDEA_TEST_REQUIRE_SERVICES") == "1":
            pytest.fail(words)
        pytest.skip(words)
    node = shutil.which("node")
    assert node is not None, "npm was found without node"
    return node


async def build_page(node: str, target: Path, code: str | None = None) -> None:
    """Bundle a page into a folder, as its developers' own tools would.

    Args:
        node: the program.
        target: the folder.
        code: of the page; left out: that of `page.jsx`.
    """
    arguments = [
        "--loader=tsx",
        "--bundle",
        "--format=esm",
        "--jsx=automatic",
        "--log-level=error",
        '--define:process.env.NODE_ENV="production"',
        f"--outfile={target}/page.js",
        *(f"--external:{name}" for name in _LEFT_OUT),
        *(f"--loader:.{kind}=empty" for kind in _NO_FONTS),
    ]
    process = await asyncio.create_subprocess_exec(
        node,
        str(FOLDER / "node_modules/esbuild/bin/esbuild"),
        *arguments,
        cwd=FOLDER,
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    given = (FOLDER / "page.jsx").read_text(encoding="utf-8") if code is None else code
    _, said = await asyncio.wait_for(process.communicate(given.encode()), BUILD_SECONDS)
    assert process.returncode == 0, said.decode()
    (target / "index.html").write_text(_HTML, encoding="utf-8")


@asynccontextmanager
async def served_by(program: list[str], port: int, folder: Path, **environment: str) -> AsyncIterator[Path]:
    """Run a program of CopilotKit's until the block ends; it reports home to nobody.

    Yields:
        The file in which it would note where else it wanted to go.
    """
    noted = folder / "noted.txt"
    silenced = {"COPILOTKIT_TELEMETRY_DISABLED": "true", "DO_NOT_TRACK": "1", "NOTED": str(noted)}
    async with node_server(program, port=port, environment={**silenced, **environment}):
        yield noted
    assert not noted.exists(), noted.read_text()


@asynccontextmanager
async def copilot(node: str, built: Path, *, origin: str, agent: str, key: str) -> AsyncIterator[Pages]:
    """Run CopilotKit's runtime for one agent of Medea's, which gives out a page, too, until the block ends."""
    port = free_port()
    program = [node, *GUARDED, str(FOLDER / "runtime.mjs"), str(built)]
    named = {"ORIGIN": origin, "AGENT": agent, "KEY": key, "PORT": str(port)}
    async with served_by(program, port, built, **named):
        yield Pages(f"http://127.0.0.1:{port}", key)
