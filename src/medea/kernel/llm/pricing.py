"""What a call costs and what is known of a model, from the table bundled with `genai-prices`.

The table is loaded when first asked: it takes 0.4 s of CPU and 70 MB, and a server whose provider reports its
own costs, or that runs on the offline model, never needs it. Nothing is downloaded.
"""

import asyncio
import ipaddress
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from medea.kernel.llm.catalogue import ModelInfo, ModelTerms, capabilities
from medea.kernel.llm.messages import Usage

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo as ListedModel
    from genai_prices.types import ModelPrice, PriceCalculation, TieredPrices
    from genai_prices.types import Provider as ListedProvider

_NO_CHAT = re.compile(
    r"image|audio|realtime|transcribe|\btts|whisper|embed|moderation|davinci|curie|babbage|^ada$|^ft:|\.ft-|instruct-edit"
)
"""Models on the list that nobody can talk with in writing."""


class PriceTable:
    """Looks prices up. The first look-up loads the table in a thread, later ones take microseconds."""

    def __init__(self) -> None:
        self._is_loaded = False

    async def cost(self, model: str, usage: Usage, *, base_url: str, terms: ModelTerms | None = None) -> float | None:
        """US dollars of a call; None for a model without a known price.

        What the provider reported wins, then what was written down (`terms`), then the list.
        """
        if usage.cost_usd is not None:
            return usage.cost_usd
        written = None if terms is None else terms.cost(usage)
        if written is not None or is_own_machine(base_url):
            return written
        await self._load()
        found = _calculate(model, base_url, usage)
        return None if found is None else float(found.total_price)

    async def describe(self, models: list[tuple[str, str, str]]) -> list[ModelInfo]:
        """Catalogue rows for (model, provider id, base URL), in the same order."""
        await self._load()
        return [_describe(*each) for each in models]

    async def listed(self, provider: str, base_url: str) -> list[ModelInfo]:
        """Return all models that the list knows of the provider at an address; none of an address it does not know."""
        await self._load()
        return _listed(provider, base_url)

    async def knows(self, model: str, base_url: str) -> bool:
        """Say whether the list names this model at this address; it names none of a machine of one's own."""
        if is_own_machine(base_url):
            return False
        await self._load()
        known = _provider_at(base_url)
        return known is not None and known.find_model(model) is not None

    async def _load(self) -> None:
        if not self._is_loaded:
            await asyncio.to_thread(_calculate, "gpt-4o", "", Usage(1, 1))
            self._is_loaded = True


def is_own_machine(base_url: str) -> bool:
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
        cache_write_tokens=usage.cache_write_tokens or None,
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
    found = None if is_own_machine(base_url) else _calculate(model, base_url, Usage(1000, 1000))
    if found is None:
        has_tools, has_vision = capabilities(model)
        return ModelInfo(model, model, provider, has_tools=has_tools, has_vision=has_vision)
    return _row(model, provider, found.model, found.model_price)


def _row(model: str, provider: str, listed: "ListedModel", price: "ModelPrice") -> ModelInfo:
    has_tools, has_vision = capabilities(model)
    return ModelInfo(
        id=model,
        name=listed.name or model,
        provider=provider,
        context_window=listed.context_window,
        input_price=_per_million(price.input_mtok),
        output_price=_per_million(price.output_mtok),
        cached_input_price=_per_million(price.cache_read_mtok),
        has_tools=has_tools,
        has_vision=has_vision,
        is_deprecated=bool(listed.deprecated),
        said_by="list",
    )


def _provider_at(base_url: str) -> "ListedProvider | None":
    from genai_prices.data_snapshot import get_snapshot  # heavy, see the module's docstring

    return next((known for known in get_snapshot().providers if re.match(known.api_pattern, base_url)), None)


def _listed(provider: str, base_url: str) -> list[ModelInfo]:
    known = None if is_own_machine(base_url) else _provider_at(base_url)
    if known is None:
        return []
    now = datetime.now(UTC)
    rows = [(model, model.get_prices(now)) for model in known.models if not _NO_CHAT.search(model.id)]
    return [_row(model.id, provider, model, price) for model, price in rows if price.output_mtok is not None]


def _per_million(price: "Decimal | TieredPrices | None") -> float | None:
    """Read a flat price, or the lowest step of a stepped one."""
    if price is None:
        return None
    return float(price if isinstance(price, Decimal) else price.base)
