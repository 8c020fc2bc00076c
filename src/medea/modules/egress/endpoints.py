"""`/v1/egress-calls`: where the company's work led."""

from typing import Annotated, Literal

from fastapi import Query

from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import Line, ListOf, Paging
from medea.modules.egress import service
from medea.modules.egress.permissions import Read
from medea.modules.egress.schemas import EgressCallRead

router = make_router("/egress-calls", "Egress")

Purpose = Literal["model", "tool", "webhook", "page", "crawl", "mcp", "other"]


@router.get("")
async def list_egress_calls(
    ctx: Read,
    page: Paging,
    host: Annotated[Line | None, Query(max_length=253, description="part of the host's name")] = None,
    purpose: Annotated[Purpose | None, Query(description="only these")] = None,
    refused: Annotated[bool | None, Query(description="true: only those without an answer")] = None,
) -> ListOf[EgressCallRead]:
    """List the requests that this company's work sent out, or that were refused, the newest first.

    They appear after about a second and are kept for some days (7, and 20,000 of them, unless the operator says
    otherwise).
    """
    found = await service.list_calls(ctx, page, host=host, purpose=purpose, is_refused=refused)
    return ListOf[EgressCallRead].of(found, EgressCallRead.model_validate)
