"""Two furnished companies for every test of isolation that asks for them."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from medea.apps.bootstrap import Installation
from tests.isolation.world import Company, furnish_two
from tests.support.app import NewClient


@pytest.fixture
async def companies(installation: Installation, new_client: NewClient) -> tuple[Company, Company]:
    """The company whose things are asked for, and the one that asks."""
    return await furnish_two(installation, new_client)


@pytest.fixture
async def admin(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection, which no policy binds: for looking, and for asking the catalog."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()
