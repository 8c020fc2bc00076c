"""`medea doctor`: what a start needs, checked one by one, each with its mend."""

import asyncio
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from medea.apps.cli.output import DIM, GREEN, RED, YELLOW, CommandFault, say, styled
from medea.apps.cli.postgres import check_logins, check_reachable, read_settings
from medea.kernel.datafolder import DataFolder
from medea.kernel.db.cluster import VERSION, Cluster
from medea.kernel.db.embedded import EmbeddedPostgres
from medea.kernel.db.migrate import is_current
from medea.kernel.settings import Settings

_OLDEST_NODE = (20, 19)
_SPACE_WANTED = 1_000_000_000  # bytes
_WEB_PARTS = ("apps/dashboard/dist/index.html", "apps/widget/dist/index.html", "packages/embed/dist/embed.js")

Check = Callable[[Settings], str]


class Advice(Exception):
    """Works, but somebody should know; the message says what."""


def run_doctor() -> int:
    """Print one line per check and return how the command ends: 0, or 1 when something is missing."""
    settings = read_settings()
    failed = 0
    for name, check in _CHECKS.items():
        try:
            mark, text = styled("✓", GREEN), styled(check(settings), DIM)
        except Advice as advice:
            mark, text = styled("!", YELLOW), str(advice)
        except Exception as error:  # noqa: BLE001 - whatever a check finds is its finding
            failed += 1
            mark, text = styled("✗", RED), str(error).splitlines()[0]
        say(f"{mark} {name:<14} {text}")
    say("\nEverything is there." if not failed else f"\n{failed} to mend.")
    return 1 if failed else 0


def _python(_: Settings) -> str:
    return f"{platform.python_version()} at {sys.executable}"


def _node(_: Settings) -> str:
    node = shutil.which("node")
    if node is None:
        raise Advice("not found: install Node.js 20.19 or newer to build the web parts")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    found = re.match(r"v(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < _OLDEST_NODE:
        raise Advice(f"{said or 'does not start'}: Node.js 20.19 or newer is needed to build the web parts")
    return said


def _web_parts(settings: Settings) -> str:
    from medea.apps.api.pages import WEB_ROOT  # brings the whole application along

    root = settings.web_root or WEB_ROOT
    missing = [part for part in _WEB_PARTS if not (root / part).exists()]
    if missing:
        raise CommandFault(f"not built ({', '.join(missing)}): run `make setup`")
    return f"built in {root}"


def _data_folder(settings: Settings) -> str:
    folder = DataFolder(settings.data_dir)
    folder.create()
    free = shutil.disk_usage(folder.path).free
    if free < _SPACE_WANTED:
        raise Advice(f"{folder.path} has only {free // 1_000_000} MB left: free some space")
    return f"{folder.path}, {free // 1_000_000_000} GB free"


def _postgres(settings: Settings) -> str:
    if settings.database.url is not None:
        asyncio.run(check_reachable(settings.database.url))
        if not asyncio.run(is_current(settings.database.url)):
            raise Advice("the one of MEDEA_DATABASE__URL lacks the schema of this Medea: run `medea db migrate`")
        asyncio.run(check_logins(settings))  # its roles come with the schema
        return "the one of MEDEA_DATABASE__URL answers and has the schema of this Medea"
    cluster = Cluster(DataFolder(settings.data_dir).path)
    if EmbeddedPostgres(settings.data_dir).running() is not None:
        return f"embedded, version {VERSION}, running"
    found = cluster.path / "PG_VERSION"
    if found.exists() and found.read_text().strip() != str(VERSION):
        raise CommandFault(f"{cluster.path} is of version {found.read_text().strip()}, this Medea brings {VERSION}")
    return f"embedded, version {VERSION}, {'ready to start' if found.exists() else 'will be set up at the first start'}"


def _redis(settings: Settings) -> str:
    url = settings.redis.url
    if url is None:
        return "none: live streams and rate limits are in the memory of each process"
    from medea.kernel.redis.server import RedisServer

    async def connect() -> None:
        await (await RedisServer.connect(url, settings.redis.prefix)).close()

    asyncio.run(connect())
    return "the one of MEDEA_REDIS__URL answers"


def _rabbitmq(settings: Settings) -> str:
    url = settings.rabbitmq.url
    if url is None:
        return "none: PostgreSQL carries the jobs"
    from medea.kernel.bus.rabbitmq.driver import RabbitDriver
    from medea.kernel.bus.rabbitmq.topology import Topology

    async def connect() -> None:
        driver = RabbitDriver(url, Topology(settings.rabbitmq.prefix), name="medea doctor")
        await driver.open()
        await driver.close()

    asyncio.run(connect())
    return "the one of MEDEA_RABBITMQ__URL answers and has our queues"


def _vectors(settings: Settings) -> str:
    from medea.apps.bootstrap import make_vectors

    store = make_vectors(settings)
    if store is None:
        return "in PostgreSQL"

    async def check() -> None:
        try:
            await store.check()
        finally:
            await store.close()

    asyncio.run(check())
    return f"the {settings.vectors.kind} of MEDEA_VECTORS__URL answers"


def _storage(settings: Settings) -> str:
    from medea.apps.bootstrap import make_storage

    storage = make_storage(settings)

    async def check() -> None:
        try:
            await storage.check()
        finally:
            await storage.close()

    asyncio.run(check())
    where = f"the bucket {settings.storage.bucket}" if settings.storage.bucket else "a folder of this machine"
    return f"{where} takes files and gives them up"


def _documents(settings: Settings) -> str:
    from medea.kernel.extraction.errors import ExtractionFailed
    from medea.kernel.extraction.sandbox import extract
    from medea.modules.knowledge.ingestion.reading import limits_of

    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text("<p>Some words.</p>")
        try:
            read = asyncio.run(extract(page, name=page.name, limits=limits_of(settings.knowledge)))
        except ExtractionFailed as failed:
            raise CommandFault(
                f"a small page cannot be read ({failed.code}): the process that reads documents does not start or is "
                "ended; see MEDEA_KNOWLEDGE__EXTRACTION_MEMORY_MB and that its user may read Medea's own files"
            ) from None
    return f"a small page of {read.kind} is read in a process of its own"


def _port(settings: Settings) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            holder = DataFolder(settings.data_dir).holder()
            if holder is not None and EmbeddedPostgres(settings.data_dir).running() is not None:
                return f"{settings.port}, Medea is running: {holder}"
            raise CommandFault(f"{settings.port} is taken by another program: choose one with MEDEA_PORT") from None
    return f"{settings.port} is free"


def _origins(settings: Settings) -> str:
    if settings.dashboard_origin == settings.widget_origin:
        raise CommandFault(
            "dashboard and widget share an origin: give the widget its own with MEDEA_WEB__WIDGET_ORIGIN, "
            "or pages that embed it could reach the dashboard's session"
        )
    return f"dashboard {settings.dashboard_origin}, widget {settings.widget_origin}"


def _model(settings: Settings) -> str:
    if settings.llm.base_url is None:
        raise Advice("medea/offline: set OPENROUTER_API_KEY, or MEDEA_LLM__BASE_URL and its key, for a real one")
    return f"{settings.llm.default_model or 'no default model'} at {settings.llm.base_url}"


_CHECKS: dict[str, Check] = {
    "Python": _python,
    "Node.js": _node,
    "Web parts": _web_parts,
    "Data folder": _data_folder,
    "PostgreSQL": _postgres,
    "Redis": _redis,
    "RabbitMQ": _rabbitmq,
    "Vectors": _vectors,
    "Files": _storage,
    "Documents": _documents,
    "Port": _port,
    "Origins": _origins,
    "Model": _model,
}
