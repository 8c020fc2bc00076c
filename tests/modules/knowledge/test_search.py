"""Searching: what is found, in which order, and what is said when the model is missing."""

import dataclasses
from typing import Any

import pytest

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.embeddings.fake import FakeEmbedders
from medea.kernel.ids import KnowledgeBaseId
from medea.kernel.settings import Settings
from medea.modules.knowledge import facade
from medea.modules.knowledge.errors import BaseNotFound
from medea.modules.knowledge.index.vectors import embed_pending
from medea.modules.knowledge.values import SearchResult
from tests.modules.knowledge.shelf import Shelf

FRUIT = ["Apples are red and grow on trees.", "Bananas are yellow and bent.", "Cherries grow in pairs on trees."]


@dataclasses.dataclass
class Library:
    """A shelf, and how to search it."""

    installation: Installation
    shelf: Shelf

    @property
    def ctx(self) -> Context:
        return Context(self.installation.ports, system_principal(self.shelf.tenant))

    async def embed(self) -> list[tuple[int, int]]:
        told: list[tuple[int, int]] = []

        async def progress(done: int, total: int) -> None:
            told.append((done, total))

        await embed_pending(self.ctx, self.shelf.base_id, None, progress=progress)
        return told

    async def ask(self, query: str, **options: Any) -> SearchResult:
        options = {"top_k": 10, **options}
        return await facade.search(self.ctx, [self.shelf.base_id], query, **options)

    async def texts(self, query: str, **options: Any) -> list[str]:
        return [passage.text for passage in (await self.ask(query, **options)).passages]


def with_embedders(installation: Installation, *, is_installed: bool = True) -> Installation:
    installation.ports = dataclasses.replace(
        installation.ports, embedders=FakeEmbedders(is_installed=is_installed), _made={}
    )
    return installation


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The operator offers a model."""
    offering = settings.knowledge.model_copy(update={"platform_models": ("ranker",)})
    return settings.model_copy(update={"knowledge": offering})


@pytest.fixture
async def library(installation: Installation) -> Library:
    shelf = await Shelf(installation.ports.database).make()
    return Library(with_embedders(installation), shelf)


async def test_words_find_before_vectors_are_there(library: Library) -> None:
    await library.shelf.put(FRUIT)
    result = await library.ask("yellow banana")
    assert [passage.text for passage in result.passages] == [FRUIT[1]]
    assert set(result.passages[0].scores) == {"bm25", "fused", "rerank"}


@pytest.mark.parametrize("rerank", ["none", "features", "late_interaction"])
async def test_vectors_find_what_words_do_not(library: Library, rerank: str) -> None:
    await library.shelf.put(FRUIT)
    assert await library.embed() == [(3, 3)]
    result = await library.ask("cherries in trees", settings={"rerank": rerank})
    assert result.mode == "hybrid"
    assert next(passage.text for passage in result.passages) == FRUIT[2]
    assert len(result.passages) == 3, "vectors rank all there is"
    scores = [passage.score for passage in result.passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


async def test_what_came_later_is_embedded_alone(library: Library) -> None:
    await library.shelf.put(FRUIT)
    await library.embed()
    await library.shelf.put(["Dates are brown."])
    assert await library.embed() == [(4, 4)]
    assert await library.shelf.count("knowledge_vectors") == 4
    assert await library.shelf.count("knowledge_token_vectors") == 4


async def test_without_the_model_words_are_searched_and_it_is_said(library: Library) -> None:
    await library.shelf.put(FRUIT)
    await library.embed()
    with_embedders(library.installation, is_installed=False)
    result = await library.ask("yellow banana")
    assert result.mode == "lexical"
    assert result.notice is not None
    assert "medea/minilm" in result.notice
    assert [passage.text for passage in result.passages] == [FRUIT[1]]


async def test_passages_tell_where_they_are_from(library: Library) -> None:
    document_id, _ = await library.shelf.put(
        FRUIT[:1], title="Fruit", metadata={"shelf": 3}, headings=("Garden", "Trees")
    )
    (passage,) = (await library.ask("apples")).passages
    assert (passage.document_id, passage.document_name, passage.kind) == (document_id, "Fruit", "text")
    assert (passage.heading_path, passage.metadata) == (("Garden", "Trees"), {"shelf": 3})
    assert (passage.char_from, passage.char_to) == (0, len(FRUIT[0]))
    assert await library.texts("garden trees") == FRUIT[:1], "headings and titles are searched, too"


@pytest.mark.parametrize("has_vectors", [False, True])
async def test_a_filter_leaves_only_documents_that_have_the_metadata(library: Library, has_vectors: bool) -> None:
    await library.shelf.put(["trees one"], metadata={"tag": ["a", "b"], "year": 2020})
    await library.shelf.put(["trees two"], metadata={"tag": "c", "year": 2021})
    await library.shelf.put(["trees three"])
    if has_vectors:
        await library.embed()
    assert set(await library.texts("trees", filter={"tag": "a"})) == {"trees one"}
    assert set(await library.texts("trees", filter={"tag": ["b", "c"]})) == {"trees one", "trees two"}
    assert set(await library.texts("trees", filter={"tag": ["b", "c"], "year": 2021})) == {"trees two"}
    assert await library.texts("trees", filter={"tag": "z"}) == []
    assert len(await library.texts("trees")) == 3


async def test_a_threshold_leaves_out_what_is_below(library: Library) -> None:
    await library.shelf.put(FRUIT)
    await library.embed()
    all_of_them = (await library.ask("bananas yellow")).passages
    border = all_of_them[0].score
    assert await library.texts("bananas yellow", threshold=border) == [FRUIT[1]]
    assert await library.texts("bananas yellow", threshold=1.0) == []
    assert len(await library.texts("bananas yellow", top_k=2)) == 2


async def test_several_bases_are_searched_as_one(library: Library) -> None:
    await library.shelf.put(FRUIT[:2])
    second = Shelf(library.shelf.database, tenant=library.shelf.tenant)
    await second.make()
    await second.put(FRUIT[2:])
    await library.embed()
    both = [library.shelf.base_id, second.base_id]
    result = await facade.search(library.ctx, both, "trees", top_k=10, settings={"vector_weight": 0})
    assert {passage.base_id for passage in result.passages} == set(both)
    assert {passage.text for passage in result.passages} == {FRUIT[0], FRUIT[2]}
    hybrid = await facade.search(library.ctx, both, "trees", top_k=10)
    assert {passage.text for passage in hybrid.passages} == set(FRUIT)


async def test_questions_in_the_language_of_the_text(library: Library) -> None:
    await library.shelf.put(["Die Häuser in der Straße sind alt."], language="de")
    await library.shelf.put(["The houses in the street are old."], language="en")
    await library.embed()
    assert (await library.texts("altes Haus Häuser"))[0] == "Die Häuser in der Straße sind alt."
    assert (await library.texts("house"))[0] == "The houses in the street are old."


@pytest.mark.parametrize("query", ["", "the of and", "?!", "日", "zzzzzz", "a" * 3000, "\U0001f600"])
async def test_odd_questions_find_nothing_and_break_nothing(library: Library, query: str) -> None:
    await library.shelf.put(FRUIT)
    assert await library.texts(query) == []
    await library.embed()
    assert len(await library.texts(query)) in {0, 3}


async def test_an_empty_base_and_one_that_is_not_there(library: Library) -> None:
    assert await library.texts("anything") == []
    with pytest.raises(BaseNotFound):
        await facade.search(library.ctx, [KnowledgeBaseId.new()], "anything", top_k=3)


async def test_neighbours_join_as_far_as_there_is_room(library: Library) -> None:
    await library.shelf.put(["one apple", "two pears", "three plums", "four figs"])
    (found,) = (await library.ask("pears")).passages
    (expanded,) = await facade.expand(library.ctx, [found])
    assert expanded.text == "one apple\ntwo pears\nthree plums"
    (short,) = await facade.expand(library.ctx, [found], max_chars=20)
    assert short.text == "two pears\nthree plums"
    both = (await library.ask("pears plums")).passages
    joined = await facade.expand(library.ctx, both)
    assert sorted(text for each in joined for text in each.text.split("\n")) == [
        "four figs",
        "one apple",
        "three plums",
        "two pears",
    ]


async def test_passages_by_their_ids(library: Library) -> None:
    await library.shelf.put(FRUIT)
    found = (await library.ask("trees")).passages
    ids = [passage.chunk_id for passage in found]
    assert [passage.text for passage in await facade.get_passages(library.ctx, ids)] == [each.text for each in found]


async def test_a_reranker_at_an_endpoint_orders_what_was_found(library: Library) -> None:
    await library.shelf.put(FRUIT)
    await library.embed()
    options = {"settings": {"rerank": "api", "rerank_model": "platform:ranker"}}
    without = await library.ask("Bananas are yellow", **options)
    assert without.notice is not None, "no provider is there"
    assert without.passages[0].text == FRUIT[1]
    embedders = library.installation.ports.embedders
    assert isinstance(embedders, FakeEmbedders)
    embedders.offer_platform()
    found = await library.ask("Bananas are yellow", **options)
    assert found.notice is None
    assert (found.passages[0].text, found.passages[0].score) == (FRUIT[1], 1.0)
