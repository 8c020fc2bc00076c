"""The platform's models: what they cost and can do, which tenants may use, which are left alone at the moment."""

from typing import Annotated

from fastapi import Path

from medea.kernel.web.llm import CircuitList, CircuitRead, ModelEntryUpdate
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import Text
from medea.modules.operations import service
from medea.modules.operations.errors import NotForYou
from medea.modules.operations.permissions import Operator
from medea.modules.operations.schemas import PlatformModelRead, PlatformModels
from medea.modules.tenancy import facade as tenancy

router = make_router("/operator", "Operating")
router.responses |= problems(NotForYou)


@router.get("/models")
async def list_platform_models(ctx: Operator) -> PlatformModels:
    """List the models that the platform offers, and those that something is written down of."""
    return PlatformModels(data=[PlatformModelRead.model_validate(row) for row in await service.list_models(ctx)])


@router.patch("/models/{model_name:path}", responses=problems(tenancy.InvalidModelEntry))
async def update_platform_model(
    model_name: Annotated[Text, Path(min_length=1, max_length=200)], body: ModelEntryUpdate, ctx: Operator
) -> PlatformModelRead:
    """Write down what a model of the platform costs and can do, or switch it off for all tenants.

    It concerns the platform's provider and the offline model; tenants' own providers are theirs.
    """
    row = await service.update_model(ctx, model_name, body.model_dump(exclude_unset=True))
    return PlatformModelRead.model_validate(row)


@router.get("/circuits")
async def list_open_circuits(ctx: Operator) -> CircuitList:
    """List providers and models, tenants' own included, that this process leaves alone because they kept failing."""
    return CircuitList(data=[CircuitRead.model_validate(circuit) for circuit in service.list_circuits(ctx)])
