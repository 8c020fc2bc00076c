"""`medea up`, `medea api`, `medea worker` and `medea relay`: processes that run until they are told to stop."""

import asyncio
import gc
import importlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from medea.apps.cli.descriptors import allow_many
from medea.apps.cli.output import BOLD, DIM, YELLOW, CommandFault, Steps, say, styled
from medea.apps.cli.postgres import check_logins, check_reachable, ensure_database, read_settings, require_schema
from medea.apps.cli.stopping import Stopping
from medea.kernel.db.cluster import EmbeddedPostgresError
from medea.kernel.db.embedded import EmbeddedPostgres
from medea.kernel.settings import Settings

if TYPE_CHECKING:  # takes a second to import, which `up` spends while PostgreSQL starts
    from medea.apps.bootstrap import Installation
    from medea.apps.monitoring.monitor import Monitor
    from medea.kernel.web.leaving import Leaving
    from medea.seeds.demo import DemoFacts

_BACKLOG = 2048
_LOOK_SECONDS = 1.0  # between two looks whether the database lives


@dataclass(frozen=True, slots=True)
class Serving:
    """An API that answers.

    Attributes:
        task: ends when it no longer does.
        leaving: tells requests that it is going to.
    """

    task: "asyncio.Task[None]"
    leaving: "Leaving"


def run_up() -> None:
    """Run everything in this process until a signal."""
    _run(_up)


def run_api() -> None:
    """Run the API until a signal."""
    _run(_api)


def run_worker() -> None:
    """Run a worker until a signal."""
    _run(_worker)


def run_relay() -> None:
    """Run a relay until a signal."""
    _run(_relay)


def _run(work: Callable[[Settings, Steps, Stopping], Awaitable[None]]) -> None:
    import uvloop

    steps = Steps()
    settings = read_settings()
    allow_many()

    async def main() -> None:
        stopping = Stopping()
        async with stopping.listening():
            await work(settings, steps, stopping)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(main())
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None


async def _up(settings: Settings, steps: Steps, stopping: Stopping) -> None:
    async with AsyncExitStack() as stack:
        server = EmbeddedPostgres(settings.data_dir) if settings.database.url is None else None
        if server is not None:
            server.folder.acquire()  # first of all: says "running already" rather than "port taken"
            stack.callback(server.folder.release)
        listener = stack.enter_context(_listening(settings))
        url = await stack.enter_async_context(_database(settings, steps, server))
        await _migrate(url, steps)
        await check_logins(settings)
        installation = await stack.enter_async_context(_installation(settings, url, ""))
        monitor = await stack.enter_async_context(_monitored(installation, "all"))
        demo = await _seed(settings, installation, steps)
        warning = await _warning(settings, installation)
        with steps.step("Worker and API"):
            await installation.start_worker(is_alone=server is not None)
            installation.start_relay()
            serving = await stack.enter_async_context(_serving(settings, installation, listener, monitor))
        _greet(settings, steps, demo)
        if warning is not None:
            say(warning)
        await stopping.wait(serving.task)
        serving.leaving.announce()
        await _wind_down(installation)


async def _api(settings: Settings, steps: Steps, stopping: Stopping) -> None:
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(_listening(settings))
        url = await _own_database(settings, "api", steps)
        installation = await stack.enter_async_context(_installation(settings, url, "api"))
        monitor = await stack.enter_async_context(_monitored(installation, "api"))
        warning = await _warning(settings, installation)
        with steps.step("API"):
            serving = await stack.enter_async_context(_serving(settings, installation, listener, monitor))
        say(f"\nThe API answers at {settings.dashboard_origin}. Ctrl-C stops it.")
        if warning is not None:
            say(warning)
        await stopping.wait(serving.task)
        serving.leaving.announce()
        if stopping.is_orderly:
            await asyncio.sleep(settings.web.drain_seconds)  # whoever sends traffic here looks and finds another


async def _worker(settings: Settings, steps: Steps, stopping: Stopping) -> None:
    async with AsyncExitStack() as stack:
        url = await _own_database(settings, "worker", steps)
        installation = await stack.enter_async_context(_installation(settings, url, "worker"))
        await stack.enter_async_context(_monitored(installation, "worker"))
        with steps.step("Worker"):
            await installation.start_worker(is_alone=False)
        _spare_the_collector()
        say("\nThe worker waits for jobs. Ctrl-C stops it.")
        await stopping.wait()
        await _wind_down(installation)


async def _relay(settings: Settings, steps: Steps, stopping: Stopping) -> None:
    if settings.rabbitmq.url is None:
        raise CommandFault(
            "`medea relay` announces jobs to the RabbitMQ of MEDEA_RABBITMQ__URL, which is not set: "
            "set it, or do without a relay, for PostgreSQL alone needs none."
        )
    async with AsyncExitStack() as stack:
        url = await _own_database(settings, "relay", steps)
        installation = await stack.enter_async_context(_installation(settings, url, "relay"))
        await stack.enter_async_context(_monitored(installation, "relay"))
        with steps.step("Relay"):
            installation.start_relay()
        say("\nThe relay looks for jobs that nobody announced. Ctrl-C stops it.")
        await stopping.wait()


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """Take the port before anything is started, so that a taken one is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
            listener.listen(_BACKLOG)
        except PermissionError as error:
            raise CommandFault(
                f"Port {settings.port} is not for ordinary users: choose one with MEDEA_PORT."
            ) from error
        except OSError as error:
            raise CommandFault(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}): "
                "stop the program that has it, or choose another with MEDEA_PORT."
            ) from error
        yield listener


@asynccontextmanager
async def _database(settings: Settings, steps: Steps, server: EmbeddedPostgres | None) -> AsyncIterator[str]:
    """Start the embedded PostgreSQL while this process imports what it will need."""
    if server is None:
        assert settings.database.url is not None  # noqa: S101 - otherwise there is a server
        with steps.step("PostgreSQL (yours)"):
            await check_reachable(settings.database.url)
            await _import_everything()
        yield settings.database.url
        return
    importing = asyncio.create_task(_import_everything())
    try:
        with steps.step("PostgreSQL") as remarks:
            url = await ensure_database(await server.start())
            remarks.append(f"data in {server.folder.path}")
        with steps.step("Program"):
            await importing
        keeping = asyncio.create_task(_keep_running(server))
        try:
            yield url
        finally:
            keeping.cancel()
    finally:
        importing.cancel()
        await _uncancelled(server.stop())


async def _keep_running(server: EmbeddedPostgres) -> None:
    """Start the database again whenever it dies: nobody else does, and the pools connect anew by themselves."""
    log = structlog.get_logger()
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            if await server.revive():
                log.warning("postgres.revived")
        except (EmbeddedPostgresError, OSError) as error:
            log.warning("postgres.down", reason=str(error))


async def _import_everything() -> None:
    for name in (
        "medea.apps.bootstrap",
        "medea.apps.api.application",
        "medea.apps.monitoring.listener",
        "medea.apps.api.server",
    ):
        await asyncio.to_thread(importlib.import_module, name)


async def _uncancelled(work: Awaitable[None], insist: Callable[[], None] = lambda: None) -> None:
    """Finish some work even if this task is told to stop once more meanwhile; then `insist` hastens it."""
    running = asyncio.ensure_future(work)
    while not running.done():
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            insist()
    running.result()


async def _own_database(settings: Settings, command: str, steps: Steps) -> str:
    url = settings.database.url
    if url is None:
        raise CommandFault(
            f"`medea {command}` works on the database of MEDEA_DATABASE__URL, which is not set: "
            "set it, or use `medea up`, which brings its own."
        )
    with steps.step("PostgreSQL (yours)"):
        await check_reachable(url)
        await require_schema(url)
        await check_logins(settings)
    return url


async def _migrate(url: str, steps: Steps) -> None:
    from medea.kernel.db.migrate import migrate

    with steps.step("Schema") as remarks:
        remarks.append("migrated" if await migrate(url) else "up to date")


@asynccontextmanager
async def _installation(settings: Settings, url: str, process: str) -> AsyncIterator["Installation"]:
    from medea.apps.bootstrap import open_installation

    installation = await open_installation(settings, url, process=process)
    try:
        if process != "relay":  # nor for commands, which run as whoever calls them, also while files are away
            await installation.ports.storage.check()
        yield installation
    finally:
        await installation.close()


@asynccontextmanager
async def _monitored(installation: "Installation", process: str) -> AsyncIterator["Monitor"]:
    from medea.apps.monitoring.listener import listening
    from medea.apps.monitoring.monitor import Monitor

    monitor = Monitor(installation, process)
    monitor.start()
    try:
        async with listening(installation, monitor):
            yield monitor
    finally:
        monitor.close()


async def _seed(settings: Settings, installation: "Installation", steps: Steps) -> "DemoFacts | None":
    if not settings.has_demo:
        return None
    from medea.seeds.demo import seed

    with steps.step("Demo company") as remarks:
        demo = await seed(installation.ports)
        remarks.append("added" if demo and demo.is_new else "there already")
    return demo


async def _warning(settings: Settings, installation: "Installation") -> str | None:
    """Return what to say where strangers can reach an account whose password is in the documentation."""
    if settings.is_for_this_machine:
        return None
    from medea.seeds import demo

    if not await demo.is_open_to_all(installation.ports):
        return None
    known = f"Everybody knows the password of {demo.EMAIL}, who may operate this installation"
    return styled(f"\n! {known}: log in and change it.", YELLOW)


@asynccontextmanager
async def _serving(
    settings: Settings, installation: "Installation", listener: socket.socket, monitor: "Monitor"
) -> AsyncIterator[Serving]:
    from medea.apps.api.application import attach, make_app
    from medea.apps.api.server import Server

    app = make_app(settings)
    attach(app, installation.ports, installation.authenticator, monitor)
    monitor.is_leaving = lambda: app.state.leaving.is_announced
    server = Server(app, installation.ports)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        up = asyncio.create_task(server.is_up.wait())
        await asyncio.wait({up, task}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        _spare_the_collector()
        yield Serving(task, app.state.leaving)
    except BaseException:
        server.insist()
        raise
    finally:
        server.should_exit = True
        await _uncancelled(task, server.insist)


def _spare_the_collector() -> None:
    """Keep the garbage collector off what start-up made, which lives as long as the process.

    Each of its rounds would walk through all modules and routes; that was 8 % of the CPU time of a turn.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


async def _wind_down(installation: "Installation") -> None:
    """Let running turns end, then end the streams, so that no connection stays open for them."""
    say(styled("\nStopping. Running answers may end; Ctrl-C once more stops at once.", DIM))
    worker, installation.worker = installation.worker, None
    if worker is not None:
        await worker.stop(installation.ports.settings.worker.grace_seconds)
    await installation.ports.streams.close()


def _greet(settings: Settings, steps: Steps, demo: "DemoFacts | None") -> None:
    offline = "medea/offline (set OPENROUTER_API_KEY for a real one)"
    model = (settings.llm.default_model or settings.llm.base_url) if settings.llm.base_url else offline
    lines = [
        ("Dashboard", f"{settings.dashboard_origin}/"),
        ("API", f"{settings.dashboard_origin}/docs"),
        ("Model", model),
    ]
    if demo is not None:
        shown = [
            ("Log in", f"{demo.email}, password {demo.password}"),
            ("Demo shop", f"{settings.dashboard_origin}/demo"),
        ]
        lines[1:1] = shown
    say(f"\n{styled('Medea is ready', BOLD)} {styled(f'after {steps.total:.1f} s', DIM)}")
    for name, text in lines:
        say(f"  {name:<10} {text}")
    say(styled("\nCtrl-C stops everything.", DIM))
