"""Models of the operator's provider: on the operator's account, so only those that the operator offers."""

import dataclasses

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.embeddings.fake import FakeEmbedders
from medea.kernel.settings import Settings
from medea.modules.knowledge.index.models import find_embedder, find_reranker
from tests.modules.knowledge.shop import make_base
from tests.modules.knowledge.test_documents import tenant_of
from tests.support.app import problem

FIELDS = ("embedding_model", "rerank_model")


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The operator offers one model, or none."""
    offered = settings.knowledge.model_copy(update={"platform_models": getattr(request, "param", ())})
    return settings.model_copy(update={"knowledge": offered})


@pytest.mark.parametrize("settings", [(), ("small",)], indirect=True, ids=["none", "another"])
@pytest.mark.parametrize("field", FIELDS)
async def test_what_the_operator_does_not_offer_is_refused(owner: AsyncClient, settings: Settings, field: str) -> None:
    given = {field: "platform:large"}
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}"
    answers = [
        await owner.post("/v1/knowledge-bases", json={"name": "Help", "settings": given}),
        await owner.patch(url, json={"settings": given}),
    ]
    if field == "rerank_model":
        answers.append(await owner.post(f"{url}/search", json={"query": "anything", "settings": given}))
    for answer in answers:
        [error] = problem(answer, 422, "knowledge.invalid_settings")["errors"]
        assert error["field"] == f"settings.{field}"
        assert ("platform:small" in error["message"]) == bool(settings.knowledge.platform_models)
    assert (await owner.get(url)).json()["settings"][field] is None


@pytest.mark.parametrize("settings", [("small",)], indirect=True)
async def test_what_the_operator_offers_is_taken(owner: AsyncClient) -> None:
    given = dict.fromkeys(FIELDS, "platform:small")
    base = await make_base(owner, **given)
    changed = await owner.patch(f"/v1/knowledge-bases/{base}", json={"settings": given})
    assert {field: changed.json()["settings"][field] for field in FIELDS} == given


@pytest.mark.parametrize("settings", [("small",)], indirect=True)
async def test_what_a_base_names_and_is_offered_no_more_is_not_called(
    owner: AsyncClient, installation: Installation
) -> None:
    embedders = FakeEmbedders()
    embedders.offer_platform()
    ctx = Context(
        dataclasses.replace(installation.ports, embedders=embedders), system_principal(await tenant_of(owner))
    )
    for find in (find_embedder, find_reranker):
        assert await find(ctx, "platform:small") is not None
        assert await find(ctx, "platform:large") is None
