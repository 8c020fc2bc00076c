"""Operators see and mend the jobs of all companies; to everybody else none of it is there."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.bus.periodic import PLATFORM_TENANT
from medea.kernel.context import Context
from medea.kernel.ids import JobId, TenantId
from medea.modules.identity import facade as identity
from tests.support.app import NewClient, problem

AddJob = Callable[..., Awaitable[str]]

NO_JOB = f"job_{'0' * 32}"
ROUTES = [
    ("GET", "/v1/operator/jobs"),
    ("GET", f"/v1/operator/jobs/{NO_JOB}"),
    ("POST", f"/v1/operator/jobs/{NO_JOB}/retry"),
    ("DELETE", f"/v1/operator/jobs/{NO_JOB}"),
    ("POST", "/v1/operator/jobs/retry"),
    ("POST", "/v1/operator/jobs/purge"),
    ("GET", "/v1/operator/queues"),
    ("GET", "/v1/operator/processes"),
    ("GET", "/v1/operator/models"),
    ("PATCH", "/v1/operator/models/medea/offline"),
    ("GET", "/v1/operator/circuits"),
    ("GET", f"/v1/operator/tenants/ten_{'0' * 32}/allowance"),
    ("PATCH", f"/v1/operator/tenants/ten_{'0' * 32}/allowance"),
]


async def set_operator(installation: Installation, client: AsyncClient, *, is_operator: bool) -> dict[str, Any]:
    me: dict[str, Any] = (await client.get("/v1/auth/me")).json()
    nobody = Context(installation.ports, system_principal(None))
    assert await identity.set_operator(nobody, me["user"]["email"].upper(), is_operator=is_operator)
    return me


@pytest.fixture
async def operator(installation: Installation, owner: AsyncClient) -> AsyncClient:
    await set_operator(installation, owner, is_operator=True)
    return owner


@pytest.fixture
async def tenant(stranger: AsyncClient) -> TenantId:
    """Another company than the operator's."""
    return TenantId.parse((await stranger.get("/v1/auth/me")).json()["tenant"]["id"])


@pytest.fixture
async def add_job(installation: Installation, tenant: TenantId) -> AddJob:
    async with installation.ports.database.system() as sql:
        await sql.execute("DELETE FROM jobs")

    async def add(task: str = "tests.work", state: str = "dead", **values: Any) -> str:
        job_id = JobId.new()
        row: dict[str, Any] = {
            "tenant_id": tenant,
            "queue": "default",
            "attempts": 4,
            "created_at": datetime.now(UTC),
            "run_at": datetime.now(UTC) - timedelta(seconds=90),
            "lease_owner": "host:1:abc" if state == "running" else None,
            "lease_until": datetime.now(UTC) + timedelta(seconds=5) if state == "running" else None,
            "last_error": "ValueError: no" if state == "dead" else None,
            **values,
        }
        names = ", ".join(row)
        places = ", ".join(f"${number}" for number in range(5, 5 + len(row)))
        async with installation.ports.database.system() as sql:
            await sql.execute(
                f"INSERT INTO jobs (id, task, state, payload, max_attempts, {names})"
                f" VALUES ($1, $2, $3, $4, 4, {places})",
                job_id,
                task,
                state,
                {"number": 7},
                *row.values(),
            )
        return str(job_id)

    return add


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_to_others_it_is_not_there(
    owner: AsyncClient,
    anonymous: AsyncClient,
    new_client: NewClient,
    installation: Installation,
    method: str,
    path: str,
) -> None:
    every = list(installation.ports.scopes.for_keys)
    key = (await owner.post("/v1/api-keys", json={"name": "k", "kind": "secret", "scopes": every})).json()["key"]
    body: dict[str, Any] | None = {} if method == "POST" else None
    problem(await owner.request(method, path, json=body), 404, "operations.not_found")
    problem(await anonymous.request(method, path, json=body), 401, "auth.unauthenticated")
    machine = new_client(headers={"authorization": f"Bearer {key}"})
    problem(await machine.request(method, path, json=body), 404, "operations.not_found")


async def test_no_key_of_an_operators_company_is_an_operator(operator: AsyncClient, new_client: NewClient) -> None:
    key = (await operator.post("/v1/api-keys", json={"name": "k", "kind": "secret"})).json()["key"]
    machine = new_client(headers={"authorization": f"Bearer {key}"})
    assert (await operator.get("/v1/operator/jobs")).status_code == 200
    problem(await machine.get("/v1/operator/jobs"), 404, "operations.not_found")


async def test_who_is_no_operator_any_more_is_none_at_once(installation: Installation, owner: AsyncClient) -> None:
    assert (await owner.get("/v1/auth/me")).json()["is_operator"] is False
    await set_operator(installation, owner, is_operator=True)
    assert (await owner.get("/v1/auth/me")).json()["is_operator"] is True
    assert (await owner.get("/v1/operator/queues")).status_code == 200
    await set_operator(installation, owner, is_operator=False)
    assert (await owner.get("/v1/auth/me")).json()["is_operator"] is False
    problem(await owner.get("/v1/operator/queues"), 404, "operations.not_found")


async def test_jobs_of_all_companies_are_listed_filtered_and_paged(
    operator: AsyncClient, add_job: AddJob, tenant: TenantId
) -> None:
    dead = [await add_job("tests.index", queue="slow") for _ in range(3)]
    waiting = await add_job("tests.mail", state="queued")
    own = await add_job("tests.sweep", state="running", tenant_id=PLATFORM_TENANT)

    async def ids(**query: Any) -> list[str]:
        answer = await operator.get("/v1/operator/jobs", params=query)
        assert answer.status_code == 200, answer.text
        return [job["id"] for job in answer.json()["data"]]

    assert await ids() == [own, waiting, *reversed(dead)]
    assert await ids(state="dead") == list(reversed(dead))
    assert await ids(queue="slow", task="tests.index") == list(reversed(dead))
    assert await ids(task="tests.mail") == [waiting]
    assert await ids(tenant_id=str(tenant)) == [waiting, *reversed(dead)]
    assert await ids(tenant_id=str(TenantId.new())) == []
    first = (await operator.get("/v1/operator/jobs", params={"limit": 2})).json()
    rest = await ids(limit=100, cursor=first["next_cursor"])
    assert [job["id"] for job in first["data"]] + rest == [own, waiting, *reversed(dead)]
    assert first["data"][0]["tenant"] is None
    assert first["data"][1]["tenant"] == {"id": str(tenant), "name": "Elsewhere"}
    for bad in ({"cursor": "x"}, {"state": "done"}, {"queue": "fast"}, {"tenant_id": "acme"}):
        assert (await operator.get("/v1/operator/jobs", params=bad)).status_code == 422, bad


async def test_one_job_shows_its_arguments_and_last_failure(operator: AsyncClient, add_job: AddJob) -> None:
    job = (await operator.get(f"/v1/operator/jobs/{await add_job()}")).json()
    assert (job["payload"], job["last_error"], job["state"]) == ({"number": 7}, "ValueError: no", "dead")
    problem(await operator.get(f"/v1/operator/jobs/{JobId.new()}"), 404, "operations.job_not_found")


async def test_what_was_given_up_is_retried_or_forgotten_and_it_is_logged(
    operator: AsyncClient, add_job: AddJob
) -> None:
    expired = datetime.now(UTC) - timedelta(hours=1)
    one, two, running = await add_job(expires_at=expired), await add_job(), await add_job(state="running")
    with structlog.testing.capture_logs() as logs:
        again = (await operator.post(f"/v1/operator/jobs/{one}/retry")).json()
        assert (again["state"], again["attempts"], again["max_attempts"], again["expires_at"]) == ("queued", 4, 7, None)
        assert (await operator.delete(f"/v1/operator/jobs/{two}")).status_code == 204
    told = [entry for entry in logs if entry["event"].startswith("operations.")]
    assert [entry["event"] for entry in told] == ["operations.job_retried", "operations.job_purged"]
    assert all(entry["operator"].startswith("usr_") for entry in told)
    problem(await operator.get(f"/v1/operator/jobs/{two}"), 404, "operations.job_not_found")
    for job in (one, running):
        problem(await operator.post(f"/v1/operator/jobs/{job}/retry"), 409, "operations.job_not_dead")
        problem(await operator.delete(f"/v1/operator/jobs/{job}"), 409, "operations.job_not_dead")
    for method, path in (("POST", f"{JobId.new()}/retry"), ("DELETE", str(JobId.new()))):
        problem(await operator.request(method, f"/v1/operator/jobs/{path}"), 404, "operations.job_not_found")


async def test_many_are_retried_or_forgotten_by_task_queue_company_and_age(
    operator: AsyncClient, add_job: AddJob, tenant: TenantId
) -> None:
    old = datetime.now(UTC) - timedelta(days=3)
    await add_job("tests.index", queue="slow")
    await add_job("tests.index", queue="slow", tenant_id=TenantId.new())
    await add_job("tests.mail", created_at=old)
    await add_job("tests.mail")

    async def done(verb: str, **body: Any) -> int:
        answer = await operator.post(f"/v1/operator/jobs/{verb}", json=body)
        assert answer.status_code == 200, answer.text
        count: int = answer.json()["count"]
        return count

    assert await done("retry", task="tests.index", tenant_id=str(tenant)) == 1
    assert await done("retry", queue="slow") == 1
    assert await done("purge", older_than_hours=24) == 1
    assert await done("purge", task="tests.index") == 0
    assert await done("purge") == 1
    assert await done("retry") == 0


async def test_queues_tell_what_waits_and_whose_it_is(operator: AsyncClient, add_job: AddJob, tenant: TenantId) -> None:
    for _ in range(3):
        await add_job(state="queued")
    await add_job(state="queued", tenant_id=PLATFORM_TENANT)
    await add_job(state="queued", run_at=datetime.now(UTC) + timedelta(hours=1))
    await add_job(state="running")
    await add_job()
    queues = {queue["queue"]: queue for queue in (await operator.get("/v1/operator/queues")).json()["data"]}
    assert set(queues) == {"turns", "default", "slow", "webhooks"}
    found = queues["default"]
    assert [found[name] for name in ("waiting", "scheduled", "running", "dead")] == [4, 1, 1, 1]
    assert found["oldest_seconds"] >= 90
    assert found["busiest"] == [
        {"tenant": {"id": str(tenant), "name": "Elsewhere"}, "waiting": 3, "running": 1},
        {"tenant": None, "waiting": 1, "running": 0},
    ]
    assert queues["turns"]["oldest_seconds"] == 0


async def test_workers_that_hold_jobs_are_listed(operator: AsyncClient, add_job: AddJob) -> None:
    await add_job(state="running")
    await add_job(state="running", queue="turns")
    await add_job(state="running", lease_owner="host:2:def", lease_until=datetime.now(UTC) - timedelta(seconds=9))
    first, second = (await operator.get("/v1/operator/processes")).json()["data"]
    assert (first["name"], first["running"]) == ("host:1:abc", {"default": 1, "turns": 1})
    assert first["lease_seconds"] > 0 > second["lease_seconds"]
