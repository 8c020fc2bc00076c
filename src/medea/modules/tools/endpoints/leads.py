"""`/v1/leads`: what visitors filled in."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse

from medea.kernel.context import Context
from medea.kernel.errors import FieldError, Invalid
from medea.kernel.ids import AgentId, LeadId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Moment, Paging
from medea.modules.tools.errors import LeadNotFound
from medea.modules.tools.permissions import ReadLeads, WriteLeads
from medea.modules.tools.queries import LeadFilter
from medea.modules.tools.schemas import LeadRead
from medea.modules.tools.service import leads as service

router = make_router("/leads", "Leads")
_MISSING = problems(LeadNotFound)
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "a table, UTF-8, a column for each field that was filled in",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


def _wanted(
    agent_id: Annotated[AgentId | None, Query(description="of this agent only")] = None,
    after: Annotated[Moment | None, Query(description="filled in at that moment or later; with a zone")] = None,
    before: Annotated[Moment | None, Query(description="filled in earlier; with a zone")] = None,
) -> LeadFilter:
    return LeadFilter(agent_id, _moment("after", after), _moment("before", before))


def _moment(name: str, given: datetime | None) -> datetime | None:
    """Return a moment in UTC."""
    if given is None:
        return None
    if given.tzinfo is None:
        message = "needs a time zone, such as 2026-01-31T00:00:00Z"
        raise Invalid(f"{name}: {message}", errors=[FieldError(name, message, "zone")])
    try:
        return given.astimezone(UTC)
    except OverflowError:
        message = "lies outside the years 1 to 9999"
        raise Invalid(f"{name}: {message}", errors=[FieldError(name, message, "zone")]) from None


Wanted = Annotated[LeadFilter, Depends(_wanted)]


@router.get("")
async def list_leads(ctx: ReadLeads, wanted: Wanted, page: Paging) -> ListOf[LeadRead]:
    """List what visitors filled in, newest first."""
    return ListOf[LeadRead].of(await service.list_leads(ctx, wanted, page), LeadRead.model_validate)


@router.get("/export", response_class=StreamingResponse, responses=_TABLE)
async def export_leads(ctx: ReadLeads, wanted: Wanted) -> StreamingResponse:
    """Take out what visitors filled in as a CSV table, all of it."""
    own = Context(ctx.ports, ctx.principal, correlation_id=ctx.correlation_id)  # it outlives the request's own
    headers = {"content-disposition": 'attachment; filename="leads.csv"', "cache-control": "private, no-store"}
    return StreamingResponse(service.export_leads(own, wanted), headers=headers, media_type="text/csv; charset=utf-8")


@router.get("/{lead_id}", responses=_MISSING)
async def get_lead(lead_id: LeadId, ctx: ReadLeads) -> LeadRead:
    """Read what a visitor filled in."""
    return LeadRead.model_validate(await service.get_lead(ctx, lead_id))


@router.delete("/{lead_id}", status_code=204, responses=_MISSING)
async def delete_lead(lead_id: LeadId, ctx: WriteLeads) -> None:
    """Delete what a visitor filled in; the conversation stays as it is."""
    await service.delete_lead(ctx, lead_id)
