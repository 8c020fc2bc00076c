"""Bases whose vectors a store beside PostgreSQL has, too."""

import dataclasses
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import SecretStr

from medea.apps.bootstrap import Installation, make_vectors
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.embeddings.fake import FakeEmbedders
from medea.kernel.settings import Settings, VectorSettings
from medea.kernel.vectors.port import Key, VectorStore
from medea.modules.knowledge import facade
from medea.modules.knowledge.index.vectors import embed_pending
from medea.modules.knowledge.values import SearchResult
from tests.modules.knowledge.shelf import Shelf
from tests.support.vectors.pinecone import PineconeServer
from tests.support.vectors.qdrant import QdrantServer
from tests.support.vectors.server import StoreServer, serving
from tests.support.vectors.weaviate import WeaviateServer

Kind = Literal["qdrant", "weaviate", "pinecone"]
KINDS: tuple[Kind, ...] = ("qdrant", "weaviate", "pinecone")
WORDS = ["apple", "pear", "plum", "fig", "date", "lime", "peach", "grape", "melon", "kiwi", "quince", "berry", "olive"]


async def silent(_done: int, _total: int) -> None:
    return


def texts(count: int, seed: int, mark: str = "x") -> list[str]:
    """Return as many texts of twelve words, each ending in a mark and its number."""
    chance = random.Random(seed)
    return [f"{' '.join(chance.choices(WORDS, k=12))} {mark}{number}" for number in range(count)]


@asynccontextmanager
async def store_server(kind: Kind) -> AsyncIterator[StoreServer]:
    """Let a store listen that understands all it is asked."""
    made = {"qdrant": QdrantServer, "weaviate": WeaviateServer, "pinecone": PineconeServer}[kind]()
    async with serving(made):
        yield made
    if isinstance(made, QdrantServer):
        made.close()
    assert made.faults == [], made.faults


def store_at(settings: Settings, kind: Kind, server: StoreServer) -> VectorStore:
    """Return what an operator's settings give."""
    group = VectorSettings(kind=kind, url=server.url, api_key=SecretStr(server.key), search_seconds=0.5)
    store = make_vectors(settings.model_copy(update={"vectors": group}))
    assert store is not None
    return store


@dataclass
class Copied:
    """An installation with a store beside its PostgreSQL.

    Attributes:
        installation: its ports name the store.
        server: the store's other side.
    """

    installation: Installation
    store: VectorStore
    server: StoreServer

    def context(self, shelf: Shelf) -> Context:
        """Return a context of the base's tenant."""
        return Context(self.installation.ports, system_principal(shelf.tenant))

    def without(self, shelf: Shelf) -> Context:
        """Return one in which PostgreSQL alone is asked."""
        ports = dataclasses.replace(self.installation.ports, vectors=None)
        return Context(ports, system_principal(shelf.tenant))

    async def fill(self, count: int, *, seed: int = 1, mark: str = "x") -> Shelf:
        """Make a base of one document with as many chunks and their vectors."""
        shelf = await Shelf(self.installation.ports.database).make()
        await shelf.put(texts(count, seed, mark))
        await self.embed(shelf)
        return shelf

    async def embed(self, shelf: Shelf) -> None:
        """Make the vectors that a base lacks."""
        await embed_pending(self.context(shelf), shelf.base_id, None, progress=silent)

    async def keys(self, shelf: Shelf) -> list[Key]:
        """Return what the store has of the tenant."""
        return sorted([key async for _, key in self.store.list_keys(shelf.tenant)])


@asynccontextmanager
async def copying(installation: Installation, settings: Settings, kind: Kind) -> AsyncIterator[Copied]:
    """Give an installation a store, which it closes when it is closed: its worker may ask until then."""
    async with store_server(kind) as server:
        store = store_at(settings, kind, server)
        await store.check()
        installation.ports = dataclasses.replace(installation.ports, embedders=FakeEmbedders(), vectors=store, _made={})
        yield Copied(installation, store, server)


async def number_of(shelf: Shelf) -> int:
    """Return the base's number."""
    async with shelf.database.transaction(shelf.tenant) as sql:
        found: int = await sql.fetchval("SELECT number FROM knowledge_indexes WHERE base_id = $1", shelf.base_id)
    return found


async def ask(ctx: Context, shelf: Shelf, query: str, **options: Any) -> SearchResult:
    """Search a base."""
    return await facade.search(ctx, [shelf.base_id], query, top_k=20, **options)


def told(result: SearchResult) -> list[tuple[str, float, float | None]]:
    """Return what of a result must be the same with every store."""
    return [(p.text, round(p.score, 4), p.scores.get("vector")) for p in result.passages]
