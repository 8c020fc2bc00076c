"""Which embedding model or reranker a name means here."""

from collections.abc import Mapping
from typing import Any

from medea.kernel.context import Context
from medea.kernel.embeddings.port import LOCAL_MODEL, Embedder
from medea.kernel.embeddings.reranking import Reranker
from medea.kernel.errors import FieldError, NotFound
from medea.kernel.ids import ProviderId
from medea.kernel.llm.config import PLATFORM, ProviderConfig
from medea.modules.knowledge.errors import InvalidSettings
from medea.modules.tenancy import facade as tenancy


def check_models(ctx: Context, settings: Mapping[str, Any]) -> None:
    """See that settings name no model of the operator's provider but those that the operator offers.

    Args:
        ctx: whose installation.
        settings: of a base or of a search, or those of them that change.

    Raises:
        InvalidSettings: they do; it names the field.
    """
    refused = []
    for field in ("embedding_model", "rerank_model"):
        provider, _, name = (settings.get(field) or "").partition(":")
        if provider == PLATFORM and not _is_offered(ctx, name):
            offered = [f"{PLATFORM}:{each}" for each in ctx.ports.settings.knowledge.platform_models]
            reason = f"must be one of {', '.join(offered)}" if offered else "must be of a provider of your company"
            refused.append(FieldError(f"settings.{field}", f"{reason}; this server does not offer it", "not_offered"))
    if refused:
        raise InvalidSettings(errors=refused)


def _is_offered(ctx: Context, name: str) -> bool:
    return name in ctx.ports.settings.knowledge.platform_models


async def find_embedder(ctx: Context, model: str) -> Embedder | None:
    """Return the embedding model of this name; None: it is not installed, not offered, or its provider is gone.

    Args:
        ctx: whose tenant's providers may be meant.
        model: `medea/minilm`, `platform:<name>`, or `prv_...:<name>`.
    """
    if model == LOCAL_MODEL:
        return ctx.ports.embedders.local()
    provider, _, name = model.partition(":")
    config = await _find_provider(ctx, provider, name)
    return None if config is None or not name else ctx.ports.embedders.remote(model, name, config)


async def find_reranker(ctx: Context, model: str) -> Reranker | None:
    """Return the reranker of this name, `platform:<name>` or `prv_...:<name>`; None: as for an embedding model."""
    provider, _, name = model.partition(":")
    config = await _find_provider(ctx, provider, name)
    return None if config is None or not name else ctx.ports.embedders.reranker(name, config)


async def _find_provider(ctx: Context, provider: str, name: str) -> ProviderConfig | None:
    if provider == PLATFORM:  # asked here too: what a base names may be offered no more
        return ctx.ports.embedders.platform if _is_offered(ctx, name) else None
    provider_id = ProviderId.find(provider)
    if provider_id is None:
        return None
    try:
        return await tenancy.get_provider(ctx, provider_id)
    except NotFound:
        return None
