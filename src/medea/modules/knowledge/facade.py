"""What other modules and the pages may ask of knowledge, within the bound tenant."""

from collections.abc import AsyncIterator, Sequence

from medea.kernel.context import Context
from medea.kernel.extraction.kinds import recognise
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.modules.knowledge.citations import Citation, Support, check_support, find_quote
from medea.modules.knowledge.errors import DocumentNotFound
from medea.modules.knowledge.index.languages import detect_language
from medea.modules.knowledge.links import link_to, media_type_of
from medea.modules.knowledge.repository.documents import Unfinished, count_unfinished
from medea.modules.knowledge.retrieval.passages import Expanded, expand, get_passages
from medea.modules.knowledge.retrieval.searching import search
from medea.modules.knowledge.service import adding, bases
from medea.modules.knowledge.service.excerpts import Excerpt, Readable, list_readable, read_excerpt
from medea.modules.knowledge.service.places import Place, draw_place, find_place
from medea.modules.knowledge.values import BaseSettings, Filter, Passage, SearchResult

__all__ = [
    "Citation",
    "DocumentNotFound",
    "Excerpt",
    "Expanded",
    "Filter",
    "Passage",
    "Place",
    "Readable",
    "SearchResult",
    "Support",
    "Unfinished",
    "add_file",
    "check_support",
    "count_unfinished",
    "create_base",
    "detect_language",
    "draw_place",
    "expand",
    "find_base",
    "find_place",
    "find_quote",
    "get_passages",
    "link_to",
    "list_names",
    "list_readable",
    "media_type_of",
    "read_excerpt",
    "search",
]


async def create_base(
    ctx: Context, *, name: str, description: str = "", settings: BaseSettings | None = None
) -> KnowledgeBaseId:
    """Make an empty base.

    Raises:
        KnowledgeFull: the tenant has as many as it may.
    """
    made = await bases.create_base(ctx, name=name, description=description, settings=settings or BaseSettings())
    return made.id


async def find_base(ctx: Context, name: str) -> KnowledgeBaseId | None:
    """Return the oldest base of a name, if there is one."""
    return await bases.find_named(ctx, name)


async def list_names(ctx: Context, base_ids: Sequence[KnowledgeBaseId]) -> dict[KnowledgeBaseId, str]:
    """Return the names of these bases; those that there are not are left out."""
    return await bases.list_names(ctx, base_ids)


async def add_file(ctx: Context, base_id: KnowledgeBaseId, filename: str, content: bytes) -> DocumentId:
    """Take a file in; a worker reads it. The same content again is the document that is there.

    Args:
        ctx: its tenant is the base's.
        base_id: where it goes.
        filename: shown, never used as a path.
        content: all of it.

    Raises:
        BaseNotFound: there is no such base.
        KnowledgeFull: it does not fit the tenant's limits.
    """

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    found = recognise(content, filename)
    file = adding.Uploaded(filename, found.kind, found.media_type, pieces(), len(content))
    return (await adding.add_file(ctx, base_id, file)).document.id
