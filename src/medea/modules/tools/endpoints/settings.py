"""`/v1/tool-settings`."""

from collections.abc import Sequence

from medea.kernel.context import Context
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.modules.tools.errors import ToolInvalid
from medea.modules.tools.permissions import Read, Write
from medea.modules.tools.schemas import ToolSettingsRead, ToolSettingsUpdate, TurnLimitsRead
from medea.modules.tools.service import settings as service

router = make_router("", "Tools")


@router.get("/tool-settings")
async def get_tool_settings(ctx: Read) -> ToolSettingsRead:
    """Read which sites `fetch_page` may read, and how far turns may go with tools."""
    return _read(ctx, await service.get_fetch_hosts(ctx))


@router.patch("/tool-settings", responses=problems(ToolInvalid))
async def update_tool_settings(body: ToolSettingsUpdate, ctx: Write) -> ToolSettingsRead:
    """Replace the sites that `fetch_page` may read, such as `docs.example.com` or `*.example.com`."""
    return _read(ctx, await service.set_fetch_hosts(ctx, body.fetch_hosts))


def _read(ctx: Context, hosts: Sequence[str]) -> ToolSettingsRead:
    limits = TurnLimitsRead.model_validate(ctx.ports.settings.tools)
    return ToolSettingsRead(fetch_hosts=list(hosts), turn_limits=limits)
