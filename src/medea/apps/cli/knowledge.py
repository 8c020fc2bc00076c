"""`medea knowledge`: documents of this machine into a company's knowledge base."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medea.apps.cli.output import DIM, CommandFault, say, styled

if TYPE_CHECKING:  # each command imports its own work
    from medea.kernel.context import Context, Ports
    from medea.kernel.ids import DocumentId, KnowledgeBaseId, TenantId
    from medea.kernel.settings import Settings
    from medea.modules.knowledge.service.adding import Uploaded

knowledge = typer.Typer(help="Documents that assistants answer from.", no_args_is_help=True)

_PIECE = 1 << 18
_EVERY = 2.0  # seconds
_LOOK_EVERY = 0.5  # seconds


@knowledge.command()
def add(
    base: Annotated[str, typer.Argument(help="Id of a knowledge base, kb_..., or its name.")],
    paths: Annotated[list[Path], typer.Argument(help="Files, and folders with all in them.", exists=True)],
    tenant: Annotated[str, typer.Option("--tenant", help="Id of the company, ten_...")],
    create: Annotated[bool, typer.Option("--create", help="Make the knowledge base where there is none.")] = False,
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="Seconds to wait until all are ready; else this fails.")
    ] = 0,
) -> None:
    """Add files to a knowledge base; a running Medea reads them. What is there already stays as it is."""
    from medea.kernel.ids import TenantId

    tenant_id = TenantId.find(tenant)
    if tenant_id is None:
        raise CommandFault(f"{tenant} is no id of a company: it looks like ten_ and 32 digits.")
    files = list(_files(paths))
    if not files:
        raise CommandFault("There is no file in these folders.")

    async def work(ports: "Ports") -> None:
        from medea.kernel.auth.principal import system_principal
        from medea.kernel.context import Context

        async with Context(ports, system_principal(tenant_id)) as ctx:
            await _check_tenant(ctx)
            added = await _add_all(ctx, await _find_base(ctx, base, create), files)
            if wait:
                await _wait_for(ctx, added, time.monotonic() + wait)

    _with_installation(work)


@knowledge.command()
def reindex(
    tenant: Annotated[str | None, typer.Option("--tenant", help="Id of a company, ten_...; default: all.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Copy also what the store has already.")] = False,
) -> None:
    """Copy all vectors into the vector store of the settings; stopped and started again, it goes on where it was.

    A running Medea does the same by itself; searches use the store for a base once all of it is there.
    """
    from medea.kernel.ids import TenantId

    only = None if tenant is None else TenantId.find(tenant)
    if tenant is not None and only is None:
        raise CommandFault(f"{tenant} is no id of a company: it looks like ten_ and 32 digits.")
    _with_installation(lambda ports: _reindex(ports, only, again))


async def _reindex(ports: "Ports", only: "TenantId | None", again: bool) -> None:
    from medea.kernel.auth.principal import system_principal
    from medea.kernel.context import Context
    from medea.kernel.vectors.port import VectorStoreAway
    from medea.modules.knowledge.index import copies

    if ports.vectors is None:
        say("Vectors are compared in PostgreSQL, there is nothing to copy. Workers index big bases within a day.")
        return
    async with ports.database.system() as sql:
        find = copies.list_all if again else copies.list_unfollowed
        found = [each for each in await find(sql, ports.vectors.name) if only in {None, each[0]}]
    for place, (tenant_id, number) in enumerate(found, start=1):
        tell = _Telling(f"base {place} of {len(found)}, of {tenant_id}")
        async with Context(ports, system_principal(tenant_id)) as ctx:
            try:
                await copies.bring_in_line(ctx, number, progress=tell, again=again)
            except VectorStoreAway as error:
                raise CommandFault(f"{error.detail} Start this command again, it goes on where it was.") from error
    say(f"The store has all vectors{f' of {only}' if only else ''}.")


class _Telling:
    """Says how far a base is, every two seconds and in the end."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + _EVERY

    async def __call__(self, done: int, total: int) -> None:
        if done >= total or time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            say(f"{self._what}: {done:,} of {total:,} vectors")


def _with_installation(work: "Callable[[Ports], Awaitable[None]]") -> None:
    from medea.apps.cli.postgres import read_settings

    async def run(settings: "Settings") -> None:
        from medea.apps.bootstrap import open_installation
        from medea.apps.cli.postgres import check_reachable, opened
        from medea.kernel.db.migrate import migrate

        if settings.database.url is not None:
            await check_reachable(settings.database.url)
        async with opened(settings) as url:
            await migrate(url)
            installation = await open_installation(settings, url)
            try:
                await work(installation.ports)
            finally:
                await installation.close()

    asyncio.run(run(read_settings()))


def _files(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """Yield files with what they are called: in a folder, by the way to them."""
    for path in paths:
        if path.is_file():
            yield path, path.name
            continue
        for found in sorted(path.rglob("*")):
            shown = found.relative_to(path)
            is_hidden = any(part.startswith(".") for part in shown.parts)
            # a link out of the folder leads to what nobody meant to publish
            if found.is_file() and not is_hidden and found.resolve().is_relative_to(path.resolve()):
                yield found, shown.as_posix()


async def _check_tenant(ctx: "Context") -> None:
    from medea.kernel.errors import NotFound
    from medea.modules.tenancy import facade as tenancy

    try:
        await tenancy.get_tenant(ctx)
    except NotFound:
        raise CommandFault(f"There is no company {ctx.tenant}.") from None


async def _find_base(ctx: "Context", named: str, create: bool) -> "KnowledgeBaseId":
    from medea.kernel.ids import KnowledgeBaseId
    from medea.modules.knowledge import facade

    found = KnowledgeBaseId.find(named) or await facade.find_base(ctx, named)
    if found is None and create:
        return await facade.create_base(ctx, name=named)
    if found is None:
        raise CommandFault(f"The company has no knowledge base {named!r}; add --create to make it.")
    return found


async def _add_all(
    ctx: "Context", base_id: "KnowledgeBaseId", files: list[tuple[Path, str]]
) -> "dict[DocumentId, str]":
    """Add files one after the other; return what became of them, with their names."""
    from medea.kernel.errors import AppError
    from medea.modules.knowledge.service.adding import add_file

    counts: Counter[str] = Counter()
    names: dict[DocumentId, str] = {}
    for path, name in files:
        try:
            added = await add_file(ctx, base_id, _uploaded(path, name))
        except AppError as error:
            raise CommandFault(f"{name}: {error.detail}") from error
        what = "there already" if added.is_duplicate else "refused" if added.document.status == "failed" else "added"
        counts[what] += 1
        names[added.document.id] = name
        why = f"  {added.document.error.message}" if added.document.error else ""
        say(f"{what:<14} {added.document.id}  {name}{styled(why, DIM)}")
    say(", ".join(f"{count} {what}" for what, count in counts.items()))
    return names


async def _wait_for(ctx: "Context", waiting: "dict[DocumentId, str]", until: float) -> None:
    """Tell of each document when it is ready or has failed.

    Raises:
        CommandFault: not all are ready.
    """
    from medea.modules.knowledge.repository import documents

    failed, left = 0, dict(waiting)
    while left and time.monotonic() < until:
        async with ctx.transaction(durable=False) as sql:
            found = await documents.list_by_ids(sql, list(left))
        for document_id, name in list(left.items()):
            document = found.get(document_id)
            if document is not None and document.status not in {"ready", "failed"}:
                continue
            del left[document_id]
            why = "deleted" if document is None else document.error.message if document.error else ""
            failed += bool(why)
            say(f"{'failed' if why else 'ready':<14} {document_id}  {name}{styled(f'  {why}', DIM) if why else ''}")
        if left:
            await asyncio.sleep(_LOOK_EVERY)
    if left:
        raise CommandFault(f"{len(left)} of {len(waiting)} are not ready yet. Is a worker running?")
    if failed:
        raise CommandFault(f"{failed} of {len(waiting)} could not be taken in.")


def _uploaded(path: Path, name: str) -> "Uploaded":
    from medea.kernel.extraction.kinds import HEAD_BYTES, recognise
    from medea.modules.knowledge.service.adding import Uploaded

    with path.open("rb") as file:
        found = recognise(file.read(HEAD_BYTES), name)
    shown = "".join(character for character in name if character.isprintable())[:300] or "unnamed"
    return Uploaded(shown, found.kind, found.media_type, _pieces(path), path.stat().st_size)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
