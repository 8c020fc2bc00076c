"""Vectors of words as they are stored: eight bits a number, of words that say something.

A row is scaled by its largest member, which costs no accuracy: rows have length 1 and get it back when they are
compared.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from medea.kernel.embeddings.port import Matrix, Words
from medea.modules.knowledge.index.analysis import says_something

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def pack_words(words: Words, text: str, language: str | None) -> bytes:
    """Return the vectors of a text's words, stop words and punctuation left out.

    Returns:
        Two bytes of width, then the rows.
    """
    import numpy as np  # comes with the first embedding

    kept = [row for row, (start, end) in enumerate(words.spans) if says_something(text[start:end], language)]
    rows = words.vectors[kept]
    largest = np.maximum(np.abs(rows).max(axis=1, keepdims=True, initial=0.0), 1e-9)
    small = np.rint(rows / largest * 127).astype(np.int8)
    packed: bytes = small.tobytes()
    return int(words.vectors.shape[1]).to_bytes(2, "little") + packed


def unpack_words(stored: Sequence[bytes]) -> "tuple[Matrix, Matrix, npt.NDArray[np.int64]]":
    """Return the rows of several texts one below the other, how long each row is, and how many each text has.

    What is computed with the rows is to be divided by their lengths: that takes less than to scale the rows first.
    """
    import numpy as np  # comes with the first embedding

    width = int.from_bytes(stored[0][:2], "little")
    whole = np.frombuffer(b"".join([of_text[2:] for of_text in stored]), np.int8)
    rows = whole.reshape(-1, width).astype(np.float32)
    lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", rows, rows)), 1e-9)
    return rows, lengths, np.array([(len(of_text) - 2) // width for of_text in stored])
