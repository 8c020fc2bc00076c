"""Files and functions stay small. There is no list of exceptions."""

import ast

from tests.architecture.sources import ROOT, SRC, files, is_generated, shown

SOURCE_LINES = 500
TEST_LINES = 600
FUNCTION_LINES = 50
TYPESCRIPT_LINES = 250


Function = ast.FunctionDef | ast.AsyncFunctionDef


def length(text: str) -> int:
    return len(text.splitlines())


def function_length(function: Function) -> int:
    """Count the lines of a function but for its docstring, which nobody should want to shorten."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def test_python_files_stay_small() -> None:
    too_long = []
    for path in files(".py"):
        if is_generated(path):
            continue
        limit = TEST_LINES if path.is_relative_to(ROOT / "tests") else SOURCE_LINES
        if (lines := length(path.read_text(encoding="utf-8"))) > limit:
            too_long.append(f"{shown(path)}: {lines} lines, allowed are {limit}")
    assert not too_long, too_long


def test_functions_stay_small() -> None:
    too_long = []
    for folder in (SRC, ROOT / "tests", ROOT / "tools", ROOT / "benchmarks"):
        for path in files(".py", under=folder):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, Function) and (lines := function_length(node)) > FUNCTION_LINES:
                    too_long.append(f"{shown(path)}:{node.lineno} {node.name}: {lines} lines")
    assert not too_long, too_long


def test_typescript_files_stay_small() -> None:
    too_long = []
    for path in files(".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", under=ROOT / "web"):
        if is_generated(path):
            continue
        if (lines := length(path.read_text(encoding="utf-8"))) > TYPESCRIPT_LINES:
            too_long.append(f"{shown(path)}: {lines} lines, allowed are {TYPESCRIPT_LINES}")
    assert not too_long, too_long
