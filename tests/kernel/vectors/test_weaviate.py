"""Weaviate: the contract, against a server written after its published API."""

from collections.abc import AsyncIterator

import pytest

from medea.kernel.vectors.port import VectorStore
from medea.kernel.vectors.weaviate import WeaviateVectors
from tests.contracts.vectors import VectorStoreContract
from tests.support.vectors.server import StoreServer, serving
from tests.support.vectors.weaviate import WeaviateServer


@pytest.fixture
async def server() -> AsyncIterator[StoreServer]:
    made = WeaviateServer()
    async with serving(made):
        yield made


@pytest.fixture
async def store(server: StoreServer) -> AsyncIterator[VectorStore]:
    made = WeaviateVectors(server.url, server.key, "medea", seconds=0.5)
    yield made
    await made.close()


class TestWeaviate(VectorStoreContract):
    """The suite."""
