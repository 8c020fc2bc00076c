"""Which models an agent may name, and a trial of a provider."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass

from medea.kernel.context import Context
from medea.kernel.errors import AppError
from medea.kernel.ids import ProviderId
from medea.kernel.limits.bucket import Limit, require
from medea.kernel.llm.catalogue import ModelInfo, capabilities
from medea.kernel.llm.circuits import OpenCircuit
from medea.kernel.llm.config import PLATFORM, ProviderConfig
from medea.kernel.llm.messages import ChatMessage, ModelRequest, TextDelta
from medea.modules.tenancy.service.choosing import marked
from medea.modules.tenancy.service.entries import own_entries
from medea.modules.tenancy.service.providers import configured, find_for_model, get_config

_TRIALS = Limit("tenancy.provider_tests", amount=20, per=60)
_TRIAL_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Trial:
    """How a provider answered.

    Attributes:
        latency_ms: to the first text.
        detail: what it said, or why it failed.
    """

    is_ok: bool
    latency_ms: int | None
    detail: str


async def list_models(ctx: Context) -> list[ModelInfo]:
    """Return what agents may name; of two of one name the company's own, which is the one that would answer."""
    rows = await ctx.ports.models.list_models(await _configs(ctx))
    return await marked(ctx, _answering(rows))


async def search_catalogue(ctx: Context, *, search: str, provider: str | None) -> list[ModelInfo]:
    """Return all models that are known of, what is on offer first.

    Args:
        ctx: whose providers count.
        search: words that the model's name, or its provider's, holds; empty: all.
        provider: only of this one.
    """
    configs = await _configs(ctx)
    on_offer = _answering(await ctx.ports.models.list_models(configs))
    rows = _answering([*on_offer, *await ctx.ports.models.list_known(configs)])
    known = {row.id for row in rows}
    written = await own_entries(ctx.ports, ctx.tenant)
    rows += [await _row(ctx, model) for model in written if model not in known]
    names = {each.config.id: each.name for each in await configured(ctx.ports, ctx.tenant)}
    words = search.casefold().split()

    def fits(row: ModelInfo) -> bool:
        text = f"{row.id} {row.name} {names.get(row.provider, row.provider)}".casefold()
        return all(word in text for word in words) and provider in {None, row.provider}

    offered = {row.id for row in on_offer}
    found = sorted(filter(fits, rows), key=lambda row: (row.id not in offered, row.is_deprecated, row.id))
    return await marked(ctx, found)


async def _configs(ctx: Context) -> list[ProviderConfig]:
    return [provider.config for provider in await configured(ctx.ports, ctx.tenant)]


def _answering(rows: Iterable[ModelInfo]) -> list[ModelInfo]:
    """Return of two rows of one name the one that would answer: a provider's default first, then the platform's."""
    found: dict[str, ModelInfo] = {}
    for model in rows:
        if model.id not in found or (found[model.id].provider == PLATFORM and model.provider != PLATFORM):
            found[model.id] = model
    return list(found.values())


async def _row(ctx: Context, model: str) -> ModelInfo:
    """Return the row of a model that only its entry knows."""
    provider = await find_for_model(ctx, model)
    has_tools, has_vision = capabilities(model)
    place = PLATFORM if provider is None else provider.id
    return ModelInfo(model, model, place, has_tools=has_tools, has_vision=has_vision)


async def list_circuits(ctx: Context) -> list[OpenCircuit]:
    """Return what is left alone of the company's providers and the platform's, as this process sees it."""
    ids = frozenset({PLATFORM, *(config.id for config in await _configs(ctx))})
    found: list[OpenCircuit] = ctx.ports.models.list_circuits(ids)
    return found


async def try_provider(ctx: Context, provider_id: ProviderId) -> Trial:
    """Ask a provider for one word.

    Raises:
        ProviderNotFound: no such provider here.
        LimitReached: more than twenty trials a minute.
    """
    await require(ctx.ports.limiter, _TRIALS, str(ctx.tenant))
    config = await get_config(ctx, provider_id)
    started = time.perf_counter()
    try:
        async with asyncio.timeout(_TRIAL_SECONDS):
            said = await _first_text(ctx, config)
    except TimeoutError:
        return Trial(is_ok=False, latency_ms=None, detail=f"No answer within {_TRIAL_SECONDS:.0f} seconds.")
    except AppError as error:
        upstream = getattr(error, "upstream", None)
        return Trial(is_ok=False, latency_ms=None, detail=" ".join(filter(None, (error.detail, upstream))))
    return Trial(is_ok=True, latency_ms=round((time.perf_counter() - started) * 1000), detail=said)


async def _first_text(ctx: Context, config: ProviderConfig) -> str:
    request = ModelRequest(
        (ChatMessage("user", "Say the word ready."),), model=config.default_model, max_output_tokens=16
    )
    async with aclosing(ctx.ports.models.stream(request, provider=config, is_trial=True)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                return f"{config.default_model} answers."
    return f"{config.default_model} answers, but with nothing."
