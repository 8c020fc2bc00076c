"""The commands. Each imports its own work, so that `medea --help` and a start are quick."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from medea.apps.cli.keys import keys
from medea.apps.cli.knowledge import knowledge
from medea.apps.cli.operating import jobs, operators
from medea.apps.cli.output import RED, CommandFault, say, styled

app = typer.Typer(
    name="medea",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
db = typer.Typer(help="The database.", no_args_is_help=True)
projections = typer.Typer(help="Read models of the conversations.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(projections, name="projections")
app.add_typer(jobs, name="jobs")
app.add_typer(operators, name="operators")
app.add_typer(knowledge, name="knowledge")
app.add_typer(keys, name="keys")


def _tell_version(is_wanted: bool) -> None:
    if is_wanted:
        from medea import __version__

        say(f"medea {__version__}")
        raise typer.Exit


@app.callback()
def medea(
    version: Annotated[
        bool, typer.Option("--version", help="Tell which version this is.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """Medea: AI chat assistants for websites, for many tenants."""


@app.command()
def up() -> None:
    """Start everything in one process: PostgreSQL, API and worker. It answers at port 8000, or MEDEA_PORT."""
    from medea.apps.cli.serve import run_up

    run_up()


@app.command()
def api() -> None:
    """Start the API alone, on the database of MEDEA_DATABASE__URL."""
    from medea.apps.cli.serve import run_api

    run_api()


@app.command()
def worker() -> None:
    """Start a worker alone, on the database of MEDEA_DATABASE__URL."""
    from medea.apps.cli.serve import run_worker

    run_worker()


@app.command()
def relay() -> None:
    """Start a relay alone: announces late jobs to RabbitMQ. Several may run, one leads."""
    from medea.apps.cli.serve import run_relay

    run_relay()


@db.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    from medea.apps.cli.database import run_migrate

    run_migrate()


@db.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete all data and make an empty database."""
    from medea.apps.cli.database import run_reset, shown_database

    if not yes and not typer.confirm(f"Delete everything in {shown_database()}?"):
        raise CommandFault("Nothing was deleted.")
    run_reset()


@app.command()
def seed() -> None:
    """Add the demo: a company, its assistant, its keys. What is there stays."""
    from medea.apps.cli.database import run_seed

    run_seed()


@app.command()
def openapi(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; otherwise standard output.")] = None,
) -> None:
    """Print the description of the API (OpenAPI 3.1)."""
    from medea.apps.cli.describe import run_openapi

    run_openapi(output)


@app.command()
def doctor() -> None:
    """Check the set-up and print the mend for what is missing."""
    from medea.apps.cli.doctor import run_doctor

    raise typer.Exit(run_doctor())


@projections.command()
def rebuild() -> None:
    """Write the read models of all conversations anew from their events."""
    from medea.apps.cli.database import run_rebuild

    run_rebuild()


def main() -> NoReturn:
    """Run the command line; what could be foreseen becomes one sentence and exit status 1."""
    _tell(app)
    sys.exit(0)


def _tell(work: Callable[[], Any]) -> None:
    try:
        work()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        sentence = foreseen(error)
        if sentence is None:
            raise
        print(f"{styled('✗', RED)} {sentence}", file=sys.stderr, flush=True)
        sys.exit(1)


_TELLING = {
    "BrokerUnusable",
    "DataFolderError",
    "DataFolderInUse",
    "EmbeddedPostgresError",
    "EndpointUnusable",
    "KeyUnusable",
    "ListenerUnusable",
    "RedisUnusable",
    "RoleNotTaken",
    "SchemaTooNewError",
    "StorageUnusable",
    "VectorStoreUnusable",
}


def foreseen(error: BaseException) -> str | None:
    """Return the sentence for an expected fault, None for a fault of ours.

    Looked at by name where the class would have to be imported: a start that goes well pays nothing.
    """
    if isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        return foreseen(error.exceptions[0])
    name, package = type(error).__name__, type(error).__module__.split(".")[0]
    if isinstance(error, CommandFault) or name in _TELLING:
        return str(error)
    if isinstance(error, ConnectionError) and str(error).startswith("the database "):
        return f"T{str(error)[1:].rstrip('.')}; start it, or correct MEDEA_DATABASE__URL."
    if package == "asyncpg":
        return f"The database refuses: {str(error).splitlines()[0].rstrip('.')}; check MEDEA_DATABASE__URL."
    return None


__all__ = ["app", "main", "say"]
