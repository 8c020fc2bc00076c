"""`/v1/tool-settings` and `/v1/leads`."""

from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.tools.errors import ToolInvalid
from medea.modules.tools.permissions import Read, Write
from medea.modules.tools.schemas import LeadRead, ToolSettingsRead, ToolSettingsUpdate
from medea.modules.tools.service import forms
from medea.modules.tools.service import settings as service

router = make_router("", "Tools")


@router.get("/tool-settings")
async def get_tool_settings(ctx: Read) -> ToolSettingsRead:
    """Read which sites `fetch_page` may read."""
    return ToolSettingsRead(fetch_hosts=await service.get_fetch_hosts(ctx))


@router.patch("/tool-settings", responses=problems(ToolInvalid))
async def update_tool_settings(body: ToolSettingsUpdate, ctx: Write) -> ToolSettingsRead:
    """Replace the sites that `fetch_page` may read, such as `docs.example.com` or `*.example.com`."""
    return ToolSettingsRead(fetch_hosts=await service.set_fetch_hosts(ctx, body.fetch_hosts))


@router.get("/leads")
async def list_leads(ctx: Read, page: Paging) -> ListOf[LeadRead]:
    """List what visitors filled in, newest first."""
    return ListOf[LeadRead].of(await forms.list_leads(ctx, page), LeadRead.model_validate)
