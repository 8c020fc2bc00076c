"""Choose who answers: the offline model, the platform's provider, or a tenant's own."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

import msgspec

from medea.kernel.llm.catalogue import ModelInfo, ModelTerms
from medea.kernel.llm.circuits import CircuitPolicy, Circuits, OpenCircuit, Passage
from medea.kernel.llm.config import OFFLINE, OFFLINE_MODEL, CallLimits, ProviderConfig
from medea.kernel.llm.errors import ModelError, ModelNotFound
from medea.kernel.llm.messages import Finish, ModelEvent, ModelRequest, Usage
from medea.kernel.llm.port import ModelClient
from medea.kernel.llm.pricing import PriceTable, is_own_machine
from medea.kernel.llm.providers.anthropic.messages import AnthropicMessages
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.llm.providers.offline import OfflineModel
from medea.kernel.llm.providers.openai_compatible import OpenAICompatible
from medea.kernel.llm.providers.remote import RemoteModel
from medea.kernel.llm.watching import ModelCall
from medea.kernel.outbound.policy import OutboundPolicy

_MAX_CLIENTS = 1000  # adapters kept with what they learnt about their endpoints
_OFFLINE = ModelInfo(OFFLINE_MODEL, "Medea offline", OFFLINE, None, 0.0, 0.0, has_tools=False, has_vision=False)
_DIALECTS = {"openai": OpenAICompatible, "anthropic": AnthropicMessages}


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
        circuits: when a provider that keeps failing is left alone.
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
        circuits: CircuitPolicy | None = None,
    ) -> None:
        self._limits = limits
        self._tells_providers = tells_providers
        self._platform = platform
        self._platform_models = tuple(platform_models)
        self._offline = offline or OfflineModel()
        self._prices = prices or PriceTable()
        self._connections = Connections(limits, policy)
        self._circuits = Circuits(circuits)
        self._clients: dict[ProviderConfig, RemoteModel] = {}

    async def stream(
        self,
        request: ModelRequest,
        *,
        provider: ProviderConfig | None = None,
        terms: ModelTerms | None = None,
        is_trial: bool = False,
    ) -> AsyncGenerator[ModelEvent, None]:
        """Call the model.

        Args:
            request: its `model` may be None for the default.
            provider: the tenant's; its address goes through the outbound door.
            terms: what was written down of the model.
            is_trial: made also where the circuit is open, because a person wants to know.

        Raises:
            ModelError: it could not answer; `ModelCircuitOpen`: it was not asked.
        """
        client, model, config = self._choose(request.model, provider)
        call = ModelCall(config, model, request)
        metadata = call.outgoing(request.metadata, is_told=self._tells_providers)
        passage: Passage | None = None
        try:
            if config is not None:
                is_hurried = request.first_token is not None and request.first_token < self._limits.first_token
                passage = self._circuits.enter(config, model, is_forced=is_trial, is_hurried=is_hurried)
            async with aclosing(client.stream(replace(request, model=model, metadata=metadata))) as events:
                async for event in events:
                    if not call.has_begun:
                        call.begin()
                        if passage is not None:
                            passage.succeed()
                    if type(event) is Finish:
                        priced = await self._priced(event, config, terms)
                        call.finish(priced)
                        yield priced
                    else:
                        yield event
        except BaseException as error:
            if passage is not None and isinstance(error, ModelError):
                passage.fail(error)
            call.fail(error)
            raise
        finally:
            if passage is not None:
                passage.leave()
            call.end()

    async def _priced(self, finish: Finish, config: ProviderConfig | None, terms: ModelTerms | None) -> Finish:
        if config is None:
            return finish
        cost = await self._prices.cost(finish.model, finish.usage, base_url=config.base_url, terms=terms)
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

    def _client(self, config: ProviderConfig) -> RemoteModel:
        client = self._clients.pop(config, None)
        if client is None:
            client = _DIALECTS[config.kind](config, self._limits, self._connections)
        self._clients[config] = client  # to the end: the first is the one longest unused
        if len(self._clients) > _MAX_CLIENTS:
            del self._clients[next(iter(self._clients))]
        return client

    async def cost_of(
        self,
        model: str | None,
        usage: Usage,
        *,
        provider: ProviderConfig | None = None,
        terms: ModelTerms | None = None,
    ) -> float | None:
        """Return the US dollars that such a call would cost, by the list; None: the price is not known.

        Args:
            model: as in `ModelRequest`; the offline model costs nothing.
            usage: what it would take.
            provider: the tenant's, as for `stream`.
            terms: the same.

        Raises:
            ModelNotFound: nobody is there to answer under this name.
        """
        _, name, config = self._choose(model, provider)
        if config is None:
            return 0.0
        return await self._prices.cost(name, usage, base_url=config.base_url, terms=terms)

    async def window_of(self, model: str | None, *, provider: ProviderConfig | None = None) -> int | None:
        """Return how many tokens a model reads and writes at most, by the list; None: not known."""
        _, name, config = self._choose(model, provider)
        if config is None or is_own_machine(config.base_url):
            return None
        (row,) = await self._prices.describe([(name, config.id, config.base_url)])
        return row.context_window

    def name_of(self, model: str | None, *, provider: ProviderConfig | None = None) -> str:
        """Return the name of the model that would answer.

        Raises:
            ModelNotFound: nobody is there to answer under this name.
        """
        return self._choose(model, provider)[1]

    def list_circuits(self, providers: frozenset[str] | None = None) -> list[OpenCircuit]:
        """Return the circuits that are not closed in this process, of these providers (by id) or of all."""
        return self._circuits.list_open(providers)

    async def knows(self, config: ProviderConfig, model: str) -> bool:
        """Say whether the list of models has this one at a provider's address."""
        return await self._prices.knows(model, config.base_url)

    async def list_models(self, providers: Sequence[ProviderConfig] = ()) -> list[ModelInfo]:
        """List what agents may name: the offline model, the platform's models, the given providers' defaults."""
        named: list[tuple[str, str, str]] = []
        for config in (self._platform, *providers):
            if config is None:
                continue
            own = self._platform_models if config is self._platform else ()
            models = dict.fromkeys((*filter(None, (config.default_model,)), *own))
            named += [(model, config.id, config.base_url) for model in models if model != OFFLINE_MODEL]
        return [_OFFLINE, *(await self._prices.describe(named) if named else ())]

    async def list_known(self, providers: Sequence[ProviderConfig] = ()) -> list[ModelInfo]:
        """List what `list_models` lists and whatever else the list of models knows of the given providers.

        Of the platform's provider only what the operator offers: the rest is not the tenants' to use.
        """
        found = await self.list_models(providers)
        known = {(row.provider, row.id) for row in found}
        for config in providers:
            listed = await self._prices.listed(config.id, config.base_url)
            found += [row for row in listed if (row.provider, row.id) not in known]
        return found

    async def close(self) -> None:
        """Close all connections to providers; running calls end with an error."""
        await self._connections.close()
