"""`medea jobs` and `medea operators`: looking after an installation from its own machine."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from medea.apps.cli.output import DIM, CommandFault, say, styled

if TYPE_CHECKING:  # each command imports its own work
    from medea.kernel.bus.inspection import Filter, JobRow, QueueLoad
    from medea.kernel.context import Context
    from medea.kernel.db.database import Database

Result = TypeVar("Result")

jobs = typer.Typer(help="Background jobs: what waits, runs and was given up.", no_args_is_help=True)
operators = typer.Typer(help="People who operate this installation in the dashboard.", no_args_is_help=True)

State = Annotated[str | None, typer.Option(help="queued, running or dead.")]
OfQueue = Annotated[str | None, typer.Option("--queue", help="turns, default, slow or webhooks.")]
OfTask = Annotated[str | None, typer.Option("--task", help="Its name, e.g. knowledge.ingest_document.")]
OfTenant = Annotated[str | None, typer.Option("--tenant", help="Id of a company, ten_...")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Address = Annotated[str, typer.Argument(help="E-mail address of the account.")]

_LINE = "{id:<37} {state:<8} {queue:<8} {task:<36} {tries:>5}  {tenant:<37} {age:>6}  {error}"


@jobs.command("list")
def list_jobs(
    state: State = None,
    queue: OfQueue = None,
    task: OfTask = None,
    tenant: OfTenant = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List jobs, newest first, under a count of all by queue and state."""
    from medea.kernel.bus import inspection

    which = _filter(state, queue, task, tenant)

    async def work(database: "Database") -> "tuple[list[QueueLoad], list[JobRow]]":
        async with database.system() as sql:
            return await inspection.list_queues(sql), await inspection.list_jobs(sql, which, limit=limit)

    queues, found = _with_database(work)
    if as_json:
        say(
            json.dumps({"queues": [_counts(each) for each in queues], "jobs": [_plain(job) for job in found]}, indent=2)
        )
        return
    for each in queues:
        counts = _counts(each)
        say("  ".join([f"{counts.pop('queue'):<8}", *(f"{name} {number}" for name, number in counts.items())]))
    if found:
        heads = {name: name for name in ("id", "state", "queue", "task", "tries", "tenant", "age")}
        say("\n" + styled(_LINE.format(**heads, error="last failure").rstrip(), DIM))
    for job in found:
        say(_line(job))


@jobs.command()
def show(job: Annotated[str, typer.Argument(help="Id of a job, job_...")], as_json: AsJson = False) -> None:
    """Show one job with its arguments and its last failure."""
    from medea.kernel.bus import inspection

    job_id = _job_id(job)

    async def work(database: "Database") -> "JobRow | None":
        async with database.system() as sql:
            return await inspection.find_job(sql, job_id)

    found = _with_database(work)
    if found is None:
        raise CommandFault(f"There is no job {job}: what is done leaves no trace.")
    told = _plain(found) | {"payload": json.loads(found.payload or "null")}
    if as_json:
        say(json.dumps(told, indent=2))
        return
    for name, value in told.items():
        if value is not None:
            say(f"{name:<13} {json.dumps(value) if isinstance(value, dict | list) else value}")


@jobs.command()
def retry(
    job: Annotated[str | None, typer.Argument(help="Id of a job, job_...")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that was given up, within the filters.")] = False,
    queue: OfQueue = None,
    task: OfTask = None,
    tenant: OfTenant = None,
) -> None:
    """Let jobs that were given up wait again: one, those of a task, queue or company, or --all."""
    from medea.kernel.bus.deadletters import retry_dead

    which = _chosen(job, everything, queue, task, tenant)

    async def work(database: "Database") -> int:
        async with database.system() as sql:
            return await retry_dead(
                sql,
                [_job_id(job)] if job else None,
                name=which.task,
                queue=which.queue,
                tenant_id=which.tenant_id,
            )

    number = _with_database(work)
    if job and not number:
        raise CommandFault(f"{job} was not given up, or is not there: only dead jobs can be retried.")
    say(f"{number} {_plural(number)} again.")


@jobs.command()
def purge(
    job: Annotated[str | None, typer.Argument(help="Id of a job, job_...")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that was given up, within the filters.")] = False,
    older_than: Annotated[float, typer.Option(min=0, help="Days since they were written.")] = 0,
    queue: OfQueue = None,
    task: OfTask = None,
    tenant: OfTenant = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget jobs that were given up: one, those of a task, queue or company, or --all."""
    from medea.kernel.bus.deadletters import purge_dead

    which = _chosen(job, everything or older_than > 0, queue, task, tenant)
    if not yes and not typer.confirm("Forget these jobs for ever?"):
        raise CommandFault("Nothing was forgotten.")

    async def work(database: "Database") -> int:
        async with database.system() as sql:
            return await purge_dead(
                sql,
                [_job_id(job)] if job else None,
                name=which.task,
                queue=which.queue,
                tenant_id=which.tenant_id,
                older_than=timedelta(days=older_than),
            )

    number = _with_database(work)
    if job and not number:
        raise CommandFault(f"{job} was not given up, or is not there: only dead jobs can be purged.")
    say(f"{number} forgotten.")


@operators.command("add")
def add_operator(email: Address) -> None:
    """Let somebody with an account operate this installation: jobs, models, what companies may keep."""
    _set_operator(email, is_operator=True)
    say(f"{email} operates this installation now.")


@operators.command("remove")
def remove_operator(email: Address) -> None:
    """Let an operator be somebody like everybody else again. The account stays."""
    _set_operator(email, is_operator=False)
    say(f"{email} is no operator.")


@operators.command("list")
def list_operators(as_json: AsJson = False) -> None:
    """List who operates this installation."""
    from medea.modules.identity import facade as identity

    async def work(ctx: "Context") -> list[dict[str, str]]:
        return [{"email": person.email, "name": person.name} for person in await identity.list_operators(ctx)]

    found = _with_context(work)
    if as_json:
        say(json.dumps(found, indent=2))
        return
    for person in found:
        say(f"{person['email']:<40} {person['name']}")
    if not found:
        say("Nobody yet: `medea operators add <e-mail address>`.")


def _set_operator(email: str, *, is_operator: bool) -> None:
    from medea.modules.identity import facade as identity

    async def work(ctx: "Context") -> bool:
        return await identity.set_operator(ctx, email, is_operator=is_operator) is not None

    if not _with_context(work):
        raise CommandFault(f"Nobody has an account with the address {email}: sign up first.")


def _filter(state: str | None, queue: str | None, task: str | None, tenant: str | None) -> "Filter":
    from medea.kernel.bus.inspection import STATES, Filter
    from medea.kernel.bus.task import QUEUES
    from medea.kernel.ids import TenantId

    for given, known, what in ((state, STATES, "state"), (queue, QUEUES, "queue")):
        if given is not None and given not in known:
            raise CommandFault(f"There is no {what} {given!r}: take one of {', '.join(known)}.")
    tenant_id = TenantId.find(tenant) if tenant else None
    if tenant and tenant_id is None:
        raise CommandFault(f"{tenant!r} is not the id of a company, which looks like ten_ and 32 hex digits.")
    return Filter(state, queue, task, tenant_id)  # type: ignore[arg-type]  # checked above


def _chosen(job: str | None, everything: bool, queue: str | None, task: str | None, tenant: str | None) -> "Filter":
    """Return the filter, where it is clear what is meant."""
    if job is None and not everything and not (queue or task or tenant):
        raise CommandFault("Say which: the id of a job, --task, --queue, --tenant, or --all.")
    return _filter(None, queue, task, tenant)


def _job_id(job: str) -> Any:
    from medea.kernel.ids import JobId

    found = JobId.find(job)
    if found is None:
        raise CommandFault(f"{job!r} is not the id of a job, which looks like job_ and 32 hex digits.")
    return found


def _with_database(work: "Callable[[Database], Awaitable[Result]]") -> Result:
    async def run() -> Result:
        async with _database() as database:
            return await work(database)

    return asyncio.run(run())


@asynccontextmanager
async def _database() -> AsyncIterator["Database"]:
    from medea.apps.cli.postgres import check_logins, check_reachable, opened, read_settings, require_schema
    from medea.kernel.db.database import Database, DatabaseUrls

    settings = read_settings()
    if settings.database.url is not None:
        await check_reachable(settings.database.url)
    async with opened(settings) as url:
        await require_schema(url)
        await check_logins(settings)
        urls = DatabaseUrls(url, settings.database.app_url, settings.database.system_url)
        database = await Database.connect(urls, pool_size=2)
        try:
            yield database
        finally:
            await database.close()


def _with_context(work: "Callable[[Context], Awaitable[Result]]") -> Result:
    """Do something in the name of the installation, with all its ports."""

    async def run() -> Result:
        from medea.apps.bootstrap import open_installation
        from medea.apps.cli.postgres import check_logins, check_reachable, opened, read_settings, require_schema
        from medea.kernel.auth.principal import system_principal
        from medea.kernel.context import Context

        settings = read_settings()
        if settings.database.url is not None:
            await check_reachable(settings.database.url)
        async with opened(settings) as url:
            await require_schema(url)
            await check_logins(settings)
            installation = await open_installation(settings, url)
            try:
                return await work(Context(installation.ports, system_principal(None)))
            finally:
                await installation.close()

    return asyncio.run(run())


def _counts(queue: "QueueLoad") -> dict[str, Any]:
    total = queue.total
    return {
        "queue": queue.queue,
        "waiting": total.waiting,
        "scheduled": total.later,
        "running": total.running,
        "dead": total.dead,
        "oldest_seconds": round(total.age, 1),
    }


def _plain(job: "JobRow") -> dict[str, Any]:
    names = [name for name in type(job).__slots__ if name != "payload"]
    values = {name: getattr(job, name) for name in names}
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else value
        if isinstance(value, int | None)
        else str(value)
        for name, value in values.items()
    }


def _line(job: "JobRow") -> str:
    seconds = max(1.0, (datetime.now(UTC) - job.created_at).total_seconds())
    amount, unit = next((seconds / size, name) for name, size in _UNITS if seconds >= size)
    return _LINE.format(
        id=str(job.id),
        state=job.state,
        queue=job.queue,
        task=job.task,
        tries=f"{job.attempts}/{job.max_attempts}",
        tenant=str(job.tenant_id or "(the installation)"),
        age=f"{amount:.0f} {unit}",
        error=(job.last_error or "").splitlines()[0][:80] if job.last_error else "",
    ).rstrip()


_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def _plural(number: int) -> str:
    return "job waits" if number == 1 else "jobs wait"
