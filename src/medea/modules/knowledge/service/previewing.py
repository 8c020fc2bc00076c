"""How a text would be cut, without keeping anything."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from medea.kernel.context import Context
from medea.kernel.errors import FieldError
from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.readers.markdown import read_markdown
from medea.kernel.extraction.sandbox import extract
from medea.kernel.extraction.structure import Extraction, from_stored
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.modules.knowledge.chunking import chunk_text
from medea.modules.knowledge.errors import BaseNotFound, DocumentNotFound, TextNotReady, UnsupportedFile
from medea.modules.knowledge.index.languages import detect_language
from medea.modules.knowledge.ingestion.reading import limits_of
from medea.modules.knowledge.repository import bases, contents, documents
from medea.modules.knowledge.service.adding import Uploaded
from medea.modules.knowledge.values import BaseSettings, ChunkDraft

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A chunk as it would be; `ordinal` counts from 0."""

    ordinal: int
    text: str
    heading_path: tuple[str, ...]
    page_from: int | None
    page_to: int | None
    char_from: int
    char_to: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Preview:
    """How a text would be cut.

    Attributes:
        data: the first chunks.
        token_count: of all of them, estimated.
    """

    data: list[Draft]
    chunk_count: int
    token_count: int
    language: str | None
    page_count: int | None
    notice: str | None


async def get_settings(ctx: Context, base_id: KnowledgeBaseId) -> BaseSettings:
    """Return the settings of a base.

    Raises:
        BaseNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        settings = await bases.find_settings(sql, base_id)
    if settings is None:
        raise BaseNotFound()
    return settings


async def preview_text(text: str, settings: BaseSettings) -> Preview:
    """Show how a text would be cut."""
    return await _preview(await asyncio.to_thread(read_markdown, text), settings)


async def preview_document(
    ctx: Context, base_id: KnowledgeBaseId, document_id: DocumentId, settings: BaseSettings
) -> Preview:
    """Show how a document of a base would be cut.

    Raises:
        DocumentNotFound: the base has no such document.
        TextNotReady: it has not been read yet.
    """
    async with ctx.transaction(durable=False) as sql:
        document = await documents.find_document(sql, document_id)
        if document is None or document.base_id != base_id:
            raise DocumentNotFound()
        version = document.live_version or document.version
        content = await contents.find_content(sql, document_id, version, with_text=True)
    if content is None or content.text is None:
        raise TextNotReady()
    if content.structure is None:
        return await preview_text(content.text, settings)
    structure = from_stored(content.structure)
    found = Extraction(content.kind, content.text, structure, page_count=content.page_count)
    return await _preview(found, settings)


async def preview_file(ctx: Context, file: Uploaded, settings: BaseSettings) -> Preview:
    """Show how a file would be read and cut.

    Raises:
        UnsupportedFile: it cannot be read; says why.
    """
    with tempfile.TemporaryDirectory(prefix="medea-preview-") as folder:
        path = Path(folder, "file")
        out = await asyncio.to_thread(path.open, "wb")
        with out:
            async for piece in file.content:
                await asyncio.to_thread(out.write, piece)
        try:
            found = await extract(path, name=file.filename, limits=limits_of(ctx.ports.settings.knowledge))
        except ExtractionFailed as failure:
            raise UnsupportedFile(failure.message, errors=[FieldError("file", failure.message, failure.code)]) from None
    return await _preview(found, settings)


async def _preview(found: Extraction, settings: BaseSettings) -> Preview:
    chunks = await asyncio.to_thread(chunk_text, found.text, found.structure, target=settings.chunk_tokens)
    return Preview(
        [_draft(number, chunk) for number, chunk in enumerate(chunks[:SHOWN])],
        len(chunks),
        sum(chunk.tokens for chunk in chunks),
        detect_language(found.text[:20_000]),
        found.page_count,
        found.notice,
    )


def _draft(ordinal: int, chunk: ChunkDraft) -> Draft:
    return Draft(
        ordinal,
        chunk.text,
        chunk.heading_path,
        chunk.page_from,
        chunk.page_to,
        chunk.char_from,
        chunk.char_to,
        chunk.tokens,
    )
