"""Everything that a run needs, started and prepared: model, relay, Medea with a company and an agent."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import asyncpg
import httpx2
import msgspec

from benchmarks.load import Plan, Report
from benchmarks.processes import Running, children, cores, cpu_of_ended_children, cpu_seconds, free_port, pin
from medea.kernel.db.cluster import SUPERUSER

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "benchmark-password"
AGENT = "bench"


def prompt(tokens: int, rate: int) -> str:
    """Return the text that tells the fake model what to say."""
    return f"bench n={tokens} r={rate}"


@dataclass(frozen=True, slots=True)
class Weight:
    """CPU seconds used by a server, and by PostgreSQL for it."""

    server: float
    database: float = 0.0


@dataclass
class Stage:
    """The processes of a run. Use it as a context manager.

    Attributes:
        key: secret key of the company.
        visitor: token of a visitor's session.
    """

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="medea-bench-")))
    key: str = ""
    visitor: str = ""
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._stack = stack
            self._start_everything()
            self._stack = stack.pop_all()
        return self

    def _start_everything(self) -> None:
        self._stack.callback(subprocess.run, ["rm", "-rf", str(self.folder)], check=False)
        self.model = self._start("benchmarks.upstream")
        address = f"http://127.0.0.1:{self.model.port}/v1"
        self.relay = self._start("benchmarks.relay", BENCH_UPSTREAM=f"{address}/chat/completions")
        self.environment = {
            "MEDEA_DATA_DIR": str(self.folder / "data"),
            "MEDEA_SEED": "0",
            "MEDEA_LOG_FORMAT": "json",
            "MEDEA_LLM__BASE_URL": address,
            "MEDEA_LLM__DEFAULT_MODEL": "fake-1",
            # one visitor, one key and one address speak for many
            **{f"MEDEA_LIMITS__CHAT_PER_{who}": "10000000" for who in ("VISITOR", "ADDRESS", "KEY", "TENANT")},
        }
        self._log = self._stack.enter_context((self.folder / "medea.log").open("ab"))
        self.medea = self.start_medea()
        self._stack.callback(self._stop_medea)  # whichever runs by then
        self._wait_for_medea()
        self._prepare()
        server, rest = cores()
        pin(self.relay.pid, server)
        pin(self.model.pid, rest)
        self.pin_medea()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start(self, module: str, **environment: str) -> Running:
        port = free_port()
        running = Running(["-m", module, str(port)], port, environment=environment, folder=ROOT)
        self._stack.callback(running.stop)
        running.wait_until_it_listens()
        return running

    def start_medea(self) -> Running:
        """Start `medea up` on the run's data folder; it may not listen yet."""
        port = free_port()
        return Running(
            ["-m", "medea.apps.cli", "up"],
            port,
            environment={**self.environment, "MEDEA_PORT": str(port), "PYTHONPATH": str(ROOT / "src")},
            folder=self.folder,
            log=self._log,
        )

    def _stop_medea(self) -> None:
        self.medea.stop()

    def restart(self) -> None:
        """Start Medea anew on the same data."""
        self.medea.stop()
        self.medea = self.start_medea()
        self._wait_for_medea()
        self.pin_medea()

    def _wait_for_medea(self) -> None:
        self.medea.wait_until_it_listens()
        with self.client() as client:  # it listens before it answers
            client.get("/readyz").raise_for_status()

    def pin_medea(self) -> None:
        """Give the server one core and PostgreSQL the others."""
        server, rest = cores()
        pin(self.medea.pid, server)
        for pid in self._postgres():
            pin(pid, rest)

    def _postgres(self) -> list[int]:
        file = self.folder / "data/postgres/postmaster.pid"
        postmaster = int(file.read_text(encoding="utf-8").splitlines()[0])
        return [postmaster, *children(postmaster)]

    def make_database(self, name: str) -> str:
        """Make an empty database beside Medea's, and return its URL."""
        lines = (self.folder / "data/postgres/postmaster.pid").read_text(encoding="utf-8").splitlines()
        url = f"postgresql://{SUPERUSER}@/{{}}?host={quote(lines[4].strip())}"

        async def make() -> None:
            connection = await asyncpg.connect(url.format("postgres"))
            await connection.execute(f"CREATE DATABASE {name}")
            await connection.close()

        asyncio.run(make())
        return url.format(name)

    def weigh_medea(self) -> Weight:
        """Return what Medea and its PostgreSQL have used until now."""
        processes = self._postgres()
        database = cpu_of_ended_children(processes[0]) + sum(cpu_seconds(pid) for pid in processes)
        return Weight(cpu_seconds(self.medea.pid), database)

    def weigh_relay(self) -> Weight:
        """Return what the relay has used until now."""
        return Weight(cpu_seconds(self.relay.pid))

    @contextmanager
    def client(self) -> Iterator[httpx2.Client]:
        """Open a client of the company's secret key."""
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        with httpx2.Client(base_url=f"http://127.0.0.1:{self.medea.port}", headers=headers, timeout=30) as client:
            yield client

    def _prepare(self) -> None:
        with self.client() as client:
            body = {"email": "bench@example.com", "password": PASSWORD, "name": "Bench", "tenant_name": "Bench"}
            _post(client, "/v1/auth/signup", body)
            _post(client, "/v1/agents", {"name": "Bench", "slug": AGENT, "system_prompt": "Answer."})
            _post(client, f"/v1/agents/{AGENT}/publish", {})
            secret = _post(client, "/v1/api-keys", {"name": "bench", "kind": "secret"})["key"]
            public = _post(client, "/v1/api-keys", {"name": "widget", "kind": "publishable"})["key"]
            self.visitor = _post(client, "/v1/widget/sessions", {"agent": AGENT}, public)["token"]
            self.key = secret

    def conversations(self, number: int, credential: str) -> list[str]:
        """Open conversations and return their ids."""
        with self.client() as client:
            return [_post(client, "/v1/conversations", {"agent": AGENT}, credential)["id"] for _ in range(number)]

    def ask_relay(self, prompts: Sequence[Sequence[str]], ramp: float = 0.0) -> Report:
        """Put load on the relay: one client for each sequence of prompts."""
        bodies = [[msgspec.json.encode({"text": text}).decode() for text in texts] for texts in prompts]
        return load(Plan(port=self.relay.port, bodies=bodies, paths=["/chat"] * len(bodies), ramp=ramp))

    def ask_model(self, prompts: Sequence[Sequence[str]], ramp: float = 0.0) -> Report:
        """Put load on the model itself, nothing in between."""
        paths = ["/v1/chat/completions"] * len(prompts)
        return load(Plan(port=self.model.port, bodies=[list(texts) for texts in prompts], paths=paths, ramp=ramp))

    def ask_medea(
        self,
        prompts: Sequence[Sequence[str]],
        ramp: float = 0.0,
        *,
        credential: str | None = None,
        conversations: Sequence[str] | None = None,
        is_each_new: bool = False,
        agent: str = AGENT,
    ) -> Report:
        """Put load on Medea.

        Args:
            prompts: one client for each sequence.
            ramp: seconds over which the clients begin.
            credential: by default the secret key.
            conversations: opened before, one for each client; by default this opens them.
            is_each_new: every turn opens a conversation of its own, which counts to the cost.
            agent: whom these are with.
        """
        used = credential or self.key
        headers = {"Authorization": f"Bearer {used}", "Accept": "text/event-stream"}
        bodies = [[msgspec.json.encode({"text": text}).decode() for text in texts] for texts in prompts]
        ids: Sequence[str] = ["{id}"] * len(bodies)
        if not is_each_new:
            ids = conversations or self.conversations(len(bodies), used)
        paths = [f"/v1/conversations/{conversation}/messages" for conversation in ids]
        opening = msgspec.json.encode({"agent": agent}).decode() if is_each_new else None
        return load(
            Plan(port=self.medea.port, bodies=bodies, paths=paths, headers=headers, open_body=opening, ramp=ramp)
        )


def _post(
    client: httpx2.Client, path: str, body: Mapping[str, object], credential: str | None = None
) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {credential}"} if credential else {}
    answer = client.post(path, json=body, headers=headers)
    if answer.status_code >= 300:
        raise RuntimeError(f"POST {path}: {answer.status_code} {answer.text}")
    found: dict[str, Any] = answer.json()
    return found


class Refused(RuntimeError):
    """A server answered with errors."""


def load(plan: Plan) -> Report:
    """Carry a plan out in a process of its own, away from the server's core.

    Raises:
        Refused: something was answered with an error.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.load"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        pin(process.pid, cores()[1])
        output, _ = process.communicate(msgspec.json.encode(plan))
    report = msgspec.json.decode(output, type=Report)
    if report.errors:
        raise Refused(f"{len(report.errors)} errors, the first: {report.errors[0]}")
    time.sleep(0.1)  # what the last answers left to be done belongs to them
    return report
