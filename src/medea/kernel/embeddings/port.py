"""The port: texts in, vectors out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from medea.kernel.errors import Unavailable

if TYPE_CHECKING:  # numpy comes with the first embedding, not with the start of the server
    import numpy as np
    import numpy.typing as npt

    Matrix: TypeAlias = npt.NDArray[np.float32]
else:
    Matrix = Any

LOCAL_MODEL = "medea/minilm"


class EmbeddingModelMissing(Unavailable):
    """The embedding model of this knowledge base is not available here."""

    code = "embeddings.missing"


@dataclass(frozen=True, slots=True)
class Words:
    """Vectors of the words of a text, in their context.

    Attributes:
        vectors: one row of length 1 for each word; may be narrower than vectors of texts.
        spans: where each word is in the text.
    """

    vectors: Matrix
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of some texts.

    Attributes:
        vectors: one row of length 1 for each text, in 32-bit floats.
        words: for each text those of its words; empty where not asked for.
    """

    vectors: Matrix
    words: tuple[Words, ...] = ()


class Embedder(Protocol):
    """One embedding model."""

    @property
    def model(self) -> str:
        """Its name, as knowledge bases record it."""
        ...

    @property
    def has_words(self) -> bool:
        """Whether it can give vectors of single words."""
        ...

    @property
    def languages(self) -> frozenset[str] | None:
        """ISO 639-1 codes of the languages it understands; None: many, it does not matter."""
        ...

    async def embed(self, texts: Sequence[str], *, is_query: bool = False, with_words: bool = False) -> Embedded:
        """Return the vectors of texts, however many.

        Args:
            texts: what a model cannot read to its end is cut by it. An empty text has some vector, too.
            is_query: somebody waits for it; goes before passages.
            with_words: vectors of words too, where the model has them.

        Raises:
            EmbeddingModelMissing: it is not installed.
            ModelError: an endpoint failed, by kind as in `medea.kernel.llm.errors`.
        """
        ...
