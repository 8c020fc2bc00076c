"""Making tools of the operations of an OpenAPI document."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from medea.kernel.context import Context
from medea.kernel.errors import FieldError
from medea.modules.tools.errors import ToolInvalid, ToolNameTaken, TooManyTools
from medea.modules.tools.openapi import Operation, Unusable, read_operations
from medea.modules.tools.service import own
from medea.modules.tools.values import OwnTool, Reading

MAX_AT_ONCE = 50
_HARMLESS = frozenset({"GET", "PUT", "DELETE"})


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an operation.

    Attributes:
        tool: with its signing secret; None where none was made.
        problem: why none can be.
    """

    operation: Operation
    tool: OwnTool | None = None
    signing_secret: str | None = None
    problem: str | None = None


async def import_document(
    ctx: Context,
    document: Mapping[str, Any],
    *,
    found_at: str = "",
    base_url: str | None,
    headers: dict[str, str],
    operations: Collection[str] | None,
) -> list[Imported]:
    """Make a tool of each chosen operation; None chooses none and shows them all.

    What cannot be a tool says why, and the others are made.

    Args:
        ctx: whose tools they become.
        document: OpenAPI 3.
        found_at: where it was fetched, if it was.
        base_url: instead of the document's first server.
        headers: of every request of these tools.
        operations: by their ids.

    Raises:
        ToolInvalid: it is no such document, or an operation is not in it.
    """
    try:
        found = await asyncio.to_thread(
            read_operations, document, base_url=base_url, headers=headers, found_at=found_at
        )
    except Unusable as error:
        raise ToolInvalid(errors=[FieldError("document", str(error), "openapi")]) from error
    if operations is None:
        return [Imported(each, problem=each.problem) for each in found]
    unknown = sorted(set(operations) - {each.id for each in found})
    if unknown:
        raise ToolInvalid(errors=[FieldError("operations", f"{unknown[0]} is not in the document", "unknown")])
    return [await _import_one(ctx, each) for each in found if each.id in operations]


async def _import_one(ctx: Context, operation: Operation) -> Imported:
    if operation.request is None:
        return Imported(operation, problem=operation.problem)
    definition = own.Definition(
        name=operation.name,
        description=operation.description,
        parameters=operation.parameters,
        request=operation.request,
        response=Reading(),
        timeout_seconds=15.0,
        is_safe_to_repeat=operation.request.method in _HARMLESS,
        is_public=False,
    )
    try:
        tool, secret = await own.create_tool(ctx, definition)
    except (ToolInvalid, ToolNameTaken, TooManyTools) as error:
        words = "; ".join(f"{fault.field}: {fault.message}" for fault in error.errors) or error.detail
        return Imported(operation, problem=words)
    return Imported(operation, tool, secret)
