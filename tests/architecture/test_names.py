"""Names say what a file holds: the words of a module, and none that say nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import MODULES, ROOT, SRC, files, shown

EMPTY_WORDS = {"common", "commons", "helper", "helpers", "manager", "managers", "misc", "stuff", "util", "utils"}

# docs/architecture.md, "The words of a module"
MODULE_WORDS = {
    "aggregate",
    "endpoints",
    "errors",
    "events",
    "facade",
    "models",
    "permissions",
    "projections",
    "queries",
    "repository",
    "runtime",
    "schemas",
    "service",
    "streaming",
    "subscribers",
    "tasks",
}


def words(stem: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", stem)
    return {word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word}


def test_no_file_or_folder_is_named_by_an_empty_word() -> None:
    empty = set()
    for path in files():
        for name in path.relative_to(ROOT).parts:
            # a word of its own, or the last of several: `query-utils.ts`, `ConnectionManager.py`
            if words(name.split(".", maxsplit=1)[0]) & EMPTY_WORDS:
                empty.add(shown(path))
    assert not empty, sorted(empty)


def test_no_class_is_named_by_an_empty_word() -> None:
    empty = []
    for path in files(".py", under=SRC):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and words(node.name) & EMPTY_WORDS:
                empty.append(f"{shown(path)}:{node.lineno} {node.name}")
    assert not empty, empty


def test_a_module_is_made_of_the_house_words_or_says_what_else_it_has() -> None:
    """A file beyond the words is announced in the module's docstring, in backquotes."""
    unannounced = []
    for module in sorted(path for path in MODULES.iterdir() if (path / "__init__.py").exists()):
        docstring = ast.get_docstring(ast.parse((module / "__init__.py").read_text(encoding="utf-8"))) or ""
        for path in sorted(module.iterdir()):
            if path.name.startswith("_") or (path.is_file() and path.suffix != ".py"):
                continue
            if path.stem not in MODULE_WORDS and f"`{path.stem}`" not in docstring:
                unannounced.append(shown(path))
    assert not unannounced, f"name these in the docstring of their module: {unannounced}"


def test_package_files_hold_a_docstring_and_nothing_else() -> None:
    broken = []
    for path in files(".py", under=SRC):
        if path.name != "__init__.py" or path.parent == SRC:
            continue
        body = ast.parse(path.read_text(encoding="utf-8")).body
        if len(body) != 1 or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Constant):
            broken.append(shown(path))
    assert not broken, broken


def test_every_package_has_a_package_file() -> None:
    missing = {shown(path.parent) for path in files(".py", under=SRC) if not (path.parent / "__init__.py").exists()}
    assert not missing, sorted(missing)


def stable_strings(path: Path) -> Iterator[ast.Constant]:
    """Yield the error codes, event names and task names that a file declares."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        named: ast.expr | None = None
        if path.stem == "errors" and isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code":
            named = node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"event", "task"} and node.args:
            named = node.args[0]
        if isinstance(named, ast.Constant) and isinstance(named.value, str):
            yield named


def test_error_codes_events_and_tasks_begin_with_their_module() -> None:
    """The first word is the module: a code in a log leads to its file."""
    broken = [
        f"{shown(path)}:{named.lineno} {named.value!r}"
        for path in files(".py", under=MODULES)
        for named in stable_strings(path)
        if not str(named.value).startswith(f"{path.relative_to(MODULES).parts[0]}.")
    ]
    assert not broken, broken
