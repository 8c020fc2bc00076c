"""Pinecone: the contract, against a server written after its published API."""

from collections.abc import AsyncIterator

import pytest

from medea.kernel.vectors.pinecone import PineconeVectors
from medea.kernel.vectors.port import VectorStore
from tests.contracts.vectors import VectorStoreContract
from tests.support.vectors.pinecone import PineconeServer
from tests.support.vectors.server import StoreServer, serving


@pytest.fixture
async def server() -> AsyncIterator[StoreServer]:
    made = PineconeServer()
    async with serving(made):
        yield made


@pytest.fixture
async def store(server: StoreServer) -> AsyncIterator[VectorStore]:
    made = PineconeVectors(server.url, server.key, "medea", ("aws", "us-east-1"), seconds=0.5)
    yield made
    await made.close()


class TestPinecone(VectorStoreContract):
    """The suite."""
