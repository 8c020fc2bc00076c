"""The documents that an agent answers from, as resources: listed, and read piece by piece."""

import re
from dataclasses import dataclass

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.modules.agents.facade import AgentConfig
from medea.modules.knowledge import facade as knowledge
from medea.modules.knowledge.facade import DocumentNotFound, Excerpt, Readable

READ = "knowledge:read"
"""The scope that a key needs: an answer's sources are for whoever asks, whole documents are not."""
PER_PAGE = 50
EXCERPT_CHARS = 100_000
_URI = re.compile(r"medea://documents/(doc_[0-9a-z]+)(?:\?from=([0-9]{1,12}))?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a document.

    Attributes:
        uri: of this piece.
        next_uri: where the text goes on; None at its end.
    """

    uri: str
    excerpt: Excerpt
    next_uri: str | None


def uri_of(document: DocumentId, start: int = 0) -> str:
    """Return the address of a document from a character on."""
    return f"medea://documents/{document}" + (f"?from={start}" if start else "")


async def list_documents(ctx: Context, config: AgentConfig, cursor: str | None) -> Page[Readable]:
    """Return a page of the documents that an agent answers from.

    Raises:
        Invalid: the cursor is none of ours.
    """
    return await knowledge.list_readable(ctx, _bases(config), PageRequest(PER_PAGE, cursor))


async def read_document(ctx: Context, config: AgentConfig, uri: str) -> Piece:
    """Return the piece of a document that an address names.

    Raises:
        DocumentNotFound: it names none that the agent answers from.
    """
    found = _URI.fullmatch(uri)
    document = None if found is None else DocumentId.find(found[1])
    if found is None or document is None:
        raise DocumentNotFound()
    start = int(found[2] or 0)
    excerpt = await knowledge.read_excerpt(ctx, _bases(config), document, start=start, length=EXCERPT_CHARS)
    goes_on = 0 < excerpt.char_to < excerpt.char_total and bool(excerpt.text)
    return Piece(uri, excerpt, uri_of(document, excerpt.char_to) if goes_on else None)


def _bases(config: AgentConfig) -> list[KnowledgeBaseId]:
    found = (KnowledgeBaseId.find(ref) for ref in config.retrieval.knowledge_bases)
    return [base for base in found if base is not None]
