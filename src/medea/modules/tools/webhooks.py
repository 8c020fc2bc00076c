"""Calling a tenant's own server: the request from its template, signed; the answer read and bounded.

The signature: header `Medea-Signature: t=<seconds since 1970>,v1=<hex>`, where the latter is HMAC-SHA256 under the
tool's signing secret of `<t>.<METHOD>.<path and query>.<body>`. Whoever receives it compares in constant time and
refuses a `t` that is more than five minutes off. `Idempotency-Key` is the id of the call, the same for every try.
"""

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from yarl import URL

from medea.kernel.context import Context
from medea.kernel.errors import AppError
from medea.kernel.outbound.client import OutboundResponse
from medea.kernel.outbound.errors import OutboundRefused, OutboundTimeout, OutboundTooLarge, OutboundUnreachable
from medea.kernel.text import clean_text
from medea.modules.tools import hosts, pages, vault
from medea.modules.tools.errors import ToolFailed
from medea.modules.tools.masking import Masking
from medea.modules.tools.values import OwnTool, Request

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
SECRET = re.compile(r"\{\{([A-Z][A-Z0-9_]*)\}\}")
_PAUSES = (0.3, 1.0)  # seconds before the second and third try
_AGAIN = frozenset({429, 500, 502, 503, 504})
_SHOWN = 300  # characters of a refusal that the model is told


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent and what came back, secrets masked: for whoever tries a tool out.

    Attributes:
        status: None where there was no answer.
        result: what the model would be shown.
        error: what it would be told instead.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    status: int | None = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    result: Any = None
    error: str | None = None
    duration_ms: int = 0


async def call(ctx: Context, tool: OwnTool, arguments: dict[str, Any], *, key: str) -> Any:
    """Make the request of a tool and return what its answer gives.

    Raises:
        ToolFailed: in words for the model.
    """
    exchange = await perform(ctx, tool, arguments, key=key)
    if exchange.error is not None:
        raise ToolFailed(exchange.error)
    return exchange.result


async def perform(ctx: Context, tool: OwnTool, arguments: dict[str, Any], *, key: str) -> Exchange:
    """Make the request of a tool and tell all about it; no failure of the other side is raised."""
    begun = time.perf_counter()
    try:
        secrets = await vault.open_secrets(ctx, sorted(secret_names(tool.request)), host=host_of(tool.request))
        mask = Masking(secrets.values())
        url, body = fill(tool.request, arguments)
        headers = {name: _unveiled(value, secrets) for name, value in tool.request.headers.items()}
    except ToolFailed as failure:
        return Exchange(tool.request.method, tool.request.url, dict(tool.request.headers), "", error=failure.detail)
    headers |= {"Accept": "application/json", "User-Agent": "medea", "Idempotency-Key": key}
    if body:
        headers["Content-Type"] = "application/json"
    sent = Exchange(tool.request.method, url, dict(tool.request.headers), mask.text(body.decode()))
    answer: OutboundResponse | None = None
    error: str | None = None
    try:
        answer = await _send(ctx, tool, url, headers, body)
    except AppError as failure:
        error = _in_words(failure)
    spent = round((time.perf_counter() - begun) * 1000)
    if answer is None:
        return replace(sent, error=error, duration_ms=spent)
    return await asyncio.to_thread(_received, sent, tool, answer, mask, spent)


def _received(sent: Exchange, tool: OwnTool, answer: OutboundResponse, mask: Masking, spent: int) -> Exchange:
    """Read an answer; in a thread, as it may be large, or made to cost."""
    text = clean_text(answer.body.decode("utf-8", "replace"))
    kind = answer.headers.get("content-type", "")
    result, error = None, None
    if 200 <= answer.status < 300:
        try:
            result = mask.value(read_answer(text, kind, tool.response.path))
        except ToolFailed as failure:
            error = failure.detail
    text = _shown(text, mask)
    if not 200 <= answer.status < 300:
        said = mask.text(_refusal(text, kind))[:_SHOWN]
        error = f"The server answered with status {answer.status}" + (f": {said}" if said else ".")
    shown = {name: mask.text(value) for name, value in answer.headers.items()}
    return replace(
        sent,
        status=answer.status,
        answer_headers=shown,
        answer=text[:20_000],
        result=result,
        error=error,
        duration_ms=spent,
    )


async def _send(ctx: Context, tool: OwnTool, url: str, headers: dict[str, str], body: bytes) -> OutboundResponse:
    """Send the request; again, where nothing is changed by it and another try may help."""
    signing = vault.open_signing(ctx, tool)
    pauses = iter(_PAUSES if tool.is_safe_to_repeat else ())
    while True:
        signed = headers | {"Medea-Signature": sign(signing, tool.request.method, url, body, at=int(time.time()))}
        answer: OutboundResponse | None = None
        failure: AppError | None = None
        try:
            answer = await ctx.ports.outbound.request(
                tool.request.method,
                url,
                headers=signed,
                body=body or None,
                timeout=tool.timeout_seconds,
                purpose="tool",
            )
        except (OutboundTimeout, OutboundUnreachable) as error:
            failure = error
        pause = next(pauses, None)
        if pause is None or (answer is not None and answer.status not in _AGAIN):
            if answer is None:
                assert failure is not None  # noqa: S101 - one of both is there
                raise failure
            return answer
        await asyncio.sleep(pause)


def sign(secret: str, method: str, url: str, body: bytes, *, at: int) -> str:
    """Return the value of `Medea-Signature`; see the head of this file."""
    target = URL(url).raw_path_qs  # as the door writes it: not all that is escaped here is escaped there
    signed = f"{at}.{method}.{target}.".encode() + body
    return f"t={at},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def fill(request: Request, arguments: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return URL and body of a request with these arguments.

    A part of the query whose argument is not given is left out: what a tool needs, its schema says.

    Raises:
        ToolFailed: an argument that the path needs is missing, or is none that a path can hold.
    """
    used: set[str] = set()
    path, _, query = request.url.partition("?")
    pairs = [pair for pair in query.split("&") if pair and arguments.keys() >= set(PLACEHOLDER.findall(pair))]

    def in_path(found: re.Match[str]) -> str:
        value = _argument(arguments, found[1], used)
        if value in {"", ".", ".."}:
            raise ToolFailed(f"The argument {found[1]} must not be empty or dots.")
        return quote(value, safe="")

    def in_query(found: re.Match[str]) -> str:
        return quote(_argument(arguments, found[1], used), safe="")

    url = PLACEHOLDER.sub(in_path, path)
    if pairs:
        url += "?" + PLACEHOLDER.sub(in_query, "&".join(pairs))
    rest = {name: value for name, value in arguments.items() if name not in used}
    if request.has_body:
        return url, json.dumps(rest, ensure_ascii=False).encode()
    if rest:
        url += ("&" if pairs else "?") + urlencode({name: _as_text(value) for name, value in rest.items()})
    return url, b""


def _argument(arguments: Mapping[str, Any], name: str, used: set[str]) -> str:
    used.add(name)
    if name not in arguments:
        raise ToolFailed(f"The argument {name} is needed for the address.")
    return _as_text(arguments[name])


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def secret_names(request: Request) -> set[str]:
    """Return the names of the secrets that a request holds."""
    return {name for value in request.headers.values() for name in SECRET.findall(value)}


def host_of(request: Request) -> str:
    """Return the host that a request goes to: placeholders come after it."""
    return hosts.host_of(request.url.partition("{")[0])


def _unveiled(template: str, secrets: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in secrets:
            raise ToolFailed(f"The secret {found[1]} is missing; the company has to add it.")
        return secrets[found[1]]

    return SECRET.sub(value, template)


def _shown(text: str, mask: Masking) -> str:
    """Return an answer as it may be shown; JSON is written anew where it holds a secret, however it spells that."""
    try:
        value = json.loads(text)
        masked = mask.value(value)
    except (ValueError, RecursionError, ToolFailed):
        return mask.text(text)
    return mask.text(text) if masked == value else json.dumps(masked, ensure_ascii=False)


def read_answer(text: str, kind: str, path: str) -> Any:
    """Return what the model is shown of an answer: JSON, or the part of it that the path names, else text.

    Raises:
        ToolFailed: the answer has no such part, or is a page that is too much to read.
    """
    try:
        value: Any = json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
        if path:
            raise ToolFailed(f"The server did not answer with JSON, so {path} is not in it.") from None
        return _plain(text, kind)
    for step in path.split(".") if path else ():
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise ToolFailed(f"The answer holds no {path}.")
    return value


def _plain(text: str, kind: str) -> str:
    if "html" in kind.lower() or text.lstrip()[:1] == "<":
        title, body = pages.page_text(text)
        return f"{title}\n{body}".strip()
    return text.strip()


def _refusal(text: str, kind: str) -> str:
    try:
        return _plain(text, kind)
    except ToolFailed:  # a page that is too much to read adds nothing to the status
        return ""


def _in_words(failure: AppError) -> str:
    match failure:
        case OutboundRefused():
            return f"The address of this tool is refused: {failure.detail}"
        case OutboundTimeout():
            return "The server did not answer in time; it may have done its work all the same."
        case OutboundTooLarge():
            return "The server's answer is too large; ask for less."
        case OutboundUnreachable():
            return "The server cannot be reached."
    return "The call failed."
