"""Rerankers at endpoints: `/rerank` as Cohere, Jina, Voyage, vLLM and others speak it.

Request `{model, query, documents, top_n}`, answer `{results: [{index, relevance_score}]}`
(https://docs.cohere.com/reference/rerank, https://api.jina.ai/redoc#tag/rerank).
"""

import math
from collections.abc import Sequence
from typing import Protocol

import msgspec

from medea.kernel.embeddings.endpoint import JsonEndpoint
from medea.kernel.llm.errors import ModelInterrupted
from medea.kernel.text import clean_text

_MAX_CHARS = 8000


class Reranker(Protocol):
    """Says how well texts answer a question."""

    async def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return a score for each text, 0 to 1.

        Raises:
            ModelError: the endpoint failed.
        """
        ...


class _Result(msgspec.Struct):
    index: int
    relevance_score: float


class _Answer(msgspec.Struct):
    results: list[_Result]


class EndpointReranker:
    """A `Reranker` at an endpoint.

    Args:
        name: of the model, as the endpoint knows it.
        endpoint: its `/rerank`.
    """

    def __init__(self, name: str, endpoint: JsonEndpoint) -> None:
        self._name = name
        self._endpoint = endpoint

    async def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return a score for each text; see `Reranker`. Scores beyond 0 to 1 are taken for logits."""
        if not texts:
            return []
        documents = [clean_text(text)[:_MAX_CHARS] for text in texts]
        body = {"model": self._name, "query": clean_text(query), "documents": documents, "top_n": len(documents)}
        answer = await self._endpoint.ask(msgspec.json.encode(body))
        try:
            results = msgspec.json.decode(answer, type=_Answer).results
        except msgspec.MsgspecError:
            raise ModelInterrupted(upstream="no results in the answer") from None
        found = {result.index: result.relevance_score for result in results}
        if set(found) != set(range(len(texts))):
            raise ModelInterrupted(upstream=f"{len(found)} results for {len(texts)} texts")
        scores = [found[index] for index in range(len(texts))]
        if all(0 <= score <= 1 for score in scores):
            return scores
        return [1 / (1 + math.exp(-max(min(score, 50.0), -50.0))) for score in scores]
