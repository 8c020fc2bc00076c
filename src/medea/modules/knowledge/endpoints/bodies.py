"""Reading bodies that are JSON or a form with files. They come after the place they go to has been found."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request, UploadFile
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as FormFile

from medea.kernel.errors import FieldError, TooLarge
from medea.kernel.extraction.kinds import HEAD_BYTES, recognise
from medea.kernel.storage.base import CHUNK_BYTES
from medea.kernel.web.idempotency import MAX_FIELDS, MAX_FILES
from medea.modules.knowledge.endpoints.decoding import decode_body
from medea.modules.knowledge.errors import InvalidDocument
from medea.modules.knowledge.schemas import Metadata
from medea.modules.knowledge.service.adding import Uploaded

MAX_JSON_BYTES = 12_000_000  # one text at its limit, and what comes with it

M = TypeVar("M", bound=BaseModel)
_METADATA: TypeAdapter[dict[str, Any]] = TypeAdapter(Metadata)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a form, and its other fields."""

    files: list[Uploaded]
    metadata: dict[str, Any]
    fields: dict[str, str]


async def read_json(request: Request, model: type[M]) -> M:
    """Read and check a JSON body.

    Raises:
        RequestValidationError: it is none, or not what the model says.
        TooLarge: it is larger than a JSON body may be.
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_JSON_BYTES:
            raise TooLarge(
                f"A JSON body may have {MAX_JSON_BYTES // 1_000_000} MB; upload long documents as files.",
                limit=MAX_JSON_BYTES,
            )
    return await asyncio.to_thread(decode_body, bytes(body), model)


@asynccontextmanager
async def read_files(request: Request, *, at_most: int = MAX_FILES) -> AsyncIterator[Files]:
    """Read a form with files. The files are on this machine's disk until the context ends.

    Raises:
        InvalidDocument: no file, too many, or fields that cannot be read.
    """
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS) as form:
        found = [value for name, value in form.multi_items() if isinstance(value, FormFile) and name == "file"]
        if not found or len(found) > at_most:
            words = "send at least one file" if not found else f"send at most {at_most}"
            raise InvalidDocument(errors=[FieldError("file", words, "file")])
        yield Files([await _uploaded(file) for file in found], _form_metadata(form), _fields(form))


def _fields(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def _form_metadata(form: FormData) -> dict[str, Any]:
    given = form.get("metadata")
    if not isinstance(given, str) or not given:
        return {}
    try:
        return _METADATA.validate_json(given)
    except ValidationError as error:
        message = "must be a JSON object of plain values or lists of such, of at most 16 kB"
        raise InvalidDocument(errors=[FieldError("metadata", message, "metadata")]) from error


async def _uploaded(file: FormFile | UploadFile) -> Uploaded:
    head = await file.read(HEAD_BYTES)
    await file.seek(0)
    name = shown_name(file.filename or "")
    found = recognise(head, name)
    return Uploaded(name, found.kind, found.media_type, _pieces(file), file.size or 0)


def shown_name(given: str) -> str:
    """Return what a file is called, on one line and not endless. It is never used as a path."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in given)
    return " ".join(kept.split())[:300] or "unnamed"


async def _pieces(file: FormFile | UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(CHUNK_BYTES):
        yield piece


def described(model: type[BaseModel], fields: Sequence[str] = ("metadata",), *, several: bool = True) -> dict[str, Any]:
    """Return what OpenAPI shows of a body that is JSON or a form with files."""
    binary = {"type": "string", "format": "binary"}
    files: dict[str, Any] = {"type": "array", "items": binary} if several else binary
    form = {
        "type": "object",
        "required": ["file"],
        "properties": {"file": files, **{name: {"type": "string", "description": "JSON"} for name in fields}},
    }
    schema = model.model_json_schema()
    inner = schema.pop("$defs", {})
    content = {
        "application/json": {"schema": _inlined(schema, inner)},
        "multipart/form-data": {"schema": form},
    }
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: Any, inner: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(item, inner) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(inner[schema["$ref"].rsplit("/", 1)[1]], inner)
    return {name: _inlined(value, inner) for name, value in schema.items()}
