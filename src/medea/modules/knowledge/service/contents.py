"""Reading what a document says: its text by pages, its original, its chunks, a page as a picture."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from medea.kernel.cache.base import CacheSpec
from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.extraction.sandbox import TooManyDrawings, drawing, render_page
from medea.kernel.extraction.structure import from_stored
from medea.kernel.ids import DocumentId
from medea.modules.knowledge.errors import DocumentNotFound, DrawingBusy, NoOriginal, PageNotFound, TextNotReady
from medea.modules.knowledge.ingestion.reading import limits_of
from medea.modules.knowledge.models import Content, Document
from medea.modules.knowledge.repository import chunks, contents, documents
from medea.modules.knowledge.repository.chunks import Chunk

_DRAWN: CacheSpec[bytes | None] = CacheSpec("knowledge.drawn_pages", ttl=600.0, size=16)
"""Few, for they are pictures: the bounds of a drawing keep each to megabytes. None: it cannot be drawn."""


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page of a document's text.

    Attributes:
        number: from 1; None where the format has no pages: the whole text is one.
        char_from: offset of its first character in the whole text.
    """

    number: int | None
    text: str
    char_from: int
    char_to: int


async def _find(ctx: Context, document_id: DocumentId, *, with_text: bool) -> tuple[Document, Content | None]:
    """Return a document with what searches find of it, or else its newest content."""
    async with ctx.transaction(durable=False) as sql:
        document = await documents.find_document(sql, document_id)
        if document is None:
            raise DocumentNotFound()
        version = document.live_version or document.version
        return document, await contents.find_content(sql, document_id, version, with_text=with_text)


async def get_text(ctx: Context, document_id: DocumentId) -> list[TextPage]:
    """Return the text of a document, by pages where it has such.

    Raises:
        DocumentNotFound: there is none.
        TextNotReady: it has not been read yet.
    """
    _, content = await _find(ctx, document_id, with_text=True)
    if content is None or content.text is None:
        raise TextNotReady()
    text = content.text
    pages = from_stored(content.structure).pages if content.structure else []
    if not pages:
        return [TextPage(None, text, 0, len(text))]
    ends = [*pages[1:], len(text)]
    return [
        TextPage(number, text[start:end], start, end)
        for number, (start, end) in enumerate(zip(pages, ends, strict=True), 1)
    ]


async def list_chunks(ctx: Context, document_id: DocumentId, paging: PageRequest) -> Page[Chunk]:
    """Return the chunks of a document as the index has them, in their order.

    Raises:
        DocumentNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        if await documents.find_document(sql, document_id) is None:
            raise DocumentNotFound()
        return await chunks.list_chunks(sql, document_id, paging)


@dataclass(frozen=True, slots=True)
class Original:
    """A stored original.

    Attributes:
        pieces: yields it.
    """

    filename: str
    media_type: str
    size: int
    pieces: AsyncIterator[bytes]


async def open_original(ctx: Context, document_id: DocumentId) -> Original:
    """Return what was uploaded or fetched.

    Raises:
        DocumentNotFound: there is none.
        NoOriginal: it came as text.
    """
    document, content = await _find(ctx, document_id, with_text=False)
    if content is None or content.storage_key is None:
        raise NoOriginal()
    pieces = ctx.ports.storage.read(ctx.tenant, content.storage_key)
    return Original(content.filename or document.name, content.media_type, content.size_bytes, pieces)


async def draw_page(ctx: Context, document_id: DocumentId, number: int, *, quote: str | None = None) -> bytes:
    """Return a page of a PDF as a PNG, with a quote marked where it is found.

    Raises:
        DocumentNotFound: there is none.
        PageNotFound: it is not a PDF, or has no such page.
        DrawingBusy: too many pages wait to be drawn.
    """
    _, content = await _find(ctx, document_id, with_text=False)
    if content is None or content.kind != "pdf" or content.storage_key is None:
        raise PageNotFound()
    if content.page_count is not None and number > content.page_count:
        raise PageNotFound()
    ports, tenant, stored = ctx.ports, ctx.tenant, content.storage_key
    limits = limits_of(ports.settings.knowledge)

    async def draw() -> bytes | None:
        async with drawing(), ports.storage.as_file(tenant, stored) as path:
            return await render_page(path, number, quote=quote, limits=limits)

    marked = hashlib.sha256((quote or "").encode()).hexdigest()
    try:
        drawn = await ports.cache(_DRAWN).get(tenant, f"{stored} {number} {marked}", draw)
    except TooManyDrawings:
        raise DrawingBusy(headers={"Retry-After": "5"}) from None
    if drawn is None:
        raise PageNotFound()
    return drawn
