"""Fixtures of webhooks."""

from collections.abc import AsyncIterator

import pytest

from medea.kernel.settings import OutboundSettings, Settings
from tests.modules.webhooks.receiving import OK, Receiver
from tests.support.upstream import upstream


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """The company's own server, which takes everything."""
    async with upstream(OK) as running:
        yield Receiver(running)


@pytest.fixture
def settings(settings: Settings, receiver: Receiver) -> Settings:
    """Settings that let requests through to that server, and to it alone."""
    hosts = (f"127.0.0.1:{receiver.server.port}",)
    return settings.model_copy(update={"outbound": OutboundSettings(allowed_private_hosts=hosts)})
