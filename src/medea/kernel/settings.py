"""One frozen tree of settings, read once from the environment and passed down.

`MEDEA_PORT=9000` sets `port`; `MEDEA_LLM__BASE_URL=...` sets `llm.base_url`. Nothing else in the code
reads the environment.
"""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
OPENROUTER = "https://openrouter.ai/api/v1"
_ENV_FILE = ".env"


class Group(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(Group):
    """Where PostgreSQL is. Without `url` the embedded server in the data folder is used."""

    url: str | None = Field(default=None, description="postgresql://... of a login that may act as the three roles")
    app_url: str | None = Field(default=None, description="login for medea_app, where it has its own")
    system_url: str | None = Field(default=None, description="login for medea_system, where it has its own")
    pool_size: int = Field(default=16, ge=2, le=200, description="connections per pool and process")


class RedisSettings(Group):
    """Where Redis is. Without `url` live streams and rate limits are in the memory of each process."""

    url: str | None = Field(default=None, description="redis://, rediss:// or unix://; version 6.2 or newer")
    prefix: str = Field(default="medea:", min_length=1, max_length=100, description="of every key")


class LlmSettings(Group):
    """The platform's own model provider; tenants may add theirs."""

    kind: Literal["openai", "anthropic"] = Field(
        default="openai", description="the dialect: chat completions, or Anthropic's Messages"
    )
    base_url: str | None = None
    api_key: SecretStr | None = None
    default_model: str | None = None
    models: tuple[str, ...] = Field(default=(), description="model names offered beside the default one")
    connect_timeout: float = Field(default=10.0, gt=0, description="seconds")
    first_token_timeout: float = Field(default=60.0, gt=0, description="seconds")
    silence_timeout: float = Field(default=30.0, gt=0, description="seconds between two chunks")
    max_attempts: int = Field(default=3, ge=1, le=10, description="calls before the first token")
    fallback_timeout: float = Field(
        default=15.0, gt=0, description="seconds to the first token where another model of the agent can take over"
    )
    fallback_attempts: int = Field(default=2, ge=1, le=10, description="calls before it does")
    circuit_failures: int = Field(
        default=5, ge=1, description="in a row, after which a provider or model is left alone for a while"
    )
    circuit_seconds: float = Field(default=15.0, gt=0, description="for how long at first; doubles up to five minutes")
    offline_delay: float = Field(default=0.012, ge=0, description="seconds per word of medea/offline")


class WebSettings(Group):
    """Origins. Without them they are derived from host and port."""

    dashboard_origin: str | None = None
    widget_origin: str | None = None
    trust_proxy: bool = Field(default=False, description="take the client address from X-Forwarded-For")
    secure_cookies: bool | None = Field(default=None, description="None: as the dashboard origin's scheme says")
    drain_seconds: float = Field(default=2.0, ge=0, description="of a stopping API that says so and still accepts")
    grace_seconds: float = Field(default=10.0, ge=0, description="for answers that cannot be joined elsewhere")


class AuthSettings(Group):
    """Lifetimes of credentials and the installation's secret."""

    secret: SecretStr | None = Field(default=None, description="32+ characters; else made once in the data folder")
    encryption_key: SecretStr | None = Field(
        default=None, description="encrypts what is kept, 32+ characters; else the secret does; see `medea keys`"
    )
    older_encryption_keys: tuple[SecretStr, ...] = Field(
        default=(), description="that encrypted before, earlier secrets among them: they still open"
    )
    session_days: int = Field(default=30, ge=1)
    visitor_minutes: int = Field(default=60, ge=1)
    reset_minutes: int = Field(default=60, ge=1)
    invitation_days: int = Field(default=7, ge=1)


class MailSettings(Group):
    """How mail leaves. `local` writes it to the data folder and the outbox page."""

    backend: Literal["local", "smtp"] = "local"
    sender: str = "Medea <no-reply@localhost>"
    host: str = "127.0.0.1"
    port: int = 587
    username: str | None = None
    password: SecretStr | None = None
    starttls: bool = True


class LimitSettings(Group):
    """Rate limits of the doors that strangers can knock at, and sizes."""

    login_per_minute: int = Field(default=10, ge=1, description="per e-mail and address")
    signup_per_hour: int = Field(default=60, ge=1, description="per address")
    widget_sessions_per_minute: int = Field(default=120, ge=1, description="per address")
    places_per_minute: int = Field(default=60, ge=1, description="per address (IPv6: per /64): pages behind citations")
    chat_per_visitor: int = Field(default=600, ge=1, description="a minute: what one visitor says and opens")
    chat_per_address: int = Field(default=3_000, ge=1, description="a minute, per public address (IPv6: per /64)")
    chat_per_key: int = Field(default=30_000, ge=1, description="a minute, per API key")
    chat_per_tenant: int = Field(default=60_000, ge=1, description="a minute")
    requests_per_caller: int = Field(default=12_000, ge=1, description="a minute: all else, per key, visitor or member")
    requests_per_tenant: int = Field(default=60_000, ge=1, description="a minute: all else")
    turns_per_tenant: int = Field(default=1_000, ge=1, description="answers that run or wait at once")
    budgeted_output_tokens: int = Field(
        default=4_096, ge=16, description="of an answer that a budget applies to, where the agent says nothing"
    )
    max_body_bytes: int = Field(default=2_000_000, ge=1024)


class WorkerSettings(Group):
    """How much a worker does at once."""

    turns: int = Field(default=1000, ge=1)
    default: int = Field(default=20, ge=1)
    slow: int = Field(default=2, ge=1)
    webhooks: int = Field(default=100, ge=2, description="outgoing webhooks under way at once")
    webhooks_tenant_share: float = Field(
        default=0.25,
        gt=0,
        le=0.9,
        description="part of those places that one tenant may have although nobody else waits",
    )
    tenant_share: float = Field(
        default=0.5, gt=0, le=1, description="part of a queue's places that one tenant may have while others wait"
    )
    grace_seconds: float = Field(default=10.0, ge=0)


class RabbitmqSettings(Group):
    """The broker of the distributed mode. Without `url` PostgreSQL carries the jobs."""

    url: str | None = Field(default=None, description="amqp://user:password@host:port/vhost")
    prefix: str = Field(default="medea", min_length=1, max_length=64, description="of all names at the broker")


class StorageSettings(Group):
    """Where tenants' files are kept. Without `bucket` in the data folder."""

    folder: Path | None = Field(default=None, description="default: `files` in the data folder")
    bucket: str | None = Field(default=None, description="of a server that speaks S3; it must exist")
    endpoint: str | None = Field(default=None, description="https://... of the server; default: Amazon's in the region")
    region: str = "us-east-1"
    access_key: str | None = None
    secret_key: SecretStr | None = None
    prefix: str = Field(
        default="",
        max_length=100,
        pattern=r"^(?:[A-Za-z0-9_-]+/)*$",
        description="of every key; ends in /",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.bucket is not None and (self.access_key is None or self.secret_key is None):
            raise ValueError("a bucket needs an access key and a secret key")
        return self


class KnowledgeSettings(Group):
    """What a tenant may keep as knowledge, and what reading one document may cost."""

    max_bases: int = Field(default=100, ge=1, description="per tenant")
    max_documents: int = Field(default=20_000, ge=1, description="per tenant")
    max_bytes: int = Field(default=5_000_000_000, ge=1, description="of originals, per tenant")
    max_pages: int = Field(default=200_000, ge=1, description="pages of documents that have such, per tenant")
    max_file_bytes: int = Field(default=50_000_000, ge=1024, description="of one document")
    max_upload_bytes: int = Field(default=200_000_000, ge=1024, description="of one request with several files")
    max_document_pages: int = Field(default=5000, ge=1)
    max_text_chars: int = Field(default=10_000_000, ge=1000, description="of one document")
    extraction_seconds: float = Field(default=120.0, gt=0, description="for one document; its process is then ended")
    extraction_memory_mb: int = Field(default=1536, ge=256, description="address space of that process")
    extraction_processes: int = Field(default=2, ge=1, description="at once, per process of Medea")
    ocr: bool = Field(default=True, description="read scanned pages with tesseract, where it is installed")
    ocr_languages: str = Field(default="eng", pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$", description="of tesseract")
    max_ocr_pages: int = Field(default=100, ge=0, description="per document")
    crawl_timeout: float = Field(default=20.0, gt=0, description="seconds for one web page")
    platform_models: tuple[str, ...] = Field(
        default=(), description="of the operator's provider and on the operator's account: embedders and rerankers"
    )


class TelemetrySettings(Group):
    """What the installation tells about itself, and to whom."""

    otlp_endpoint: str | None = Field(
        default=None, description="http(s)://host:port of an OpenTelemetry collector; traces go to its /v1/traces"
    )
    otlp_headers: SecretStr | None = Field(default=None, description="sent with traces: name=value,name=value")
    sampling_ratio: float = Field(default=1.0, ge=0, le=1, description="share of traces that are recorded")
    trust_traceparent: bool = Field(default=False, description="a caller's trace goes on here; else it is linked")
    propagate_to_models: bool = Field(default=False, description="send traceparent to model providers")
    environment: str | None = Field(default=None, max_length=100, description="deployment.environment.name of spans")
    metrics_host: str = Field(default="127.0.0.1", description="where metrics_port listens")
    metrics_port: int | None = Field(
        default=None, ge=1, le=65535, description="/metrics, /healthz and /readyz of any process, beside its own port"
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="bearer token for /metrics; without one only loopback may read it"
    )
    tenant_label: bool = Field(default=False, description="tell tenants apart in metrics of turns, tokens and cost")

    @field_validator("otlp_endpoint", "otlp_headers", "environment", "metrics_port", "metrics_token", mode="before")
    @classmethod
    def _empty_is_none(cls, given: object) -> object:
        """An empty token would be one that everybody knows."""
        return None if isinstance(given, str) and not given.strip() else given


class EmbeddingSettings(Group):
    """The embedding model that comes along; others are a provider's."""

    threads: int = Field(default=2, ge=1, le=64, description="of the local model")


class VectorSettings(Group):
    """Where the nearest vectors are looked for. PostgreSQL holds them in any case; a store is a copy of it."""

    kind: Literal["pgvector", "qdrant", "weaviate", "pinecone"] = "pgvector"
    url: str | None = Field(default=None, description="http(s)://... of the store; Pinecone: of its control API")
    api_key: SecretStr | None = None
    prefix: str = Field(default="medea", pattern=r"^[a-z][a-z0-9]{0,29}$", description="of collections in the store")
    search_seconds: float = Field(default=1.0, gt=0, le=30, description="that a search waits for the store")
    cloud: Literal["aws", "gcp", "azure"] = Field(default="aws", description="of Pinecone indexes that are made")
    region: str = Field(default="us-east-1", description="of Pinecone indexes that are made")

    @field_validator("url", "api_key", mode="before")
    @classmethod
    def _empty_is_none(cls, given: object) -> object:
        return None if isinstance(given, str) and not given.strip() else given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "pgvector" and self.url is not None:
            raise ValueError("MEDEA_VECTORS__URL leads to a store; say which with MEDEA_VECTORS__KIND, or leave it out")
        if self.kind in {"qdrant", "weaviate"} and self.url is None:
            raise ValueError(f"{self.kind} needs MEDEA_VECTORS__URL, the address of its REST API")
        if self.url is not None and not re.match(r"https?://[^/\s@]+(/\S*)?$", self.url):
            raise ValueError("MEDEA_VECTORS__URL must look like http://host:port; a key goes to MEDEA_VECTORS__API_KEY")
        if self.kind == "pinecone" and self.api_key is None:
            raise ValueError("pinecone needs MEDEA_VECTORS__API_KEY")
        return self


class OutboundSettings(Group):
    """What the one door out lets through."""

    allowed_private_hosts: tuple[str, ...] = Field(default=(), description="host or host:port")
    log_days: int = Field(default=7, ge=1, le=365, description="that the log of the door is kept")
    log_calls: int = Field(default=20_000, ge=100, description="of one tenant that it holds at most")


class ToolSettings(Group):
    """How far a turn may go with tools. Where a bound is reached, the model has to answer with what it has."""

    max_steps: int = Field(default=8, ge=1, le=50, description="model calls of a turn that may ask for tools")
    max_calls: int = Field(default=16, ge=1, le=64, description="calls in one step")
    max_seconds: float = Field(default=120.0, gt=0, le=540, description="of one attempt at a turn")
    max_cost_usd: float | None = Field(default=1.0, ge=0, description="of one turn; None: whatever budgets allow")
    call_seconds: float = Field(default=30.0, gt=0, le=300, description="of one call, where the tool says nothing else")
    result_chars: int = Field(default=16_000, ge=200, le=200_000, description="of a result that the model is shown")
    answer_hours: float = Field(default=24.0, gt=0, le=720, description="that a visitor has to approve or fill in")


class WebhookSettings(Group):
    """Outgoing webhooks."""

    max_per_tenant: int = Field(default=20, ge=1, le=1000)
    timeout: float = Field(default=15.0, gt=0, le=60, description="seconds that a receiver has to answer")
    retry_hours: float = Field(default=24.0, gt=0, le=168, description="that a delivery is tried")
    disable_hours: float = Field(default=72.0, gt=0, le=720, description="of nothing but failures until it is disabled")
    keep_days: int = Field(default=14, ge=1, le=365, description="that deliveries and their bodies are kept")


class ResponseSettings(Group):
    """What clients of OpenAI's Responses may ask for again."""

    keep_days: int = Field(
        default=30, ge=1, le=3650, description="that a response is retrieved and followed; its conversation stays"
    )


class ProgramSettings(Group):
    """A program of the operator's that speaks MCP on its standard input and output."""

    command: str = Field(min_length=1)
    args: tuple[str, ...] = ()
    env: dict[str, str] = Field(default_factory=dict)


class McpSettings(Group):
    """How MCP servers are spoken to. Connections are counted per process."""

    connect_seconds: float = Field(default=10.0, gt=0, le=60, description="to connect to a server")
    list_seconds: float = Field(default=20.0, gt=0, le=120, description="for a server to say what it offers")
    idle_seconds: float = Field(default=300.0, gt=0, description="after which an unused connection is closed")
    connections_per_company: int = Field(default=20, ge=1, le=1000)
    connections: int = Field(default=200, ge=1, le=10_000, description="of all companies")
    answer_bytes: int = Field(default=4_000_000, ge=10_000, le=100_000_000, description="of one answer")
    programs: dict[str, ProgramSettings] = Field(
        default_factory=dict, description="stdio servers by name, for an installation of one company alone"
    )


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix="MEDEA_",
        env_nested_delimiter="__",
        env_file=_ENV_FILE,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    data_dir: Path = Path(".medea")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    web_root: Path | None = Field(default=None, description="folder of the built web parts; default: ./web")
    seed: bool | None = Field(
        default=None, description="the demo company; None: only where nobody but this machine can log in to it"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"
    openrouter_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("OPENROUTER_API_KEY", "MEDEA_OPENROUTER_API_KEY")
    )
    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    llm: LlmSettings = LlmSettings()
    web: WebSettings = WebSettings()
    auth: AuthSettings = AuthSettings()
    mail: MailSettings = MailSettings()
    limits: LimitSettings = LimitSettings()
    worker: WorkerSettings = WorkerSettings()
    outbound: OutboundSettings = OutboundSettings()
    storage: StorageSettings = StorageSettings()
    embeddings: EmbeddingSettings = EmbeddingSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    vectors: VectorSettings = VectorSettings()
    rabbitmq: RabbitmqSettings = RabbitmqSettings()
    tools: ToolSettings = ToolSettings()
    mcp: McpSettings = McpSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    webhooks: WebhookSettings = WebhookSettings()
    responses: ResponseSettings = ResponseSettings()

    @model_validator(mode="after")
    def _openrouter(self) -> Self:
        key = self.openrouter_api_key
        if key is not None and key.get_secret_value() and self.llm.base_url is None:
            llm = self.llm.model_copy(
                update={
                    "base_url": OPENROUTER,
                    "api_key": self.llm.api_key or key,
                    "default_model": self.llm.default_model or "openai/gpt-5-mini",
                }
            )
            object.__setattr__(self, "llm", llm)
        return self

    @property
    def has_demo(self) -> bool:
        """Whether the demo is added: its password is known to everybody, and it may operate the installation."""
        return self.is_for_this_machine if self.seed is None else self.seed

    @property
    def is_for_this_machine(self) -> bool:
        """Whether nobody comes from elsewhere: the server listens here alone, and under no other name."""
        return self.host in LOOPBACK and urlsplit(self.dashboard_origin).hostname in LOOPBACK

    @property
    def dashboard_origin(self) -> str:
        """Origin of the dashboard, e.g. `http://127.0.0.1:8000`."""
        return (self.web.dashboard_origin or f"http://{self._public_host()}:{self.port}").rstrip("/")

    @property
    def widget_origin(self) -> str:
        """Origin of the widget, never the dashboard's: by default the other loopback name."""
        if self.web.widget_origin:
            return self.web.widget_origin.rstrip("/")
        other = "127.0.0.1" if self._public_host() == "localhost" else "localhost"
        return f"http://{other}:{self.port}"

    def _public_host(self) -> str:
        return "127.0.0.1" if self.host in {"0.0.0.0", "::", "127.0.0.1"} else self.host  # noqa: S104


_NEARLY = 0.85  # so alike are names that differ by a letter or two
_OF_KUBERNETES = ("tcp://", "udp://", "sctp://")  # what it says of a service `medea-db` by MEDEA_DB_PORT


def setting_names(model: type[BaseModel] = Settings, prefix: str = "MEDEA_") -> set[str]:
    """Return the names of all settings, as the environment has them."""
    found = set()
    for name, field in model.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            found |= setting_names(group, f"{prefix}{name.upper()}__")
        else:
            found.add(prefix + name.upper())
    return found


def find_misspelt(environment: Mapping[str, object] | None = None) -> tuple[str, str] | None:
    """Return a name that is nearly that of a setting, and which; None: there is none.

    A wrong name within a group is refused anyway. One of a group, or of none, would be passed over in silence, and an
    installation start on a database that nobody meant.

    Args:
        environment: names and values; by default those that settings are read from.
    """
    given = {**dotenv_values(_ENV_FILE), **os.environ} if environment is None else environment
    known = setting_names()
    groups = {each.rpartition("__")[0] for each in known}  # may be given whole, as JSON
    for name, value in sorted((name.upper(), str(value)) for name, value in given.items()):
        if not name.startswith("MEDEA_") or any(name == each or name.startswith(f"{each}__") for each in known):
            continue
        if name in groups or value.startswith(_OF_KUBERNETES):
            continue
        if near := difflib.get_close_matches(name, known, 1, _NEARLY):
            return name, near[0]
    return None
