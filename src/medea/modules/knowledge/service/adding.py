"""Taking documents in: texts, questions with answers, files."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.errors import FieldError
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.modules.knowledge.errors import (
    BaseNotFound,
    DocumentExists,
    DocumentNotFound,
    FileTooLarge,
    InvalidDocument,
    NotReplaceable,
)
from medea.modules.knowledge.ingestion import batches, queueing, twins
from medea.modules.knowledge.ingestion.room import check_room
from medea.modules.knowledge.ingestion.steps import fail_in
from medea.modules.knowledge.models import Document, Failure
from medea.modules.knowledge.repository import bases, contents, documents
from medea.modules.knowledge.repository.contents import NewContent
from medea.modules.knowledge.repository.documents import NewDocument
from medea.modules.knowledge.repository.twins import lock_with_twins


@dataclass(frozen=True, slots=True)
class Written:
    """A document that comes as text.

    Attributes:
        kind: `text`, or `qa` for a question with its answer.
    """

    name: str
    text: str
    metadata: dict[str, Any] = field(default_factory=dict)
    kind: str = "text"

    @property
    def fingerprint(self) -> bytes:
        """What equal ones have in common: another name or other metadata make another document."""
        parts = (self.kind, self.name, repr(sorted(self.metadata.items())), self.text)
        return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).digest()

    @property
    def size(self) -> int:
        """Bytes that are kept of it."""
        return len(self.text.encode())


def question(asked: str, answer: str, metadata: dict[str, Any] | None = None) -> Written:
    """Return the document that a question with its answer makes."""
    return Written(asked, f"{asked}\n\n{answer}", metadata or {}, kind="qa")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file as a request brings it.

    Attributes:
        filename: as the sender named it; shown, never used as a path.
        kind: what its first bytes say.
        content: yields it in pieces, once.
        size: bytes, where known before it is read.
    """

    filename: str
    kind: str
    media_type: str
    content: AsyncIterator[bytes]
    size: int


@dataclass(frozen=True, slots=True)
class Added:
    """A document that was taken in, or is there already."""

    document: Document
    is_duplicate: bool


async def check_base(ctx: Context, base_id: KnowledgeBaseId) -> None:
    """See that there is such a base, before its body is read.

    Raises:
        BaseNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        if await bases.find_settings(sql, base_id) is None:
            raise BaseNotFound()


async def add_texts(ctx: Context, base_id: KnowledgeBaseId, written: Sequence[Written]) -> list[Added]:
    """Take texts in, all or none of them.

    Raises:
        BaseNotFound: there is no such base.
        InvalidDocument: one is longer than a document may be.
        KnowledgeFull: they do not fit the tenant's limits.
    """
    ctx.repeatable()  # what is there is found by what it says
    longest = ctx.ports.settings.knowledge.max_text_chars
    for number, entry in enumerate(written):
        if len(entry.text) > longest:
            message = f"must have at most {longest:,} characters"
            raise InvalidDocument(errors=[FieldError(f"documents.{number}.text", message, "too_long")])
    new = {DocumentId.new(): entry for entry in written}
    async with ctx.transaction() as sql:
        await _lock_base(sql, base_id)
        there = await documents.list_same(sql, base_id, [entry.fingerprint for entry in written])
        await documents.lock_documents(sql, [document.id for document in there.values()])  # before the tenant
        fresh = {entry.fingerprint: entry for entry in written if entry.fingerprint not in there}
        if fresh:
            await check_room(ctx, sql, documents=len(fresh), size=sum(entry.size for entry in fresh.values()))
        rows = [NewDocument(id_, e.name, e.kind, e.fingerprint, e.metadata) for id_, e in new.items()]
        added = await documents.insert_documents(sql, ctx.tenant, base_id, rows, at=ctx.now(), by=ctx.principal.user_id)
        kept = [(id_, entry) for id_, entry in new.items() if id_ in added]
        await contents.insert_contents(sql, ctx.tenant, [_text_content(id_, 1, e) for id_, e in kept], at=ctx.now())
        for batch in batches.together([(id_, len(entry.text)) for id_, entry in kept]):
            if len(batch) == 1:
                queueing.enqueue_indexing(ctx, batch[0], 1)
            else:
                queueing.enqueue_texts(ctx, base_id, batch)
        known = await documents.list_same(sql, base_id, [entry.fingerprint for entry in written])
        found = [(known[entry.fingerprint], id_ not in added) for id_, entry in new.items()]
        return [Added(await _revived(ctx, sql, document) if is_old else document, is_old) for document, is_old in found]


async def add_file(
    ctx: Context, base_id: KnowledgeBaseId, file: Uploaded, *, metadata: dict[str, Any] | None = None
) -> Added:
    """Take a file in. What is wrong with it will be said on the document.

    Raises:
        BaseNotFound: there is no such base.
        KnowledgeFull: it does not fit the tenant's limits.
    """
    ctx.repeatable()  # what is there is found by what it holds
    document_id = DocumentId.new()
    if file.size > ctx.ports.settings.knowledge.max_file_bytes:
        return await _add_refused(ctx, base_id, document_id, file, metadata or {})
    key = queueing.content_key(base_id, document_id, 1)
    stored = await ctx.ports.storage.write(ctx.tenant, key, file.content)
    content = _file_content(document_id, 1, file, key, stored.size, stored.sha256)
    is_added = False
    try:
        added = None
        while added is None:
            added = await _add_content(ctx, base_id, content, metadata or {})
        is_added = not added.is_duplicate
        return added
    finally:
        if not is_added:
            await ctx.ports.storage.delete_all(ctx.tenant, key)


async def _add_content(
    ctx: Context, base_id: KnowledgeBaseId, content: NewContent, metadata: dict[str, Any]
) -> Added | None:
    """Make the document of a stored file; None: somebody brought the same at this moment, look again."""
    fingerprint = file_fingerprint(content.sha256)
    async with ctx.transaction() as sql:
        await _lock_base(sql, base_id)
        same = await _find_same(sql, base_id, fingerprint)
        if same is not None and same.source_id is not None:
            await lock_with_twins(sql, [same.id])  # before the tenant
            same = await _give_way(ctx, sql, base_id, fingerprint)
        if same is not None:
            return Added(await _revived(ctx, sql, same), is_duplicate=True)
        await check_room(ctx, sql, documents=1, size=content.size_bytes)
        row = NewDocument(content.document_id, content.filename or "", content.kind, fingerprint, metadata)
        if not await documents.insert_documents(
            sql, ctx.tenant, base_id, [row], at=ctx.now(), by=ctx.principal.user_id
        ):
            return None
        await contents.insert_contents(sql, ctx.tenant, [content], at=ctx.now())
        queueing.enqueue_indexing(ctx, content.document_id, 1)
        return Added(await _get(sql, content.document_id), is_duplicate=False)


async def _add_refused(
    ctx: Context, base_id: KnowledgeBaseId, document_id: DocumentId, file: Uploaded, metadata: dict[str, Any]
) -> Added:
    """Keep of a file that is too large only that it was refused."""
    async with ctx.transaction() as sql:
        await _lock_base(sql, base_id)
        await check_room(ctx, sql, documents=1)
        row = NewDocument(document_id, file.filename, file.kind, None, metadata)
        await documents.insert_documents(sql, ctx.tenant, base_id, [row], at=ctx.now(), by=ctx.principal.user_id)
        failure = Failure(FileTooLarge.code, too_large(ctx, file.size).detail)
        await fail_in(ctx, sql, await _get(sql, document_id), failure)
        return Added(await _get(sql, document_id), is_duplicate=False)


def too_large(ctx: Context, size: int) -> FileTooLarge:
    """Return the refusal of a file by its size."""
    limit = ctx.ports.settings.knowledge.max_file_bytes
    return FileTooLarge(
        f"The file has {size / 1e6:.1f} MB; one document may have {limit / 1e6:.0f} MB. Split it and upload the parts.",
        limit=limit,
    )


async def replace_text(ctx: Context, document_id: DocumentId, written: Written) -> Document:
    """Give a document another text; what it said before is found until the new text is in the index.

    Raises:
        DocumentNotFound: there is none.
        DocumentExists: another document of the base says the same.
        NotReplaceable: it comes from a web page.
    """
    async with ctx.transaction() as sql:
        document = await _lock_document(sql, document_id)
        if document.source_id is None and written.kind == document.kind == "qa":
            await documents.update_document(sql, document_id, name=written.name)
        number = await _next_version(ctx, sql, document, written.fingerprint, written.size, written.kind)
        if number is not None:
            await contents.insert_contents(sql, ctx.tenant, [_text_content(document_id, number, written)], at=ctx.now())
        return await _get(sql, document_id)


async def replace_file(ctx: Context, document_id: DocumentId, file: Uploaded) -> Document:
    """Give a document another file; what it said before is found until the new file is in the index.

    Raises:
        DocumentNotFound: there is none.
        DocumentExists: another document of the base has this very file.
        FileTooLarge: it is larger than one document may be.
        NotReplaceable: it comes from a web page.
    """
    if file.size > ctx.ports.settings.knowledge.max_file_bytes:
        raise too_large(ctx, file.size)
    async with ctx.transaction(durable=False) as sql:
        document = await documents.find_document(sql, document_id)
    if document is None:
        raise DocumentNotFound()
    return await store_version(ctx, document, file)


async def store_version(ctx: Context, document: Document, file: Uploaded, *, is_fetched: bool = False) -> Document:
    """Store a file as the next version of a document; without effect where it is the present one.

    Raises:
        DocumentNotFound: it is gone by now.
        DocumentExists: another document of the base has this very file.
        NotReplaceable: it comes from a web page, and this file does not.
    """
    # its place has a number that nobody else takes, whoever else replaces the document at this moment
    key = f"{queueing.document_prefix(document.base_id, document.id)}/{DocumentId.new().hex}"
    stored = await ctx.ports.storage.write(ctx.tenant, key, file.content)
    is_kept = False
    try:
        async with ctx.transaction() as sql:
            fingerprint = file_fingerprint(stored.sha256)
            same = await _find_same(sql, document.base_id, fingerprint)
            now = await _lock_document(sql, document.id, *(() if same is None else (same.id,)))
            if not is_fetched and now.source_id is None and same is not None:
                await _give_way(ctx, sql, document.base_id, fingerprint)
            number = await _next_version(ctx, sql, now, fingerprint, stored.size, file.kind, is_fetched=is_fetched)
            if number is not None:
                content = _file_content(document.id, number, file, key, stored.size, stored.sha256)
                await contents.insert_contents(sql, ctx.tenant, [content], at=ctx.now())
            found = await _get(sql, document.id)
        is_kept = number is not None
        return found
    finally:
        if not is_kept:
            await ctx.ports.storage.delete_all(ctx.tenant, key)


async def _next_version(
    ctx: Context,
    sql: Sql,
    document: Document,
    fingerprint: bytes,
    size: int,
    kind: str,
    *,
    is_fetched: bool = False,
) -> int | None:
    """Make a locked document await another version, and return its number; None where it is the present one."""
    if document.source_id is not None and not is_fetched:
        raise NotReplaceable()
    same = (await documents.list_same(sql, document.base_id, [fingerprint])).get(fingerprint)
    if same is not None and same.id != document.id:
        raise DocumentExists(document_id=str(same.id), name=same.name)
    if same is not None:  # its present content; what failed with it is tried again
        await _revived(ctx, sql, document)
        return None
    await check_room(ctx, sql, size=size, replaced=document.id)
    had_content = await contents.has_text(sql, document.id, document.version) is not None
    number = document.version + 1 if had_content else document.version
    await documents.update_document(
        sql,
        document.id,
        at=ctx.now(),
        version=number,
        kind=kind,
        fingerprint=fingerprint,
        status="queued",
        step_done=None,
        step_total=None,
        error_code=None,
        error_message=None,
        same_as=None,
    )
    superseded = await contents.delete_others(sql, document.id, [v for v in (document.live_version,) if v])
    for key in superseded:
        queueing.enqueue_removal(ctx, key)
    queueing.enqueue_indexing(ctx, document.id, number)
    await twins.release_twins(ctx, sql, document.id)  # it says something else than they do
    return number


async def _find_same(sql: Sql, base_id: KnowledgeBaseId, fingerprint: bytes) -> Document | None:
    return (await documents.list_same(sql, base_id, [fingerprint])).get(fingerprint)


async def _give_way(ctx: Context, sql: Sql, base_id: KnowledgeBaseId, fingerprint: bytes) -> Document | None:
    """Let a page that says what somebody uploads leave that content to the upload; return who else has it.

    What was uploaded must not change with a site. The page is fetched anew, and found to be the same as the upload, or
    something else by then. The caller has locked it.
    """
    page = await _find_same(sql, base_id, fingerprint)
    if page is None or page.source_id is None:
        return page
    await documents.update_document(sql, page.id, fingerprint=None, etag=None, last_modified=None)
    queueing.enqueue_fetching(ctx, page.id)
    return None


async def _revived(ctx: Context, sql: Sql, document: Document) -> Document:
    """Try a failed document again when the same content is sent again."""
    if document.status not in {"failed", "queued"}:
        return document
    await documents.update_document(
        sql, document.id, at=ctx.now(), status="queued", error_code=None, error_message=None
    )
    queueing.enqueue_indexing(ctx, document.id, document.version)
    return await _get(sql, document.id)


async def _lock_base(sql: Sql, base_id: KnowledgeBaseId) -> None:
    if await bases.find_settings(sql, base_id, lock=True) is None:
        raise BaseNotFound()


async def _lock_document(sql: Sql, document_id: DocumentId, *others: DocumentId) -> Document:
    document = (await lock_with_twins(sql, [document_id, *others])).get(document_id)
    if document is None:
        raise DocumentNotFound()
    return document


async def _get(sql: Sql, document_id: DocumentId) -> Document:
    document = await documents.find_document(sql, document_id)
    if document is None:
        raise DocumentNotFound()
    return document


def file_fingerprint(sha256: bytes) -> bytes:
    """Return what equal files have in common."""
    return hashlib.sha256(b"file\0" + sha256).digest()


def _text_content(document_id: DocumentId, version: int, written: Written) -> NewContent:
    encoded = written.text.encode()
    return NewContent(
        document_id,
        version,
        written.kind,
        "text/plain",
        size_bytes=len(encoded),
        sha256=hashlib.sha256(encoded).digest(),
        text=written.text,
    )


def _file_content(
    document_id: DocumentId, version: int, file: Uploaded, key: str, size: int, sha256: bytes
) -> NewContent:
    return NewContent(
        document_id,
        version,
        file.kind,
        file.media_type,
        size_bytes=size,
        sha256=sha256,
        filename=file.filename,
        storage_key=key,
    )
