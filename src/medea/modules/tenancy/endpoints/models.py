"""The models that agents may name: the offer, the catalogue, what is written down of them, and their health."""

from typing import Annotated

from fastapi import Path, Query

from medea.kernel.context import Context
from medea.kernel.web.llm import CircuitList, CircuitRead, ModelEntryUpdate
from medea.kernel.web.problems import NoSuchAddress, problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import requires
from medea.kernel.web.wire import Text
from medea.modules.tenancy.errors import InvalidModelEntry, ModelEntryNotFound
from medea.modules.tenancy.permissions import READ, Write
from medea.modules.tenancy.schemas.providers import CatalogueRead, ModelEntryRead, ModelList, ModelRead
from medea.modules.tenancy.service import entries, models

router = make_router("/llm", "Models")

Reader = Annotated[Context, requires(READ, "agents:read")]
ModelName = Annotated[Text, Path(min_length=1, max_length=200, description="as agents name it; may hold slashes")]


@router.get("/models")
async def list_models(ctx: Reader) -> ModelList:
    """List what an agent's `model` may name. A provider knows more names than its default one: any may be used."""
    return ModelList(data=[ModelRead.model_validate(model) for model in await models.list_models(ctx)])


@router.get("/catalogue")
async def search_catalogue(
    ctx: Reader,
    search: Annotated[Text, Query(max_length=200, description="words of the model's or its provider's name")] = "",
    provider: Annotated[Text | None, Query(max_length=100, description="`offline`, `platform`, or an id")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> CatalogueRead:
    """Search all models that the company's providers are known to have, what is on offer first."""
    rows = await models.search_catalogue(ctx, search=search, provider=provider)
    return CatalogueRead(data=[ModelRead.model_validate(row) for row in rows[:limit]], total=len(rows))


@router.patch("/catalogue/{model_name:path}", responses=problems(InvalidModelEntry, NoSuchAddress))
async def update_model_entry(model_name: ModelName, body: ModelEntryUpdate, ctx: Write) -> ModelEntryRead:
    """Write down what a model costs and can do, or switch it off for the company's agents."""
    entry = await entries.update_entry(ctx, model_name, body.model_dump(exclude_unset=True))
    return ModelEntryRead(model=model_name, is_enabled=entry.is_enabled, **entry.said)


@router.delete("/catalogue/{model_name:path}", status_code=204, responses=problems(ModelEntryNotFound))
async def delete_model_entry(model_name: ModelName, ctx: Write) -> None:
    """Forget what was written down of a model: the list's facts apply again, and agents may use it."""
    await entries.delete_entry(ctx, model_name)


@router.get("/health")
async def list_circuits(ctx: Reader) -> CircuitList:
    """List the providers and models that are left alone because they kept failing, as this process sees it."""
    return CircuitList(data=[CircuitRead.model_validate(circuit) for circuit in await models.list_circuits(ctx)])
