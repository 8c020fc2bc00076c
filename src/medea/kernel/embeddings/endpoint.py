"""One JSON request to a provider's endpoint, tried again where that may help."""

import asyncio
from collections.abc import Mapping

import aiohttp

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

_MAX_ANSWER = 64_000_000


class JsonEndpoint:
    """An address of a provider beside its chat completions.

    Args:
        path: such as `/embeddings`; a base URL may lack its `/v1`, as for chat completions.
        config: where, and with which key.
        limits: of time and repetition.
        connections: shared by all endpoints of the process.
    """

    def __init__(self, path: str, config: ProviderConfig, limits: CallLimits, connections: Connections) -> None:
        self._config = config
        self._limits = limits
        self._connections = connections
        self._urls = [url.removesuffix("/chat/completions") + path for url in completion_urls(config.base_url)]

    async def ask(self, body: bytes) -> bytes:
        """Send a body and return the answer's.

        Raises:
            ModelError: by kind, after the last attempt.
        """
        attempts = Attempts(self._limits)
        while True:
            try:
                return await self._try(body, attempts)
            except ModelError as failure:
                pause = attempts.pause_after(failure)
                if pause is None:
                    raise
            await asyncio.sleep(pause)

    async def _try(self, body: bytes, attempts: Attempts) -> bytes:
        status, headers, answer = await self._post(body, attempts)
        if status == 404 and len(self._urls) > 1:  # with or without the version, whichever it has
            self._urls.append(self._urls.pop(0))
            status, headers, answer = await self._post(body, attempts)
        if 200 <= status < 300:
            return answer
        failure = failure_from_response(status, headers, answer, key=self._config.api_key)
        raise ModelNotFound(upstream=failure.upstream, upstream_status=status) if status == 404 else failure

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
