"""Why a server could not be used, in words for whoever connected it."""

from collections.abc import Callable
from typing import Literal

from medea.kernel.errors import AppError

_SHOWN = 400  # characters of what is shown, most of them a server's own

Kind = Literal["unreachable", "refused", "timeout", "unauthorized", "not_mcp", "too_large", "rejected", "busy"]


class McpFailed(AppError):
    """The MCP server could not be used.

    Args:
        words: one sentence that says what is wrong and what to do. It may quote the server, whatever that
            echoes and at any length: it is shown through `shown` alone.
        kind: `unreachable`: no connection. `refused`: the door lets nothing through to it. `timeout`: no answer in
            time. `unauthorized`: it wants other credentials. `not_mcp`: it answers, but not as an MCP server.
            `too_large`: an answer exceeds the bound. `rejected`: it answered with an error. `busy`: the bounds on
            connections are reached.
        challenge: the server's `WWW-Authenticate`, for `unauthorized`.
        is_undone: nothing can have happened on the other side.
    """

    status = 502
    title = "MCP server failed"
    code = "mcp.failed"

    def __init__(self, words: str, *, kind: Kind, challenge: str = "", is_undone: bool = False) -> None:
        super().__init__(words, kind=kind)
        self.kind: Kind = kind
        self.challenge = challenge
        self.is_undone = is_undone

    def after(self, words: str) -> "McpFailed":
        """Return the same failure behind other words, which are not cut away when it is shown."""
        return McpFailed(f"{words} {self.detail}", kind=self.kind, challenge=self.challenge, is_undone=self.is_undone)

    def shown(self, mask: Callable[[str], str] = str) -> "McpFailed":
        """Return the same failure in words that may be shown.

        Args:
            mask: takes secrets out; it is given the words whole, as half a secret is not found.
        """
        words = cut(mask(self.detail))
        return McpFailed(words, kind=self.kind, challenge=self.challenge, is_undone=self.is_undone)


def cut(words: str) -> str:
    """Return as much of what another server said as is shown."""
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
