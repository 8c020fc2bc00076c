"""JSON bodies, decoded along the shape of their model: what does not belong there is never built.

A few megabytes of JSON can be hundreds of Python's objects. So a body is gone through once without building anything
but its members, each still as JSON; the first that has no place ends it. What may be large is text alone.
"""

import json
import re
from functools import lru_cache
from typing import Any, TypeVar, get_args

import msgspec
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

MAX_PART_BYTES = 100_000
"""Of an object or list within a body, as JSON; lists of documents apart."""
_FAULT = re.compile(r"(.*?)(?: - at `\$(.*)`)?", re.DOTALL)
_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)
_SURROGATE = re.compile(
    rb"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]")

M = TypeVar("M", bound=BaseModel)


def decode_body(body: str | bytes, model: type[M]) -> M:
    """Decode and check a JSON body; for a thread.

    Raises:
        RequestValidationError: it is none, or not what the model says.
    """
    try:
        value = _built(_members(body.encode() if isinstance(body, str) else body, model), ())
    except msgspec.ValidationError as error:
        raise RequestValidationError([_fault(str(error))]) from error
    except (ValueError, RecursionError) as error:
        raise RequestValidationError([{"type": "json_invalid", "loc": ("body",), "msg": str(error)}]) from error
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in error.errors()]) from error


def _members(body: bytes, model: type[BaseModel]) -> Any:
    try:
        return msgspec.json.decode(body, type=_shape(model))
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # Half a character (a text cut within an emoji) is no error of JSON: the model names the field that holds it,
        # and refuses a NUL in the same words.
        mended = _SURROGATE.sub(lambda found: found[1] or rb"\u0000", body)
        if mended == body:
            raise
        return msgspec.json.decode(mended, type=_shape(model))


@lru_cache
def _shape(model: type[BaseModel]) -> type[msgspec.Struct]:
    """Return the members of a model: lists of models as such, anything else as JSON that is not decoded yet."""
    fields: list[Any] = []
    for name, field in model.model_fields.items():
        entry = _entry(field.annotation)
        kind: Any = list[_shape(entry)] | None if entry else msgspec.Raw  # type: ignore[misc]
        fields.append((name, kind) if field.is_required() else (name, kind | msgspec.UnsetType, msgspec.UNSET))
    return msgspec.defstruct(f"{model.__name__}Shape", fields, forbid_unknown_fields=True)


def _entry(annotation: Any) -> type[BaseModel] | None:
    """Return what a list of models holds."""
    parts = get_args(annotation)
    if getattr(annotation, "__origin__", None) is list and isinstance(parts[0], type):
        return parts[0] if issubclass(parts[0], BaseModel) else None
    return next((found for part in parts if (found := _entry(part))), None)


def _built(part: Any, place: tuple[str | int, ...]) -> Any:
    if isinstance(part, msgspec.Raw):
        text = bytes(part)
        if len(text) > MAX_PART_BYTES and text.lstrip()[:1] in {b"[", b"{"}:
            message = f"must have at most {MAX_PART_BYTES // 1000} kB"
            raise RequestValidationError([{"type": "too_long", "loc": ("body", *place), "msg": message}])
        return json.loads(text)
    if isinstance(part, list):
        return [_built(item, (*place, number)) for number, item in enumerate(part)]
    if isinstance(part, msgspec.Struct):
        members = ((name, getattr(part, name)) for name in part.__struct_fields__)
        return {name: _built(value, (*place, name)) for name, value in members if value is not msgspec.UNSET}
    return part


def _fault(message: str) -> dict[str, Any]:
    """Return msgspec's complaint in pydantic's words."""
    found = _FAULT.fullmatch(message)
    words, path = (found[1], found[2] or "") if found else (message, "")
    place: tuple[str | int, ...] = tuple(int(step[2]) if step[2] else step[1] for step in _STEP.finditer(path))
    if field := _FIELD.fullmatch(words):
        kind, said = {
            "missing required": ("missing", "Field required"),
            "contains unknown": ("extra_forbidden", "Extra inputs are not permitted"),
        }[field[1]]
        return {"type": kind, "loc": ("body", *place, field[2]), "msg": said}
    kind = "list_type" if words.startswith("Expected `array") else "model_type" if place else "model_attributes_type"
    said = "Input should be a valid list" if kind == "list_type" else "Input should be an object"
    return {"type": kind, "loc": ("body", *place), "msg": said}
