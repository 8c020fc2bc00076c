"""Any endpoint that speaks OpenAI's `/embeddings` (https://platform.openai.com/docs/api-reference/embeddings)."""

import asyncio
from collections.abc import Sequence

import msgspec
import numpy as np

from medea.kernel.embeddings.endpoint import JsonEndpoint
from medea.kernel.embeddings.port import Embedded
from medea.kernel.llm.errors import ModelInterrupted
from medea.kernel.text import clean_text

_BATCH = 64
_AT_ONCE = 4
_MAX_CHARS = 24_000
"""Of one text: below the 8,191 tokens that OpenAI's models read, whatever the language."""


class _Item(msgspec.Struct):
    index: int
    embedding: list[float]


class _Answer(msgspec.Struct):
    data: list[_Item]


class OpenAIEmbeddings:
    """An `Embedder` at an endpoint.

    Args:
        model: as knowledge bases record it, `<provider>:<name>`.
        name: as the endpoint knows it.
        endpoint: its `/embeddings`.
    """

    has_words = False
    languages: frozenset[str] | None = None

    def __init__(self, model: str, name: str, endpoint: JsonEndpoint) -> None:
        self.model = model
        self._name = name
        self._endpoint = endpoint

    async def embed(self, texts: Sequence[str], *, is_query: bool = False, with_words: bool = False) -> Embedded:
        """Return the vectors of texts; see `Embedder`."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(batch: Sequence[str]) -> list[list[float]]:
            async with places:
                return await self._batch(batch)

        # servers refuse empty texts
        given = [clean_text(text)[:_MAX_CHARS] or " " for text in texts]
        batches = [given[start : start + _BATCH] for start in range(0, len(given), _BATCH)]
        found = [vector for batch in await asyncio.gather(*map(one, batches)) for vector in batch]
        if len({len(vector) for vector in found}) > 1:
            raise ModelInterrupted(upstream="vectors of different lengths")
        vectors = np.array(found, np.float32).reshape(len(texts), len(found[0]) if found else 0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return Embedded(vectors / np.maximum(norms, 1e-9))

    async def _batch(self, texts: Sequence[str]) -> list[list[float]]:
        body = msgspec.json.encode({"model": self._name, "input": texts, "encoding_format": "float"})
        answer = await self._endpoint.ask(body)
        try:
            items = sorted(msgspec.json.decode(answer, type=_Answer).data, key=lambda item: item.index)
        except msgspec.MsgspecError:
            raise ModelInterrupted(upstream="no embeddings in the answer") from None
        if len(items) != len(texts):
            raise ModelInterrupted(upstream=f"{len(items)} vectors for {len(texts)} texts")
        return [item.embedding for item in items]
