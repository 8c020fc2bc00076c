"""Passages by their ids, and passages with their neighbours, for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medea.kernel.context import Context
from medea.kernel.ids import ChunkId, DocumentId, KnowledgeBaseId
from medea.modules.knowledge.values import Passage

_PASSAGES = """
SELECT c.id, c.document_id, c.text, c.heading_path, c.page_from, c.char_from, c.char_to,
    d.name, d.kind, d.metadata, d.url, d.base_id
FROM knowledge_chunks AS c JOIN knowledge_documents AS d ON d.tenant_id = c.tenant_id AND d.id = c.document_id
WHERE c.tenant_id = $1 AND c.id = ANY($2::uuid[])
"""

_AROUND = """
SELECT own.id AS of, c.id, c.text, c.ordinal - own.ordinal AS step, c.char_from, c.char_to
FROM knowledge_chunks AS own JOIN knowledge_chunks AS c
    ON c.tenant_id = $1 AND c.document_id = own.document_id AND c.ordinal BETWEEN own.ordinal - 1 AND own.ordinal + 1
WHERE own.tenant_id = $1 AND own.id = ANY($2::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Expanded:
    """A passage with what stands before and behind it.

    Attributes:
        passage: what was found.
        before: the chunk before it, unless that was found itself or there is no room.
        behind: the chunk behind it, likewise.
    """

    passage: Passage
    before: str = ""
    behind: str = ""

    @property
    def text(self) -> str:
        """All of it, as it stands in the document."""
        return "\n".join(part for part in (self.before, self.passage.text, self.behind) if part)


async def get_passages(ctx: Context, chunk_ids: Sequence[ChunkId]) -> list[Passage]:
    """Return passages in the order asked for; those that are gone are left out."""
    async with ctx.transaction(durable=False) as sql:
        rows = {row["id"]: row for row in await sql.fetch(_PASSAGES, ctx.tenant, list(chunk_ids))}
    return [_passage(rows[chunk_id]) for chunk_id in chunk_ids if chunk_id in rows]


async def expand(ctx: Context, passages: Sequence[Passage], *, max_chars: int = 6000) -> list[Expanded]:
    """Give passages their neighbours as far as there is room, the best passages first.

    A chunk appears once: one that was found itself is nobody's neighbour, and of two passages around the same
    chunk the better one has it. All passages themselves stay, whatever their length.

    Args:
        ctx: where.
        passages: best first.
        max_chars: of all text together.
    """
    async with ctx.transaction(durable=False) as sql:
        rows = await sql.fetch(_AROUND, ctx.tenant, [passage.chunk_id for passage in passages])
    around = {(row["of"], row["step"]): row for row in rows}
    taken = {passage.chunk_id for passage in passages}
    room = max_chars - sum(len(passage.text) for passage in passages)
    expanded = []
    for passage in passages:
        texts = {-1: "", 1: ""}
        for step in (1, -1):  # what follows explains more often than what went before
            row: Any = around.get((passage.chunk_id, step))
            if row is not None and row["id"] not in taken and len(row["text"]) <= room:
                taken.add(row["id"])
                room -= len(row["text"])
                texts[step] = row["text"]
        expanded.append(Expanded(passage, texts[-1], texts[1]))
    return expanded


def _passage(row: Any) -> Passage:
    return Passage(
        chunk_id=ChunkId(row["id"]),
        document_id=DocumentId(row["document_id"]),
        base_id=KnowledgeBaseId(row["base_id"]),
        document_name=row["name"],
        kind=row["kind"],
        text=row["text"],
        heading_path=tuple(row["heading_path"]),
        page=row["page_from"],
        char_from=row["char_from"],
        char_to=row["char_to"],
        score=0.0,
        metadata=row["metadata"],
        url=row["url"],
    )
