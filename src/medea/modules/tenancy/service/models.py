"""Which models an agent may name, and a trial of a provider."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass

from medea.kernel.context import Context
from medea.kernel.errors import AppError
from medea.kernel.ids import ProviderId
from medea.kernel.limits.bucket import Limit, require
from medea.kernel.llm.config import PLATFORM, ProviderConfig
from medea.kernel.llm.messages import ChatMessage, ModelRequest, TextDelta
from medea.kernel.llm.pricing import ModelInfo
from medea.modules.tenancy.service.providers import configured, get_config

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
    own = [provider.config for provider in await configured(ctx.ports, ctx.tenant)]
    found: dict[str, ModelInfo] = {}
    for model in await ctx.ports.models.list_models(own):
        if model.id not in found or found[model.id].provider == PLATFORM:
            found[model.id] = model
    return list(found.values())


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
    async with aclosing(ctx.ports.models.stream(request, provider=config)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                return f"{config.default_model} answers."
    return f"{config.default_model} answers, but with nothing."
