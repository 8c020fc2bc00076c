"""A model for tests: deterministic vectors of the words in a text, alike for texts that share words."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from medea.kernel.embeddings.port import LOCAL_MODEL, Embedded, Embedder
from medea.kernel.llm.config import ProviderConfig

WIDTH = 64


class HashedWords:
    """Adds up a fixed random vector for each word. See `Embedder`."""

    has_tokens = True

    def __init__(self, model: str = LOCAL_MODEL, width: int = WIDTH) -> None:
        self.model = model
        self.languages: frozenset[str] | None = frozenset({"en"})
        self.calls = 0
        self._width = width

    async def embed(self, texts: Sequence[str], *, is_query: bool = False, with_tokens: bool = False) -> Embedded:
        """Return the vectors of texts; see `Embedder`."""
        self.calls += 1
        tokens = tuple(self._words(text) for text in texts)
        sums = np.array([of_text.sum(axis=0) for of_text in tokens], np.float32).reshape(len(texts), self._width)
        norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return Embedded(sums / norms, tokens if with_tokens else ())

    def _words(self, text: str) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        rows = [self._word(word) for word in text.casefold().split() or [""]]
        return np.array(rows, np.float32)

    def _word(self, word: str) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
        seed = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")
        row = np.random.default_rng(seed).standard_normal(self._width).astype(np.float32)
        return row / np.float32(np.linalg.norm(row))


class FakeEmbedders:
    """Gives `HashedWords` for every model; none at all where `is_installed` is False."""

    def __init__(self, *, is_installed: bool = True) -> None:
        self.platform: ProviderConfig | None = None
        self.model = HashedWords() if is_installed else None

    def local(self) -> Embedder | None:
        """Return the fake."""
        return self.model

    def remote(self, model: str, name: str, config: ProviderConfig) -> Embedder:
        """Return a fake of its own width."""
        return HashedWords(model, WIDTH // 2)

    async def close(self) -> None:
        """Do nothing."""
