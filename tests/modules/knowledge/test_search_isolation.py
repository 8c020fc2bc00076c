"""Searches of one company never see what another has, nor change with it."""

import dataclasses
import random

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.embeddings.fake import FakeEmbedders
from medea.modules.knowledge import facade
from medea.modules.knowledge.errors import BaseNotFound
from medea.modules.knowledge.index.vectors import embed_pending
from tests.modules.knowledge.shelf import Shelf

WORDS = [
    "apple",
    "pear",
    "plum",
    "fig",
    "date",
    "lime",
    "peach",
    "grape",
    "melon",
    "kiwi",
    "quince",
    "berry",
    "olive",
    "nut",
]


def context(installation: Installation, shelf: Shelf) -> Context:
    return Context(installation.ports, system_principal(shelf.tenant))


async def silent(_done: int, _total: int) -> None:
    return


async def filled(installation: Installation, chance: random.Random, mark: str) -> Shelf:
    shelf = await Shelf(installation.ports.database).make()
    for _ in range(4):
        await shelf.put([f"{mark} {' '.join(chance.choices(WORDS, k=15))}" for _ in range(10)], metadata={"of": mark})
    await embed_pending(context(installation, shelf), shelf.base_id, None, progress=silent)
    return shelf


async def test_no_foreign_chunk_and_the_same_results_with_and_without_others(installation: Installation) -> None:
    installation.ports = dataclasses.replace(installation.ports, embedders=FakeEmbedders(), _made={})
    chance = random.Random(11)
    own = await filled(installation, chance, "own")
    queries = [" ".join(chance.choices(WORDS, k=chance.randint(1, 4))) for _ in range(60)]
    ways = [{"rerank": rerank} for rerank in ("none", "features", "late_interaction")]
    asked = [(query, ways[place % 3]) for place, query in enumerate(queries)]

    async def ask_all(shelf: Shelf) -> list[list[tuple[str, float]]]:
        found = [
            await facade.search(context(installation, shelf), [shelf.base_id], query, top_k=20, settings=way)
            for query, way in asked
        ]
        return [[(passage.text, round(passage.score, 5)) for passage in each.passages] for each in found]

    alone = await ask_all(own)
    others = [await filled(installation, chance, f"other{number}") for number in range(3)]
    assert await ask_all(own) == alone
    for shelf in others:
        results = await ask_all(shelf)
        assert all(text.startswith("other") for result in results for text, _ in result)
        assert sum(map(len, results)) > 600
    chunk_ids = [
        passage.chunk_id
        for passage in (await facade.search(context(installation, own), [own.base_id], "apple", top_k=5)).passages
    ]
    assert chunk_ids
    assert await facade.get_passages(context(installation, others[0]), chunk_ids) == []
    for shelf in others:
        try:
            await facade.search(context(installation, shelf), [own.base_id], "apple", top_k=5)
        except BaseNotFound:
            continue
        raise AssertionError("another company's base was searched")
