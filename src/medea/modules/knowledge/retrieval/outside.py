"""Asking a vector store beside PostgreSQL which vectors of some bases are the nearest."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medea.kernel.context import Context
from medea.kernel.vectors.port import Generation, VectorStore, VectorStoreAway
from medea.modules.knowledge.index.graphs import SIZE
from medea.modules.knowledge.retrieval.statements import CANDIDATES, UNTOLD

_SLACK = 28
"""More than are wanted, for those that are deleted while this is asked. What it was not told of before comes on top."""

COMPARED = "The vector store did not answer: the vectors were compared in the database instead."
NOT_LOOKED_FOR = "The vector store did not answer: passages were looked for by words alone."
BEHIND_COMPARED = "The vector store is behind: the vectors were compared in the database instead."
BEHIND_NOT_LOOKED_FOR = "The vector store is behind: passages were looked for by words alone."


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a store said.

    Attributes:
        chunks: by number of the base, those with the nearest vectors. A base that the store does not have whole,
            or that is small where the store is of no help, is not here: its vectors are to be compared.
        notice: what the builder should know.
        is_missed: some base's vectors are neither found nor compared, so passages may be missing.
    """

    chunks: Mapping[int, Sequence[int]]
    notice: str | None = None
    is_missed: bool = False


async def find_nearest(ctx: Context, bases: Sequence[Any], vectors: Mapping[str, str]) -> Nearest:
    """Ask for the nearest of each base.

    Where the store is away, or has yet to be told of more than `UNTOLD` changes of a base, one that PostgreSQL
    compares in some milliseconds is left to it; a bigger one is searched by words, and the vectors of what these find
    are compared.

    Args:
        ctx: outside any transaction.
        bases: their rows; all have vectors.
        vectors: the question's by model, as PostgreSQL reads them.
    """
    store = ctx.ports.vectors
    asked = [row for row in bases if store is not None and row["is_copied"] and row["embedding_dimensions"]]
    if store is None or not asked:
        return Nearest({})
    numbers: dict[str, list[float]] = {model: json.loads(text) for model, text in vectors.items()}
    found = await asyncio.gather(*(_ask(ctx, store, row, numbers[row["embedding_model"]]) for row in asked))
    chunks: dict[int, Sequence[int]] = {}
    compared, missed = None, None
    for row, of_base in zip(asked, found, strict=True):
        if of_base is not None:
            chunks[row["number"]] = of_base
        elif row["chunk_count"] > SIZE and not row["has_graph"]:
            chunks[row["number"]] = ()
            missed = BEHIND_NOT_LOOKED_FOR if _is_behind(row) else NOT_LOOKED_FOR
        else:
            compared = BEHIND_COMPARED if _is_behind(row) else COMPARED
    return Nearest(chunks, missed or compared, missed is not None)


def _is_behind(row: Any) -> bool:
    return bool(row["untold"] > UNTOLD)


async def _ask(ctx: Context, store: VectorStore, row: Any, vector: Sequence[float]) -> list[int] | None:
    if _is_behind(row):
        return None
    where = Generation(row["number"], row["embedding_version"], row["embedding_dimensions"])
    try:
        return await store.nearest(ctx.tenant, where, vector, CANDIDATES + _SLACK + row["untold"])
    except VectorStoreAway as error:
        ctx.log.warning("knowledge.store_away", store=store.name, reason=str(error.__cause__ or error))
        return None
