"""Qdrant's REST API over Qdrant's own engine: points, filters, graph and similarity are `qdrant-edge`'s, not ours."""

import tempfile
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import qdrant_edge as edge
from aiohttp import web

from medea.kernel.ids import TenantId
from tests.support.vectors.published import QDRANT
from tests.support.vectors.server import Reply, StoreServer, Strict


class Vectors(Strict):
    size: int
    distance: str


class Hnsw(Strict):
    m: int
    payload_m: int


class CreateCollection(Strict):
    vectors: Vectors
    hnsw_config: Hnsw


class FieldSchema(Strict):
    type: str
    is_tenant: bool | None = None
    lookup: bool | None = None
    range: bool | None = None


class CreateIndex(Strict):
    field_name: str
    field_schema: FieldSchema


class Match(Strict):
    value: str | int


class Range(Strict):
    gte: float
    lt: float


class Condition(Strict):
    key: str | None = None
    match: Match | None = None
    range: Range | None = None
    has_id: list[UUID] | None = None


class Filter(Strict):
    must: list[Condition]


class PointStruct(Strict):
    id: UUID
    vector: list[float]
    payload: dict[str, str | int]


class Upsert(Strict):
    points: list[PointStruct]


class Delete(Strict):
    filter: Filter


class Params(Strict):
    hnsw_ef: int


class Query(Strict):
    query: list[float]
    filter: Filter
    limit: int
    with_payload: bool
    with_vector: bool
    params: Params


class Scroll(Strict):
    filter: Filter
    limit: int
    with_payload: bool
    with_vector: bool
    offset: UUID | None = None


@dataclass
class QdrantServer(StoreServer):
    """Collections, each a shard of the engine in a folder of its own."""

    shards: dict[str, edge.EdgeShard] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    folders: list[Any] = field(default_factory=list)

    published = (QDRANT,)

    def is_let_in(self, request: web.Request) -> bool:
        return request.headers.get("api-key") == self.key

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Any:
        parts = path.strip("/").split("/")
        assert parts[0] == "collections"
        if len(parts) == 1:
            return _ok({"collections": [{"name": name} for name in self.shards]})
        name, action = parts[1], (method, "/".join(parts[2:]))
        if action == ("PUT", ""):
            return self._create(name, self.read(body, CreateCollection))
        shard = self.shards.get(name)
        if shard is None:
            raise Reply(404, {"status": {"error": f"Not found: Collection `{name}` doesn't exist!"}, "time": 0.0})
        match action:
            case ("PUT", "index"):
                shard.update(_index(self.read(body, CreateIndex)))
            case ("PUT", "points"):
                points = self.read(body, Upsert).points
                if any(len(point.vector) != self.sizes[name] for point in points):
                    raise Reply(400, {"status": {"error": "Wrong input: Vector dimension error"}, "time": 0.0})
                written = [edge.Point(str(point.id), point.vector, point.payload) for point in points]
                shard.update(edge.UpdateOperation.upsert_points(written))
            case ("POST", "points/delete"):
                filter_ = _filter(self.read(body, Delete).filter)
                shard.update(edge.UpdateOperation.delete_points_by_filter(filter_))
            case ("POST", "points/query"):
                return self._query(shard, self.read(body, Query))
            case ("POST", "points/scroll"):
                return self._scroll(shard, self.read(body, Scroll))
            case _:
                raise Reply(405)
        assert query == {"wait": "true"}, "a write that is not waited for may be lost"
        return _ok({"operation_id": 1, "status": "completed"})

    def count(self, tenant: TenantId) -> int:
        condition = edge.FieldCondition(key="tenant", match=edge.MatchValue(tenant.hex))
        asked = edge.CountRequest(filter=edge.Filter(must=[condition]), exact=True)
        return sum(shard.count(asked) for shard in self.shards.values())

    def drop_point(self, tenant: TenantId) -> None:
        condition = edge.FieldCondition(key="tenant", match=edge.MatchValue(tenant.hex))
        for shard in self.shards.values():
            found, _ = shard.scroll(edge.ScrollRequest(limit=1, filter=edge.Filter(must=[condition])))
            if found:
                shard.update(edge.UpdateOperation.delete_points([found[0].id]))
                return

    def close(self) -> None:
        """Close the shards."""
        for shard in self.shards.values():
            shard.close()
        for folder in self.folders:
            folder.cleanup()

    def _create(self, name: str, asked: CreateCollection) -> Any:
        if name in self.shards:
            raise Reply(409, {"status": {"error": f"Collection `{name}` already exists!"}, "time": 0.0})
        hnsw = edge.HnswIndexConfig(
            m=asked.hnsw_config.m, ef_construct=100, full_scan_threshold=10, payload_m=asked.hnsw_config.payload_m
        )
        vectors = edge.EdgeVectorParams(
            size=asked.vectors.size, distance=getattr(edge.Distance, asked.vectors.distance)
        )
        folder = tempfile.TemporaryDirectory(prefix="medea-qdrant-")
        self.folders.append(folder)
        self.shards[name] = edge.EdgeShard.create(folder.name, edge.EdgeConfig(vectors=vectors, hnsw_config=hnsw))
        self.sizes[name] = asked.vectors.size
        return _ok(True)

    def _query(self, shard: edge.EdgeShard, asked: Query) -> Any:
        found = shard.query(
            edge.QueryRequest(
                limit=asked.limit,
                query=edge.Query.Nearest(asked.query),
                filter=_filter(asked.filter),
                with_payload=asked.with_payload,
                with_vector=asked.with_vector,
                params=edge.SearchParams(hnsw_ef=asked.params.hnsw_ef),
            )
        )
        return _ok({"points": [{"id": str(each.id), "version": each.version, "score": each.score} for each in found]})

    def _scroll(self, shard: edge.EdgeShard, asked: Scroll) -> Any:
        found, following = shard.scroll(
            edge.ScrollRequest(
                offset=None if asked.offset is None else str(asked.offset),
                limit=asked.limit,
                filter=_filter(asked.filter),
                with_payload=asked.with_payload,
                with_vector=asked.with_vector,
            )
        )
        page = {"points": [{"id": str(each.id)} for each in found]}
        return _ok({**page, "next_page_offset": None if following is None else str(following)})


def _ok(result: Any) -> Any:
    return {"result": result, "status": "ok", "time": 0.001}


def _index(asked: CreateIndex) -> edge.UpdateOperation:
    schema = asked.field_schema
    made: edge.KeywordIndexParams | edge.IntegerIndexParams = edge.IntegerIndexParams(schema.lookup, schema.range)
    if schema.type == "keyword":
        made = edge.KeywordIndexParams(is_tenant=schema.is_tenant)
    return edge.UpdateOperation.create_field_index(asked.field_name, made)


def _filter(asked: Filter) -> edge.Filter:
    return edge.Filter(must=[_condition(each) for each in asked.must])


def _condition(asked: Condition) -> Any:
    if asked.has_id is not None:
        return edge.HasIdCondition({str(each) for each in asked.has_id})
    assert asked.key is not None
    if asked.match is not None:
        return edge.FieldCondition(key=asked.key, match=edge.MatchValue(asked.match.value))
    assert asked.range is not None
    return edge.FieldCondition(key=asked.key, range=edge.RangeFloat(gte=asked.range.gte, lt=asked.range.lt))
