"""Runs the quantised model in threads of this process.

onnxruntime lets go of Python's lock, so the event loop goes on meanwhile. Each run is single-threaded: as many
run at once as there are threads, one more for queries, so that a question never waits for a document.

A run reads one text. In batches of two or four a text takes as long, but the arena of two threads keeps 23 and 75 MB
more; and activations are scaled by the largest of a batch, so that a text's vector would depend on what came with it.
Without an arena a sixth of the time goes into memory that is given back and asked for again.
"""

import asyncio
import fcntl
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import structlog
from tokenizers import Encoding, Tokenizer

from medea.kernel.embeddings.minilm.package import DIGESTS, ModelFiles, check, data_of, find_files
from medea.kernel.embeddings.port import LOCAL_MODEL, Embedded, EmbeddingModelMissing, Words
from medea.kernel.llm.errors import ModelUnavailable

WIDTH = 384
WINDOW = 256
"""Tokens that it was trained on; what is beyond them it does not see."""
_BUILD_SECONDS = 300
_PAUSE = 60.0
"""Seconds before it is tried again to load what could not be."""
_UNUSABLE = "The embedding model cannot be loaded here; the operator finds in the log why."
_FORM = "int8-4"
"""Raise the number when `graph` writes something else."""

_log = structlog.get_logger()

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Loaded:
    session: onnxruntime.InferenceSession
    tokenizer: Tokenizer


class MiniLm:
    """The local model. See `Embedder`.

    Args:
        folder: where the quantised model is kept; built at the first use, which takes some seconds.
        threads: passages that are worked on at once.
    """

    model = LOCAL_MODEL
    has_words = True
    languages: frozenset[str] | None = frozenset({"en"})

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self._folder = folder
        self._passages = ThreadPoolExecutor(threads, thread_name_prefix="embed-passages")
        self._queries = ThreadPoolExecutor(1, thread_name_prefix="embed-query")
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None
        self._is_mended = False
        self._try_again = 0.0  # from when on, by the clock that only rises

    async def embed(self, texts: Sequence[str], *, is_query: bool = False, with_words: bool = False) -> Embedded:
        """Return the vectors of texts; see `Embedder`."""
        loop = asyncio.get_running_loop()
        executor = self._queries if is_query else self._passages
        loaded = self._loaded
        if loaded is None:
            loaded = await loop.run_in_executor(executor, self._load)
        encoded = await loop.run_in_executor(executor, loaded.tokenizer.encode_batch, list(texts))
        done = await asyncio.gather(
            *(loop.run_in_executor(executor, _run, loaded, encoding, with_words) for encoding in encoded)
        )
        vectors = np.empty((len(texts), WIDTH), np.float32)
        for place, (vector, _) in enumerate(done):
            vectors[place] = vector
        return Embedded(vectors, tuple(words for _, words in done if words is not None))

    def close(self) -> None:
        """Let the threads go; what they are at is finished and thrown away."""
        self._passages.shutdown(wait=False, cancel_futures=True)
        self._queries.shutdown(wait=False, cancel_futures=True)

    def _load(self) -> _Loaded:
        with self._loading:
            if self._loaded is None:
                files = find_files()
                if files is None:
                    raise EmbeddingModelMissing("The package of the embedding model is not installed: `make setup`.")
                self._loaded = self._try_loading(files)
            return self._loaded

    def _try_loading(self, files: ModelFiles) -> _Loaded:
        """Load the model, or say that it is out of order: then searches go by words and documents wait for vectors.

        Raises:
            ModelUnavailable: its folder takes no files, or there is too little memory to build it, or it was tried not
                long ago and is left alone for a moment, as building takes seconds and much memory.
        """
        if time.monotonic() < self._try_again:
            raise ModelUnavailable(_UNUSABLE, was_sent=False)
        try:
            return _Loaded(self._open(files), _tokenizer(files))
        except Exception as error:
            self._try_again = time.monotonic() + _PAUSE
            said = error.stderr[-500:] if isinstance(error, subprocess.CalledProcessError) else str(error)[:500]
            _log.error("embeddings.model_unusable", folder=str(self._folder), error=type(error).__name__, said=said)
            raise ModelUnavailable(_UNUSABLE, was_sent=False) from error

    def _open(self, files: ModelFiles) -> onnxruntime.InferenceSession:
        path = _built(files, self._folder)
        try:
            return _session(path)
        except Exception as error:
            if self._is_mended:
                raise
            # not what was written, as after a copy that was cut short or a loss of power; no process mends it twice
            _log.warning("embeddings.model_damaged", file=path.name, error=type(error).__name__)
            self._is_mended = True
        return _session(_built(files, self._folder, anew=True))


def _tokenizer(files: ModelFiles) -> Tokenizer:
    check(files.tokenizer)
    tokenizer: Tokenizer = Tokenizer.from_file(str(files.tokenizer))
    tokenizer.enable_truncation(WINDOW)
    tokenizer.no_padding()
    return tokenizer


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _built(files: ModelFiles, folder: Path, *, anew: bool = False) -> Path:
    """Return the quantised model, built if this folder does not have it; once, however many processes ask."""
    target = folder / f"minilm-{DIGESTS['model.safetensors'][:12]}-{_FORM}.onnx"
    if _is_whole(target) and not anew:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if anew or not _is_whole(target):
            check(files.weights)
            command = [sys.executable, "-m", "medea.kernel.embeddings.minilm.graph", str(files.weights), str(target)]
            subprocess.run(command, check=True, capture_output=True, timeout=_BUILD_SECONDS)  # noqa: S603 - our own
            _clear(folder, target)
    return target


def _clear(folder: Path, target: Path) -> None:
    """Delete what other versions built, and what builders left that were killed. Whoever has it open keeps it."""
    for left in folder.glob(".building-*"):
        shutil.rmtree(left, ignore_errors=True)
    for older in set(folder.glob("minilm-*")) - {target, data_of(target)}:
        with suppress(OSError):  # another user's: it is no reason not to embed
            older.unlink()


def _is_whole(target: Path) -> bool:
    return target.exists() and data_of(target).exists()


def _run(loaded: _Loaded, encoding: Encoding, with_words: bool) -> tuple[Floats, Words | None]:
    ids = np.array([encoding.ids], np.int64)
    outputs = ["embedding", "tokens"] if with_words else ["embedding"]
    found = loaded.session.run(outputs, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
    return found[0][0], _words(found[1][0], encoding) if with_words else None


def _words(states: Floats, encoding: Encoding) -> Words:
    """Put the pieces of words together."""
    of_piece = np.array([-1 if word is None else word for word in encoding.word_ids])
    pieces = np.flatnonzero(of_piece >= 0)
    if not len(pieces):
        return Words(states[:0], ())
    starts = np.flatnonzero(np.diff(of_piece[pieces], prepend=-1))
    counts = np.diff(starts, append=len(pieces))
    means = np.add.reduceat(states[pieces], starts, axis=0) / counts[:, None]
    offsets = encoding.offsets
    ends = (*(starts[1:] - 1), len(pieces) - 1)
    spans = tuple((offsets[pieces[start]][0], offsets[pieces[end]][1]) for start, end in zip(starts, ends, strict=True))
    return Words(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), spans)
