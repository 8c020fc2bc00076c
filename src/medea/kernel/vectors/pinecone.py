"""Pinecone by its REST API of 2025-10 (https://github.com/pinecone-io/pinecone-api, `db_control`, `db_data`).

One serverless index for each number of dimensions, made at first use; one namespace in it for each tenant. A point's
id is `<base>-<generation>-<chunk>`, so that points are listed by their base. Deleting by ids, never by a filter:
that works with every kind of index.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from medea.kernel.ids import TenantId
from medea.kernel.vectors.connection import Connection, StoreRefused
from medea.kernel.vectors.naming import generation, read_dimensions
from medea.kernel.vectors.port import Generation, Key, Point, VectorStoreAway
from medea.kernel.vectors.searching import Searching, portions

API = "https://api.pinecone.io"
VERSION = "2025-10"
_MOST, _PAGE = 1000, 100
_LOOKS, _PAUSE = 60, 1.0


class PineconeVectors(Searching):
    """Keeps points in indexes `<prefix>-<dimensions>`.

    Args:
        url: of the control API.
        api_key: of a project.
        prefix: of indexes.
        place: cloud and region of indexes that are made.
        seconds: that a search waits.
    """

    KIND = "Pinecone"

    def __init__(self, url: str, api_key: str, prefix: str, place: tuple[str, str], *, seconds: float) -> None:
        headers = {"Api-Key": api_key, "X-Pinecone-Api-Version": VERSION}
        super().__init__(Connection(url.rstrip("/"), headers), seconds)
        self._prefix = f"{prefix}-"
        self._cloud, self._region = place
        self._hosts: dict[int, str] = {}

    @property
    def name(self) -> str:
        """What tells this store from others."""
        return f"pinecone {self._connection.url} {self._prefix}"

    async def _upsert(self, tenant: TenantId, dimensions: int, points: Sequence[Point]) -> None:
        host = await self._make(dimensions)
        for portion in portions(points, dimensions, _MOST):
            written = [
                {
                    "id": _id(point.key),
                    "values": list(point.vector),
                    "metadata": {"tenant": tenant.hex, "generation": generation(point.key.base, point.key.version)},
                }
                for point in portion
            ]
            body = {"vectors": written, "namespace": tenant.hex}
            answer = await self._connection.ask("POST", f"{host}/vectors/upsert", body)
            taken = answer.get("upsertedCount", 0)
            if taken != len(written):  # ids of a portion differ, so each counts
                raise VectorStoreAway(f"The vector store took {taken} of {len(written)} vectors.")

    async def _delete(self, tenant: TenantId, dimensions: int, keys: Sequence[Key]) -> None:
        host = await self._host(dimensions)
        if host is None:
            return
        for portion in portions(keys, 1, _MOST):
            body = {"ids": [_id(key) for key in portion], "namespace": tenant.hex}
            try:
                await self._connection.ask("POST", f"{host}/vectors/delete", body)
            except StoreRefused as refused:
                if refused.answered != 404:  # a namespace is there from its first point on
                    raise

    async def _delete_base(self, tenant: TenantId, base: int) -> None:
        found: dict[int, list[Key]] = {}
        async for dimensions, key in self._list_keys(tenant, base):
            found.setdefault(dimensions, []).append(key)
        for dimensions, keys in found.items():
            await self._delete(tenant, dimensions, keys)

    async def _list_keys(self, tenant: TenantId, base: int | None) -> AsyncIterator[tuple[int, Key]]:
        await self._look()
        for dimensions, host in list(self._hosts.items()):
            asked = {"namespace": tenant.hex, "limit": str(_PAGE), **({} if base is None else {"prefix": f"{base}-"})}
            while True:
                try:
                    page = await self._connection.ask("GET", f"{host}/vectors/list", query=asked)
                except StoreRefused as refused:
                    if refused.answered != 404:
                        raise
                    break
                for each in page.get("vectors", []):
                    yield dimensions, _key(each["id"])
                token = (page.get("pagination") or {}).get("next")
                if not token:
                    break
                asked["paginationToken"] = token

    async def _find(self, tenant: TenantId, where: Generation, vector: Sequence[float], limit: int) -> list[int]:
        host = await self._host(where.dimensions, seconds=self._seconds)
        if host is None:
            return []
        asked = {
            "namespace": tenant.hex,
            "vector": list(vector),
            "topK": limit,
            "filter": {
                "tenant": {"$eq": tenant.hex}, "generation": {"$eq": generation(where.base, where.version)}
            },
            "includeValues": False,
            "includeMetadata": False,
        }  # fmt: skip
        answer = await self._connection.ask("POST", f"{host}/query", asked, seconds=self._seconds)
        return [_key(each["id"]).chunk for each in answer.get("matches", [])]

    async def _host(self, dimensions: int, *, seconds: float = 30.0) -> str | None:
        if dimensions not in self._hosts:
            await self._look(seconds=seconds)
        return self._hosts.get(dimensions)

    async def _look(self, *, seconds: float = 30.0) -> None:
        """Find the indexes of ours that take requests."""
        answer = await self._connection.ask("GET", "/indexes", seconds=seconds)
        self._hosts = {
            dimensions: self._address(each["host"])
            for each in answer["indexes"]
            if (dimensions := read_dimensions(each["name"], self._prefix)) is not None and each["status"]["ready"]
        }

    def _address(self, host: str) -> str:
        scheme = self._connection.url.partition("://")[0]  # a local one speaks plain HTTP throughout
        return host.rstrip("/") if "://" in host else f"{scheme}://{host}"

    async def _make(self, dimensions: int) -> str:
        """Return the address of the index for so many dimensions, which takes some seconds the first time."""
        found = await self._host(dimensions)
        if found is not None:
            return found
        body: dict[str, Any] = {
            "name": f"{self._prefix}{dimensions}",
            "dimension": dimensions,
            "metric": "cosine",
            "spec": {"serverless": {"cloud": self._cloud, "region": self._region}},
        }
        try:
            await self._connection.ask("POST", "/indexes", body)
        except StoreRefused as refused:
            if refused.answered != 409:  # another process was faster
                raise
        for _ in range(_LOOKS):
            found = await self._host(dimensions)
            if found is not None:
                return found
            await asyncio.sleep(_PAUSE)
        raise VectorStoreAway(reason="the index is still being made")


def _id(key: Key) -> str:
    return f"{key.base}-{key.version}-{key.chunk}"


def _key(text: str) -> Key:
    base, version, chunk = text.split("-")
    return Key(int(base), int(version), int(chunk))
