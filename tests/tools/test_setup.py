"""The set-up tools: they do nothing twice, and say in one sentence what is missing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT


def path_of(folder: Path, *names: str) -> Path:
    """Make a folder that holds these programs of this machine and no others."""
    folder.mkdir()
    for name in names:
        if place := shutil.which(name):
            (folder / name).symlink_to(place)
    return folder


def fake(folder: Path, name: str, body: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def with_python(path: Path, **extra: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "with-python.sh"), "platform"],
        env={"PATH": str(path), **extra},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_python(tmp_path: Path) -> None:
    done = with_python(path_of(tmp_path / "bin", "sort", "tr", "sed", "grep"))
    assert done.returncode == 1
    assert done.stderr.startswith("Medea needs Python 3.11 or newer and found none on this machine: ")
    assert done.stderr.count("\n") == 1


def test_python_too_old(tmp_path: Path) -> None:
    path = path_of(tmp_path / "bin", "sort", "tr", "sed", "grep")
    fake(path, "python3", 'case "$2" in *version_info*) exit 1;; esac; echo 3.9.2')
    done = with_python(path)
    assert done.returncode == 1
    assert done.stderr.startswith("Medea needs Python 3.11 or newer and found 3.9.2 on this machine: ")
    assert done.stderr.count("\n") == 1


def test_a_newer_python_beside_an_old_one_is_taken(tmp_path: Path) -> None:
    path = path_of(tmp_path / "bin", "sort", "tr", "sed", "grep")
    fake(path, "python3", "exit 1")
    (path / "python3.11").symlink_to(sys.executable)
    done = with_python(path)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout: the real tools, a web workspace of two parts that 'build' by noting it."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    web = root / "web"
    scripts = {f"build:{part}": f"node -e \"fs.mkdirSync('apps/{part}/dist', {{recursive: true}})\"" for part in "ab"}
    for part in "ab":
        (web / "apps" / part).mkdir(parents=True)
        (web / "apps" / part / "main.ts").write_text("export {}\n")
    (web / "packages" / "ui").mkdir(parents=True)
    (web / "packages" / "ui" / "button.ts").write_text("export {}\n")
    (web / "package.json").write_text(
        json.dumps({"name": "x", "version": "1.0.0", "private": True, "scripts": scripts})
    )
    lock = {"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "x", "version": "1.0.0"}}}
    (web / "package-lock.json").write_text(json.dumps(lock))
    (web / "node_modules").mkdir()
    (web / "node_modules" / ".package-lock.json").write_text(json.dumps({**lock, "packages": {}}))
    return root


def build(checkout: Path, path: Path | None = None) -> "subprocess.CompletedProcess[str]":
    code = "from tools.steps import tell_faults; from tools.web import ensure_built; tell_faults(ensure_built)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=checkout,
        env={"PATH": str(path or os.environ["PATH"]), "HOME": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )


def built(done: "subprocess.CompletedProcess[str]") -> list[str]:
    assert done.returncode == 0, done.stderr
    return [line.split()[2] for line in done.stdout.splitlines() if line.startswith("→ Building")]


def test_only_what_changed_is_built(checkout: Path) -> None:
    assert built(build(checkout)) == ["a", "b"]
    assert built(build(checkout)) == []
    (checkout / "web" / "apps" / "b" / "main.ts").write_text("export const changed = 1\n")
    assert built(build(checkout)) == ["b"]
    (checkout / "web" / "packages" / "ui" / "button.ts").write_text("export const changed = 1\n")
    assert built(build(checkout)) == ["a", "b"]
    shutil.rmtree(checkout / "web" / "apps" / "a" / "dist")
    assert built(build(checkout)) == ["a"]


def test_what_is_built_needs_no_node(checkout: Path, tmp_path: Path) -> None:
    build(checkout)
    assert built(build(checkout, path_of(tmp_path / "bin", "sh"))) == []


def test_no_node(checkout: Path, tmp_path: Path) -> None:
    done = build(checkout, path_of(tmp_path / "bin", "sh"))
    assert done.returncode == 1
    assert done.stderr == "✗ Medea needs Node.js 20.19 or newer to build its web parts and found none: install it.\n"


def test_node_too_old(checkout: Path, tmp_path: Path) -> None:
    path = path_of(tmp_path / "bin", "sh")
    fake(path, "node", "echo v18.20.4")
    done = build(checkout, path)
    assert done.returncode == 1
    assert done.stderr == "✗ Medea needs Node.js 20.19 or newer and found v18.20.4: update it.\n"


def test_node_without_npm(checkout: Path, tmp_path: Path) -> None:
    path = path_of(tmp_path / "bin", "sh")
    fake(path, "node", "echo v22.12.0")
    done = build(checkout, path)
    assert done.returncode == 1
    assert done.stderr.startswith("✗ Node.js is there but npm is not: ")


def test_a_part_that_does_not_build_is_built_again(checkout: Path) -> None:
    package = checkout / "web" / "package.json"
    good = package.read_text()
    package.write_text(good.replace("fs.mkdirSync", "process.exit(3), fs.mkdirSync"))
    done = build(checkout)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "✗ The web part a does not build."
    package.write_text(good)
    assert built(build(checkout)) == ["a", "b"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another account to try as")
def test_a_checkout_that_cannot_be_written(checkout: Path) -> None:
    code = (
        "import os; from pathlib import Path; from tools.steps import check_writable, tell_faults; os.chdir('/');"
        f"os.chmod({str(checkout)!r}, 0o555); os.setuid(65534);"
        f"tell_faults(lambda: check_writable(Path({str(checkout)!r})))"
    )
    for folder in checkout.parents:
        if folder.stat().st_uid == 0 and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"✗ Medea cannot write to the folder {checkout} (Permission denied): make it writable"
    )
    assert done.stderr.count("\n") == 1
