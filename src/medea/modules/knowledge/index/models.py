"""Which embedding model or reranker a name means here."""

from medea.kernel.context import Context
from medea.kernel.embeddings.port import LOCAL_MODEL, Embedder
from medea.kernel.embeddings.reranking import Reranker
from medea.kernel.errors import NotFound
from medea.kernel.ids import ProviderId
from medea.kernel.llm.config import PLATFORM, ProviderConfig
from medea.modules.tenancy import facade as tenancy


async def find_embedder(ctx: Context, model: str) -> Embedder | None:
    """Return the embedding model of this name; None: it is not installed, or its provider is gone.

    Args:
        ctx: whose tenant's providers may be meant.
        model: `medea/minilm`, `platform:<name>`, or `prv_...:<name>`.
    """
    if model == LOCAL_MODEL:
        return ctx.ports.embedders.local()
    provider, _, name = model.partition(":")
    config = await _find_provider(ctx, provider)
    return None if config is None or not name else ctx.ports.embedders.remote(model, name, config)


async def find_reranker(ctx: Context, model: str) -> Reranker | None:
    """Return the reranker of this name, `platform:<name>` or `prv_...:<name>`; None: its provider is gone."""
    provider, _, name = model.partition(":")
    config = await _find_provider(ctx, provider)
    return None if config is None or not name else ctx.ports.embedders.reranker(name, config)


async def _find_provider(ctx: Context, provider: str) -> ProviderConfig | None:
    if provider == PLATFORM:
        return ctx.ports.embedders.platform
    provider_id = ProviderId.find(provider)
    if provider_id is None:
        return None
    try:
        return await tenancy.get_provider(ctx, provider_id)
    except NotFound:
        return None
