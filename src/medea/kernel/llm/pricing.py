"""What a call costs and what is known of a model, from the table bundled with `genai-prices`.

The table is loaded when first asked: it takes 0.4 s of CPU and 70 MB, and a server whose provider reports its
own costs, or that runs on the offline model, never needs it. Nothing is downloaded.
"""

import asyncio
import ipaddress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from medea.kernel.llm.messages import Usage

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation, TieredPrices


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A row of the catalogue: something that an agent's `model` may name.

    Attributes:
        id: what the agent stores.
        name: for people.
        provider: `offline`, `platform`, or the id of a tenant's provider.
        context_window: tokens; None where unknown, like the prices.
        input_price: US dollars per million tokens.
        output_price: the same.
    """

    id: str
    name: str
    provider: str
    context_window: int | None = None
    input_price: float | None = None
    output_price: float | None = None


class PriceTable:
    """Looks prices up. The first look-up loads the table in a thread, later ones take microseconds."""

    def __init__(self) -> None:
        self._is_loaded = False

    async def cost(self, model: str, usage: Usage, *, base_url: str) -> float | None:
        """US dollars of a call; what the provider reported wins; None for a model without a known price."""
        if usage.cost_usd is not None:
            return usage.cost_usd
        if _is_own_machine(base_url):
            return None
        await self._load()
        found = _calculate(model, base_url, usage)
        return None if found is None else float(found.total_price)

    async def describe(self, models: list[tuple[str, str, str]]) -> list[ModelInfo]:
        """Catalogue rows for (model, provider id, base URL), in the same order."""
        await self._load()
        return [_describe(*each) for each in models]

    async def _load(self) -> None:
        if not self._is_loaded:
            await asyncio.to_thread(_calculate, "gpt-4o", "", Usage(1, 1))
            self._is_loaded = True


def _is_own_machine(base_url: str) -> bool:
    """Whether a model is served from a private address, where no list price applies."""
    try:
        host = urlsplit(base_url).hostname or ""
    except ValueError:
        return True
    if "." not in host and ":" not in host:
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.endswith((".local", ".internal", ".localhost", ".lan"))


def _calculate(model: str, base_url: str, usage: Usage) -> "PriceCalculation | None":
    import genai_prices  # heavy, see the module's docstring

    counts = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_input_tokens or None,
    )
    for provider_url in (base_url, None):  # by the address, else (a gateway) by the model's own name
        try:
            if provider_url is None:
                return genai_prices.calc_price(counts, model)
            return genai_prices.calc_price(counts, model, provider_api_url=provider_url)
        except (LookupError, ValueError):
            continue
    return None


def _describe(model: str, provider: str, base_url: str) -> ModelInfo:
    found = None if _is_own_machine(base_url) else _calculate(model, base_url, Usage(1000, 1000))
    if found is None:
        return ModelInfo(model, model, provider)
    return ModelInfo(
        id=model,
        name=found.model.name or model,
        provider=provider,
        context_window=found.model.context_window,
        input_price=_per_million(found.model_price.input_mtok),
        output_price=_per_million(found.model_price.output_mtok),
    )


def _per_million(price: "Decimal | TieredPrices | None") -> float | None:
    """Read a flat price, or the lowest step of a stepped one."""
    if price is None:
        return None
    return float(price if isinstance(price, Decimal) else price.base)
