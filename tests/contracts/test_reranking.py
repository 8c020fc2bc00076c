"""A reranker at an endpoint, against a server that speaks `/rerank` as Cohere and Jina publish it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from medea.kernel.embeddings.endpoint import JsonEndpoint
from medea.kernel.embeddings.fake import SharedWords
from medea.kernel.embeddings.reranking import EndpointReranker
from medea.kernel.llm.config import CallLimits, ProviderConfig
from medea.kernel.llm.errors import ModelAuthentication, ModelInterrupted
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.outbound.policy import OutboundPolicy

LIMITS = CallLimits(connect=5, first_token=10, max_attempts=2, backoff=0.01)
TEXTS = ["bananas are bent", "apples are red and round", "red apples"]


class Endpoint:
    """The server."""

    def __init__(self) -> None:
        self.is_logits = False
        self.drop = 0
        self.status = 200
        self.port = 0

    async def rerank(self, request: web.Request) -> web.Response:
        body = await request.json()
        assert (body["model"], body["top_n"]) == ("ranker", len(body["documents"]))
        if self.status != 200:
            return web.json_response({"message": "no"}, status=self.status)
        scores = await SharedWords().score(body["query"], body["documents"])
        results = [
            {"index": index, "relevance_score": 10 * score - 5 if self.is_logits else score}
            for index, score in sorted(enumerate(scores), key=lambda entry: -entry[1])
        ]
        return web.json_response({"id": "1", "results": results[self.drop :], "meta": {}})


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    made = Endpoint()
    app = web.Application()
    app.router.add_post("/v1/rerank", made.rerank)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


async def score(endpoint: Endpoint, texts: list[str] = TEXTS, **options: Any) -> list[float]:
    config = ProviderConfig("platform", f"http://127.0.0.1:{endpoint.port}", "key", is_guarded=False)
    connections = Connections(LIMITS, OutboundPolicy())
    try:
        found = EndpointReranker("ranker", JsonEndpoint("/rerank", config, LIMITS, connections))
        return await found.score("red apples", texts)
    finally:
        await connections.close()


@pytest.mark.parametrize("is_logits", [False, True])
async def test_scores_come_in_the_order_of_the_texts(endpoint: Endpoint, is_logits: bool) -> None:
    endpoint.is_logits = is_logits
    found = await score(endpoint)
    assert found[2] == found[1] > found[0]
    assert all(0 <= each <= 1 for each in found)
    assert await score(endpoint, []) == []


async def test_failures_become_ours(endpoint: Endpoint) -> None:
    endpoint.drop = 1
    with pytest.raises(ModelInterrupted):
        await score(endpoint)
    endpoint.status = 401
    with pytest.raises(ModelAuthentication):
        await score(endpoint)
