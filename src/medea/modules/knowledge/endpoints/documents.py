"""HTTP of documents."""

from typing import Annotated

from fastapi import Query, Request, Response

from medea.kernel.ids import DocumentId, KnowledgeBaseId, SourceId
from medea.kernel.outbound.errors import OutboundRefused
from medea.kernel.web.idempotency import is_upload
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging, Text
from medea.modules.knowledge.endpoints.bodies import described, read_files, read_json
from medea.modules.knowledge.errors import (
    BaseNotFound,
    DocumentExists,
    DocumentNotFound,
    FileTooLarge,
    InvalidDocument,
    KnowledgeFull,
    NothingToRetry,
    NotReplaceable,
    SourceExists,
)
from medea.modules.knowledge.permissions import Read, Write
from medea.modules.knowledge.schemas import (
    ContentReplace,
    DocumentAdded,
    DocumentRead,
    DocumentsAdded,
    DocumentsCreate,
    DocumentUpdate,
    SourceRead,
    Status,
)
from medea.modules.knowledge.service import adding, documents, sources
from medea.modules.knowledge.service.adding import Added, Written
from medea.modules.knowledge.service.sources import Wanted

of_base = make_router("/knowledge-bases/{base_id}/documents", "Knowledge")
router = make_router("/documents", "Knowledge")

_ADDING = problems(BaseNotFound, FileTooLarge, InvalidDocument, KnowledgeFull, OutboundRefused, SourceExists)


@of_base.get("", responses=problems(BaseNotFound))
async def list_documents(
    base_id: KnowledgeBaseId,
    ctx: Read,
    paging: Paging,
    status: Annotated[list[Status] | None, Query(description="any of these")] = None,
    q: Annotated[Text | None, Query(max_length=200, description="part of the name or address")] = None,
    source_id: SourceId | None = None,
) -> ListOf[DocumentRead]:
    """List the documents of a knowledge base, newest first."""
    page = await documents.list_documents(ctx, base_id, paging, status=status, q=q or None, source_id=source_id)
    return ListOf.of(page, DocumentRead.model_validate)


@of_base.post("", status_code=202, responses=_ADDING, openapi_extra=described(DocumentsCreate))
async def add_documents(
    base_id: KnowledgeBaseId, ctx: Write, request: Request, response: Response
) -> DocumentAdded | DocumentsAdded:
    """Take documents in.

    Files as `multipart/form-data` with a field `file` each; as JSON a text with its name, up to 100 of them, a
    question with its answer, the address of a web page or of a sitemap. They are read in the background: their
    status tells how far they are, and what is wrong with one is said there. The same content is in a base once;
    sending it again answers 200 with the document that is there (`is_duplicate`). One document is answered as
    such, several as a list.
    """
    await adding.check_base(ctx, base_id)
    if is_upload(request):
        return _answer(response, await _add_files(ctx, base_id, request))
    body = await read_json(request, DocumentsCreate)
    if body.documents is not None:
        written = [Written(entry.name, entry.text, entry.metadata or {}) for entry in body.documents]
        return _several(await adding.add_texts(ctx, base_id, written))
    if body.question is not None:
        written = [adding.question(body.question, body.answer or "", body.metadata)]
        return _answer(response, await adding.add_texts(ctx, base_id, written))
    if body.text is not None:
        written = [Written(body.name or "", body.text, body.metadata or {})]
        return _answer(response, await adding.add_texts(ctx, base_id, written))
    return await _add_source(ctx, base_id, body)


async def _add_files(ctx: Write, base_id: KnowledgeBaseId, request: Request) -> list[Added]:
    async with read_files(request) as form:
        limit = ctx.ports.settings.knowledge.max_file_bytes
        if len(form.files) == 1 and form.files[0].size > limit:
            raise adding.too_large(ctx, form.files[0].size)
        return [await adding.add_file(ctx, base_id, file, metadata=form.metadata) for file in form.files]


async def _add_source(ctx: Write, base_id: KnowledgeBaseId, body: DocumentsCreate) -> DocumentAdded | DocumentsAdded:
    if body.url is not None:
        wanted = Wanted("page", body.url, body.refresh_hours, metadata=body.metadata)
        _, document = await sources.create_source(ctx, base_id, wanted)
        assert document is not None  # noqa: S101 - a page has its document at once
        return _read(Added(document, is_duplicate=False))
    wanted = Wanted("sitemap", body.sitemap or "", body.refresh_hours, body.max_pages or 200, body.metadata)
    source, _ = await sources.create_source(ctx, base_id, wanted)
    return DocumentsAdded(data=[], source=SourceRead.model_validate(source))


def _read(added: Added) -> DocumentAdded:
    return DocumentAdded(**DocumentRead.model_validate(added.document).model_dump(), is_duplicate=added.is_duplicate)


def _several(added: list[Added]) -> DocumentsAdded:
    return DocumentsAdded(data=[_read(one) for one in added])


def _answer(response: Response, added: list[Added]) -> DocumentAdded | DocumentsAdded:
    if len(added) > 1:
        return _several(added)
    if added[0].is_duplicate:
        response.status_code = 200
    return _read(added[0])


@router.get("/{document_id}", responses=problems(DocumentNotFound))
async def get_document(document_id: DocumentId, ctx: Read) -> DocumentRead:
    """Read a document: how far it is, what is wrong with it."""
    return DocumentRead.model_validate(await documents.get_document(ctx, document_id))


@router.patch("/{document_id}", responses=problems(DocumentNotFound))
async def update_document(document_id: DocumentId, body: DocumentUpdate, ctx: Write) -> DocumentRead:
    """Change the name or the metadata of a document."""
    return DocumentRead.model_validate(await documents.update_document(ctx, document_id, body.changes()))


@router.delete("/{document_id}", status_code=204, responses=problems(DocumentNotFound))
async def delete_document(document_id: DocumentId, ctx: Write) -> None:
    """Delete a document with everything that was made of it, for good."""
    await documents.delete_document(ctx, document_id)


@router.post("/{document_id}/retry", status_code=202, responses=problems(DocumentNotFound, NothingToRetry))
async def retry_document(document_id: DocumentId, ctx: Write) -> DocumentRead:
    """Try a document again that failed."""
    return DocumentRead.model_validate(await documents.retry_document(ctx, document_id))


@router.put(
    "/{document_id}/content",
    status_code=202,
    responses=problems(DocumentNotFound, DocumentExists, NotReplaceable, FileTooLarge, InvalidDocument, KnowledgeFull),
    openapi_extra=described(ContentReplace, (), several=False),
)
async def replace_content(document_id: DocumentId, ctx: Write, request: Request) -> DocumentRead:
    """Give a document a new version. Searches find the old one until the new one is in the index, whole."""
    document = await documents.get_document(ctx, document_id)
    if is_upload(request):
        async with read_files(request, at_most=1) as form:
            found = await adding.replace_file(ctx, document_id, form.files[0])
        return DocumentRead.model_validate(found)
    body = await read_json(request, ContentReplace)
    if body.answer is not None:
        written = adding.question(body.question or document.name, body.answer, document.metadata)
    else:
        written = Written(document.name, body.text or "", document.metadata)
    return DocumentRead.model_validate(await adding.replace_text(ctx, document_id, written))
