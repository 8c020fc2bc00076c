"""What models call the tools of servers: servers name them as they like, models and other tools set bounds."""

import re
from collections.abc import Mapping

from medea.modules.tools.builtin import NAMES

MAX_NAME = 60
_OTHERS = re.compile(r"[^A-Za-z0-9_-]+")


def give_name(remote: str, server: str, taken: Mapping[str, str]) -> tuple[str, str | None]:
    """Return a name that no other tool has, and why it is not the server's.

    Args:
        remote: what the server calls the tool.
        server: what the company calls the server.
        taken: who has a name, by name in lower case.
    """
    clean = _OTHERS.sub("_", remote).strip("_") or "tool"
    reason = None
    if clean != remote:
        reason = "models take letters, digits, _ and - alone"
    if len(clean) > MAX_NAME:
        clean, reason = clean[:MAX_NAME], f"names have at most {MAX_NAME} characters"
    owner = find_owner(clean, taken)
    if owner is None:
        return clean, reason
    prefix = _OTHERS.sub("_", server).strip("_").lower()[:20] or "mcp"
    name, number = f"{prefix}_{clean}"[:MAX_NAME], 1
    while find_owner(name, taken) is not None:
        number += 1
        name = f"{f'{prefix}_{clean}'[: MAX_NAME - 5]}_{number}"
    return name, f"{clean} is the name of {owner}"


def find_owner(name: str, taken: Mapping[str, str]) -> str | None:
    """Return who has a name, in words; None: nobody."""
    if name.lower() in NAMES:
        return "a built-in tool"
    return taken.get(name.lower())
