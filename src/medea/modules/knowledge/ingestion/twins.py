"""Pages that are the same as another document: found under one address, kept and searched once.

A page says itself which address is its own (`rel=canonical`, RFC 6596); and the same bytes under two addresses are one
content. The first that was read stays, the other keeps nothing but the address and whose twin it is. When the first
goes, says something else, is known by another address or turns out to be without text, its twins are fetched anew.

Who releases twins has locked them together with the first (`repository.twins.lock_with_twins`), before the index.
"""

from yarl import URL

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import DocumentId
from medea.modules.knowledge.index import documents as index
from medea.modules.knowledge.ingestion import queueing
from medea.modules.knowledge.models import Document
from medea.modules.knowledge.repository import contents, documents
from medea.modules.knowledge.repository import twins as repository

_LONGEST = 2048


def own_address(url: str, canonical: str | None) -> str:
    """Return the address that a page is known by: what it says, where that is one, else where it was found."""
    own = URL(url).with_fragment(None)
    if not canonical or len(canonical) > _LONGEST:
        return str(own)
    try:
        named = own.join(URL(canonical)).with_fragment(None)
    except ValueError:
        return str(own)
    # a page may speak for its own site only: elsewhere somebody else says what is there
    is_own_site = named.scheme in {"http", "https"} and _site(named) == _site(own)
    return str(named) if is_own_site else str(own)


def _site(url: URL) -> str:
    return (url.host or "").removeprefix("www.")


async def lock_for_claim(sql: Sql, document: Document, canonical: str | None) -> Document | None:
    """Lock a page that was read, its twins, and whoever is known by its address now; return the page."""
    address = own_address(document.url or "", canonical)
    known = await repository.list_known_by(sql, document.base_id, address)
    return (await repository.lock_with_twins(sql, [document.id, *known])).get(document.id)


async def claim_address(ctx: Context, sql: Sql, document: Document, canonical: str | None) -> DocumentId | None:
    """Write down which address a page that was read is known by, unless another of its base is known by it.

    Returns:
        The other, whose twin this one is; None: there is none.
    """
    address = own_address(document.url or "", canonical)
    await repository.lock_address(sql, document.base_id, address)
    twin = await repository.find_known_by(sql, document.base_id, address, but=document.id)
    if twin is None:
        before = await repository.set_address(sql, document.id, address)
        if before not in {None, address}:
            await release_twins(ctx, sql, document.id)
    return twin


async def become_twin(ctx: Context, sql: Sql, document: Document, twin: DocumentId) -> None:
    """Let a locked document be known as the same as another: nothing of it is searched, nothing kept."""
    if document.live_version is not None:
        number = await index.remove_document(sql, ctx.tenant, document.base_id, document.id)
        queueing.enqueue_following(ctx, number)
    for key in await contents.delete_others(sql, document.id, []):
        queueing.enqueue_removal(ctx, key)
    await repository.set_twin(sql, document.id, twin, at=ctx.now())
    await release_twins(ctx, sql, document.id)  # they look for another of their own


async def give_up_claim(ctx: Context, sql: Sql, document: Document) -> None:
    """Let others be known by the address of a locked document that failed, unless something of it is searched."""
    if document.live_version is None:
        await documents.update_document(sql, document.id, canonical_url=None)
        await release_twins(ctx, sql, document.id)


async def release_twins(ctx: Context, sql: Sql, document_id: DocumentId) -> None:
    """Let pages that were the same as a document, which is no more what it was, be fetched anew."""
    for twin in await repository.release(sql, document_id, at=ctx.now()):
        queueing.enqueue_fetching(ctx, twin)
