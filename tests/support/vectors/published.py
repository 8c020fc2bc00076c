"""Exchanges with a store, held against what its vendor publishes: OpenAPI of Qdrant, Weaviate and Pinecone.

These files are not ours to keep. Where a folder has them (`VECTOR_SPECS`, by default `vector_specs`), they are
used: `qdrant.json` (qdrant/qdrant, `docs/redoc/master/openapi.json`), `weaviate.json` (weaviate/weaviate,
`openapi-specs/schema.json`), `pinecone-control.yaml` and `pinecone-data.yaml` (pinecone-io/pinecone-api, `2025-10`).
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

FOLDER = Path(os.environ.get("VECTOR_SPECS", "vector_specs"))


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int
    answer: Any


@dataclass(frozen=True)
class Published:
    """One description of an API.

    Attributes:
        file: its name in the folder.
        base: what stands before its paths.
    """

    file: str
    base: str = ""

    @property
    def is_there(self) -> bool:
        return (FOLDER / self.file).exists()


QDRANT = Published("qdrant.json")
WEAVIATE = Published("weaviate.json", "/v1")
PINECONE_CONTROL = Published("pinecone-control.yaml")
PINECONE_DATA = Published("pinecone-data.yaml", "/medea-8")


def faults(published: Published, exchanges: Iterable[Exchange]) -> Iterator[str]:
    """Yield what is not as published."""
    for exchange in exchanges:
        where = f"{exchange.method} {exchange.path}"
        operation = _operation(published, exchange)
        if operation is None:
            yield f"{where}: there is no such operation"
            continue
        known = {each["name"] for each in _parameters(published, operation) if each["in"] == "query"}
        yield from (f"{where}: there is no query parameter {name}" for name in exchange.query.keys() - known)
        if exchange.body is not None:
            yield from _unfit(published, f"{where}, request", _request(operation), exchange.body)
        response = operation["responses"].get(str(exchange.status))
        if response is None and str(exchange.status) not in {"404", "409"}:  # Qdrant names these `default`, or not
            yield f"{where}: {exchange.status} is no answer"
        elif response is not None and exchange.answer is not None:
            yield from _unfit(published, f"{where}, answer", _schema(_resolved(published, response)), exchange.answer)


@cache
def _read(published: Published) -> Any:
    read = yaml.load((FOLDER / published.file).read_bytes(), yaml.CSafeLoader)
    return _plain(read)


def _plain(node: Any) -> Any:
    """Turn OpenAPI's own words into JSON Schema's."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return str(node) if isinstance(node, date) else node
    made = {str(name): _plain(value) for name, value in node.items() if name not in {"nullable", "x-nullable"}}
    if not isinstance(made.get("required", []), list):
        made.pop("required")
    if isinstance(made.get("required"), list) and "type" in made and made["type"] != "object":
        made.pop("required")  # Pinecone's marks on members
    if node.get("nullable") is True or node.get("x-nullable") is True:
        return {"anyOf": [made, {"type": "null"}]} if made else {"type": "null"}
    return made


def _operation(published: Published, exchange: Exchange) -> Any:
    for path, operations in _read(published)["paths"].items():
        pattern = published.base + re.sub(r"\{[^}]*\}", "[^/]+", path)
        if re.fullmatch(pattern, exchange.path) and exchange.method.lower() in operations:
            return operations[exchange.method.lower()]
    return None


def _parameters(published: Published, operation: Any) -> list[Any]:
    return [_resolved(published, each) for each in operation.get("parameters", [])]


def _request(operation: Any) -> Any:
    if "requestBody" in operation:
        return _schema(operation["requestBody"])
    return next(each["schema"] for each in operation["parameters"] if each.get("in") == "body")


def _schema(holder: Any) -> Any:
    if "content" in holder:
        return holder["content"]["application/json"]["schema"]
    return holder.get("schema", {})


def _resolved(published: Published, node: Any) -> Any:
    while "$ref" in node:
        found = _read(published)
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def _unfit(published: Published, where: str, schema: Any, value: Any) -> Iterator[str]:
    named = {name: _read(published).get(name, {}) for name in ("components", "definitions")}
    for error in jsonschema_rs.Draft7Validator({"allOf": [schema], **named}).iter_errors(value):
        yield f"{where}: {error.message[:300]} at {error.instance_path}"
    members = _resolved(published, schema).get("properties")
    if members is not None and isinstance(value, dict):
        yield from (f"{where}: there is no member {name}" for name in value.keys() - members.keys())
