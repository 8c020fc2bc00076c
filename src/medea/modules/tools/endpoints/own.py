"""`/v1/tools`: the company's own tools."""

from medea.kernel.ids import ToolId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf
from medea.modules.tools.builtin import BUILTIN
from medea.modules.tools.errors import ToolInvalid, ToolNameTaken, ToolNotFound, TooManyTools
from medea.modules.tools.permissions import Read, Write
from medea.modules.tools.schemas import (
    BuiltinRead,
    ImportRead,
    SigningSecretRead,
    ToolCreate,
    ToolCreated,
    ToolImport,
    ToolRead,
    ToolTrial,
    ToolTry,
    ToolUpdate,
)
from medea.modules.tools.service import fetching, importing
from medea.modules.tools.service import own as service
from medea.modules.tools.values import Reading, Request

router = make_router("/tools", "Tools")
_MISSING = problems(ToolNotFound)
_HARMLESS = frozenset({"GET", "PUT", "DELETE"})  # idempotent by RFC 9110


@router.get("")
async def list_tools(ctx: Read) -> ListOf[ToolRead]:
    """List the company's own tools by name."""
    return ListOf(data=[ToolRead.of(tool) for tool in await service.list_tools(ctx)])


@router.get("/builtin")
async def list_builtin_tools(ctx: Read) -> ListOf[BuiltinRead]:
    """List the tools that every agent can be given."""
    tools = [tool for tool, _ in BUILTIN.values()]
    found = [BuiltinRead(name=t.name, description=t.description, parameters=dict(t.parameters)) for t in tools]
    return ListOf(data=found)


@router.post("", status_code=201, responses=problems(ToolInvalid, ToolNameTaken, TooManyTools))
async def create_tool(body: ToolCreate, ctx: Write) -> ToolCreated:
    """Define a tool. The 201 alone carries what its requests are signed with."""
    is_safe = body.method in _HARMLESS if body.is_safe_to_repeat is None else body.is_safe_to_repeat
    definition = service.Definition(
        name=body.name,
        description=body.description,
        parameters=body.parameters,
        request=Request(method=body.method, url=body.url, headers=body.headers),
        response=Reading(path=body.response_path),
        timeout_seconds=body.timeout_seconds,
        is_safe_to_repeat=is_safe,
        is_public=body.is_public,
    )
    return ToolCreated.with_secret(*await service.create_tool(ctx, definition))


@router.post("/import", responses=problems(ToolInvalid))
async def import_tools(body: ToolImport, ctx: Write) -> ListOf[ImportRead]:
    """Show the operations of an OpenAPI document, or make tools of those that `operations` names."""
    document, found_at = body.document or {}, ""
    if body.document_url is not None:
        document, found_at = await fetching.fetch_document(ctx, body.document_url)
    found = await importing.import_document(
        ctx,
        document,
        found_at=found_at,
        base_url=body.base_url,
        headers=body.headers,
        operations=body.operations,
    )
    return ListOf(data=[_imported(each) for each in found])


def _imported(each: importing.Imported) -> ImportRead:
    made = None
    if each.tool is not None and each.signing_secret is not None:
        made = ToolCreated.with_secret(each.tool, each.signing_secret)
    request = each.operation.request
    return ImportRead(
        operation=each.operation.id,
        name=each.operation.name,
        description=each.operation.description,
        method=None if request is None else request.method,
        url=None if request is None else request.url,
        tool=made,
        problem=each.problem,
    )


@router.get("/{tool_id}", responses=_MISSING)
async def get_tool(tool_id: ToolId, ctx: Read) -> ToolRead:
    """Read a tool."""
    return ToolRead.of(await service.get_tool(ctx, tool_id))


@router.patch("/{tool_id}", responses=problems(ToolNotFound, ToolInvalid, ToolNameTaken))
async def update_tool(tool_id: ToolId, body: ToolUpdate, ctx: Write) -> ToolRead:
    """Change a tool. Agents use it as it is from their next call on."""
    changes = body.changes(await service.get_tool(ctx, tool_id))
    return ToolRead.of(await service.update_tool(ctx, tool_id, changes))


@router.delete("/{tool_id}", status_code=204, responses=_MISSING)
async def delete_tool(tool_id: ToolId, ctx: Write) -> None:
    """Delete a tool. Agents that name it go on without it."""
    await service.delete_tool(ctx, tool_id)


@router.post("/{tool_id}/signing-secret", responses=_MISSING)
async def rotate_signing_secret(tool_id: ToolId, ctx: Write) -> SigningSecretRead:
    """Sign with another secret from now on; it is shown this once."""
    return SigningSecretRead(signing_secret=await service.rotate_signing(ctx, tool_id))


@router.post("/{tool_id}/test", responses=problems(ToolNotFound, ToolInvalid))
async def try_tool(tool_id: ToolId, body: ToolTry, ctx: Write) -> ToolTrial:
    """Make the tool's request, for real, and show request and answer. A failure of the server is an answer, too."""
    return ToolTrial.model_validate(await service.try_tool(ctx, tool_id, body.arguments))
