"""What the installation is told of each call of a model: a span by OpenTelemetry's GenAI conventions, and counters.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/. Never what was said.
"""

import asyncio
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from medea.kernel.llm.config import OFFLINE, PLATFORM, ProviderConfig
from medea.kernel.llm.messages import Finish, ModelRequest
from medea.kernel.telemetry import metrics, tracing

TRACEPARENT = "traceparent"
"""Key in a request's metadata."""


class ModelCall:
    """One call, from its making to `end`. Not entered: it lives in a generator.

    Args:
        config: of the provider; None for the offline model.
        model: that was asked for.
        request: of which the parameters are noted.

    Attributes:
        has_begun: the first event was seen.
    """

    __slots__ = ("_model", "_outcome", "_provider", "_span", "_started", "has_begun")

    def __init__(self, config: ProviderConfig | None, model: str, request: ModelRequest) -> None:
        self._started = time.perf_counter()
        self._model = model
        self._outcome = "cancelled"
        self._provider = OFFLINE if config is None else PLATFORM if config.id == PLATFORM else "tenant"
        self.has_begun = False
        self._span = tracing.span(f"chat {model}", kind="client" if config else "internal")
        if self._span.is_recording:
            self._span.set(_describe(config, model, request), provider_id=config.id if config else None)

    def outgoing(self, metadata: Mapping[str, str], *, is_told: bool) -> Mapping[str, str]:
        """Return a request's metadata, with the `traceparent` for the provider if it is to be told."""
        place = self._span.context
        return {**metadata, TRACEPARENT: place.header} if is_told and place is not None else metadata

    def finish(self, finish: Finish) -> None:
        """Note a good end."""
        self._outcome = "ok"
        if self._span.is_recording:
            usage = finish.usage
            self._span.set(
                {
                    "gen_ai.response.model": finish.model,
                    "gen_ai.response.finish_reasons": (finish.reason,),
                    "gen_ai.usage.input_tokens": usage.input_tokens,
                    "gen_ai.usage.output_tokens": usage.output_tokens,
                    "gen_ai.usage.cache_read.input_tokens": usage.cached_input_tokens,
                },
                cost_usd=usage.cost_usd,
            )

    def fail(self, error: BaseException) -> None:
        """Note a bad end; what comes after a good one, and a change of mind, are none."""
        if self._outcome == "ok" or isinstance(error, GeneratorExit | asyncio.CancelledError):
            return
        self._outcome = tracing.code_of(error)
        self._span.fail(self._outcome)

    def begin(self) -> None:
        """Note the first event, and how long it took."""
        seconds = time.perf_counter() - self._started
        self.has_begun = True
        self._span.event("medea.first_token")
        self._span.set({"gen_ai.response.time_to_first_chunk": round(seconds, 4)})
        metrics.MODEL_FIRST_TOKEN.labels(self._provider, metrics.MODELS.known(self._model)).observe(seconds)

    def end(self) -> None:
        """Count it."""
        name = metrics.MODELS(self._model) if self._outcome == "ok" else metrics.MODELS.known(self._model)
        metrics.MODEL_CALLS.labels(self._provider, name, self._outcome).inc()
        self._span.end()


def _describe(config: ProviderConfig | None, model: str, request: ModelRequest) -> dict[str, tracing.Value]:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "medea" if config is None else config.kind,  # the protocol that it speaks
        "gen_ai.request.model": model,
        "gen_ai.request.stream": True,
        "gen_ai.request.temperature": request.temperature,
        "gen_ai.request.max_tokens": request.max_output_tokens,
        "server.address": urlsplit(config.base_url).hostname if config else None,
    }
