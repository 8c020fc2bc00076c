"""What a child has given up before it opens a file."""

import subprocess
import sys

import pytest

BEFORE = """
import os, sys
from medea.kernel.extraction import confinement
confinement.limit(memory=512_000_000, seconds=5, output=1000, parent=os.getppid())
shut = confinement.shut()
"""


def run(code: str) -> str:
    """Return what confined code prints, or the name of what stops it."""
    done = subprocess.run([sys.executable, "-c", BEFORE + code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().rpartition("\n")[2].partition(":")[0] or str(done.returncode)


@pytest.mark.skipif(sys.platform != "linux", reason="the filter of system calls is Linux's")
class TestOnLinux:
    def test_there_is_no_network(self) -> None:
        assert run("import socket; socket.create_connection(('127.0.0.1', 9))") == "PermissionError"

    def test_no_program_is_started(self) -> None:
        assert run("import os; os.execv('/bin/true', ['true'])") == "PermissionError"

    def test_the_parent_is_not_killed(self) -> None:
        assert run("import os; os.kill(os.getppid(), 15)") == "PermissionError"

    def test_memory_is_bounded(self) -> None:
        assert run("x = bytearray(600_000_000)") == "MemoryError"

    def test_reading_goes_on(self) -> None:
        assert run("print(open('/etc/hosts').read() != '')") == "True"

    def test_whoever_has_lost_its_parent_ends(self) -> None:
        code = "import os\nfrom medea.kernel.extraction import confinement\n"
        code += "confinement.limit(memory=512_000_000, seconds=5, output=1000, parent=1 << 22)\nprint('still here')"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, "")


def test_files_that_are_written_are_bounded() -> None:
    code = "f = __import__('tempfile').TemporaryFile(buffering=0)\nfor _ in range(9): f.write(bytes(500))"
    assert run(code) in {"OSError", "-25"}
