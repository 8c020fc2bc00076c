"""The place that an answer cites, for whoever has its link."""

from dataclasses import dataclass

from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context, Ports
from medea.kernel.errors import NotFound
from medea.kernel.ids import ChunkId, DocumentId, TenantId
from medea.modules.knowledge.links import read_link
from medea.modules.knowledge.repository import chunks, documents
from medea.modules.knowledge.service import contents


@dataclass(frozen=True, slots=True)
class Place:
    """A passage where it stands.

    Attributes:
        before: the passage before it; may be empty.
        after: the one behind it.
        page: the page it begins on, where the document has such.
        has_picture: whether that page can be drawn.
    """

    document_name: str
    heading_path: tuple[str, ...]
    page: int | None
    before: str
    text: str
    after: str
    has_picture: bool


async def find_place(ports: Ports, token: str) -> Place | None:
    """Return what a link shows; None where the link is none of ours, or the passage is gone."""
    named = read_link(ports.keyring, token)
    if named is None:
        return None
    tenant, chunk_id = named
    async with ports.database.transaction(tenant, durable=False) as sql:
        found = await chunks.find_around(sql, chunk_id)
        if found is None:
            return None
        document_id, (before, chunk, after) = found
        document = await documents.find_document(sql, document_id)
    if document is None:
        return None
    return Place(
        document_name=document.name,
        heading_path=chunk.heading_path,
        page=chunk.page_from,
        before="" if before is None else before.text,
        text=chunk.text,
        after="" if after is None else after.text,
        has_picture=document.kind == "pdf" and chunk.page_from is not None,
    )


async def draw_place(ports: Ports, token: str) -> bytes | None:
    """Return the page of a PDF that a link shows, its passage marked, as a PNG; None where there is none.

    Raises:
        DrawingBusy: too many pages wait to be drawn.
    """
    named = read_link(ports.keyring, token)
    if named is None:
        return None
    found = await _find_page(ports, *named)
    if found is None:
        return None
    document_id, page, text = found
    async with Context(ports, system_principal(named[0])) as ctx:
        try:
            return await contents.draw_page(ctx, document_id, page, quote=text)
        except NotFound:
            return None


async def _find_page(ports: Ports, tenant: TenantId, chunk_id: ChunkId) -> tuple[DocumentId, int, str] | None:
    async with ports.database.transaction(tenant, durable=False) as sql:
        found = await chunks.find_around(sql, chunk_id)
    if found is None or found[1][1].page_from is None:
        return None
    return found[0], found[1][1].page_from, found[1][1].text
