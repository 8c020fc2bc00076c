"""The only place where real things are built and wired."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medea.apps import registry
from medea.apps.protocols import LazyProtocols
from medea.kernel.auth.authenticator import Authenticator
from medea.kernel.auth.crypto import KeyRing, load_or_create_secret
from medea.kernel.auth.principal import system_principal
from medea.kernel.auth.scopes import ScopeRegistry
from medea.kernel.bus.embedded.driver import EmbeddedDriver
from medea.kernel.bus.outbox import Outbox
from medea.kernel.bus.periodic import PLATFORM_TENANT
from medea.kernel.bus.registry import Registry
from medea.kernel.bus.scheduler import Scheduler
from medea.kernel.bus.task import BOUNDED, QUEUES, Job
from medea.kernel.bus.work.worker import Worker
from medea.kernel.cache.memory import MemoryCaches
from medea.kernel.clock import SystemClock
from medea.kernel.context import Context, Ports
from medea.kernel.datafolder import DataFolder
from medea.kernel.db.database import Database, DatabaseUrls, raw
from medea.kernel.embeddings.embedders import Embedders, InstalledEmbedders, LocalEmbedder
from medea.kernel.embeddings.endpoint import JsonEndpoint
from medea.kernel.embeddings.port import Embedder
from medea.kernel.embeddings.reranking import EndpointReranker, Reranker
from medea.kernel.extraction.sandbox import warn_of_gaps
from medea.kernel.ids import TenantId
from medea.kernel.limits.allowance import same_for_all
from medea.kernel.limits.bucket import Limiter, MemoryLimiter
from medea.kernel.llm.circuits import CircuitPolicy
from medea.kernel.llm.config import ANTHROPIC_URL, OFFLINE_MODEL, PLATFORM, CallLimits, ProviderConfig
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.llm.providers.offline import OfflineModel
from medea.kernel.llm.router import ModelRouter
from medea.kernel.mail.local import LocalMailer
from medea.kernel.mail.mailer import Mailer
from medea.kernel.mail.smtp import SmtpMailer
from medea.kernel.mcp.connections import Limits as McpLimits
from medea.kernel.mcp.connections import McpConnections
from medea.kernel.mcp.values import Command
from medea.kernel.outbound.client import OutboundClient
from medea.kernel.outbound.egress import on_account_of
from medea.kernel.outbound.ledger import EgressLedger
from medea.kernel.outbound.policy import OutboundPolicy
from medea.kernel.settings import Settings
from medea.kernel.signals.postgres import PostgresSignals
from medea.kernel.storage.base import Storage
from medea.kernel.storage.folder import FolderStorage
from medea.kernel.streams.base import LiveStreams
from medea.kernel.streams.memory import MemoryStreams
from medea.kernel.telemetry.metrics import MODELS, tell_tenants_apart
from medea.modules.tenancy.facade import make_authenticator

if TYPE_CHECKING:  # installations of one process do without it, and it takes a while to import
    from medea.kernel.bus.rabbitmq.driver import RabbitDriver
    from medea.kernel.bus.rabbitmq.relay import Relay
    from medea.kernel.redis.server import RedisServer
    from medea.kernel.telemetry.recording import OtelRecorder
    from medea.kernel.vectors.port import VectorStore


@dataclass(slots=True)
class Installation:
    """Everything that is open in one process.

    Attributes:
        ports: what use cases work with.
        authenticator: who asks.
        jobs: the code of all jobs.
        worker: runs them, if this process has one.
        relay: announces what nobody announced, if this process has one.
        scheduler: makes jobs of recurring work, in a process with a worker or a relay.
        recorder: sends traces, if there is somewhere to send them.
    """

    ports: Ports
    authenticator: Authenticator
    jobs: Registry
    signals: PostgresSignals
    driver: "EmbeddedDriver | RabbitDriver"
    models: ModelRouter
    redis: "RedisServer | None" = None
    worker: Worker | None = None
    relay: "Relay | None" = None
    scheduler: Scheduler | None = None
    recorder: "OtelRecorder | None" = None

    async def start_worker(self, *, is_alone: bool) -> Worker:
        """Start the worker of this process.

        Args:
            is_alone: no other process can be running jobs on this database (the embedded mode).
        """
        settings = self.ports.settings.worker
        worker = Worker(
            self.ports.database,
            self.jobs,
            self._job_context,
            self.driver,
            limits={queue: getattr(settings, queue) for queue in QUEUES},
            tenant_share=settings.tenant_share,
            tenant_parts={queue: getattr(settings, f"{queue}_tenant_share") for queue in BOUNDED},
        )
        if is_alone:
            await worker.reclaim_all()
        warn_of_gaps()
        await worker.start()
        self.worker = worker
        self._start_scheduler()
        return worker

    def _start_scheduler(self) -> None:
        if self.scheduler is None:
            self.scheduler = Scheduler(self.ports.database, self.jobs, self.driver)
            self.scheduler.start()

    def start_relay(self) -> None:
        """Start the relay of this process, if RabbitMQ carries the jobs: otherwise none is needed."""
        if isinstance(self.driver, EmbeddedDriver):
            return
        from medea.kernel.bus.rabbitmq.relay import LOCK, Relay
        from medea.kernel.db.leadership import Leadership

        database = self.ports.database
        self.relay = Relay(database, self.driver, Leadership(database.urls.system, LOCK))
        self.relay.start()
        self._start_scheduler()

    @asynccontextmanager
    async def _job_context(self, tenant_id: TenantId, job: Job) -> AsyncIterator[Context]:
        if tenant_id != PLATFORM_TENANT:
            on_account_of(tenant_id, self.ports.egress)
        ctx = Context(self.ports, system_principal(tenant_id), correlation_id=str(job.id), job=job)
        async with ctx:
            yield ctx
            if not job.is_completed:
                await job.complete(await raw(ctx.db))  # effect and completion are one commit

    async def close(self) -> None:
        """Stop working and close everything, in the reverse order of opening."""
        if self.scheduler is not None:
            await self.scheduler.stop()
        if self.relay is not None:
            await self.relay.stop()
        if self.worker is not None:
            await self.worker.stop(self.ports.settings.worker.grace_seconds)
        await self.ports.streams.close()
        await self.ports.storage.close()
        await self.ports.embedders.close()
        if self.ports.vectors is not None:
            await self.ports.vectors.close()
        await self.models.close()
        await self.ports.mcp.close()
        await self.ports.outbound.close()
        await self.ports.egress.close()
        await self.driver.close()
        await self.signals.close()
        if self.redis is not None:
            await self.redis.close()
        await self.ports.database.close()
        if self.recorder is not None:
            await self.recorder.close()


async def open_installation(settings: Settings, url: str, *, process: str = "") -> Installation:
    """Open pools and ports on a database that has this code's schema.

    Args:
        settings: of the operator.
        url: of the database.
        process: what is being started, as traces name it: `api`, `worker`, `relay`, or empty for all in one.

    Raises:
        OSError, asyncpg.PostgresError: the database cannot be reached.
        RedisUnusable: there is to be a Redis, and it cannot be used.
        KeyUnusable: a secret or key of the installation is too short.
        BrokerUnusable: there is to be a RabbitMQ, and it cannot be used.
        VectorStoreUnusable: there is to be a vector store, and it cannot be used.
        DataFolderError: the secret is to be kept in a data folder that cannot be used.
        EndpointUnusable: traces are to be sent to something that is no address.
    """
    recorder = _recorder(settings, process)
    broker = await _broker(settings)
    redis = await _redis(settings)
    vectors = await _vectors(settings)
    urls = DatabaseUrls(url, settings.database.app_url, settings.database.system_url)
    database = await Database.connect(urls, pool_size=settings.database.pool_size)
    signals = PostgresSignals(urls.app)
    await signals.start()
    driver = broker or EmbeddedDriver(signals)
    jobs = registry.jobs()
    models = make_models(settings)

    def new_outbox(tenant_id: TenantId | None) -> Outbox:
        return Outbox(jobs, driver, tenant_id)

    ports = Ports(
        settings=settings,
        database=database,
        clock=SystemClock(),
        keyring=make_keyring(settings),
        limiter=_limiter(redis),
        mailer=_mailer(settings),
        models=models,
        streams=_streams(redis),
        signals=signals,
        outbound=OutboundClient(_outbound_policy(settings)),
        mcp=make_mcp(settings),
        scopes=ScopeRegistry(registry.scopes()),
        registry=jobs,
        new_outbox=new_outbox,
        caches=MemoryCaches(signals),
        allowances=same_for_all(settings.limits, settings.knowledge),
        storage=make_storage(settings),
        embedders=make_embedders(settings),
        egress=EgressLedger(database),
        vectors=vectors,
    )
    return Installation(ports, make_authenticator(ports), jobs, signals, driver, models, redis, recorder=recorder)


def _recorder(settings: Settings, process: str) -> "OtelRecorder | None":
    tell_tenants_apart(settings.telemetry.tenant_label)
    MODELS.add(filter(None, (OFFLINE_MODEL, settings.llm.default_model, *settings.llm.models)))
    if settings.telemetry.otlp_endpoint is None:
        return None
    from medea.kernel.telemetry.recording import start_recording

    return start_recording(settings.telemetry, process)


async def _redis(settings: Settings) -> "RedisServer | None":
    if settings.redis.url is None:
        return None
    from medea.kernel.redis.server import RedisServer

    return await RedisServer.connect(settings.redis.url, settings.redis.prefix)


def _limiter(redis: "RedisServer | None") -> Limiter:
    if redis is None:
        return MemoryLimiter()
    from medea.kernel.limits.redis import RedisLimiter

    return RedisLimiter(redis)


def _streams(redis: "RedisServer | None") -> LiveStreams:
    if redis is None:
        return MemoryStreams()
    from medea.kernel.streams.redis.streams import RedisStreams

    return RedisStreams(redis)


async def _broker(settings: Settings) -> "RabbitDriver | None":
    if settings.rabbitmq.url is None:
        return None
    from medea.kernel.bus.rabbitmq.driver import RabbitDriver
    from medea.kernel.bus.rabbitmq.topology import Topology

    driver = RabbitDriver(settings.rabbitmq.url, Topology(settings.rabbitmq.prefix))
    await driver.open()
    return driver


async def _vectors(settings: Settings) -> "VectorStore | None":
    store = make_vectors(settings)
    if store is not None:
        try:
            await store.check()
        except BaseException:
            await store.close()
            raise
    return store


def make_vectors(settings: Settings) -> "VectorStore | None":
    """Return the store beside PostgreSQL in which the nearest vectors are looked for; None: there is none."""
    chosen = settings.vectors
    key = chosen.api_key.get_secret_value() if chosen.api_key else None
    if chosen.kind == "qdrant":
        from medea.kernel.vectors.qdrant import QdrantVectors

        return QdrantVectors(chosen.url or "", key, chosen.prefix, seconds=chosen.search_seconds)
    if chosen.kind == "weaviate":
        from medea.kernel.vectors.weaviate import WeaviateVectors

        return WeaviateVectors(chosen.url or "", key, chosen.prefix, seconds=chosen.search_seconds)
    if chosen.kind == "pinecone":
        from medea.kernel.vectors.pinecone import API, PineconeVectors

        place = chosen.cloud, chosen.region
        return PineconeVectors(chosen.url or API, key or "", chosen.prefix, place, seconds=chosen.search_seconds)
    return None


def make_storage(settings: Settings) -> Storage:
    """Return where tenants' files are kept."""
    chosen = settings.storage
    if chosen.bucket is not None:
        from medea.kernel.storage.s3 import Bucket, S3Storage  # most installations do without it
        from medea.kernel.storage.signing import Credentials

        endpoint = chosen.endpoint or f"https://s3.{chosen.region}.amazonaws.com"
        secret = chosen.secret_key.get_secret_value() if chosen.secret_key else ""
        credentials = Credentials(chosen.access_key or "", secret, chosen.region)
        return S3Storage(Bucket(endpoint, chosen.bucket, credentials, chosen.prefix))
    return FolderStorage(settings.storage.folder or settings.data_dir / "files")


def make_keyring(settings: Settings) -> KeyRing:
    """Return the keys of this installation.

    Raises:
        KeyUnusable: one of them is too short.
    """
    auth = settings.auth
    current = None if auth.encryption_key is None else auth.encryption_key.get_secret_value()
    return KeyRing(_secret(settings), current, [key.get_secret_value() for key in auth.older_encryption_keys])


def _secret(settings: Settings) -> str:
    if settings.auth.secret is not None:
        return settings.auth.secret.get_secret_value()
    path = settings.data_dir / "secret.key"
    if not os.access(path, os.R_OK):  # one that was put there may lie where nothing can be written
        DataFolder(settings.data_dir).create()
        settings.data_dir.mkdir(parents=True, exist_ok=True)  # `~` is no home here, but a name like any other
    return load_or_create_secret(path)


def _mailer(settings: Settings) -> Mailer:
    if settings.mail.backend == "smtp":
        return SmtpMailer(settings.mail)
    return LocalMailer(settings.data_dir / "mail", settings.mail.sender)


def _outbound_policy(settings: Settings) -> OutboundPolicy:
    return OutboundPolicy(allowed_private_hosts=frozenset(settings.outbound.allowed_private_hosts))


def make_mcp(settings: Settings) -> McpConnections:
    """Return the connections to MCP servers; none is open yet."""
    chosen = settings.mcp
    limits = McpLimits(
        connect_seconds=chosen.connect_seconds,
        list_seconds=chosen.list_seconds,
        idle_seconds=chosen.idle_seconds,
        per_tenant=chosen.connections_per_company,
        total=chosen.connections,
        max_bytes=chosen.answer_bytes,
    )
    programs = {name: Command(each.command, each.args, each.env) for name, each in chosen.programs.items()}
    return McpConnections(_outbound_policy(settings), LazyProtocols(), limits, programs)


def make_models(settings: Settings) -> ModelRouter:
    """Return the router to the platform's provider, tenants' providers and the offline model."""
    return ModelRouter(
        limits=_call_limits(settings),
        policy=_outbound_policy(settings),
        platform=_platform_provider(settings),
        platform_models=settings.llm.models,
        offline=OfflineModel(settings.llm.offline_delay),
        tells_providers=settings.telemetry.propagate_to_models,
        circuits=CircuitPolicy(failures=settings.llm.circuit_failures, pause=settings.llm.circuit_seconds),
    )


def make_embedders(settings: Settings) -> Embedders:
    """Return the embedding models: the one that comes along, the platform's, tenants'. None is loaded yet."""
    limits = _call_limits(settings)
    connections = Connections(limits, _outbound_policy(settings))

    def local() -> LocalEmbedder:
        from medea.kernel.embeddings.minilm.runtime import MiniLm  # numpy, onnxruntime, tokenizers: 0.3 s

        return MiniLm(settings.data_dir / "models", settings.embeddings.threads)

    def remote(model: str, name: str, config: ProviderConfig) -> Embedder:
        from medea.kernel.embeddings.openai_compatible import OpenAIEmbeddings  # numpy

        return OpenAIEmbeddings(model, name, JsonEndpoint("/embeddings", config, limits, connections))

    def reranker(name: str, config: ProviderConfig) -> Reranker:
        return EndpointReranker(name, JsonEndpoint("/rerank", config, limits, connections))

    return InstalledEmbedders(local, remote, reranker, connections, platform=_platform_embeddings(settings))


def _platform_embeddings(settings: Settings) -> ProviderConfig | None:
    return _platform_provider(settings) if settings.llm.kind == "openai" else None  # Anthropic has none


def _platform_provider(settings: Settings) -> ProviderConfig | None:
    llm = settings.llm
    base_url = llm.base_url or (ANTHROPIC_URL if llm.kind == "anthropic" and llm.api_key else None)
    if not base_url:
        return None
    return ProviderConfig(
        id=PLATFORM,
        base_url=base_url,
        api_key=llm.api_key.get_secret_value() if llm.api_key else None,
        default_model=llm.default_model,
        is_guarded=False,
        kind=llm.kind,
    )


def _call_limits(settings: Settings) -> CallLimits:
    llm = settings.llm
    return CallLimits(
        connect=llm.connect_timeout,
        first_token=llm.first_token_timeout,
        silence=llm.silence_timeout,
        max_attempts=llm.max_attempts,
    )
