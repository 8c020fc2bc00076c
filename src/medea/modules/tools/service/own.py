"""Tools that a company defines: requests to its own servers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql, UniqueViolation
from medea.kernel.errors import FieldError
from medea.kernel.ids import ToolCallId, ToolId
from medea.kernel.outbound.errors import OutboundRefused
from medea.modules.tools import caches, repository, vault, webhooks
from medea.modules.tools.builtin import NAMES
from medea.modules.tools.errors import ToolInvalid, ToolNameTaken, ToolNotFound, TooManyTools
from medea.modules.tools.headers import header_faults
from medea.modules.tools.mcp import repository as servers_tools
from medea.modules.tools.validation import SchemaInvalid, check_schema, find_faults
from medea.modules.tools.values import OwnTool, Reading, Request
from medea.modules.tools.webhooks import PLACEHOLDER, Exchange

MAX_TOOLS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a company says of a tool."""

    name: str
    description: str
    parameters: dict[str, Any]
    request: Request
    response: Reading
    timeout_seconds: float
    is_safe_to_repeat: bool
    is_public: bool


async def list_tools(ctx: Context) -> list[OwnTool]:
    """Return the company's tools by name."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.list_tools(sql)


async def get_tool(ctx: Context, tool_id: ToolId) -> OwnTool:
    """Return one.

    Raises:
        ToolNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        return await _get(sql, tool_id)


async def create_tool(ctx: Context, definition: Definition) -> tuple[OwnTool, str]:
    """Make a tool; return it with what its requests are signed with, which is shown this once.

    Raises:
        ToolInvalid: it cannot work.
        ToolNameTaken, TooManyTools: not now.
    """
    tool_id, now = ToolId.new(), ctx.now()
    secret, ciphertext = vault.new_signing(ctx, tool_id)
    tool = OwnTool(id=tool_id, signing_ciphertext=ciphertext, created_at=now, updated_at=now, **_members(definition))
    _check(ctx, tool)
    async with ctx.transaction() as sql:
        if len(await repository.list_tools(sql)) >= MAX_TOOLS:
            raise TooManyTools(limit=MAX_TOOLS)
        await _check_secrets(sql, tool)
        await _save(ctx, sql, tool)
    return tool, secret


async def update_tool(ctx: Context, tool_id: ToolId, changes: Mapping[str, Any]) -> OwnTool:
    """Change a tool; agents that use it do so from the next call on.

    Raises:
        ToolNotFound: there is none.
        ToolInvalid: it could not work then.
        ToolNameTaken: another one has the name.
    """
    async with ctx.transaction() as sql:
        before = await _get(sql, tool_id, for_update=True)
        tool = replace(before, updated_at=ctx.now(), **changes)
        _check(ctx, tool)
        await _check_secrets(sql, tool)
        await _save(ctx, sql, tool)
    return tool


async def delete_tool(ctx: Context, tool_id: ToolId) -> None:
    """Delete a tool; agents that name it go on without it.

    Raises:
        ToolNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        if not await repository.delete_tool(sql, tool_id):
            raise ToolNotFound()
        caches.forget_own_tools(ctx)


async def rotate_signing(ctx: Context, tool_id: ToolId) -> str:
    """Sign with another secret from now on, and return it.

    Raises:
        ToolNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        tool = await _get(sql, tool_id, for_update=True)
        secret, ciphertext = vault.new_signing(ctx, tool_id)
        await _save(ctx, sql, replace(tool, signing_ciphertext=ciphertext, updated_at=ctx.now()))
    return secret


async def try_tool(ctx: Context, tool_id: ToolId, arguments: dict[str, Any]) -> Exchange:
    """Make the request of a tool as a turn would, and tell all about it.

    Raises:
        ToolNotFound: there is none.
        ToolInvalid: the arguments do not fit its schema.
    """
    tool = await get_tool(ctx, tool_id)
    if faults := find_faults(tool.parameters, arguments):
        raise ToolInvalid(errors=[FieldError("arguments", fault, "schema") for fault in faults])
    return await webhooks.perform(ctx, tool, arguments, key=str(ToolCallId.new()))


async def _get(sql: Sql, tool_id: ToolId, *, for_update: bool = False) -> OwnTool:
    found = await repository.find_tool(sql, tool_id, for_update=for_update)
    if found is None:
        raise ToolNotFound()
    return found


async def _save(ctx: Context, sql: Sql, tool: OwnTool) -> None:
    if (owner := await servers_tools.find_name_owner(sql, tool.name)) is not None:
        raise ToolNameTaken(errors=[FieldError("name", f"is the name of {owner}; choose another one", "taken")])
    try:
        await repository.save_tool(sql, ctx.tenant, tool)
    except UniqueViolation as error:
        field = FieldError("name", "is taken by another tool", "taken")
        raise ToolNameTaken(errors=[field]) from error
    caches.forget_own_tools(ctx)


async def _check_secrets(sql: Sql, tool: OwnTool) -> None:
    """Refuse to send a secret to a host that it is not bound to."""
    host = webhooks.host_of(tool.request)
    named = await repository.sealed_secrets(sql, sorted(webhooks.secret_names(tool.request)))
    refusals = [vault.refusal_of(name, found.hosts, host) for name, found in named.items()]
    if faults := [FieldError("headers", refusal, "secret_host") for refusal in refusals if refusal]:
        raise ToolInvalid(errors=faults)


def _members(definition: Definition) -> dict[str, Any]:
    return {name: getattr(definition, name) for name in Definition.__dataclass_fields__}


def _check(ctx: Context, tool: OwnTool) -> None:
    faults = [*_name_faults(tool), *_schema_faults(tool), *_url_faults(ctx, tool), *header_faults(tool.request.headers)]
    if faults:
        raise ToolInvalid(errors=faults)


def _name_faults(tool: OwnTool) -> list[FieldError]:
    if tool.name in NAMES:
        return [FieldError("name", "is the name of a built-in tool; choose another one", "reserved")]
    return []


def _schema_faults(tool: OwnTool) -> list[FieldError]:
    try:
        check_schema(tool.parameters)
    except SchemaInvalid as error:
        return [FieldError("parameters", str(error), "schema")]
    return []


def _url_faults(ctx: Context, tool: OwnTool) -> list[FieldError]:
    """Refuse an address that the door would refuse, and placeholders that could change the server."""
    url = tool.request.url
    origin = re.match(r"[a-z]+://[^/?#]*", url, re.IGNORECASE)
    if origin is None or PLACEHOLDER.search(origin[0]) or "{" in origin[0]:
        return [FieldError("url", "must begin with https:// and a fixed host; placeholders come after it", "host")]
    if "#" in url:
        return [FieldError("url", "must have no fragment (#)", "fragment")]
    bare = PLACEHOLDER.sub("x", url)
    if "{" in bare or "}" in bare:
        return [FieldError("url", "has a brace that belongs to no placeholder like {order_id}", "placeholder")]
    try:
        ctx.ports.outbound.policy.check_url(bare)
    except OutboundRefused as error:
        return [FieldError("url", error.detail, "outbound_refused")]
    properties = tool.parameters.get("properties", {})
    unknown = sorted({name for name in PLACEHOLDER.findall(url) if name not in properties})
    return [FieldError("url", f"{name} is not a property of the schema", "placeholder") for name in unknown]
