"""A model behind HTTP: called, repeated, read and left in one way, whatever dialect it speaks.

A thin client of its own, because it is on the hot path of every token: an official SDK costs 5 to 50 times
as much CPU per token (measured for the choice of the stack).
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Protocol

import aiohttp

from medea.kernel.llm.config import CallLimits, ProviderConfig
from medea.kernel.llm.errors import (
    ModelAddressRefused,
    ModelBadRequest,
    ModelError,
    ModelNotFound,
    ModelTimeout,
    ModelUnavailable,
)
from medea.kernel.llm.messages import ModelEvent, ModelRequest, TextDelta
from medea.kernel.llm.providers.attempts import Attempts
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.llm.providers.failures import failure_from_response
from medea.kernel.llm.providers.reader import AnswerReader
from medea.kernel.llm.providers.streamed import StreamedAnswer, count_prompt_tokens
from medea.kernel.llm.watching import TRACEPARENT
from medea.kernel.outbound.errors import OutboundRefused

_MAX_ERROR_BODY = 64_000  # bytes of a refusal that are read


class Dialect(Protocol):
    """How one endpoint is spoken to: where its requests go, what they say, and how its answers are read."""

    @property
    def url(self) -> str:
        """Address of the next call."""
        ...

    def headers(self, key: str | None) -> Mapping[str, str]:
        """Return what a call carries for this dialect, its credential included."""
        ...

    def body(self, request: ModelRequest, model: str) -> bytes:
        """Write the request as JSON."""
        ...

    def learn(self, status: int, answer: bytes, model: str, *, sent: bytes, url: str) -> bool:
        """Learn from a refusal (HTTP status, body); True if the next call will differ from the one refused."""
        ...

    def answer(self, limits: CallLimits, key: str | None) -> StreamedAnswer:
        """Return what follows one answer; the key is kept out of what it says of failures."""
        ...


class RemoteModel:
    """A `ModelClient` for one provider.

    Args:
        config: where, and with which key.
        limits: of time and repetition.
        connections: shared by all providers of the process.
        dialect: what is spoken there.
    """

    def __init__(self, config: ProviderConfig, limits: CallLimits, connections: Connections, dialect: Dialect) -> None:
        self._config = config
        self._limits = limits
        self._connections = connections
        self._dialect = dialect

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Call the model; see `ModelClient`."""
        model = request.model or self._config.default_model
        if model is None:
            raise ModelNotFound("This provider has no default model, and the assistant names none.")
        reader, text = await self._begin(request, model)
        try:
            events = reader.answer.events
            while text or events:
                if text:
                    yield TextDelta(text)
                if events:
                    found, events[:] = tuple(events), ()
                    for event in found:
                        yield event
                text = await reader.read()
            await reader.drain()
        finally:
            reader.close()
        prompt = count_prompt_tokens(_prompt_texts(request))
        yield reader.answer.finish(provider=self._config.id, model=model, prompt_tokens=prompt)

    async def _begin(self, request: ModelRequest, model: str) -> tuple[AnswerReader, str]:
        """Call until the first text is there, pausing between attempts."""
        attempts = Attempts(self._limits, request)
        while True:
            reader: AnswerReader | None = None
            try:
                response = await self._open(request, model, attempts)
                reader = self._reader(response, attempts)
                return reader, await reader.read()
            except ModelError as failure:
                if reader is not None:
                    reader.close()
                pause = attempts.pause_after(failure)
                if pause is None:
                    raise
            except BaseException:  # cancelled while waiting for the first token
                if reader is not None:
                    reader.close()
                raise
            await asyncio.sleep(pause)

    def _reader(self, response: aiohttp.ClientResponse, attempts: Attempts) -> AnswerReader:
        answer = self._dialect.answer(self._limits, self._config.api_key)
        return AnswerReader(response, answer, self._limits, attempts)

    async def _open(self, request: ModelRequest, model: str, attempts: Attempts) -> aiohttp.ClientResponse:
        """Send the request until it is accepted as far as it can be adapted to what the endpoint takes."""
        while True:
            body = self._dialect.body(request, model)
            url = self._dialect.url
            try:
                async with asyncio.timeout(attempts.remaining()):
                    response = await self._post(url, body, request.metadata.get(TRACEPARENT))
                    if 200 <= response.status < 300:
                        return response
                    refusal = await _read_refusal(response)
            except TimeoutError:
                raise attempts.overdue() from None
            if not self._dialect.learn(response.status, refusal, model, sent=body, url=url):
                raise failure_from_response(response.status, response.headers, refusal, key=self._config.api_key)

    async def _post(self, url: str, body: bytes, traceparent: str | None) -> aiohttp.ClientResponse:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream",
            "Accept-Encoding": "identity",  # compression would hold tokens back
            "User-Agent": "medea",
            **self._dialect.headers(self._config.api_key),
        }
        if traceparent is not None:
            headers[TRACEPARENT] = traceparent
        try:
            return await self._connections.session(is_guarded=self._config.is_guarded).post(
                url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect),
            )
        except OutboundRefused as error:
            raise ModelAddressRefused(upstream=error.detail) from None
        except (TimeoutError, aiohttp.ServerTimeoutError):
            raise ModelTimeout(upstream="no connection in time", was_sent=False) from None
        except (aiohttp.InvalidURL, ValueError):
            raise ModelBadRequest(upstream="the base URL or the API key is malformed") from None
        except (aiohttp.ClientError, OSError) as error:
            was_sent = not isinstance(error, aiohttp.ClientConnectorError)
            raise ModelUnavailable(upstream=type(error).__name__, was_sent=was_sent) from None


def _prompt_texts(request: ModelRequest) -> list[str]:
    """Return all that a request says, for an estimate of its tokens."""
    texts = [message.content for message in request.messages]
    texts += [call.arguments for message in request.messages for call in message.calls]
    texts += [part for example in request.examples for part in (example.user, example.assistant)]
    if request.sources is not None:
        texts.append(request.sources.as_instructions())
    return texts


async def _read_refusal(response: aiohttp.ClientResponse) -> bytes:
    """Read the beginning of a refusal's body; a connection that breaks meanwhile changes nothing."""
    found = bytearray()
    try:
        async for chunk in response.content.iter_any():
            found += chunk
            if len(found) > _MAX_ERROR_BODY:
                break
    except (aiohttp.ClientError, OSError, RuntimeError):
        pass
    finally:
        if not response.content.is_eof():
            response.close()
    return bytes(found[:_MAX_ERROR_BODY])
