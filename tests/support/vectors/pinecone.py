"""Pinecone's REST API of 2025-10, as its OpenAPI describes it; similarity is computed here."""

import fnmatch
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from aiohttp import web

from medea.kernel.ids import TenantId
from tests.support.vectors.published import PINECONE_CONTROL, PINECONE_DATA, Exchange, Published
from tests.support.vectors.server import Camel, Reply, StoreServer

PAGE = 7
"""Ids on a page of a list: fewer than are asked for, as a server may."""


class Serverless(Camel):
    cloud: str
    region: str


class Spec(Camel):
    serverless: Serverless


class CreateIndex(Camel):
    name: str
    dimension: int
    metric: str
    spec: Spec


class Vector(Camel):
    id: str
    values: list[float]
    metadata: dict[str, str | int]


class Upsert(Camel):
    vectors: list[Vector]
    namespace: str


class Equal(Camel):
    value: str | int = msgspec.field(name="$eq")


class Query(Camel):
    namespace: str
    vector: list[float]
    top_k: int
    filter: dict[str, Equal]
    include_values: bool
    include_metadata: bool


class Delete(Camel):
    ids: list[str]
    namespace: str


@dataclass
class PineconeServer(StoreServer):
    """Indexes by name; all at one address, told apart by their path. An index is ready at the second look."""

    sizes: dict[str, int] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)
    spaces: dict[tuple[str, str], dict[str, Vector]] = field(default_factory=dict)
    loses: int = 0
    """Vectors of each request that it does not take, as it then says."""

    published = (PINECONE_CONTROL, PINECONE_DATA)

    def publication(self, exchange: Exchange) -> Published:
        return PINECONE_CONTROL if exchange.path == "/indexes" else PINECONE_DATA

    def is_let_in(self, request: web.Request) -> bool:
        headers = request.headers
        return headers.get("Api-Key") == self.key and headers.get("X-Pinecone-Api-Version") == "2025-10"

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Any:
        if path == "/indexes":
            return self._list() if method == "GET" else self._create(self.read(body, CreateIndex))
        _, name, action = path.split("/", 2)
        if name not in self.sizes:
            raise Reply(404)
        match method, action:
            case "POST", "vectors/upsert":
                return self._upsert(name, self.read(body, Upsert))
            case "POST", "query":
                return self._query(name, self.read(body, Query))
            case "POST", "vectors/delete":
                return self._delete(name, self.read(body, Delete))
            case "GET", "vectors/list":
                return self._ids(name, query)
        raise Reply(405)

    def count(self, tenant: TenantId) -> int:
        return sum(len(points) for (_, space), points in self.spaces.items() if space == tenant.hex)

    def drop_point(self, tenant: TenantId) -> None:
        points = next(points for (_, space), points in self.spaces.items() if space == tenant.hex and points)
        points.popitem()

    def _list(self) -> Any:
        found = []
        for name, size in self.sizes.items():
            self.looks[name] += 1
            host = f"{self.url.removeprefix('http://')}/{name}"
            ready = self.looks[name] > 1
            status = {"ready": ready, "state": "Ready" if ready else "Initializing"}
            spec = {"serverless": {"cloud": "aws", "region": "us-east-1", "read_capacity": _capacity()}}
            found.append(
                {"name": name, "dimension": size, "metric": "cosine", "host": host, "status": status, "spec": spec,
                 "vector_type": "dense", "deletion_protection": "disabled"}
            )  # fmt: skip
        return {"indexes": found}

    def _create(self, asked: CreateIndex) -> Any:
        if asked.name in self.sizes:
            raise Reply(409)
        assert asked.metric == "cosine"
        self.sizes[asked.name], self.looks[asked.name] = asked.dimension, 0
        raise Reply(201, self._list()["indexes"][-1])

    def _upsert(self, name: str, asked: Upsert) -> Any:
        if not 1 <= len(asked.vectors) <= 1000 or any(len(each.values) != self.sizes[name] for each in asked.vectors):
            raise Reply(400, {"code": 3, "message": "Vector dimension does not match", "details": []})
        space = self.spaces.setdefault((name, asked.namespace), {})
        taken = asked.vectors[self.loses :]
        space.update({each.id: each for each in taken})
        return {"upsertedCount": len(taken)} if taken else {}

    def _query(self, name: str, asked: Query) -> Any:
        space = self.spaces.get((name, asked.namespace), {})
        met = [p for p in space.values() if all(p.metadata.get(k) == v.value for k, v in asked.filter.items())]
        scores = cosines(asked.vector, [point.values for point in met])
        best = sorted(zip(scores, (point.id for point in met), strict=True), reverse=True)[: asked.top_k]
        matches = [{"id": id_, "score": score} for score, id_ in best]
        return {"matches": matches, "namespace": asked.namespace, "usage": {"readUnits": 1}}

    def _delete(self, name: str, asked: Delete) -> Any:
        if (name, asked.namespace) not in self.spaces:
            raise Reply(404, {"code": 5, "message": "Namespace not found", "details": []})
        assert 1 <= len(asked.ids) <= 1000
        for id_ in asked.ids:
            self.spaces[name, asked.namespace].pop(id_, None)
        return {}

    def _ids(self, name: str, query: dict[str, str]) -> Any:
        assert query.keys() <= {"namespace", "limit", "prefix", "paginationToken"}
        space = self.spaces.get((name, query["namespace"]))
        if space is None:
            raise Reply(404, {"code": 5, "message": "Namespace not found", "details": []})
        after = query.get("paginationToken", "")
        ids = sorted(id_ for id_ in space if id_ > after and fnmatch.fnmatchcase(id_, query.get("prefix", "") + "*"))
        page = {"vectors": [{"id": id_} for id_ in ids[:PAGE]], "namespace": query["namespace"]}
        return {**page, "pagination": {"next": ids[PAGE - 1]}} if len(ids) > PAGE else page


def _capacity() -> Any:
    return {"mode": "OnDemand", "status": {"state": "Ready"}}


def cosines(vector: list[float], others: list[list[float]]) -> list[float]:
    """Return the cosine of a vector with each of the others."""
    if not others:
        return []
    rows, asked = np.array(others), np.array(vector)
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(asked)
    found: list[float] = (rows @ asked / np.maximum(lengths, 1e-9)).tolist()
    return found
