"""Getting an OpenAPI document from where it is published."""

import asyncio
import json
import re
from typing import Any, NoReturn

from medea.kernel.context import Context
from medea.kernel.errors import FieldError
from medea.kernel.outbound.errors import OutboundRefused, OutboundTimeout, OutboundTooLarge, OutboundUnreachable
from medea.kernel.text import clean_value
from medea.modules.tools.errors import ToolInvalid

MAX_DOCUMENT = 8_000_000
"""Bytes of a document that is fetched: those of large products have several megabytes."""
_MAX_PARTS = 500_000  # members and entries, roughly; in memory each may take 200 bytes
_REDIRECTS = 3
_YAML = re.compile(r"\s*(#.*\n\s*)*[\"']?(openapi|swagger)[\"']?\s*:")


async def fetch_document(ctx: Context, url: str) -> tuple[dict[str, Any], str]:
    """Return the document at an address, and the address after redirects. No transaction may be open.

    Raises:
        ToolInvalid: the address is refused, gives nothing, or no JSON object; `errors` says which.
    """
    try:
        answer = await ctx.ports.outbound.request(
            "GET", url, headers={"Accept": "application/json, */*;q=0.1", "User-Agent": "medea"},
            max_redirects=_REDIRECTS, max_bytes=MAX_DOCUMENT,
        )  # fmt: skip
    except OutboundRefused as error:
        _refuse(f"is refused: {error.detail}")
    except OutboundTimeout:
        _refuse("gave no answer in time")
    except OutboundTooLarge:
        _refuse("gives a document that is too large; take the part of it that you need, as a file")
    except OutboundUnreachable:
        _refuse("cannot be reached")
    if answer.status != 200:
        _refuse(f"answered with status {answer.status}; it must give the document without a login")
    return await asyncio.to_thread(_read, answer.body), answer.url


def _read(body: bytes) -> dict[str, Any]:
    """Read an answer; in a thread, as it may be large."""
    if sum(body.count(sign) for sign in (b",", b"{", b"[")) > _MAX_PARTS:
        _refuse("gives a document that has too many parts; take those that you need, as a file")
    text = body.decode("utf-8-sig", "replace")
    try:
        found = clean_value(json.loads(text))
    except (ValueError, RecursionError) as error:
        if text.lstrip()[:1] == "<":
            _refuse("gives a web page, not a document; look there for the link to openapi.json")
        if _YAML.match(text):
            _refuse("gives YAML; give the address of the document as JSON, or convert it")
        _refuse(f"gives no valid JSON ({str(error)[:200]})")
    if not isinstance(found, dict):
        _refuse("gives JSON that is no object, so no OpenAPI document")
    return found


def _refuse(message: str) -> NoReturn:
    raise ToolInvalid(f"The address {message}.", errors=[FieldError("document_url", message, "document")])
