"""Tools out of an OpenAPI document (3.0 or 3.1, as JSON): one for each operation that a tool can carry out."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin

from medea.modules.tools.validation import MAX_DEPTH
from medea.modules.tools.values import Method, Request

MAX_OPERATIONS = 500
MAX_PARAMETERS = 100
_MAX_NODES = 5_000  # of one operation's schemas written out: references to references multiply
_NODE_CHARS = 20  # of a text, that count as one more node
_MAX_WORK = 200_000  # nodes written out for one document, all its schemas together
_METHODS: tuple[Method, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")
_MAX_LEVELS = MAX_DEPTH * 2
_TOO_LARGE = "its schema is nested too deep, or too large"
_WORDS = re.compile(r"[^A-Za-z0-9]+")
_WORDS_KEPT = re.compile(r"[^A-Za-z0-9_]+")
_ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Unusable(ValueError):
    """The document, or one operation of it, cannot become a tool; the message says why."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as a tool.

    Attributes:
        id: its `operationId`, or method and path.
        request: None where `problem` says why it cannot be one.
    """

    id: str
    name: str
    description: str
    request: Request | None
    parameters: dict[str, Any]
    problem: str | None = None


def read_operations(
    document: Mapping[str, Any], *, base_url: str | None, headers: dict[str, str], found_at: str = ""
) -> list[Operation]:
    """Return the operations of a document. For a thread: documents are large, and may be made to cost.

    Args:
        document: OpenAPI.
        base_url: instead of the document's first server.
        headers: of every request.
        found_at: where the document was fetched; its servers are relative to this.

    Raises:
        Unusable: it is no OpenAPI document, or names no server.
    """
    if not str(document.get("openapi", "")).startswith("3."):
        raise Unusable("this is no OpenAPI 3 document: the member `openapi` does not begin with 3")
    paths = document.get("paths")
    if not isinstance(paths, Mapping) or not paths:
        raise Unusable("the document has no paths")
    base = (base_url or _server(document, found_at)).rstrip("/")
    whole = _Document(document)
    found: list[Operation] = []
    for path, item in paths.items():
        if not isinstance(item, Mapping):
            continue
        for method in _METHODS:
            operation = item.get(method.lower())
            if isinstance(operation, Mapping):
                found.append(_operation(whole, item, operation, method, f"{base}{path}", str(path), headers))
        if len(found) > MAX_OPERATIONS:
            raise Unusable(f"the document has more than {MAX_OPERATIONS} operations; take a part of it")
    return found


def _server(document: Mapping[str, Any], found_at: str) -> str:
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {}
    url = _filled(first) if isinstance(first, Mapping) else ""
    if found_at:
        url = urljoin(found_at, url or "/")  # without a server it is the document's own (OpenAPI 3.1, 4.8.1)
    if not urljoin("https://x/", url).startswith(("http://", "https://")) or "://" not in url:
        raise Unusable("the document names no server with a full address; give base_url")
    return url


def _filled(server: Mapping[str, Any]) -> str:
    """Return a server's address with its variables at their defaults (OpenAPI 3.1, 4.8.6)."""
    variables = server.get("variables")
    known = variables if isinstance(variables, Mapping) else {}

    def default(found: re.Match[str]) -> str:
        variable = known.get(found[1])
        return str(variable["default"]) if isinstance(variable, Mapping) and "default" in variable else found[0]

    return re.sub(r"\{([^{}]*)\}", default, str(server.get("url", "")))


def _operation(
    document: "_Document",
    item: Mapping[str, Any],
    operation: Mapping[str, Any],
    method: Method,
    url: str,
    path: str,
    headers: dict[str, str],
) -> Operation:
    identity = str(operation.get("operationId") or f"{method} {path}")
    name = tool_name(str(operation.get("operationId") or f"{method.lower()} {path}"))
    words = [str(operation.get(part) or "").strip() for part in ("summary", "description")]
    description = "\n".join(dict.fromkeys(word for word in words if word))[:2_000] or f"{method} {path}"
    document.begin_operation()
    try:
        given = [*item.get("parameters", ()), *operation.get("parameters", ())]
        has_body = method in {"POST", "PUT", "PATCH"}
        parameters, placed = _parameters(document, given)
        for place, written, argument in placed:
            if place == "path":
                url = url.replace(f"{{{written}}}", f"{{{argument}}}")
        if has_body:
            asked = set(parameters["required"])
            of_body = _add_body(document, operation, parameters)
            placed = [each for each in placed if each[2] not in of_body or each[2] in asked]
        # without a body arguments become the query under their own names
        query = [each[1:] for each in placed if each[0] == "query" and (has_body or each[1] != each[2])]
        if query:
            url += "?" + "&".join(f"{quote(written, safe='')}={{{argument}}}" for written, argument in query)
    except Unusable as error:
        return Operation(identity, name, description, None, {}, str(error))
    except (AttributeError, TypeError, ValueError):  # members of other types than OpenAPI says
        return Operation(identity, name, description, None, {}, "it is not written as OpenAPI describes")
    return Operation(identity, name, description, Request(method=method, url=url, headers=headers), parameters)


def tool_name(text: str) -> str:
    """Return the name of a tool made of an operation's."""
    made = _WORDS.sub("_", _HUMP.sub("_", text)).strip("_").lower()
    return (made if made[:1].isalpha() else f"call_{made}")[:60].rstrip("_")


def _parameters(document: "_Document", given: list[Any]) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Return the schema of arguments, and of each its place, its name there, and its own, which models can write."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    placed: list[tuple[str, str, str]] = []
    if len(given) > MAX_PARAMETERS:
        raise Unusable(f"it has more than {MAX_PARAMETERS} parameters")
    known = [document.inlined(raw) for raw in given]
    # an operation says anew what holds for its path (OpenAPI 3.1, 4.8.10); the order is the path's
    for parameter in {(one.get("name"), one.get("in")): one for one in known}.values():
        name, place = str(parameter.get("name", "")), parameter.get("in")
        is_required = bool(parameter.get("required")) or place == "path"
        if place not in {"path", "query"}:
            if is_required:
                raise Unusable(f"it needs the {place} parameter {name}; only path, query and a JSON body are filled in")
            continue
        argument = _WORDS_KEPT.sub("_", name).strip("_") if not _ARGUMENT.fullmatch(name) else name
        if not _ARGUMENT.fullmatch(argument) or argument in properties:
            if not is_required:
                continue
            raise Unusable(f"the parameter {name!r} cannot be told from others when it is written with letters and _")
        schema = dict(parameter.get("schema") or {"type": "string"})
        if parameter.get("description"):
            schema.setdefault("description", parameter["description"])
        properties[argument] = schema
        placed.append((str(place), name, argument))
        if is_required:
            required.append(argument)
    return {"type": "object", "properties": properties, "required": required}, placed


def _add_body(document: "_Document", operation: Mapping[str, Any], parameters: dict[str, Any]) -> Collection[str]:
    """Add what the body has to the schema of arguments; return their names."""
    body = document.inlined(operation.get("requestBody") or {})
    content = body.get("content") or {}
    media = next((content[kind] for kind in content if "json" in kind), None)
    if media is None:
        if content:
            raise Unusable(f"its body is {', '.join(content)}; only JSON is sent")
        return ()
    schema = document.inlined(media.get("schema") or {})
    if schema.get("type", "object") != "object":
        raise Unusable("its body is no JSON object")
    of_body: dict[str, Any] = schema.get("properties", {})
    parameters["properties"] |= of_body
    parameters["required"] += [name for name in schema.get("required", ()) if name not in parameters["required"]]
    return of_body


class _Document:
    """A document, what of it was written out, and how much more of it may be."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self.members = members
        self._left = _MAX_WORK
        self._taken = 0
        self._written: dict[str, tuple[Any, int, int]] = {}  # by reference: the part, its nodes, its depth

    def begin_operation(self) -> None:
        """Let the next parts be counted as another operation's."""
        self._taken = 0

    def inlined(self, value: Any) -> Any:
        """Return a part with its references written out; what a reference leads to is written once and shared.

        Raises:
            Unusable: a reference leads outside, nowhere or in a circle, or they multiply beyond all use.
        """
        part, nodes, _ = self._write(value, (), 0)
        self._taken += nodes
        if self._taken > _MAX_NODES:
            raise Unusable(_TOO_LARGE)
        return part

    def _write(self, part: Any, within: tuple[str, ...], depth: int) -> tuple[Any, int, int]:
        """Return the part written out, how many nodes it has, and how deep it is."""
        self._left -= 1
        if self._left < 0:
            raise Unusable("the document's schemas are too large together; take a part of it")
        if depth > _MAX_LEVELS:
            raise Unusable(_TOO_LARGE)
        if isinstance(part, list):
            entries = [self._write(item, within, depth + 1) for item in part]
            return _joined([entry[0] for entry in entries], entries, depth)
        if not isinstance(part, Mapping):
            return part, 1 + (len(part) // _NODE_CHARS if isinstance(part, str) else 0), 0
        reference = part.get("$ref")
        if isinstance(reference, str):
            return self._refer(reference, within, depth)
        members = {name: self._write(item, within, depth + 1) for name, item in part.items() if name != "example"}
        names = sum(len(str(name)) for name in members) // _NODE_CHARS
        return _joined({name: entry[0] for name, entry in members.items()}, members.values(), depth, names)

    def _refer(self, reference: str, within: tuple[str, ...], depth: int) -> tuple[Any, int, int]:
        if reference in within:
            raise Unusable(f"its schema refers to itself ({reference})")
        if reference not in self._written:
            part = _resolved(self.members, reference)
            self._written[reference] = self._write(part, (*within, reference), depth + 1)
        part, nodes, levels = self._written[reference]
        return _joined(part, [(part, nodes, levels)], depth)


def _joined(value: Any, entries: Collection[tuple[Any, int, int]], depth: int, names: int = 0) -> tuple[Any, int, int]:
    nodes = 1 + names + sum(entry[1] for entry in entries)
    levels = 1 + max((entry[2] for entry in entries), default=0)
    if nodes > _MAX_NODES or depth + levels > _MAX_LEVELS + 1:
        raise Unusable(_TOO_LARGE)
    return value, nodes, levels


def _resolved(document: Mapping[str, Any], reference: str) -> Any:
    if not reference.startswith("#/"):
        raise Unusable(f"{reference} is not part of the document")
    found: Any = document
    for step in _steps(reference):
        if not isinstance(found, Mapping) or step not in found:
            raise Unusable(f"{reference} leads nowhere")
        found = found[step]
    return found


def _steps(reference: str) -> Iterator[str]:
    return (step.replace("~1", "/").replace("~0", "~") for step in reference[2:].split("/"))
