"""Choose who answers: the offline model, the platform's provider, or a tenant's own."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

import msgspec

from medea.kernel.llm.config import OFFLINE, OFFLINE_MODEL, CallLimits, ProviderConfig
from medea.kernel.llm.errors import ModelError, ModelNotFound, ModelOutOfCredit
from medea.kernel.llm.messages import Finish, ModelEvent, ModelRequest, Usage
from medea.kernel.llm.port import ModelClient
from medea.kernel.llm.pricing import ModelInfo, PriceTable
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.llm.providers.offline import OfflineModel
from medea.kernel.llm.providers.openai_compatible import OpenAICompatible
from medea.kernel.llm.watching import ModelCall
from medea.kernel.outbound.policy import OutboundPolicy

_MAX_CLIENTS = 1000  # adapters kept with what they learnt about their endpoints


class ModelRouter:
    """Streams from the model that a request names.

    `medea/offline` is always there. Any other name goes to the tenant's provider if one is given, else to
    the platform's. No name means the first default there is: the tenant's, the platform's, `medea/offline`.

    Args:
        limits: of time, repetition and connections.
        policy: of the door that tenants' providers are called through.
        platform: the operator's provider.
        platform_models: names offered beside its default model.
        offline: the built-in model.
        prices: for costs that the provider does not report.
        tells_providers: calls carry a `traceparent` header.
    """

    def __init__(
        self,
        *,
        limits: CallLimits,
        policy: OutboundPolicy,
        platform: ProviderConfig | None = None,
        platform_models: Sequence[str] = (),
        offline: OfflineModel | None = None,
        prices: PriceTable | None = None,
        tells_providers: bool = False,
    ) -> None:
        self._limits = limits
        self._tells_providers = tells_providers
        self._platform = platform
        self._platform_models = tuple(platform_models)
        self._offline = offline or OfflineModel()
        self._prices = prices or PriceTable()
        self._connections = Connections(limits, policy)
        self._clients: dict[ProviderConfig, OpenAICompatible] = {}

    async def stream(
        self,
        request: ModelRequest,
        *,
        provider: ProviderConfig | None = None,
        fallbacks: Sequence[str] = (),
    ) -> AsyncGenerator[ModelEvent, None]:
        """Call the model, and where it fails before its first text, the fall-backs in their order.

        Args:
            request: its `model` may be None for the default.
            provider: the tenant's; its address goes through the outbound door.
            fallbacks: further model names, tried when another model may help: not for a request that the
                provider refused as such.

        Raises:
            ModelError: of the last model tried.
        """
        names: list[str | None] = [request.model, *fallbacks]
        for position, name in enumerate(names):
            has_begun = False
            try:
                async with aclosing(self._attempt(request, name, provider)) as events:
                    async for event in events:
                        has_begun = True
                        yield event
                return
            except ModelError as failure:
                if has_begun or position + 1 == len(names) or not _another_may_help(failure):
                    raise

    async def _attempt(
        self, request: ModelRequest, name: str | None, provider: ProviderConfig | None
    ) -> AsyncGenerator[ModelEvent, None]:
        client, model, config = self._choose(name, provider)
        call = ModelCall(config, model, request)
        metadata = call.outgoing(request.metadata, is_told=self._tells_providers)
        try:
            async with aclosing(client.stream(replace(request, model=model, metadata=metadata))) as events:
                async for event in events:
                    if not call.has_begun:
                        call.begin()
                    if type(event) is Finish:
                        priced = await self._priced(event, config)
                        call.finish(priced)
                        yield priced
                    else:
                        yield event
        except BaseException as error:
            call.fail(error)
            raise
        finally:
            call.end()

    async def _priced(self, finish: Finish, config: ProviderConfig | None) -> Finish:
        if config is None:
            return finish
        cost = await self._prices.cost(finish.model, finish.usage, base_url=config.base_url)
        return msgspec.structs.replace(finish, usage=msgspec.structs.replace(finish.usage, cost_usd=cost))

    def _choose(
        self, name: str | None, provider: ProviderConfig | None
    ) -> tuple[ModelClient, str, ProviderConfig | None]:
        if name is None:
            for config in (provider, self._platform):
                if config is not None and config.default_model:
                    return self._client(config), config.default_model, config
        if name is None or name == OFFLINE_MODEL:
            return self._offline, OFFLINE_MODEL, None
        config = provider or self._platform
        if config is None:
            raise ModelNotFound(f"No model provider is connected, so there is no model {name}.")
        return self._client(config), name, config

    def _client(self, config: ProviderConfig) -> OpenAICompatible:
        client = self._clients.pop(config, None) or OpenAICompatible(config, self._limits, self._connections)
        self._clients[config] = client  # to the end: the first is the one longest unused
        if len(self._clients) > _MAX_CLIENTS:
            del self._clients[next(iter(self._clients))]
        return client

    async def cost_of(self, model: str | None, usage: Usage, *, provider: ProviderConfig | None = None) -> float | None:
        """Return the US dollars that such a call would cost, by the list; None: the price is not known.

        Args:
            model: as in `ModelRequest`; the offline model costs nothing.
            usage: what it would take.
            provider: the tenant's, as for `stream`.

        Raises:
            ModelNotFound: nobody is there to answer under this name.
        """
        _, name, config = self._choose(model, provider)
        return 0.0 if config is None else await self._prices.cost(name, usage, base_url=config.base_url)

    async def list_models(self, providers: Sequence[ProviderConfig] = ()) -> list[ModelInfo]:
        """List what agents may name: the offline model, the platform's models, the given providers' defaults."""
        named: list[tuple[str, str, str]] = []
        for config in (self._platform, *providers):
            if config is None:
                continue
            own = self._platform_models if config is self._platform else ()
            models = dict.fromkeys((*filter(None, (config.default_model,)), *own))
            named += [(model, config.id, config.base_url) for model in models if model != OFFLINE_MODEL]
        offline = ModelInfo(OFFLINE_MODEL, "Medea offline", OFFLINE, None, 0.0, 0.0)
        return [offline, *(await self._prices.describe(named) if named else ())]

    async def close(self) -> None:
        """Close all connections to providers; running calls end with an error."""
        await self._connections.close()


def _another_may_help(failure: ModelError) -> bool:
    return failure.retryable or isinstance(failure, ModelNotFound | ModelOutOfCredit)
