"""What went wrong, out of what the SDK raises: one sentence, and a kind that code can go by."""

from typing import Any

import mcp_types as wire
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.transport import DoorTransport
from medea.kernel.text import clean_text


def of_connecting(error: BaseException, through: DoorTransport | None) -> McpFailed:
    """Return why no connection came about."""
    found = _first(error)
    if through is not None and through.failure is not None:
        return through.failure
    if isinstance(found, MCPError | ValidationError | RuntimeError):
        return in_words(found, through)
    if through is not None and through.status >= 400:
        return _status(through.status)
    if isinstance(found, OSError):
        return McpFailed("The program cannot be started.", kind="unreachable", is_undone=True)
    return McpFailed("This address does not answer as an MCP server does. Is its path right?", kind="not_mcp")


def in_words(error: Exception, through: DoorTransport | None) -> McpFailed:
    """Return why a request has no result."""
    if isinstance(error, McpFailed):
        return error
    if isinstance(error, TimeoutError):
        return McpFailed("The server did not answer in time; it may have done its work all the same.", kind="timeout")
    if isinstance(error, ValidationError):
        place = ".".join(map(str, error.errors()[0]["loc"]))[:100] if error.error_count() else ""
        return McpFailed(f"The server's answer does not follow the protocol ({place or 'its shape'}).", kind="not_mcp")
    if not isinstance(error, MCPError):
        return McpFailed("The server's answer does not follow the protocol.", kind="not_mcp")
    return _of_protocol(error, through)


def _of_protocol(error: MCPError, through: DoorTransport | None) -> McpFailed:
    said = clean_text(error.message)
    if through is not None and (failure := through.read_failure(error.code, said, error.data)) is not None:
        return failure
    if error.code == wire.CONNECTION_CLOSED:
        return McpFailed("The connection to the server broke.", kind="unreachable")
    if "too large" in said or "exceed" in said.lower():
        return McpFailed("The server's answer is too large; ask for less.", kind="too_large")
    if said.startswith("Unexpected content type"):
        what = said.partition(":")[2].strip() or "nothing"
        words = f"This address answers with {what}, not as an MCP server does. Is its path right?"
        return McpFailed(words, kind="not_mcp")
    if said.startswith("Failed to parse"):
        return McpFailed("The server's answer is not what the protocol says (no valid JSON-RPC).", kind="not_mcp")
    if said == "Session terminated":
        return McpFailed("The server has ended the session.", kind="unreachable", is_undone=True)
    if said in {"Server returned an error response", "Not Found"} and through is not None:
        return _of_status(said, through)
    return McpFailed(f"The server refused this: {said or 'without a reason'}", kind="rejected")


def _of_status(said: str, through: DoorTransport) -> McpFailed:
    """Return what the SDK's stand-in for an answer without words means."""
    if not through.is_open and through.status >= 400:
        return _status(through.status)
    return _status(404) if said == "Not Found" else McpFailed("The server answered with an error.", kind="rejected")


def _status(status: int) -> McpFailed:
    if status in {404, 405, 410}:
        words = f"The server answered with status {status}: there is no MCP server at this address. Is its path right?"
        return McpFailed(words, kind="not_mcp", is_undone=True)
    return McpFailed(f"The server answered with status {status}.", kind="rejected")


def _first(error: BaseException) -> Any:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
