"""Any endpoint that speaks OpenAI's `/embeddings` (https://platform.openai.com/docs/api-reference/embeddings)."""

import asyncio
from collections.abc import Mapping, Sequence

import aiohttp
import msgspec
import numpy as np

from medea.kernel.embeddings.port import Embedded
from medea.kernel.llm.config import CallLimits, ProviderConfig
from medea.kernel.llm.errors import (
    ModelAddressRefused,
    ModelBadRequest,
    ModelError,
    ModelInterrupted,
    ModelNotFound,
    ModelTimeout,
    ModelUnavailable,
)
from medea.kernel.llm.providers.attempts import Attempts
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.llm.providers.endpoint import completion_urls
from medea.kernel.llm.providers.failures import failure_from_response
from medea.kernel.outbound.errors import OutboundRefused
from medea.kernel.text import clean_text

_BATCH = 64
_AT_ONCE = 4
_MAX_CHARS = 24_000
"""Of one text: below the 8,191 tokens that OpenAI's models read, whatever the language."""
_MAX_ANSWER = 64_000_000


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
        config: where, and with which key.
        limits: of time and repetition.
        connections: shared by all endpoints of the process.
    """

    has_words = False
    languages: frozenset[str] | None = None

    def __init__(
        self, model: str, name: str, config: ProviderConfig, limits: CallLimits, connections: Connections
    ) -> None:
        self.model = model
        self._name = name
        self._config = config
        self._limits = limits
        self._connections = connections
        self._urls = [url.removesuffix("/chat/completions") + "/embeddings" for url in completion_urls(config.base_url)]

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
        attempts = Attempts(self._limits)
        while True:
            try:
                return await self._ask(texts, attempts)
            except ModelError as failure:
                pause = attempts.pause_after(failure)
                if pause is None:
                    raise
            await asyncio.sleep(pause)

    async def _ask(self, texts: Sequence[str], attempts: Attempts) -> list[list[float]]:
        body = msgspec.json.encode({"model": self._name, "input": texts, "encoding_format": "float"})
        status, headers, answer = await self._post(body, attempts)
        if status == 404 and len(self._urls) > 1:  # a base URL may lack its /v1, or must go without
            self._urls.append(self._urls.pop(0))
            status, headers, answer = await self._post(body, attempts)
        if not 200 <= status < 300:
            failure = failure_from_response(status, headers, answer, key=self._config.api_key)
            raise ModelNotFound(upstream=failure.upstream, upstream_status=status) if status == 404 else failure
        try:
            items = sorted(msgspec.json.decode(answer, type=_Answer).data, key=lambda item: item.index)
        except msgspec.MsgspecError:
            raise ModelInterrupted(upstream="no embeddings in the answer") from None
        if len(items) != len(texts):
            raise ModelInterrupted(upstream=f"{len(items)} vectors for {len(texts)} texts")
        return [item.embedding for item in items]

    async def _post(self, body: bytes, attempts: Attempts) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"Content-Type": "application/json", "User-Agent": "medea"}
        if self._config.api_key:
            headers["Authorization"] = f"Bearer {self._config.api_key}"
        session = self._connections.session(is_guarded=self._config.is_guarded)
        limits = aiohttp.ClientTimeout(total=max(attempts.remaining(), 0.001), sock_connect=self._limits.connect)
        try:
            async with session.post(
                self._urls[0], data=body, headers=headers, allow_redirects=False, timeout=limits
            ) as response:
                found = bytearray()
                async for chunk in response.content.iter_any():
                    found += chunk
                    if len(found) > _MAX_ANSWER:
                        raise ModelInterrupted(upstream="the answer has no end")
                return response.status, response.headers, bytes(found)
        except OutboundRefused as error:
            raise ModelAddressRefused(upstream=error.detail) from None
        except (TimeoutError, aiohttp.ServerTimeoutError):
            raise ModelTimeout from None
        except (aiohttp.InvalidURL, ValueError):
            raise ModelBadRequest(upstream="the base URL or the API key is malformed") from None
        except (aiohttp.ClientError, OSError) as error:
            raise ModelUnavailable(upstream=type(error).__name__) from None
