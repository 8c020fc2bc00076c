"""Finds the directions in which vectors of words differ most: `kernel/embeddings/minilm/projection.bin`.

Usage: python -m benchmarks.retrieval.projection <file of the target> <texts, one file or more>. The file in the
repository was made from abstracts of SciFact and from manuals of Debian, none of them passages that rankings by
words are measured on. It is part of the model: what is stored with one file cannot be compared with another's.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from medea.kernel.embeddings.minilm.graph import WIDTH, WORD_WIDTH, build, read_safetensors
from medea.kernel.embeddings.minilm.package import find_files
from medea.modules.knowledge.index.analysis import says_something

_CHARS = 850
"""Of a piece of text, as long as a chunk."""


def main() -> None:
    """Read the texts, find the directions, write the file."""
    whole = [" ".join(Path(name).read_text(encoding="utf-8", errors="replace").split()) for name in sys.argv[2:]]
    pieces = [text[start : start + _CHARS] for text in whole for start in range(0, len(text), _CHARS)]
    Path(sys.argv[1]).write_bytes(np.ascontiguousarray(find_directions(pieces)).tobytes())


def find_directions(texts: Sequence[str]) -> npt.NDArray[np.float16]:
    """Return the principal directions, without centring, of all words that say something, best first."""
    files = find_files()
    if files is None:
        raise SystemExit("The package of the model is not installed.")
    tokenizer = Tokenizer.from_file(str(files.tokenizer))
    tokenizer.enable_truncation(256)
    tokenizer.no_padding()
    model = build(read_safetensors(files.weights), np.eye(WIDTH, dtype=np.float32))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    products = np.zeros((WIDTH, WIDTH))
    for text in texts:
        encoding = tokenizer.encode(text)
        ids = np.array([encoding.ids], np.int64)
        (states,) = session.run(["tokens"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        rows = [
            states[0, np.array(encoding.word_ids, object) == word].mean(axis=0)
            for word in sorted({word for word in encoding.word_ids if word is not None})
            if (span := encoding.word_to_chars(word)) is not None and says_something(text[slice(*span)], "en")
        ]
        normed = np.array(rows).reshape(-1, WIDTH)
        normed /= np.maximum(np.linalg.norm(normed, axis=1, keepdims=True), 1e-9)
        products += normed.T @ normed
    directions = np.linalg.eigh(products)[1][:, ::-1]
    return directions[:, :WORD_WIDTH].astype(np.float16)


if __name__ == "__main__":
    main()
