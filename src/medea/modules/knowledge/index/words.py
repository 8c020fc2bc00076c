"""Vectors of words as they are stored: eight bits a number, of words that say something.

A row is scaled by its largest member, which costs no accuracy: rows have length 1 and get it back when they are
read.
"""

from medea.kernel.embeddings.port import Matrix, Words
from medea.modules.knowledge.index.analysis import says_something


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


def unpack_words(stored: bytes) -> Matrix:
    """Return rows of length 1."""
    import numpy as np  # comes with the first embedding

    width = int.from_bytes(stored[:2], "little")
    rows = np.frombuffer(stored, np.int8, offset=2).reshape(-1, width).astype(np.float32)
    normed: Matrix = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return normed
