"""A model for tests: deterministic vectors of the words in a text, alike for texts that share words."""

import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from medea.kernel.embeddings.port import LOCAL_MODEL, Embedded, Embedder, Words
from medea.kernel.embeddings.reranking import Reranker
from medea.kernel.llm.config import ProviderConfig

WIDTH = 64


class HashedWords:
    """Adds up a fixed random vector for each word. See `Embedder`."""

    has_words = True

    def __init__(self, model: str = LOCAL_MODEL, width: int = WIDTH) -> None:
        self.model = model
        self.languages: frozenset[str] | None = frozenset({"en"})
        self.calls = 0
        self._width = width

    async def embed(self, texts: Sequence[str], *, is_query: bool = False, with_words: bool = False) -> Embedded:
        """Return the vectors of texts; see `Embedder`."""
        self.calls += 1
        words = tuple(self._words(text) for text in texts)
        sums = np.array([of_text.vectors.sum(axis=0) for of_text in words], np.float32).reshape(-1, self._width)
        norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return Embedded(sums / norms, words if with_words else ())

    def _words(self, text: str) -> Words:
        spans = tuple(found.span() for found in re.finditer(r"\S+", text)) or ((0, 0),)
        return Words(np.array([self._word(text[start:end].casefold()) for start, end in spans], np.float32), spans)

    def _word(self, word: str) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
        seed = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")
        row = np.random.default_rng(seed).standard_normal(self._width).astype(np.float32)
        return row / np.float32(np.linalg.norm(row))


class SharedWords:
    """A reranker for tests: the share of the question's words that a text has. See `Reranker`."""

    async def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return a score for each text, 0 to 1."""
        asked = set(query.casefold().split())
        return [len(asked & set(text.casefold().split())) / max(len(asked), 1) for text in texts]


class FakeEmbedders:
    """Gives `HashedWords` for every model; none at all where `is_installed` is False."""

    def __init__(self, *, is_installed: bool = True) -> None:
        self.platform: ProviderConfig | None = None
        self.model = HashedWords() if is_installed else None

    def offer_platform(self) -> None:
        """Have a platform's provider from now on."""
        self.platform = ProviderConfig("platform", "http://127.0.0.1:9", is_guarded=False)

    def local(self) -> Embedder | None:
        """Return the fake."""
        return self.model

    def remote(self, model: str, name: str, config: ProviderConfig) -> Embedder:
        """Return a fake of its own width."""
        return HashedWords(model, WIDTH // 2)

    def reranker(self, name: str, config: ProviderConfig) -> Reranker:
        """Return a fake."""
        return SharedWords()

    async def close(self) -> None:
        """Do nothing."""
