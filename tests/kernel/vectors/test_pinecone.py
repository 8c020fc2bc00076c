"""Pinecone: the contract, against a server written after its published API."""

from collections.abc import AsyncIterator

import pytest

from medea.kernel.ids import TenantId
from medea.kernel.vectors.pinecone import PineconeVectors
from medea.kernel.vectors.port import Key, Point, VectorStore, VectorStoreAway
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

    @pytest.mark.parametrize("loses", [1, 3])
    async def test_what_it_did_not_take_is_not_taken_for_written(
        self, server: StoreServer, store: VectorStore, loses: int
    ) -> None:
        assert isinstance(server, PineconeServer)
        server.loses = loses
        points = [Point(Key(1, 0, number), [1.0, 0.0, 0.0, float(number)]) for number in range(3)]
        with pytest.raises(VectorStoreAway, match=f"{3 - loses} of 3"):
            await store.upsert(TenantId.new(), 4, points)
