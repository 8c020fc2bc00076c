"""What was carried out is not carried out again: neither when its answer was lost, nor when it was taken for dead."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any, cast

import asyncpg
import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import text

from medea.apps.bootstrap import Installation
from medea.kernel.db.database import Database
from medea.kernel.ids import TenantId
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import Authenticated
from tests.support.app import problem

KEY = {"idempotency-key": "once"}
_DIED = """
UPDATE idempotency_keys SET status = NULL, headers = NULL, body = NULL, created_at = now() - $1::interval
WHERE tenant_id = $2
"""
_WRITE = "INSERT INTO inbox (tenant_id, consumer, key) VALUES (current_setting('medea.tenant_id')::uuid, 'told', $1)"


class Outside:
    """What whoever looks at the database sees of a company."""

    def __init__(self, connection: asyncpg.Connection, tenant: TenantId) -> None:
        self._connection = connection
        self._tenant = tenant

    async def die(self, ago: str) -> None:
        """Leave the database as a process does that was killed between the commit and the answer."""
        await self._connection.execute(_DIED.replace("$1", f"'{ago}'").replace("$2", "$1"), self._tenant)

    async def cut(self, pid: int) -> None:
        """End a connection, and wait until it has ended."""
        await self._connection.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)

    async def count_effects(self) -> int:
        found: int = await self._connection.fetchval("SELECT count(*) FROM inbox WHERE tenant_id = $1", self._tenant)
        return found


@pytest.fixture
async def outside(installation: Installation, owner: AsyncClient) -> AsyncIterator[Outside]:
    connection = await asyncpg.connect(installation.ports.database.urls.admin)
    tenant = (await owner.get("/v1/auth/me")).json()["tenant"]["id"]
    yield Outside(connection, TenantId.parse(tenant))
    await connection.close()


async def test_an_answer_that_was_lost_is_told_as_lost(owner: AsyncClient, outside: Outside) -> None:
    body = {"name": "Helper"}
    assert (await owner.post("/v1/agents", json=body, headers=KEY)).status_code == 201
    for ago in ("1 second", "30 seconds"):
        await outside.die(ago)
        told = await owner.post("/v1/agents", json=body, headers=KEY)
        problem(told, 409, "request.in_progress")
        assert told.headers["retry-after"] == "1"
    await outside.die("2 minutes")
    problem(await owner.post("/v1/agents", json=body, headers=KEY), 409, "request.answer_lost")
    problem(await owner.post("/v1/agents", json={"name": "x"}, headers=KEY), 422, "request.idempotency_key_reused")
    assert [agent["name"] for agent in (await owner.get("/v1/agents")).json()["data"]] == ["Helper"]
    assert (await owner.post("/v1/agents", json=body, headers={"idempotency-key": "another"})).status_code == 201


async def test_what_only_looked_is_done_again(owner: AsyncClient, app: FastAPI, outside: Outside) -> None:
    router, looked = make_router("/told", "told"), list[int]()

    @router.post("")
    async def look(ctx: Authenticated) -> int:
        async with ctx.transaction() as sql:
            looked.append(await sql.fetchval("SELECT count(*)::int FROM agents"))
        await ctx.db.execute(text("SELECT 1"))
        return len(looked)

    app.include_router(router, prefix="/v1")
    assert (await owner.post("/v1/told", headers=KEY)).json() == 1
    await outside.die("9 seconds")
    again = await owner.post("/v1/told", headers=KEY)
    assert (again.status_code, again.json()) == (200, 2)


@pytest.mark.parametrize("way", ["session", "transaction"])
async def test_who_was_taken_for_dead_does_nothing_more(
    owner: AsyncClient, app: FastAPI, outside: Outside, way: str
) -> None:
    router = make_router("/told", "told")
    has_stalled, may_go_on = asyncio.Event(), asyncio.Event()

    @router.post("")
    async def tell(ctx: Authenticated) -> str:
        is_first = not has_stalled.is_set()
        if is_first:
            has_stalled.set()
            await may_go_on.wait()
        key = "first" if is_first else "second"
        if way == "session":
            await ctx.db.execute(text(_WRITE.replace("$1", ":key")), {"key": key})
        else:
            async with ctx.transaction() as sql:
                await sql.execute(_WRITE, key)
        return key

    app.include_router(router, prefix="/v1")
    first = asyncio.create_task(owner.post("/v1/told", headers=KEY))
    await has_stalled.wait()
    await outside.die("9 seconds")
    assert (await owner.post("/v1/told", headers=KEY)).json() == "second"
    may_go_on.set()
    problem(await first, 409, "request.in_progress")
    assert await outside.count_effects() == 1
    third = await owner.post("/v1/told", headers=KEY)
    assert (third.json(), third.headers["idempotency-replayed"]) == ("second", "true"), "the first spoiled nothing"


async def test_a_fault_after_the_commit_makes_no_second_effect(
    owner: AsyncClient, app: FastAPI, outside: Outside
) -> None:
    router = make_router("/told", "told")

    @router.post("")
    async def tell(ctx: Authenticated) -> str:
        async with ctx.transaction() as sql:
            await sql.execute(_WRITE, "x")
        raise ConnectionError("the answer of a commit did not come")

    app.include_router(router, prefix="/v1")
    problem(await owner.post("/v1/told", headers=KEY), 503, "operations.database_unavailable")
    problem(await owner.post("/v1/told", headers=KEY), 409, "request.answer_lost")
    assert await outside.count_effects() == 1


async def test_a_fault_before_it_leaves_the_key_free(owner: AsyncClient, app: FastAPI, outside: Outside) -> None:
    router, tries = make_router("/told", "told"), list[int]()

    @router.post("")
    async def tell(ctx: Authenticated) -> int:
        tries.append(len(tries))
        async with ctx.transaction() as sql:
            await sql.execute(_WRITE, "x")
            if len(tries) == 1:
                raise ConnectionError("the database went away")
        return len(tries)

    app.include_router(router, prefix="/v1")
    problem(await owner.post("/v1/told", headers=KEY), 503, "operations.database_unavailable")
    assert (await owner.post("/v1/told", headers=KEY)).json() == 2
    assert await outside.count_effects() == 1


async def test_no_answer_is_kept_of_what_was_not_committed(owner: AsyncClient, app: FastAPI, outside: Outside) -> None:
    """The commit fails, after the endpoint has returned."""
    router, tries = make_router("/told", "told"), list[int]()

    @router.post("", status_code=201)
    async def tell(ctx: Authenticated) -> int:
        tries.append(len(tries))
        await ctx.db.execute(text(_WRITE.replace("$1", ":key")), {"key": "x"})
        if len(tries) == 1:
            pid = (await ctx.db.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            await outside.cut(pid)
        return len(tries)

    app.include_router(router, prefix="/v1")
    problem(await owner.post("/v1/told", headers=KEY), 503, "operations.database_unavailable")
    assert await outside.count_effects() == 0
    again = await owner.post("/v1/told", headers=KEY)
    assert (again.status_code, again.json(), again.headers.get("idempotency-replayed")) == (201, 2, None)
    assert await outside.count_effects() == 1


class Leaving:
    """A database that goes away when it is told to, for so many transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.refusals = 0

    def transaction(self, *args: Any, **options: Any) -> Any:
        if self.refusals:
            self.refusals -= 1
            raise ConnectionError("the database cannot be reached")
        return self._database.transaction(*args, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


async def test_an_answer_is_kept_although_the_database_was_away(
    owner: AsyncClient, app: FastAPI, installation: Installation
) -> None:
    router, database = make_router("/told", "told"), Leaving(installation.ports.database)

    @router.post("")
    async def tell(ctx: Authenticated) -> str:
        database.refusals = 2
        return "told"

    app.include_router(router, prefix="/v1")
    app.state.ports = dataclasses.replace(installation.ports, database=cast(Database, database))
    assert (await owner.post("/v1/told", headers=KEY)).json() == "told"
    assert database.refusals == 0
    again = await owner.post("/v1/told", headers=KEY)
    assert (again.json(), again.headers["idempotency-replayed"]) == ("told", "true")
