"""RabbitMQ and Redis for the tests: the ones that run, or own ones where only their programs are here.

Own ones listen on loopback ports of their own, keep their files in a temporary folder, and end with the tests.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.steps import say

_START_SECONDS = 90.0
_STOP_SECONDS = 20.0
_PLACES = "/usr/sbin:/usr/lib/rabbitmq/bin:/opt/homebrew/sbin:/usr/local/sbin"


@dataclass(frozen=True)
class Service:
    """What the tests need.

    Attributes:
        program: that is started where the service does not run.
        port: where it usually runs.
        variable: tells the tests where it is.
        url: with `{port}`.
    """

    name: str
    program: str
    port: int
    variable: str
    url: str


SERVICES = (
    Service("Redis", "redis-server", 6379, "MEDEA_TEST_REDIS_URL", "redis://127.0.0.1:{port}/0"),
    Service("RabbitMQ", "rabbitmq-server", 5672, "MEDEA_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:{port}/"),
)


@contextlib.contextmanager
def running(*, is_required: bool, services: tuple[Service, ...] = SERVICES) -> Iterator[None]:
    """Have the services for the time of a block, as far as this machine can; say what became of each.

    Args:
        is_required: tests fail without them, otherwise they are skipped.
        services: which.
    """
    with contextlib.ExitStack() as stack:
        for service in services:
            fate = _provide(stack, service)
            if fate is None:
                fate = f"not found; tests that need it {'FAIL' if is_required else 'are SKIPPED'}"
            say(f"  {service.name}: {fate}")
        yield


def _provide(stack: contextlib.ExitStack, service: Service) -> str | None:
    if os.environ.get(service.variable):
        return f"named by {service.variable}"
    if _answers(service.port):
        return f"running on port {service.port}"
    program = find_program(service.program)
    if program is None:
        return None
    port = _free_port()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="medea-", ignore_cleanup_errors=True)))
    start = _redis if service.program == "redis-server" else _rabbitmq
    if not start(stack, program, port, folder):
        return f"{program} did not start (its words are above)"
    os.environ[service.variable] = service.url.format(port=port)
    stack.callback(os.environ.pop, service.variable, None)
    return f"started on port {port} for the tests"


def find_program(name: str) -> str | None:
    """Return the path of a server's program, or None; it is often where ordinary users do not look."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_PLACES}")


def _redis(stack: contextlib.ExitStack, program: str, port: int, folder: Path) -> bool:
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    return _start(stack, [program, *options], {}, port, folder)


def _rabbitmq(stack: contextlib.ExitStack, program: str, port: int, folder: Path) -> bool:
    names = _free_port()
    stack.callback(stop_names, names)
    command, own = rabbitmq_command(program, port, folder, names, _free_port())
    return _start(stack, command, own, port, folder)


def rabbitmq_command(program: str, port: int, folder: Path, names: int, nodes: int) -> tuple[list[str], dict[str, str]]:
    """Return the command and the environment of a RabbitMQ that keeps all it has in a folder.

    Args:
        program: its path.
        port: where it listens, on loopback.
        folder: of its files; its configuration is written there.
        names: port of its own Erlang name server, which outlives it; end that with `stop_names`.
        nodes: port where other nodes would reach it.
    """
    plugins = folder / "enabled_plugins"
    plugins.write_text("[].\n")
    config = folder / "rabbitmq.conf"
    config.write_text("loopback_users.guest = true\n")
    own = {
        "HOME": str(folder),  # holds the cookie by which the program knows its own node
        "RABBITMQ_NODENAME": f"medea-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(nodes),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
        "RABBITMQ_CONFIG_FILE": str(config),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(names),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    # Debian's wrapper insists on its own account and folders; the script beside it does not.
    plain = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return [str(plain if plain.exists() else program)], own


def stop_names(port: int) -> None:
    """End Erlang's name server, which leaves the session that it was started from."""
    if program := shutil.which("epmd"):
        subprocess.run([program, "-port", str(port), "-kill"], capture_output=True, check=False)


def _start(stack: contextlib.ExitStack, command: list[str], own: Mapping[str, str], port: int, folder: Path) -> bool:
    log = stack.enter_context((folder / "output").open("w+"))
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **own}, start_new_session=True
    )
    stack.callback(_stop, process)
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        if _answers(port):
            return True
        time.sleep(0.1)
    log.seek(0)
    say(log.read()[-2000:])
    return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the session that was started for it, with all that it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
            return


def _answers(port: int) -> bool:
    with socket.socket() as knock:
        knock.settimeout(0.5)
        return knock.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
