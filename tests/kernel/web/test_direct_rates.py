"""Requests on the direct way are counted before their bodies are read, and once."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from medea.kernel.settings import Settings
from tests.support.app import problem


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"limits": settings.limits.model_copy(update={"chat_per_tenant": 1})})


class Body:
    """A body that notes whether somebody reads it."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.is_read = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.is_read = True
        yield self.text


@pytest.mark.parametrize("text", [b'{"agent": "nobody"}', b'{"agent": 1}', b"{"])
async def test_who_asked_enough_is_refused_unread(owner: AsyncClient, text: bytes) -> None:
    bodies = [Body(text) for _ in range(2)]
    headers = {"content-type": "application/json"}
    first, second = [await owner.post("/v1/conversations", content=body, headers=headers) for body in bodies]
    assert first.status_code in {404, 422}, "counted twice, it would be refused"
    assert first.headers["ratelimit-remaining"] == "0"
    problem(second, 429, "limits.too_many_requests")
    assert [body.is_read for body in bodies] == [True, False]
