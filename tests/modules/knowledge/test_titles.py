"""Titles in vectors: those that somebody wrote, not the names of files."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.embeddings.fake import FakeEmbedders, HashedWords
from medea.kernel.embeddings.port import Embedded
from tests.modules.knowledge.shop import make_base, settled


class Remembering(HashedWords):
    """Keeps what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str], **how: Any) -> Embedded:
        self.texts += texts
        return await super().embed(texts, **how)


async def test_only_what_was_written_as_a_title_is_embedded(
    installation: Installation, owner: AsyncClient, working: Installation
) -> None:
    made, model = FakeEmbedders(), Remembering()
    made.model = model
    installation.ports = dataclasses.replace(installation.ports, embedders=made)
    base = await make_base(owner, embedding_model="medea/minilm")
    url = f"/v1/knowledge-bases/{base}/documents"
    written = (await owner.post(url, json={"name": "Opening hours", "text": "We open at nine."})).json()
    text = (await owner.post(url, files={"file": ("IMG_0034 final(2).txt", b"We close at six.")})).json()
    for document in (written, text):
        assert (await settled(owner, document["id"]))["status"] == "ready"
    assert sorted(model.texts) == ["Opening hours\nWe open at nine.", "We close at six."]
    model.texts.clear()
    again = {"file": ("scan.txt", b"We are closed on Sundays.")}
    await owner.put(f"/v1/documents/{written['id']}/content", files=again)
    await settled(owner, written["id"])
    assert model.texts == ["We are closed on Sundays."], "what is in a file now has a file's name"
