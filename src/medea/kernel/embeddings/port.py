"""The port: texts in, vectors out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from medea.kernel.errors import Unavailable

if TYPE_CHECKING:  # numpy comes with the first embedding, not with the start of the server
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float32]

LOCAL_MODEL = "medea/minilm"


class EmbeddingModelMissing(Unavailable):
    """The embedding model of this knowledge base is not available here."""

    code = "embeddings.missing"


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of some texts.

    Attributes:
        vectors: one row of length 1 for each text, in 32-bit floats.
        tokens: for each text a row of length 1 for each of its tokens; empty where not asked for.
    """

    vectors: "Matrix"
    tokens: "tuple[Matrix, ...]" = ()


class Embedder(Protocol):
    """One embedding model."""

    @property
    def model(self) -> str:
        """Its name, as knowledge bases record it."""
        ...

    @property
    def has_tokens(self) -> bool:
        """Whether it can give vectors of single tokens."""
        ...

    @property
    def languages(self) -> frozenset[str] | None:
        """ISO 639-1 codes of the languages it understands; None: many, it does not matter."""
        ...

    async def embed(self, texts: Sequence[str], *, is_query: bool = False, with_tokens: bool = False) -> Embedded:
        """Return the vectors of texts, however many.

        Args:
            texts: what a model cannot read to its end is cut by it. An empty text has some vector, too.
            is_query: somebody waits for it; goes before passages.
            with_tokens: vectors of tokens too, where the model has them.

        Raises:
            EmbeddingModelMissing: it is not installed.
            ModelError: an endpoint failed, by kind as in `medea.kernel.llm.errors`.
        """
        ...
