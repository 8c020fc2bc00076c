"""Every operation of the API as OpenAPI describes it, and where in it something is named.

A *reference* is a place in a request (path, query or body) that names a thing of a company. References are
found by name and type; a place that is neither known as one nor known as plain fails the suite, so that
whoever adds a route says what its parameters are.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PLAIN = frozenset(
    {"after", "before", "channel", "cursor", "from", "last-event-id", "limit", "number", "order", "q", "queue", "quote"}
    | {"event", "host", "purpose", "refused", "state", "status", "task", "to", "token"}
    | {"model_name", "oauth_client_id", "provider", "search", "starting_after", "stream"}
)
"""Names of parameters, and of ids in bodies, that name nothing of a company (or a secret, `token`)."""

_SAMPLES = {"model_name": "some/model", "number": "1", "from": "1", "to": "draft", "token": "unknown", "order": "asc"}

_PLACES = {
    "model": "agent",
    "CompletionCreate.model": "agent",
    "ResponseCreate.model": "agent",
    "previous_response_id": "response_id",
    "reply_id": "message_id",
    "thread_id": "chat_id",
    "knowledge_base_id": "base_id",
}
"""References whose name is not the thing's: `Schema.property` or parameter -> name in `Company.things`."""

_BODIES: dict[str, dict[str, Any]] = {
    "SecretBind": {"hosts": ["api.example.com"]},
    "UiMessage": {"role": "user", "parts": [{"type": "text", "text": "hi"}]},
    "CompletionMessage": {"role": "user", "content": "hi"},
    "BudgetCreate": {"name": "x", "scope": "agent", "period": "month", "limit_tokens": 1},
}
"""By schema: where the simplest value is refused before anything is looked up."""

_ID = re.compile(r"\^([a-z]+)_\[0-9a-f\]\{32\}\$")


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that names a thing.

    Attributes:
        where: `path`, `query` or `body`.
        name: of the parameter or property.
        thing: its key in `Company.things`.
    """

    where: str
    name: str
    thing: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    Attributes:
        references: what in it names a thing.
        plain: values of the other required parameters, by place and name.
        body: a valid body, references left out; None where it takes none.
    """

    method: str
    path: str
    references: tuple[Reference, ...]
    plain: Mapping[tuple[str, str], str]
    body: dict[str, Any] | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def request(self, values: Mapping[Reference, str]) -> dict[str, Any]:
        """Return the arguments of a client's `request` with these values in the references."""
        given = dict(self.plain) | {(r.where, r.name): value for r, value in values.items()}
        path = re.sub(r"\{(\w+)\}", lambda found: given["path", found[1]], self.path)
        query = {name: value for (where, name), value in given.items() if where == "query"}
        body = None
        if self.body is not None:
            body = self.body | {name: value for (where, name), value in given.items() if where == "body"}
        return {"method": self.method, "url": path, "params": query, "json": body}


class UnknownPlaceError(AssertionError):
    """A parameter that the suite does not understand: name it in `PLAIN`, or furnish the thing it names."""


def list_operations(openapi: dict[str, Any], things: Mapping[str, str]) -> Iterator[Operation]:
    """Yield every operation.

    Args:
        openapi: the document.
        things: what references may name.

    Raises:
        UnknownPlaceError: a parameter is neither plain nor names one of these things.
    """
    schemas = openapi["components"]["schemas"]
    for path, methods in openapi["paths"].items():
        for method, described in methods.items():
            yield _operation(method.upper(), path, described, schemas, things)


def _operation(
    method: str, path: str, described: dict[str, Any], schemas: dict[str, Any], things: Mapping[str, str]
) -> Operation:
    references, plain = [], {}
    for parameter in described.get("parameters", []):
        name, where = parameter["name"], parameter["in"]
        thing = _PLACES.get(name, name)
        if name.lower() in PLAIN:
            if parameter.get("required"):
                plain[where, name] = _SAMPLES[name]
        elif thing in things and where in {"path", "query"}:
            references.append(Reference(where, name, thing))
        else:
            raise UnknownPlaceError(f"{method} {path}: the {where} parameter {name!r}")
    content = described.get("requestBody", {}).get("content", {}).get("application/json")
    body = None
    if content is not None:
        schema = _resolved(content["schema"], schemas)
        body = sample(schema, schemas)
        for name, of in schema.get("properties", {}).items():
            thing = _PLACES.get(
                f"{schema.get('title')}.{name}", _PLACES.get(name, name) if name.endswith("_id") else name
            )
            prefixed = _ID.fullmatch(_resolved(of, schemas).get("pattern", ""))
            if thing in things:
                references.append(Reference("body", name, thing))
                body.pop(name, None)
            elif (prefixed or name.endswith("_id")) and name not in PLAIN:
                raise UnknownPlaceError(f"{method} {path}: the property {name!r} of the body")
    return Operation(method, path, tuple(references), plain, body)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = schemas[schema["$ref"].rsplit("/", 1)[1]]
        return _resolved(found, schemas)
    options = [s for s in schema.get("anyOf", []) if s.get("type") != "null"]
    return _resolved(options[0], schemas) if options else schema


def sample(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """Return the simplest value that a schema takes: required members only."""
    schema = _resolved(schema, schemas)
    if schema.get("title") in _BODIES:
        return _BODIES[schema["title"]]
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {name: sample(properties[name], schemas) for name in schema.get("required", [])}
        case "array":
            return [sample(schema["items"], schemas) for _ in range(schema.get("minItems", 1))]
        case "string":
            return _text(schema)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
    return "x"


def _text(schema: dict[str, Any]) -> str:
    if schema.get("format") == "email":
        return "somebody@example.com"
    if found := _ID.fullmatch(schema.get("pattern", "")):
        return f"{found[1]}_{'0' * 32}"
    return str(schema.get("examples", ["text" + "x" * max(0, schema.get("minLength", 0) - 4)])[0])
