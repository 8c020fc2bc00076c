"""Weaviate by its REST and GraphQL APIs, as `openapi-specs/schema.json` of 1.30 to 1.40 describes them.

One class for each number of dimensions, multi-tenant: each tenant has a shard, and with it an index, of its own,
which is made with its first object.
"""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from medea.kernel.ids import TenantId
from medea.kernel.vectors.connection import Connection, StoreRefused
from medea.kernel.vectors.naming import generation, key_of, point_id, read_dimensions
from medea.kernel.vectors.port import Generation, Key, Point, VectorStoreAway
from medea.kernel.vectors.searching import Searching, portions

_MOST, _PAGE = 200, 500
_FIRST = "00000000-0000-0000-0000-000000000000"
_ROUNDS = 10_000
"""Of deleting: a round deletes as many as the server allows, by default 10,000."""
_MISSING = ("tenant not found", "cannot query field", "could not find class", "class not found")
"""How errors begin that mean: nothing of this tenant, or of so many dimensions, was written yet."""


class WeaviateVectors(Searching):
    """Keeps points in classes `<Prefix>_<dimensions>`.

    Args:
        url: of the server, such as `http://127.0.0.1:8080`; the path `/v1` is added.
        api_key: None where it asks for none.
        prefix: of classes, which begin with a capital.
        seconds: that a search waits.
    """

    KIND = "Weaviate"

    def __init__(self, url: str, api_key: str | None, prefix: str, *, seconds: float) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        super().__init__(Connection(url.rstrip("/"), headers), seconds)
        self._prefix = f"{prefix.capitalize()}_"
        self._made: set[int] = set()

    @property
    def name(self) -> str:
        """What tells this store from others."""
        return f"weaviate {self._connection.url} {self._prefix}"

    async def _upsert(self, tenant: TenantId, dimensions: int, points: Sequence[Point]) -> None:
        await self._make(dimensions)
        for portion in portions(points, dimensions, _MOST):
            objects = [
                {
                    "class": f"{self._prefix}{dimensions}",
                    "tenant": tenant.hex,
                    "id": point_id(tenant, point.key),
                    "properties": {"owner": tenant.hex, "generation": generation(point.key.base, point.key.version)},
                    "vector": list(point.vector),
                }
                for point in portion
            ]
            answer = await self._connection.ask("POST", "/v1/batch/objects", {"fields": ["id"], "objects": objects})
            taken = [each for each in answer if not (each.get("result") or {}).get("errors")]
            if failed := len(objects) - len(taken):
                self._made.discard(dimensions)  # the class may have been dropped: the next attempt looks
                raise VectorStoreAway(f"The vector store did not take {failed} of {len(objects)} vectors.")

    async def _delete(self, tenant: TenantId, dimensions: int, keys: Sequence[Key]) -> None:
        for portion in portions(keys, 1, _MOST):
            ids = [point_id(tenant, key) for key in portion]
            await self._remove(tenant, dimensions, {"operator": "ContainsAny", "path": ["id"], "valueTextArray": ids})

    async def _delete_base(self, tenant: TenantId, base: int) -> None:
        bounds = [("GreaterThanEqual", generation(base, 0)), ("LessThan", generation(base + 1, 0))]
        operands = [{"operator": name, "path": ["generation"], "valueInt": value} for name, value in bounds]
        for dimensions in await self._dimensions():
            await self._remove(tenant, dimensions, {"operator": "And", "operands": operands})

    async def _list_keys(self, tenant: TenantId, base: int | None) -> AsyncIterator[tuple[int, Key]]:
        for dimensions in await self._dimensions():
            asked = {"class": f"{self._prefix}{dimensions}", "tenant": tenant.hex, "limit": str(_PAGE), "after": _FIRST}
            while True:
                try:
                    page = await self._connection.ask("GET", "/v1/objects", query=asked)
                except StoreRefused as refused:
                    if not _is_missing(refused.answered, refused.said):
                        raise
                    break
                objects = page.get("objects") or []
                for each in objects:
                    key = key_of(each["id"])
                    if base is None or key.base == base:
                        yield dimensions, key
                if len(objects) < _PAGE:
                    break
                asked["after"] = objects[-1]["id"]

    async def _find(self, tenant: TenantId, where: Generation, vector: Sequence[float], limit: int) -> list[int]:
        class_name = f"{self._prefix}{where.dimensions}"
        owner = f'{{operator: Equal, path: ["owner"], valueText: "{tenant.hex}"}}'
        of_generation = f'{{operator: Equal, path: ["generation"], valueInt: {generation(where.base, where.version)}}}'
        query = (
            f'{{ Get {{ {class_name}(tenant: "{tenant.hex}", limit: {limit:d},'
            f" nearVector: {{vector: {json.dumps(list(vector))}}},"
            f" where: {{operator: And, operands: [{owner}, {of_generation}]}})"
            " { _additional { id } } } }"
        )
        answer = await self._connection.ask("POST", "/v1/graphql", {"query": query}, seconds=self._seconds)
        if errors := answer.get("errors"):
            said = "; ".join(str(each.get("message", "")) for each in errors)
            if _is_missing(404, said):
                return []
            raise StoreRefused(200, said[:300])
        found = answer["data"]["Get"][class_name] or []
        return [key_of(each["_additional"]["id"]).chunk for each in found]

    async def _make(self, dimensions: int) -> None:
        if dimensions in self._made:
            return
        if dimensions not in await self._dimensions():
            try:
                await self._connection.ask("POST", "/v1/schema", self._class(dimensions))
            except StoreRefused as refused:
                if refused.answered != 422 or dimensions not in await self._dimensions():
                    raise  # else another process was faster
        self._made.add(dimensions)

    def _class(self, dimensions: int) -> dict[str, Any]:
        return {
            "class": f"{self._prefix}{dimensions}",
            "description": "Vectors of Medea's knowledge bases; made again at any time from its database.",
            "vectorizer": "none",
            "vectorIndexType": "hnsw",
            "vectorIndexConfig": {"distance": "cosine"},
            "multiTenancyConfig": {"enabled": True, "autoTenantCreation": True, "autoTenantActivation": True},
            "properties": [
                {
                    "name": "owner",
                    "dataType": ["text"],
                    "tokenization": "field",
                    "indexFilterable": True,
                    "indexSearchable": False,
                },
                {"name": "generation", "dataType": ["int"], "indexFilterable": True},
            ],
        }

    async def _remove(self, tenant: TenantId, dimensions: int, where: dict[str, Any]) -> None:
        body = {"match": {"class": f"{self._prefix}{dimensions}", "where": where}, "output": "minimal"}
        for _ in range(_ROUNDS):
            try:
                answer = await self._connection.ask("DELETE", "/v1/batch/objects", body, query={"tenant": tenant.hex})
            except StoreRefused as refused:
                if _is_missing(refused.answered, refused.said):
                    return
                raise
            results = answer["results"]
            if results.get("failed"):
                raise VectorStoreAway(f"The vector store did not delete {results['failed']} vectors.")
            if results["matches"] < results["limit"]:
                return

    async def _look(self, *, seconds: float) -> object:
        return await self._dimensions(seconds=seconds)

    async def _dimensions(self, *, seconds: float = 30.0) -> list[int]:
        answer = await self._connection.ask("GET", "/v1/schema", seconds=seconds)
        names = [each["class"] for each in answer["classes"] or []]
        return [found for name in names if (found := read_dimensions(name, self._prefix)) is not None]


def _is_missing(status: int, said: str) -> bool:
    return status in {404, 422} and (not said.strip() or any(begin in said.casefold() for begin in _MISSING))
