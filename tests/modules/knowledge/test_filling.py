"""Vectors are written while the model works on the next ones: nothing that it gave is lost, nothing is made twice."""

from collections.abc import Sequence

import pytest

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.embeddings.fake import HashedWords
from medea.kernel.embeddings.port import Embedded
from medea.kernel.llm.errors import ModelUnavailable
from medea.modules.knowledge.index import vectors
from tests.modules.knowledge.shelf import Shelf

COUNT = 2 * 48 + 10


class Failing(HashedWords):
    """A model that fails from some call on."""

    def __init__(self, good: int) -> None:
        super().__init__()
        self.good = good

    async def embed(self, texts: Sequence[str], *, is_query: bool = False, with_words: bool = False) -> Embedded:
        """Return vectors, or fail."""
        if self.calls >= self.good:
            raise ModelUnavailable
        return await super().embed(texts, is_query=is_query, with_words=with_words)


@pytest.mark.parametrize("good", [0, 1, 2, 3])
async def test_what_the_model_gave_is_kept(installation: Installation, good: int) -> None:
    shelf = await Shelf(installation.ports.database).make()
    await shelf.put([f"chunk number {number}" for number in range(COUNT)])
    ctx = Context(installation.ports, system_principal(shelf.tenant))
    [target] = await vectors.find_targets(ctx, shelf.base_id)
    told: list[tuple[int, int]] = []

    async def progress(done: int, total: int) -> None:
        told.append((done, total))

    model = Failing(good)
    kept = min(good * 48, COUNT)
    if kept < COUNT:
        with pytest.raises(ModelUnavailable):
            await vectors.fill(ctx, target, model, None, progress)
    else:
        assert await vectors.fill(ctx, target, model, None, progress) == COUNT
    assert await shelf.count("knowledge_vectors") == kept
    assert told == [(min(48 * (each + 1), COUNT), COUNT) for each in range(good)]
    model.good = 99
    assert await vectors.fill(ctx, target, model, None, progress) == COUNT - kept
    assert await shelf.count("knowledge_vectors") == await shelf.count("knowledge_token_vectors") == COUNT


async def test_what_cannot_be_written_is_told(installation: Installation) -> None:
    """Also where it is the last batch, after which the model has nothing more to do."""
    shelf = await Shelf(installation.ports.database).make()
    await shelf.put(["one chunk"])
    ctx = Context(installation.ports, system_principal(shelf.tenant))
    [target] = await vectors.find_targets(ctx, shelf.base_id)

    async def progress(_done: int, _total: int) -> None:
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError):
        await vectors.fill(ctx, target, HashedWords(), None, progress)
