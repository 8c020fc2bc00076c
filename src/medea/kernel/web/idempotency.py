"""`Idempotency-Key`: a POST sent twice has one effect and gets the same answer twice.

The key belongs to the caller (draft-ietf-httpapi-idempotency-key-header-06). The first answer is kept for
a day, encrypted, because it may carry a secret that is shown once; a second request for a stream is sent
on (303) to where the same stream can be joined. An answer that is made only while it is sent cannot be kept: the
second request runs, and finds what the first one did by `Context.new_id`.

While the first request is being answered the second is told to wait. A process that dies meanwhile is noticed by
its missing sign of life; the second request then runs, and finds what the first one did by `Context.new_id`.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import BinaryIO

import msgspec
from fastapi import Request, Response

from medea.kernel.auth.principal import Principal
from medea.kernel.auth.rotation import Cipher
from medea.kernel.context import Ports
from medea.kernel.db.outages import OUTAGES
from medea.kernel.db.sql import Sql
from medea.kernel.errors import Conflict, FieldError, Invalid
from medea.kernel.ids import TenantId
from medea.kernel.web.sse import EventStream

HEADER = "idempotency-key"
REPLAYED = "Idempotency-Replayed"
_MAX_KEY = 255
_ALIVE_SECONDS = 2.5  # between two signs of life of a request that takes long
_STALE = "8 seconds"
MAX_FILES, MAX_FIELDS = 100, 20
"""Of one form."""
_PIECE = 1 << 18
_KEPT_HEADERS = ("content-type", "location")

Handler = Callable[[Request], Awaitable[Response]]


class RequestInProgress(Conflict):
    """The first request with this Idempotency-Key is still running; try again shortly."""

    code = "request.in_progress"


class KeyReused(Invalid):
    """This Idempotency-Key was used with another request; use a new one."""

    code = "request.idempotency_key_reused"


_CLAIM = f"""
INSERT INTO idempotency_keys AS k (tenant_id, principal, key, request_hash) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, principal, key) DO UPDATE
  SET request_hash = excluded.request_hash, status = NULL, headers = NULL, body = NULL, created_at = now()
  WHERE k.created_at < now() - interval '1 day'
     OR (k.status IS NULL AND k.created_at < now() - interval '{_STALE}')
RETURNING true
"""
_ALIVE = "UPDATE idempotency_keys SET created_at = now() WHERE principal = $1 AND key = $2 AND status IS NULL"
_PURGE = "DELETE FROM idempotency_keys WHERE created_at < now() - interval '1 day'"


async def run_once(request: Request, principal: Principal, ports: Ports, handler: Handler) -> Response:
    """Run the handler, unless this key already has an answer.

    Raises:
        Invalid: the key is empty or longer than 255 characters.
        KeyReused: the key came with another method, path or body before.
        RequestInProgress: the first request still runs.
    """
    key = request.headers[HEADER]
    tenant = principal.tenant_id
    assert tenant is not None  # noqa: S101 - the caller checks
    if not 0 < len(key) <= _MAX_KEY:
        raise Invalid(
            "The Idempotency-Key is unusable.",
            errors=[FieldError("Idempotency-Key", f"1 to {_MAX_KEY} characters", "idempotency_key")],
        )
    try:
        digest = await _digest(request)
        replay = await _claim(ports, tenant, principal.id, key, digest)
        if replay is not None:
            return replay
        return await _run(request, ports, (tenant, principal.id, key), digest, handler)
    finally:
        await request.close()  # the files of a form that nobody came to read


async def _run(
    request: Request, ports: Ports, owner: tuple[TenantId, str, str], digest: bytes, handler: Handler
) -> Response:
    request.scope.setdefault("state", {})["request_key"] = _owner(*owner).encode() + digest
    living = asyncio.create_task(_live(ports, *owner))
    try:
        response = await handler(request)
    except BaseException:
        await _forget(ports, *owner)
        raise
    finally:
        living.cancel()
    kept = _keepable(response)
    if kept is None:
        await _forget(ports, *owner)
    else:
        await _keep(ports, *owner, kept)
    return response


def is_upload(request: Request) -> bool:
    """Tell whether files are coming. They are kept on disk while they are read, never whole in memory."""
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


async def _digest(request: Request) -> bytes:
    """Return what the same request has in common: of files what is in them, for boundaries differ each time."""
    made = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    if not is_upload(request):
        made.update(await request.body())
        return made.digest()
    form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS)  # whoever handles it gets the same one
    for name, value in form.multi_items():
        if isinstance(value, str):
            part = value.encode(errors="surrogatepass")
        else:
            part = f"{value.filename}\n".encode(errors="surrogatepass") + await asyncio.to_thread(_hash, value.file)
        made.update(f"{len(name)} {name} {len(part)}\n".encode(errors="surrogatepass") + part)
    return made.digest()


def _hash(file: BinaryIO) -> bytes:
    made = hashlib.sha256()
    while piece := file.read(_PIECE):
        made.update(piece)
    file.seek(0)
    return made.digest()


async def _live(ports: Ports, tenant: TenantId, principal: str, key: str) -> None:
    while True:
        await asyncio.sleep(_ALIVE_SECONDS)
        try:
            async with ports.database.transaction(tenant, durable=False) as sql:
                await sql.execute(_ALIVE, principal, key)
        except OUTAGES:  # the next one may get through
            continue


def _keepable(response: Response) -> Response | None:
    """Return what the second request gets: the same answer, or the way to a stream that is being followed.

    None: it runs itself, because the first failed or has no answer before it is sent.
    """
    if response.status_code >= 500:
        return None
    if isinstance(response, EventStream):
        return None if response.location is None else Response(status_code=303, headers={"location": response.location})
    is_whole = type(response).__call__ is Response.__call__  # any other makes its body as it goes
    return response if is_whole else None


def _owner(tenant: TenantId, principal: str, key: str) -> str:
    return f"idempotency/{tenant}/{principal}/{key}"


CIPHERS = (
    Cipher(
        "idempotency_keys",
        "body",
        ("principal", "key"),
        lambda tenant, row: _owner(tenant, row["principal"], row["key"]),
    ),
)
"""What `medea keys rotate` encrypts anew."""


async def _claim(ports: Ports, tenant: TenantId, principal: str, key: str, digest: bytes) -> Response | None:
    async with ports.database.transaction(tenant) as sql:
        if await sql.fetchval(_CLAIM, tenant, principal, key, digest):
            return None
        row = await sql.fetchrow(
            "SELECT request_hash, status, headers, body FROM idempotency_keys WHERE principal = $1 AND key = $2",
            principal,
            key,
        )
    if row is None or row["status"] is None:
        raise RequestInProgress(headers={"Retry-After": "1"})
    if row["request_hash"] != digest:
        raise KeyReused()
    body = ports.keyring.decrypt(row["body"], _owner(tenant, principal, key))
    return Response(body, row["status"], headers={**row["headers"], REPLAYED: "true"})


async def _keep(ports: Ports, tenant: TenantId, principal: str, key: str, response: Response) -> None:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = ports.keyring.encrypt(bytes(response.body), _owner(tenant, principal, key))
    async with ports.database.transaction(tenant) as sql:
        await sql.execute(
            "UPDATE idempotency_keys SET status = $3, headers = $4, body = $5 WHERE principal = $1 AND key = $2",
            principal,
            key,
            response.status_code,
            msgspec.to_builtins(headers),
            body,
        )


async def _forget(ports: Ports, tenant: TenantId, principal: str, key: str) -> None:
    async with ports.database.transaction(tenant) as sql:
        await sql.execute("DELETE FROM idempotency_keys WHERE principal = $1 AND key = $2", principal, key)


async def purge_answers(sql: Sql) -> int:
    """Forget answers that no request gets any more, as `medea_system`; return how many."""
    return int((await sql.execute(_PURGE)).rpartition(" ")[2])
