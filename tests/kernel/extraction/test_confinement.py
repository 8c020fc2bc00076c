"""What a child has given up before it opens a file."""

import asyncio
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from medea.kernel.extraction import confinement, enclosure
from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.sandbox import extract
from tests.architecture.sources import ROOT, SRC

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

    @pytest.mark.parametrize(
        ("call", "arguments"),
        [
            ("tkill", "there, 0"),
            ("tgkill", "there, there, 0"),
            ("rt_tgsigqueueinfo", "there, there, 0, 0"),
            ("pidfd_open", "there, 0"),
            ("pidfd_getfd", "0, 0, 0"),
            ("prlimit64", "there, 7, 0, 0"),
        ],
    )
    def test_nobody_else_is_reached_by_other_calls(self, call: str, arguments: str) -> None:
        _, numbers = confinement._ARCHITECTURES[platform.machine()]
        code = "import ctypes\nlibc, there = ctypes.CDLL(None, use_errno=True), os.getppid()\n"
        code += f"print(libc.syscall({numbers[call]}, {arguments}), ctypes.get_errno())"
        assert run(code) == "-1 1"

    @pytest.mark.parametrize(
        "call",
        [
            "fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
            "fcntl.fcntl(0, 15, bytes(8))",
            "fcntl.ioctl(0, 0x8901, bytes(4))",
            "fcntl.ioctl(0, 0x8902, bytes(4))",
        ],
    )
    def test_the_kernel_sends_nobody_else_a_signal(self, call: str) -> None:
        assert run(f"import fcntl; {call}") == "PermissionError"

    def test_it_still_ends_itself_and_knows_its_bounds(self) -> None:
        assert run("os.abort()") == "-6"
        assert run("import signal, threading; signal.pthread_kill(threading.get_ident(), 10)") == "-10"
        assert run("import resource; print(resource.getrlimit(resource.RLIMIT_FSIZE)[0])") == "1000"
        assert run("import fcntl; print(fcntl.fcntl(0, fcntl.F_GETFD) >= 0)") == "True"

    @pytest.mark.parametrize("call", ["os.setsid()", "os.setpgid(0, 0)"])
    def test_whom_it_forks_ends_with_it(self, call: str) -> None:
        """Its group is killed when it has answered or taken too long; nobody leaves that."""
        child = f"try: {call}\n    except PermissionError: os.write(1, b'stays')\n    os._exit(0)"
        assert run(f"if not os.fork():\n    {child}\nos.wait()") == "stays"

    def test_calls_have_no_other_numbers(self) -> None:
        code = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nlibc.syscall(0x40000000 + 41, 2, 1, 0)\n"
        assert run(code + "print(ctypes.get_errno())") == "1"

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


@pytest.mark.skipif(not enclosure.version(), reason="this kernel has no Landlock")
class TestEnclosed:
    """What a child can open, whoever's user it runs as."""

    def run(self, code: str, *arguments: str) -> str:
        before = "import os, sys\nfrom medea.kernel.extraction import enclosure\nassert enclosure.enclose()\n"
        command = [sys.executable, "-I", "-c", before + code, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() or done.stderr.strip().rpartition("\n")[2].partition(":")[0]

    def test_no_stored_file_of_a_tenant(self, tmp_path: Path) -> None:
        stored = tmp_path / "storage" / "ten_1" / "knowledge" / "1"
        stored.parent.mkdir(parents=True)
        stored.write_text("what another company uploaded")
        assert self.run("print(open(sys.argv[1]).read())", str(stored)) == "PermissionError"
        assert self.run("print(os.listdir(sys.argv[1]))", str(stored.parent)) == "PermissionError"
        assert self.run("open(sys.argv[1], 'w').write('mine')", str(stored)) == "PermissionError"
        assert self.run("os.unlink(sys.argv[1])", str(stored)) == "PermissionError"
        assert self.run("os.rename(sys.argv[1], sys.argv[1] + '2')", str(stored)) in {"PermissionError", "OSError"}
        assert stored.read_text() == "what another company uploaded"

    @pytest.mark.parametrize("name", [".env.example", "compose.yaml", "README.md", "tests/conftest.py"])
    def test_no_settings(self, name: str) -> None:
        assert (ROOT / name).is_file()
        assert self.run("print(open(sys.argv[1]).read()[:9])", str(ROOT / name)) == "PermissionError"

    @pytest.mark.parametrize("path", ["/etc/passwd", "/etc/hosts", "/proc/1/environ", "/root", "/tmp", "/home"])
    def test_nothing_of_the_machine(self, path: str) -> None:
        code = "import os\nprint(os.listdir(sys.argv[1]) if os.path.isdir(sys.argv[1]) else open(sys.argv[1]).read())"
        assert self.run(code, path) in {"PermissionError", "FileNotFoundError"}

    def test_nothing_is_written_anywhere(self, tmp_path: Path) -> None:
        for path in (tmp_path / "new", Path("/tmp/new"), Path("/dev/shm/new")):
            assert self.run("open(sys.argv[1], 'w')", str(path)) in {"PermissionError", "FileNotFoundError"}

    def test_the_server_gets_no_signal_of_it(self) -> None:
        if enclosure.version() < 6:
            pytest.skip("this kernel's Landlock knows no signals")
        assert self.run("os.kill(os.getppid(), 0)") == "PermissionError"

    def test_libraries_are_still_found(self) -> None:
        assert self.run("import pypdfium2, lxml.etree, selectolax.lexbor, json\nprint('all there')") == "all there"

    async def test_a_reader_that_was_taken_over_opens_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The real child, asked for through the sandbox, on a file whose reader tries to open another one."""
        secret = tmp_path / "secret.txt"
        secret.write_text("not yours")
        file = tmp_path / "page.html"
        file.write_text("<p>Some words.</p>")
        taken_over = (
            "import sys\nfrom medea.kernel.extraction import child, reading\n"
            f"def read(content, order, step):\n    open({str(secret)!r})\n"
            "reading.read = read\nsys.argv = ['child', *sys.argv[1:]]\nchild.main()\n"
        )
        start, errors = asyncio.create_subprocess_exec, tmp_path / "errors"
        with errors.open("wb") as stderr:

            async def start_taken_over(program: str, *arguments: str, **options: Any) -> asyncio.subprocess.Process:
                given = arguments[-2:]
                return await start(program, "-I", "-c", taken_over, *given, **(options | {"stderr": stderr}))

            monkeypatch.setattr(asyncio, "create_subprocess_exec", start_taken_over)
            with pytest.raises(ExtractionFailed, match="damaged"):
                await extract(file, name="page.html", limits=Limits())
        assert f"PermissionError: [Errno 13] Permission denied: '{secret}'" in errors.read_text()


def test_a_child_finds_medea_wherever_its_parent_did(tmp_path: Path) -> None:
    """As in the image: the packages are installed, Medea itself is found by PYTHONPATH, which a child does not heed."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    python = str(tmp_path / "env/bin/python")
    [packages] = (tmp_path / "env").glob("lib/python*/site-packages")
    installed = sysconfig.get_path("purelib")  # of a path in a .pth no further .pth is read, so not Medea's
    (packages / "installed.pth").write_text(installed + "\n")
    unknown = subprocess.run([python, "-I", "-c", "import msgspec, medea"], capture_output=True, text=True, check=False)
    assert "No module named 'medea'" in unknown.stderr
    file = tmp_path / "page.html"
    file.write_text("<p>Some words.</p>")
    code = (
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from medea.kernel.extraction.limits import Limits\nfrom medea.kernel.extraction.sandbox import extract\n"
        "print(asyncio.run(extract(Path(sys.argv[1]), name='page.html', limits=Limits())))"
    )
    done = subprocess.run(
        [python, "-c", code, str(file)],
        env={"PYTHONPATH": str(SRC.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Some words." in done.stdout, done.stderr
