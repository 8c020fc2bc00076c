"""The real application over real PostgreSQL, spoken to as its clients do.

`installation` is what bootstrap opens, under the roles that requests and workers have; `app` is the ASGI
application on it. Clients keep their cookies: `anonymous` has none, `owner` has just signed up, `stranger`
owns another company. `new_client` makes more. Background jobs run where a test asks for `working`.
"""

import dataclasses
import functools
import itertools
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from medea.apps.api.application import attach, make_app
from medea.apps.bootstrap import Installation, open_installation
from medea.apps.monitoring.monitor import Monitor
from medea.kernel.auth.principal import ANONYMOUS
from medea.kernel.context import Context
from medea.kernel.embeddings.fake import FakeEmbedders
from medea.kernel.ids import TenantId
from medea.kernel.limits.bucket import MemoryLimiter
from medea.kernel.mail.local import LocalMailer
from medea.kernel.settings import AuthSettings, DatabaseSettings, LlmSettings, Settings, WebSettings
from medea.kernel.web.security import SESSION_COOKIE
from medea.modules.identity import facade as identity
from medea.modules.tenancy.facade import Founded, make_authenticator
from medea.modules.tenancy.service import founding

ORIGIN = "http://127.0.0.1:8000"
WIDGET_ORIGIN = "http://localhost:8000"
PASSWORD = "correct horse battery"
_LINK = re.compile(r"https?://\S+[?&]token=(\S+)")
_numbers = itertools.count(1)

NewClient = Callable[..., AsyncClient]


class TravelClock:
    """The machine's clock, moved forward at will."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def seconds(self) -> float:
        """Return what rate limits count: it stands still until the clock is moved."""
        return self.offset.total_seconds()

    def advance(self, **by: float) -> None:
        """Move the clock forward: `advance(days=31)`."""
        self.offset += timedelta(**by)


class Outbox:
    """The mails that were sent."""

    def __init__(self, mailer: LocalMailer) -> None:
        self._mailer = mailer

    async def to(self, address: str) -> list[str]:
        """Return the texts of the mails to an address, newest first."""
        return [sent.mail.text for sent in await self._mailer.list_sent() if sent.mail.to == address]

    async def token(self, address: str) -> str:
        """Return the token in the newest mail to an address."""
        found = _LINK.search((await self.to(address))[0])
        assert found is not None
        return found[1]


def fresh_email(name: str = "person") -> str:
    """Return an address that no other test uses."""
    return f"{name}-{next(_numbers)}-{datetime.now(UTC).timestamp():.6f}@example.com"


async def sign_up(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    """Sign up with a fresh address and return who is logged in then."""
    body = {"email": fresh_email(), "password": PASSWORD, "name": "Ada Lovelace", "tenant_name": "Engines", **fields}
    answer = await client.post("/v1/auth/signup", json=body)
    assert answer.status_code == 201, answer.text
    me: dict[str, Any] = answer.json()
    return me


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Assert that an answer is this problem document, and return it."""
    assert (answer.status_code, answer.headers.get("content-type")) == (status, "application/problem+json"), answer.text
    found: dict[str, Any] = answer.json()
    assert found["code"] == code, found
    return found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a test installation; a test module overrides this fixture to change them."""
    return Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        auth=AuthSettings(secret="a secret of the tests, long enough for a key"),
        database=DatabaseSettings(pool_size=4),
        web=WebSettings(dashboard_origin=ORIGIN, widget_origin=WIDGET_ORIGIN),
        llm=LlmSettings(offline_delay=0),
        openrouter_api_key=None,
        seed=False,
    )


@pytest.fixture
def clock() -> TravelClock:
    """The installation's clock."""
    return TravelClock()


@pytest.fixture
async def installation(settings: Settings, database_url: str, clock: TravelClock) -> AsyncIterator[Installation]:
    """Everything that one process opens, on the worker's database."""
    opened = await open_installation(settings, database_url)
    opened.ports = dataclasses.replace(
        opened.ports, clock=clock, limiter=MemoryLimiter(clock.seconds), embedders=FakeEmbedders()
    )
    opened.authenticator = make_authenticator(opened.ports)
    yield opened
    await opened.close()


@pytest.fixture
async def working(installation: Installation) -> Installation:
    """The installation with its worker running."""
    await installation.start_worker(is_alone=False)
    return installation


@pytest.fixture
def app(installation: Installation, settings: Settings) -> FastAPI:
    """The ASGI application."""
    made = make_app(settings)
    attach(made, installation.ports, installation.authenticator, Monitor(installation, "all"))
    return made


@pytest.fixture
async def new_client(app: FastAPI) -> AsyncIterator[NewClient]:
    """Make clients: `new_client()`, `new_client(headers={...})`, each with its own cookies."""
    made: list[AsyncClient] = []

    def make(base_url: str = ORIGIN, **options: Any) -> AsyncClient:
        made.append(AsyncClient(transport=ASGITransport(app), base_url=base_url, **options))
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def anonymous(new_client: NewClient) -> AsyncClient:
    """Somebody who is not logged in."""
    return new_client()


@functools.cache
def _password_hash() -> str:
    return PasswordHasher().hash(PASSWORD)


async def found(
    installation: Installation, client: AsyncClient, *, name: str = "Ada Lovelace", tenant_name: str = "Engines"
) -> Founded:
    """Do what signing up does, but for the 50 ms of hashing a password: the client is logged in with `PASSWORD`."""
    ctx = Context(installation.ports, ANONYMOUS)
    tenant_id = TenantId.new()
    async with founding.announcing(ctx, tenant_id) as (sql, outbox):
        person = await identity.create_user(
            sql,
            outbox,
            email=fresh_email(),
            name=name,
            password_hash=_password_hash(),
            tenant_id=tenant_id,
            at=ctx.now(),
        )
        await founding.found_tenant(ctx, sql, outbox, tenant_id=tenant_id, name=tenant_name, owner_id=person.id)
        opened = await identity.open_session(ctx, sql, person.id, tenant_id, identity.Device())
    client.cookies.set(SESSION_COOKIE, opened.token, domain="127.0.0.1", path="/")
    return Founded(tenant_id, person.id)


@pytest.fixture
async def owner(installation: Installation, new_client: NewClient) -> AsyncClient:
    """The owner of a company that was just founded."""
    client = new_client()
    await found(installation, client)
    return client


@pytest.fixture
async def stranger(installation: Installation, new_client: NewClient) -> AsyncClient:
    """The owner of another company."""
    client = new_client()
    await found(installation, client, name="Eve", tenant_name="Elsewhere")
    return client


@pytest.fixture
def mails(installation: Installation) -> Outbox:
    """The local outbox."""
    mailer = installation.ports.mailer
    assert isinstance(mailer, LocalMailer)
    return Outbox(mailer)
