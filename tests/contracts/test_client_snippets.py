"""The programs of docs/guides/clients.md, run as they stand there: only address, keys and agent are put in.

Those for browsers are run by `test_copilotkit_pages`.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from httpx2 import AsyncClient

from tests.contracts.snippets import RUN_HERE, RUN_IN_BROWSERS, snippets
from tests.counterparts.node import HERE, require_node
from tests.modules.conversations.chatting import publish

SECONDS = 60.0
ANSWER = "Every day from nine to five."


@pytest.fixture
async def keys(owner: AsyncClient) -> dict[str, str]:
    """What is put in for the placeholders: keys of a company whose agent `demo` knows the opening hours."""
    await publish(owner, "demo")
    made = [
        (await owner.post("/v1/api-keys", json={"name": kind, "kind": kind})).json()["key"]
        for kind in ("secret", "publishable")
    ]
    return {"sk_...": made[0], "pk_...": made[1], "$KEY": made[0]}


def filled(code: str, origin: str, keys: dict[str, str]) -> str:
    """Return a program with this installation's address and keys."""
    for placeholder, value in {"http://127.0.0.1:8000": origin, **keys}.items():
        code = code.replace(placeholder, value)
    return code


@asynccontextmanager
async def program(folder: Path, language: str, code: str) -> AsyncIterator[list[str]]:
    """Write a program down and give what runs it."""
    if language == "sh":
        shell, curl = shutil.which("bash"), shutil.which("curl")
        if shell is None or curl is None:
            pytest.skip("bash or curl is missing")
        yield [shell, "-euo", "pipefail", "-c", code]
    elif language == "python":
        yield [sys.executable, "-c", code]
    else:
        node, _ = require_node("@ag-ui/client")
        (folder / "node_modules").symlink_to(HERE / "node_modules")
        path = folder / "snippet.mjs"
        path.write_text(code, encoding="utf-8")
        yield [node, str(path)]


async def output_of(arguments: list[str]) -> str:
    """Run a program and return what it printed."""
    process = await asyncio.create_subprocess_exec(
        *arguments,
        env={"PATH": os.environ.get("PATH", "")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, fault = await asyncio.wait_for(process.communicate(), SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, fault.decode()
    return said.decode()


TOLD = {
    ("Reach an agent from any client", "js"): "vst_",
    ("Chat Completions", "python"): ANSWER,
    ("Responses", "python"): ANSWER,
    ("AG-UI", "js"): "idle",
    ("MCP", "python"): ANSWER,
    ("curl", "sh"): "nine to five",
}
"""What each prints, among other things."""


@pytest.mark.parametrize(("section", "language"), sorted(RUN_HERE))
async def test_what_the_guide_shows_runs(
    section: str, language: str, live: str, owner: AsyncClient, keys: dict[str, str], tmp_path: Path
) -> None:
    code = filled(snippets()[section, language], live, keys)
    if section == "AG-UI":
        code = f"const token = {keys['sk_...']!r};\n{code}"
    if (section, language) == ("Reach an agent from any client", "js"):
        code += "console.log(token, resume_token);\n"
    async with program(tmp_path, language, code) as arguments:
        said = await output_of(arguments)
    assert TOLD[section, language] in said, said


def test_no_program_of_the_guide_goes_untested() -> None:
    assert set(snippets()) == RUN_HERE | RUN_IN_BROWSERS
