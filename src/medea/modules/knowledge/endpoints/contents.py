"""HTTP of what documents say."""

from typing import Annotated, Any
from urllib.parse import quote as percent_encoded

import msgspec
from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.kernel.web.idempotency import is_upload
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging, Text
from medea.modules.knowledge.endpoints.bodies import described, read_files, read_json
from medea.modules.knowledge.endpoints.decoding import decode_body
from medea.modules.knowledge.errors import (
    BaseNotFound,
    DocumentNotFound,
    DrawingBusy,
    FileTooLarge,
    InvalidDocument,
    NoOriginal,
    PageNotFound,
    TextNotReady,
    UnsupportedFile,
)
from medea.modules.knowledge.permissions import Read, Write
from medea.modules.knowledge.schemas import (
    BaseSettingsIn,
    ChunkRead,
    PreviewCreate,
    PreviewRead,
    TextPageRead,
    TextRead,
)
from medea.modules.knowledge.service import adding, contents, previewing

router = make_router("/documents/{document_id}", "Knowledge")
of_base = make_router("/knowledge-bases/{base_id}", "Knowledge")

_SHOWN_INLINE = frozenset({"application/pdf", "text/plain"})
_ORIGINAL: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in (*sorted(_SHOWN_INLINE), "application/octet-stream")}}
}


@router.get("/text", responses=problems(DocumentNotFound, TextNotReady))
async def get_document_text(document_id: DocumentId, ctx: Read) -> TextRead:
    """Read the text of a document, by pages where it has such. Chunks name their places in it."""
    return TextRead(pages=[TextPageRead.model_validate(page) for page in await contents.get_text(ctx, document_id)])


@router.get("/chunks", responses=problems(DocumentNotFound))
async def list_document_chunks(document_id: DocumentId, ctx: Read, paging: Paging) -> ListOf[ChunkRead]:
    """List the chunks of a document, in their order."""
    return ListOf.of(await contents.list_chunks(ctx, document_id, paging), ChunkRead.model_validate)


@router.get(
    "/original",
    responses=problems(DocumentNotFound, NoOriginal) | _ORIGINAL,
    response_class=StreamingResponse,
)
async def get_document_original(document_id: DocumentId, ctx: Read) -> StreamingResponse:
    """Download what was uploaded or fetched."""
    original = await contents.open_original(ctx, document_id)
    name = original.filename.replace("\\", "/").rsplit("/", 1)[-1] or "document"
    way = "inline" if original.media_type in _SHOWN_INLINE else "attachment"
    headers = {
        "content-length": str(original.size),
        "content-disposition": f"{way}; filename*=UTF-8''{percent_encoded(name, safe='')}",
        # somebody else's file on our origin: it runs nothing and frames nothing
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "cache-control": "private, no-store",
    }
    kind = original.media_type if original.media_type in _SHOWN_INLINE else "application/octet-stream"
    return StreamingResponse(original.pieces, headers=headers, media_type=kind)


@router.get(
    "/pages/{number}.png",
    responses=problems(DocumentNotFound, PageNotFound, DrawingBusy) | {200: {"content": {"image/png": {}}}},
    response_class=Response,
)
async def draw_document_page(
    document_id: DocumentId,
    number: Annotated[int, Path(ge=1, le=100_000, description="of the page, from 1")],
    ctx: Read,
    quote: Annotated[Text | None, Query(max_length=4000, description="text to be marked on the page")] = None,
) -> Response:
    """Draw a page of a PDF, with a quote marked."""
    drawn = await contents.draw_page(ctx, document_id, number, quote=quote)
    return Response(drawn, media_type="image/png", headers={"cache-control": "private, max-age=300"})


@of_base.post(
    "/preview",
    responses=problems(BaseNotFound, DocumentNotFound, FileTooLarge, InvalidDocument, UnsupportedFile, TextNotReady),
    openapi_extra=described(PreviewCreate, ("settings",), several=False),
)
async def preview_chunks(base_id: KnowledgeBaseId, ctx: Write, request: Request) -> PreviewRead:
    """Show how a text, a file or a document of the base would be cut, with other settings if some are sent."""
    settings = await previewing.get_settings(ctx, base_id)
    if is_upload(request):
        async with read_files(request, at_most=1) as form:
            file = form.files[0]
            if file.size > ctx.ports.settings.knowledge.max_file_bytes:
                raise adding.too_large(ctx, file.size)
            given = decode_body(form.fields.get("settings") or "{}", BaseSettingsIn)
            settings = msgspec.structs.replace(settings, **given.changes())
            return PreviewRead.model_validate(await previewing.preview_file(ctx, file, settings))
    body = await read_json(request, PreviewCreate)
    settings = msgspec.structs.replace(settings, **(body.settings.changes() if body.settings else {}))
    if body.document_id is not None:
        found = await previewing.preview_document(ctx, base_id, body.document_id, settings)
    else:
        found = await previewing.preview_text(body.text or "", settings)
    return PreviewRead.model_validate(found)
