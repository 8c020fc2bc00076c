"""Qdrant by its REST API (https://api.qdrant.tech), as docs and OpenAPI of 1.16 to 1.18 describe it.

One collection for each number of dimensions, shared by all tenants the way Qdrant advises for many small ones: the
field `tenant` is marked as the tenant's, and links of the graph are built within tenants and generations only.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from medea.kernel.ids import TenantId
from medea.kernel.vectors.connection import Connection, StoreRefused
from medea.kernel.vectors.naming import generation, key_of, point_id, read_dimensions
from medea.kernel.vectors.port import Generation, Key, Point
from medea.kernel.vectors.searching import Searching, portions

_MOST, _PAGE = 500, 1000
_BREADTH = 128
"""Of a search in the graph, as for pgvector's 120: more is more exact and slower."""
_FIELDS = (
    ("tenant", {"type": "keyword", "is_tenant": True}),
    ("generation", {"type": "integer", "lookup": True, "range": True}),
)


class QdrantVectors(Searching):
    """Keeps points in collections `<prefix>_<dimensions>`.

    Args:
        url: of the REST API, such as `http://127.0.0.1:6333`.
        api_key: None where it asks for none.
        prefix: of collections.
        seconds: that a search waits.
    """

    KIND = "Qdrant"

    def __init__(self, url: str, api_key: str | None, prefix: str, *, seconds: float) -> None:
        super().__init__(Connection(url.rstrip("/"), {"api-key": api_key} if api_key else {}), seconds)
        self._prefix = f"{prefix}_"
        self._made: set[int] = set()

    @property
    def name(self) -> str:
        """What tells this store from others."""
        return f"qdrant {self._connection.url} {self._prefix}"

    async def _upsert(self, tenant: TenantId, dimensions: int, points: Sequence[Point]) -> None:
        await self._make(dimensions)
        for portion in portions(points, dimensions, _MOST):
            written = [
                {
                    "id": point_id(tenant, point.key),
                    "vector": list(point.vector),
                    "payload": {"tenant": tenant.hex, "generation": generation(point.key.base, point.key.version)},
                }
                for point in portion
            ]
            try:
                await self._ask("PUT", dimensions, "/points", {"points": written}, waits=True)
            except StoreRefused as refused:
                if refused.answered == 404:
                    self._made.discard(dimensions)  # somebody dropped it: the next attempt makes it again
                raise

    async def _delete(self, tenant: TenantId, dimensions: int, keys: Sequence[Key]) -> None:
        for portion in portions(keys, 1, _MOST):
            ids = [point_id(tenant, key) for key in portion]
            await self._remove(dimensions, [_of_tenant(tenant), {"has_id": ids}])

    async def _delete_base(self, tenant: TenantId, base: int) -> None:
        for dimensions in await self._dimensions():
            await self._remove(dimensions, [_of_tenant(tenant), _of_base(base)])

    async def _list_keys(self, tenant: TenantId, base: int | None) -> AsyncIterator[tuple[int, Key]]:
        must = [_of_tenant(tenant)] if base is None else [_of_tenant(tenant), _of_base(base)]
        for dimensions in await self._dimensions():
            asked: dict[str, Any] = {
                "filter": {"must": must}, "limit": _PAGE, "with_payload": False, "with_vector": False
            }  # fmt: skip
            while True:
                page = await self._ask("POST", dimensions, "/points/scroll", asked)
                for point in page["points"]:
                    yield dimensions, key_of(point["id"])
                if page.get("next_page_offset") is None:
                    break
                asked["offset"] = page["next_page_offset"]

    async def _find(self, tenant: TenantId, where: Generation, vector: Sequence[float], limit: int) -> list[int]:
        of_generation = {"key": "generation", "match": {"value": generation(where.base, where.version)}}
        asked = {
            "query": list(vector),
            "filter": {"must": [_of_tenant(tenant), of_generation]},
            "limit": limit,
            "with_payload": False,
            "with_vector": False,
            "params": {"hnsw_ef": max(_BREADTH, limit)},
        }
        try:
            found = await self._ask("POST", where.dimensions, "/points/query", asked, seconds=self._seconds)
        except StoreRefused as refused:
            if refused.answered == 404:  # nothing of so many dimensions was written yet
                return []
            raise
        return [key_of(point["id"]).chunk for point in found["points"]]

    async def _make(self, dimensions: int) -> None:
        if dimensions in self._made:
            return
        if dimensions not in await self._dimensions():
            body = {
                "vectors": {"size": dimensions, "distance": "Cosine"},
                "hnsw_config": {"m": 0, "payload_m": 16},
            }
            try:
                await self._ask("PUT", dimensions, "", body)
            except StoreRefused as refused:
                if refused.answered not in {400, 409}:  # another process was faster
                    raise
        for field, schema in _FIELDS:
            body = {"field_name": field, "field_schema": schema}
            await self._ask("PUT", dimensions, "/index", body, waits=True)
        self._made.add(dimensions)

    async def _remove(self, dimensions: int, must: list[dict[str, Any]]) -> None:
        try:
            await self._ask("POST", dimensions, "/points/delete", {"filter": {"must": must}}, waits=True)
        except StoreRefused as refused:
            if refused.answered != 404:
                raise

    async def _look(self, *, seconds: float) -> object:
        return await self._dimensions(seconds=seconds)

    async def _dimensions(self, *, seconds: float = 30.0) -> list[int]:
        answer = await self._connection.ask("GET", "/collections", seconds=seconds)
        names = [each["name"] for each in answer["result"]["collections"]]
        return [found for name in names if (found := read_dimensions(name, self._prefix)) is not None]

    async def _ask(
        self, method: str, dimensions: int, path: str, body: Any, *, waits: bool = False, seconds: float = 30.0
    ) -> Any:
        where = f"/collections/{self._prefix}{dimensions}{path}"
        query = {"wait": "true"} if waits else None
        return (await self._connection.ask(method, where, body, query=query, seconds=seconds))["result"]


def _of_tenant(tenant: TenantId) -> dict[str, Any]:
    return {"key": "tenant", "match": {"value": tenant.hex}}


def _of_base(base: int) -> dict[str, Any]:
    return {"key": "generation", "range": {"gte": generation(base, 0), "lt": generation(base + 1, 0)}}
