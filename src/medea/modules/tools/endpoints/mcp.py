"""`/v1/mcp-servers`: MCP servers that a company connects, and their tools."""

from medea.kernel.ids import ServerId, ToolId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import Anyone
from medea.kernel.web.wire import ListOf
from medea.modules.tools.errors import (
    AuthorizationFailed,
    AuthorizationUnknown,
    ProgramNotAllowed,
    ServerInvalid,
    ServerNameTaken,
    ServerNotFound,
    ToolInvalid,
    ToolNameTaken,
    ToolNotFound,
    TooManyServers,
)
from medea.modules.tools.mcp.schemas import (
    AuthorizationAnswer,
    AuthorizationStart,
    McpClientRead,
    McpServerCreate,
    McpServerRead,
    McpServerUpdate,
    McpToolRead,
    McpToolsEnable,
    McpToolTrial,
    McpToolUpdate,
    McpUsableRead,
    ServerDetect,
    ServerDetected,
    ServerTrial,
)
from medea.modules.tools.permissions import Read, Write
from medea.modules.tools.schemas import ToolTry
from medea.modules.tools.service.mcp import authorizing, detecting, listing, servers, tools

router = make_router("/mcp-servers", "MCP servers")
usable = make_router("/mcp-tools", "MCP servers")
public = make_router("", "MCP servers", is_public=True)
_MISSING = problems(ServerNotFound)
_TOOL_MISSING = (ServerNotFound, ToolNotFound)
_REFUSED = (ServerInvalid, ProgramNotAllowed)


@router.get("")
async def list_mcp_servers(ctx: Read) -> ListOf[McpServerRead]:
    """List the connected servers by name, and how they are."""
    return ListOf(data=[McpServerRead.of(each) for each in await servers.list_servers(ctx)])


@router.post("/detect", responses=problems(ServerInvalid))
async def detect_mcp_server(body: ServerDetect, ctx: Write) -> ServerDetected:
    """Find out how a server wants to be connected, by asking it without credentials."""
    return ServerDetected.of(await detecting.detect(ctx, body.url))


@router.post("", status_code=201, responses=problems(*_REFUSED, ServerNameTaken, TooManyServers))
async def create_mcp_server(body: McpServerCreate, ctx: Write) -> McpServerRead:
    """Connect a server, and ask it what it offers; with OAuth that is asked once a person has agreed."""
    server = await servers.create_server(ctx, servers.Definition(**body.model_dump()))
    if server.auth != "oauth":
        await listing.refresh(ctx, server.id)
    return McpServerRead.of(await servers.get_server(ctx, server.id))


@router.post("/oauth/callback", responses=problems(AuthorizationUnknown, AuthorizationFailed))
async def finish_mcp_authorization(body: AuthorizationAnswer, ctx: Write) -> McpServerRead:
    """Take what an authorization server sent a person back with, in the session in which it was begun."""
    server = await authorizing.finish(
        ctx, state=body.state, code=body.code, issuer=body.iss, error=body.error, description=body.error_description
    )
    return McpServerRead.of(await servers.get_server(ctx, server.id))


@router.get("/{server_id}", responses=_MISSING)
async def get_mcp_server(server_id: ServerId, ctx: Read) -> McpServerRead:
    """Read a server."""
    return McpServerRead.of(await servers.get_server(ctx, server_id))


@router.patch("/{server_id}", responses=problems(ServerNotFound, *_REFUSED, ServerNameTaken))
async def update_mcp_server(server_id: ServerId, body: McpServerUpdate, ctx: Write) -> McpServerRead:
    """Change a server. Another address, or other credentials, are used from the next call on."""
    await servers.update_server(ctx, server_id, body.changes())
    return McpServerRead.of(await servers.get_server(ctx, server_id))


@router.delete("/{server_id}", status_code=204, responses=_MISSING)
async def delete_mcp_server(server_id: ServerId, ctx: Write) -> None:
    """Delete a server and its tools. Agents that name them go on without them."""
    await servers.delete_server(ctx, server_id)


@router.post("/{server_id}/test", responses=_MISSING)
async def try_mcp_server(server_id: ServerId, ctx: Write) -> ServerTrial:
    """Ask a server what it offers, and tell how that went; nothing is changed."""
    return ServerTrial.of(await listing.try_server(ctx, server_id))


@router.post("/{server_id}/refresh", responses=_MISSING)
async def refresh_mcp_server(server_id: ServerId, ctx: Write) -> McpServerRead:
    """Ask a server what it offers, and keep it. A failure is told as the state of the server."""
    await listing.refresh(ctx, server_id)
    return McpServerRead.of(await servers.get_server(ctx, server_id))


@router.post("/{server_id}/oauth/start", responses=problems(ServerNotFound, ServerInvalid, AuthorizationFailed))
async def start_mcp_authorization(server_id: ServerId, ctx: Write) -> AuthorizationStart:
    """Begin OAuth: send the person to the address of the answer; they come back to the dashboard."""
    return AuthorizationStart(authorization_url=await authorizing.start(ctx, server_id))


@router.get("/{server_id}/tools", responses=_MISSING)
async def list_mcp_tools(server_id: ServerId, ctx: Read) -> ListOf[McpToolRead]:
    """List what a server offers, and what of it agents may use."""
    return ListOf(data=[McpToolRead.of(each) for each in await tools.list_tools(ctx, server_id)])


@router.patch("/{server_id}/tools", responses=_MISSING)
async def enable_mcp_tools(server_id: ServerId, body: McpToolsEnable, ctx: Write) -> ListOf[McpToolRead]:
    """Let agents use tools, or not. Those that cannot be used stay as they are."""
    found = await tools.enable_tools(ctx, server_id, body.tool_ids, is_enabled=body.is_enabled)
    return ListOf(data=[McpToolRead.of(each) for each in found])


@router.patch("/{server_id}/tools/{tool_id}", responses=problems(*_TOOL_MISSING, ToolNameTaken, ToolInvalid))
async def update_mcp_tool(server_id: ServerId, tool_id: ToolId, body: McpToolUpdate, ctx: Write) -> McpToolRead:
    """Change how a tool is used: its name and description for the model, whether agents may use it."""
    return McpToolRead.of(await tools.update_tool(ctx, server_id, tool_id, body.changes()))


@router.post("/{server_id}/tools/{tool_id}/test", responses=problems(*_TOOL_MISSING, ToolInvalid))
async def try_mcp_tool(server_id: ServerId, tool_id: ToolId, body: ToolTry, ctx: Write) -> McpToolTrial:
    """Call a tool, for real, and show what the model would be told."""
    return McpToolTrial.model_validate(await tools.try_tool(ctx, server_id, tool_id, body.arguments))


@usable.get("")
async def list_usable_mcp_tools(ctx: Read) -> ListOf[McpUsableRead]:
    """List the tools of all servers that agents may use."""
    return ListOf(data=[McpUsableRead.of(each) for each in await tools.list_usable(ctx)])


@public.get("/mcp-client")
async def get_mcp_client(ctx: Anyone) -> McpClientRead:
    """Say who this installation is: an OAuth client whose id is the address of this document."""
    origin = ctx.ports.settings.dashboard_origin
    return McpClientRead(
        client_id=f"{origin}{authorizing.DOCUMENT}",
        client_name="Medea",
        client_uri=origin,
        redirect_uris=[authorizing.redirect_uri(ctx)],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        token_endpoint_auth_method="none",  # noqa: S106 - a word of OAuth
        application_type="web",
    )
