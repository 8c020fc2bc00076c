"""Arguments against the JSON Schema of a tool, and such schemas themselves.

Schemas come from tenants: nothing they refer to is fetched, and one that refers to itself is refused, because a
model that is asked for an endless structure writes one.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NoReturn

import jsonschema_rs

MAX_SCHEMA = 20_000
"""Characters of a schema as JSON: it is sent to the model with every call."""
MAX_DEPTH = 12
_MAX_FAULTS = 5
_MAX_NODES = 20_000  # visited: references to references multiply
_NO_SCHEMAS = frozenset({"$defs", "definitions", "enum", "const", "default", "examples"})  # looked at where used


class SchemaInvalid(ValueError):
    """Not a JSON Schema that a tool's arguments can be described with; the message says why."""


def check_schema(schema: Mapping[str, Any]) -> None:
    """Refuse a schema that arguments cannot be held against.

    Raises:
        SchemaInvalid: with one sentence for the builder.
    """
    text = json.dumps(schema)
    if len(text) > MAX_SCHEMA:
        raise SchemaInvalid(f"the schema has {len(text)} characters; at most {MAX_SCHEMA} are possible")
    if schema.get("type", "object") != "object":
        raise SchemaInvalid('arguments are always an object: the schema needs "type": "object"')
    _check_references(schema)
    try:
        _validator(text)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise SchemaInvalid(f"this is no valid JSON Schema: {_first_line(error)}") from error


def find_faults(schema: Mapping[str, Any], value: Any) -> list[str]:
    """Return why a value does not fit a checked schema, in words for whoever wrote the value; [] where it does."""
    faults: list[str] = []
    for error in _validator(json.dumps(schema)).iter_errors(value):
        place = "/".join(str(step) for step in error.instance_path)
        message = error.message if len(error.message) <= 300 else error.message[:299] + "…"
        faults.append(f"{place}: {message}" if place else message)
        if len(faults) == _MAX_FAULTS:
            break
    return faults


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is not part of the schema, and nothing is fetched")


@lru_cache(maxsize=500)
def _validator(text: str) -> Any:
    linear = jsonschema_rs.RegexOptions()  # an engine that no pattern of a tenant can keep busy
    return jsonschema_rs.validator_for(
        json.loads(text), retriever=_refuse, validate_formats=True, pattern_options=linear
    )


def _check_references(schema: Mapping[str, Any]) -> None:
    """Refuse references that lead outside, nowhere, or in a circle, and nesting that no model follows."""
    waiting: list[tuple[Any, tuple[str, ...], int]] = [(schema, (), 0)]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        node, within, depth = waiting.pop()
        if depth > MAX_DEPTH * 2:
            raise SchemaInvalid(f"the schema is nested more than {MAX_DEPTH} levels deep")
        if isinstance(node, Mapping):
            waiting += [(item, within, depth + 1) for name, item in node.items() if name not in _NO_SCHEMAS]
            if (reference := _reference(node)) is not None:
                if reference in within:
                    raise SchemaInvalid(f"the schema refers to itself ({reference}); write the levels out")
                waiting.append((_resolve(schema, reference), (*within, reference), depth + 1))
        elif isinstance(node, list | tuple):
            waiting += [(item, within, depth + 1) for item in node]
    raise SchemaInvalid("the schema refers to its parts too often; write a simpler one")


def _reference(node: Mapping[str, Any]) -> str | None:
    for name in ("$dynamicRef", "$recursiveRef"):
        if name in node:
            raise SchemaInvalid(f"{name} is not supported; use $ref, or write the parts out")
    found = node.get("$ref")
    return found if isinstance(found, str) else None


def _resolve(schema: Mapping[str, Any], reference: str) -> Any:
    if reference != "#" and not reference.startswith("#/"):
        raise SchemaInvalid(f"{reference} is not part of the schema; write it out")
    found: Any = schema
    for step in reference[2:].split("/") if reference != "#" else ():
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, Mapping) or name not in found:
            raise SchemaInvalid(f"{reference} leads nowhere")
        found = found[name]
    return found


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
