"""Chunks as the index has them, for people who look at a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from medea.kernel.db.paging import Page, PageRequest, bad_cursor
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ChunkId, DocumentId

_COLUMNS = "c.id, c.ordinal, c.text, c.heading_path, c.page_from, c.page_to, c.char_from, c.char_to, c.tokens"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk; `ordinal` counts from 0 within its document."""

    id: ChunkId
    ordinal: int
    text: str
    heading_path: tuple[str, ...]
    page_from: int | None
    page_to: int | None
    char_from: int
    char_to: int
    tokens: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a database row."""
        return cls(
            ChunkId(row["id"]),
            row["ordinal"],
            row["text"],
            tuple(row["heading_path"]),
            row["page_from"],
            row["page_to"],
            row["char_from"],
            row["char_to"],
            row["tokens"],
        )


async def list_chunks(sql: Sql, document_id: DocumentId, paging: PageRequest) -> Page[Chunk]:
    """Return a page of a document's chunks, in their order."""
    key = paging.key(1)
    after = -1
    if key is not None:
        if not isinstance(key[0], int) or not 0 <= key[0] < 2**31:
            raise bad_cursor()
        after = key[0]
    rows = await sql.fetch(
        f"SELECT {_COLUMNS} FROM knowledge_chunks c WHERE document_id = $1 AND ordinal > $2 ORDER BY ordinal LIMIT $3",
        document_id,
        after,
        paging.limit + 1,
    )
    return paging.page([Chunk.of(row) for row in rows], lambda chunk: [chunk.ordinal])


async def find_around(
    sql: Sql, chunk_id: ChunkId
) -> tuple[DocumentId, tuple[Chunk | None, Chunk, Chunk | None]] | None:
    """Return a chunk's document, and the chunk between its neighbours; None where it is gone."""
    rows = await sql.fetch(
        f"SELECT {_COLUMNS}, c.document_id, c.ordinal - this.ordinal AS distance"
        " FROM knowledge_chunks this JOIN knowledge_chunks c"
        " ON c.document_id = this.document_id AND c.ordinal BETWEEN this.ordinal - 1 AND this.ordinal + 1"
        " WHERE this.id = $1",
        chunk_id,
    )
    if not rows:
        return None
    found = {row["distance"]: Chunk.of(row) for row in rows}
    return DocumentId(rows[0]["document_id"]), (found.get(-1), found[0], found.get(1))
