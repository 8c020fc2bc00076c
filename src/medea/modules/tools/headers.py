"""Headers that a company gives to requests of its tools and to its MCP servers."""

import re
from collections.abc import Mapping

from medea.kernel.errors import FieldError

SECRET = re.compile(r"\{\{([A-Z][A-Z0-9_]*)\}\}")
"""What stands for a secret of the vault in a value."""
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_OURS = frozenset(
    {
        "accept-encoding", "connection", "content-length", "content-type", "cookie", "expect", "host",
        "idempotency-key", "keep-alive", "medea-signature", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent", "mcp-session-id", "mcp-protocol-version", "last-event-id",
    }
)  # fmt: skip


def header_faults(headers: Mapping[str, str]) -> list[FieldError]:
    """Return what is wrong with headers that hold `{{NAME}}` for secrets."""
    faults = []
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            faults.append(FieldError("headers", f"{name[:40]!r} is not a name of a header", "name"))
        elif name.lower() in _OURS:
            faults.append(FieldError("headers", f"{name} is set by the server and cannot be given", "reserved"))
        elif not value.isprintable() or not value.isascii():
            faults.append(FieldError("headers", f"the value of {name} must be one line of ASCII characters", "value"))
        elif "{{" in SECRET.sub("", value):
            faults.append(
                FieldError("headers", f"{name} has braces that name no secret like {{{{API_KEY}}}}", "secret")
            )
    return faults
