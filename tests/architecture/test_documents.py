"""What the documents name is there: files, make verbs, commands, settings."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from medea.apps.cli.main import app
from medea.kernel.settings import Group, Settings
from tests.architecture.sources import ROOT, files, shown

# A path in backquotes or as a link's target. What holds a placeholder or belongs to a running Medea is left out.
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
TOP_FOLDERS = {".ci", "benchmarks", "docs", "migrations", "requirements", "src", "tests", "tools", "web"}
BUILT = re.compile(r"/(dist|node_modules)(/|$)")


def documents() -> list[Path]:
    return sorted(path for path in files(".md") if not path.is_relative_to(ROOT / "web"))


def named_paths(text: str) -> Iterator[str]:
    for code in CODE.findall(text):
        word = code.strip().split("::")[0].rstrip("/")
        is_path = re.fullmatch(r"[\w.\-/@$\[\]]+", word) and word.split("/")[0] in TOP_FOLDERS and "/" in word
        if is_path and not BUILT.search(word) and "..." not in word:
            yield word


@pytest.mark.parametrize("document", documents(), ids=shown)
def test_named_files_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [name for name in named_paths(text) if not (ROOT / name).exists()]
    for target in LINK.findall(text):
        if "://" not in target and not target.startswith(("#", "mailto:")):
            path = document.parent / target.split("#")[0]
            missing += [] if path.exists() else [target]
    assert not missing, missing


@pytest.mark.parametrize("document", documents(), ids=shown)
def test_named_make_verbs_exist(document: Path) -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^|\s)make ([a-z][a-z-]*)(?=[`\s]|$)", _code(document), re.MULTILINE))
    assert not named - verbs, named - verbs


def _code(document: Path) -> str:
    """Return only what a document shows as code: elsewhere `make` is a word of English."""
    text = document.read_text(encoding="utf-8")
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    return "\n".join(
        [*blocks, *(f"`{code}`" for code in CODE.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)))]
    )


def commands() -> set[str]:
    group = typer.main.get_command(app)
    found = set()
    for name, command in getattr(group, "commands", {}).items():
        inner = getattr(command, "commands", {})
        found |= {f"{name} {each}" for each in inner} or {name}
    return found


@pytest.mark.parametrize("document", documents(), ids=shown)
def test_named_commands_exist(document: Path) -> None:
    known = commands()
    named = re.findall(r"`(?:\.venv/bin/)?medea ([a-z][a-z ]*?)(?: --[a-z]+)?`", document.read_text(encoding="utf-8"))
    unknown = [name for name in named if name not in known]
    assert not unknown, f"{unknown}; there are {sorted(known)}"


def variables() -> set[str]:
    found = {"MEDEA_TEST_CHROMIUM", "MEDEA_TEST_REQUIRE_SERVICES"}
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, Group):
            found |= {f"MEDEA_{name}__{inner}".upper() for inner in group.model_fields}
        else:
            found.add(f"MEDEA_{name}".upper())
    return found


@pytest.mark.parametrize("document", [*documents(), ROOT / ".env.example"], ids=shown)
def test_named_settings_exist(document: Path) -> None:
    named = set(re.findall(r"\bMEDEA_[A-Z_]*[A-Z]\b", document.read_text(encoding="utf-8")))
    assert not named - variables(), named - variables()
