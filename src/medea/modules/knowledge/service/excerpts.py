"""Documents for whoever may read what an agent answers from: listed, and read piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.modules.knowledge.errors import DocumentNotFound
from medea.modules.knowledge.repository import contents
from medea.modules.knowledge.repository import documents as repository


@dataclass(frozen=True, slots=True)
class Readable:
    """A document whose text is in the index.

    Attributes:
        url: of the web page that it is, if it is one.
        media_type: of its original; the text is plain.
    """

    id: DocumentId
    name: str
    url: str | None
    media_type: str | None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a document's text.

    Attributes:
        char_from: offset of its first character in the whole text.
        char_total: characters of the whole.
    """

    document: Readable
    text: str
    char_from: int
    char_total: int

    @property
    def char_to(self) -> int:
        """Offset after its last character."""
        return self.char_from + len(self.text)


async def list_readable(ctx: Context, base_ids: Sequence[KnowledgeBaseId], paging: PageRequest) -> Page[Readable]:
    """Return the documents of these bases whose text is in the index, newest first.

    Raises:
        Invalid: the cursor is none of ours.
    """
    async with ctx.transaction(durable=False) as sql:
        page = await repository.list_searchable(sql, base_ids, paging)
    return page.map(lambda found: Readable(found.id, found.name, found.url, found.media_type))


async def read_excerpt(
    ctx: Context, base_ids: Sequence[KnowledgeBaseId], document_id: DocumentId, *, start: int, length: int
) -> Excerpt:
    """Return up to `length` characters of a document of these bases, from `start` on, as searches know it.

    Raises:
        DocumentNotFound: none of these bases has it, or it has not been read yet.
    """
    async with ctx.transaction(durable=False) as sql:
        document = await repository.find_document(sql, document_id)
        if document is None or document.base_id not in base_ids or document.live_version is None:
            raise DocumentNotFound()
        content = await contents.find_content(sql, document_id, document.live_version, with_text=True)
    if content is None or content.text is None:
        raise DocumentNotFound()
    named = Readable(document.id, document.name, document.url, document.media_type)
    return Excerpt(named, content.text[start : start + length], start, len(content.text))
