"""Deleting a base or a source while its documents are taken in: both wait for each other's end, never both at once."""

import asyncio
from datetime import UTC, datetime

import pytest

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import DocumentId, SourceId
from medea.modules.knowledge.errors import BaseNotFound
from medea.modules.knowledge.index import documents as index
from medea.modules.knowledge.repository import documents
from medea.modules.knowledge.repository import sources as source_rows
from medea.modules.knowledge.service import bases, sources
from medea.modules.knowledge.service.adding import Written, add_texts
from tests.modules.knowledge.shelf import Shelf


def acting(installation: Installation, shelf: Shelf) -> Context:
    return Context(installation.ports, system_principal(shelf.tenant))


async def index_slowly(installation: Installation, shelf: Shelf, document_id: DocumentId, begun: asyncio.Event) -> None:
    """Lock a document and, once others have had time, the index; as taking it in does."""
    async with acting(installation, shelf) as ctx, ctx.transaction() as sql:
        await documents.find_document(sql, document_id, for_update=True)
        begun.set()
        await asyncio.sleep(0.4)
        await index.remove_document(sql, shelf.tenant, shelf.base_id, document_id)


async def make_source(installation: Installation, shelf: Shelf, pages: list[DocumentId]) -> SourceId:
    source_id = SourceId.new()
    async with installation.ports.database.transaction(shelf.tenant) as sql:
        await source_rows.insert_source(
            sql,
            shelf.tenant,
            source_id,
            shelf.base_id,
            kind="sitemap",
            url="https://s.example.com/sitemap.xml",
            refresh_hours=None,
            max_pages=9,
            metadata={},
            at=datetime.now(UTC),
            by=None,
        )
        for number, document_id in enumerate(pages):
            await documents.update_document(
                sql, document_id, source_id=source_id, url=f"https://s.example.com/{number}"
            )
    return source_id


@pytest.mark.parametrize("what", ["base", "source"])
async def test_deleting_while_a_document_is_taken_in(installation: Installation, what: str) -> None:
    shelf = await Shelf(installation.ports.database).make()
    put = [(await shelf.put([text]))[0] for text in ("one two three", "four five six")]
    source_id = await make_source(installation, shelf, put)
    begun = asyncio.Event()
    taking = asyncio.create_task(index_slowly(installation, shelf, put[-1], begun))
    await begun.wait()
    async with acting(installation, shelf) as ctx:
        await (bases.delete_base(ctx, shelf.base_id) if what == "base" else sources.delete_source(ctx, source_id))
    await taking
    assert await shelf.count("knowledge_documents") == await shelf.count("knowledge_chunks") == 0


async def test_deleting_a_base_while_texts_come(installation: Installation) -> None:
    shelf = await Shelf(installation.ports.database).make()

    async def add(number: int) -> None:
        async with acting(installation, shelf) as ctx:
            await add_texts(ctx, shelf.base_id, [Written("same", "same"), Written("t", f"text {number}")])

    async def delete() -> None:
        async with acting(installation, shelf) as ctx:
            await bases.delete_base(ctx, shelf.base_id)

    await add(0)
    ended = await asyncio.gather(*(add(number) for number in range(4)), delete(), return_exceptions=True)
    assert {type(error) for error in ended if error is not None} <= {BaseNotFound}
    assert await shelf.count("knowledge_documents") == 0
