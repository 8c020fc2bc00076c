"""Servers to connect, and an installation that may reach them."""

from collections.abc import AsyncIterator

import pytest

from medea.kernel.settings import McpSettings, OutboundSettings, Settings
from tests.support.mcp import Running, running


@pytest.fixture
async def shop() -> AsyncIterator[Running]:
    """A server that is there."""
    async with running() as made:
        yield made


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings that let requests through to this machine."""
    update = {
        "outbound": OutboundSettings(allowed_private_hosts=("127.0.0.1",)),
        "mcp": McpSettings(answer_bytes=500_000),
    }
    return settings.model_copy(update=update)
