"""Qdrant: the contract, against Qdrant's own engine behind its REST API."""

from collections.abc import AsyncIterator

import pytest

from medea.kernel.vectors.port import VectorStore
from medea.kernel.vectors.qdrant import QdrantVectors
from tests.contracts.vectors import VectorStoreContract
from tests.support.vectors.qdrant import QdrantServer
from tests.support.vectors.server import StoreServer, serving


@pytest.fixture
async def server() -> AsyncIterator[StoreServer]:
    made = QdrantServer()
    async with serving(made):
        yield made
    made.close()


@pytest.fixture
async def store(server: StoreServer) -> AsyncIterator[VectorStore]:
    made = QdrantVectors(server.url, server.key, "medea", seconds=0.5)
    yield made
    await made.close()


class TestQdrant(VectorStoreContract):
    """The suite."""
