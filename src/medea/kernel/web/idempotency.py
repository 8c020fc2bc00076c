"""`Idempotency-Key`: a POST sent twice has one effect and gets the same answer twice.

The key belongs to the caller (draft-ietf-httpapi-idempotency-key-header-06). The first answer is kept for
a day, encrypted, because it may carry a secret that is shown once; a second request for a stream is sent
on (303) to where the same stream can be joined. An answer that is made only while it is sent cannot be kept: the
second request runs, and finds what the first one did by `Context.new_id`.

While the first request is being answered the second is told to wait. A process that dies meanwhile is noticed by
its missing sign of life; the second request then runs, and finds what the first one did by `Context.new_id`. Where it
could not find it, each commit of the first says so in the key's own row (`Context.guard`): then the second is told
that its effect is there and its answer lost. The same row tells a request that was taken for dead, before it commits,
that another has taken its place.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID, uuid4

import msgspec
import structlog
from fastapi import Request, Response

from medea.kernel.auth.principal import Principal
from medea.kernel.auth.rotation import Cipher
from medea.kernel.context import Guard, Ports
from medea.kernel.db.outages import OUTAGES, outlast
from medea.kernel.db.sql import Sql
from medea.kernel.errors import Conflict, FieldError, Invalid
from medea.kernel.ids import TenantId
from medea.kernel.web.sse import EventStream

HEADER = "idempotency-key"
REPLAYED = "Idempotency-Replayed"
_MAX_KEY = 255
_ALIVE_SECONDS = 2.5  # between two signs of life of a request that takes long
_STALE = "8 seconds"
_LOST = "90 seconds"  # longer than an answer waits for a database that is away, so that no living one counts as lost
MAX_FILES, MAX_FIELDS = 100, 20
"""Of one form."""
_PIECE = 1 << 18
_KEPT_HEADERS = ("content-type", "location")

Handler = Callable[[Request], Awaitable[Response]]

_log = structlog.get_logger()


class RequestInProgress(Conflict):
    """The first request with this Idempotency-Key is still running; try again shortly."""

    code = "request.in_progress"


class AnswerLost(Conflict):
    """This request was carried out and its answer was lost; look at what is there before you send it anew."""

    code = "request.answer_lost"


class KeyReused(Invalid):
    """This Idempotency-Key was used with another request; use a new one."""

    code = "request.idempotency_key_reused"


@dataclass(frozen=True, slots=True)
class _Run:
    """One attempt at the request of a key.

    Attributes:
        id: tells it from others, which came after it had been taken for dead.
    """

    ports: Ports
    tenant: TenantId
    principal: str
    key: str
    id: UUID

    @property
    def owner(self) -> str:
        return _owner(self.tenant, self.principal, self.key)

    async def write(self, statement: str, *values: object, durable: bool = True) -> None:
        """Change the key's row, as long as it is this run's."""
        async with self.ports.database.transaction(self.tenant, durable=durable) as sql:
            await sql.execute(statement, self.principal, self.key, self.id, *values)

    async def guard(self, sql: Sql) -> None:
        """Note in a transaction that is about to commit that it did something. See `Context.guard`.

        Raises:
            RequestInProgress: another run has taken this one's place.
        """
        if not await sql.fetchval("SELECT pg_current_xact_id_if_assigned() IS NOT NULL"):
            return  # it has only read
        if not await sql.fetchval(_DONE, self.principal, self.key, self.id):
            raise RequestInProgress(headers=_SHORTLY)


_SHORTLY = {"Retry-After": "1"}
_CLAIM = f"""
INSERT INTO idempotency_keys AS k (tenant_id, principal, key, request_hash, run) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, principal, key) DO UPDATE
  SET request_hash = excluded.request_hash, run = excluded.run, is_done = false,
      status = NULL, headers = NULL, body = NULL, created_at = now()
  WHERE k.created_at < now() - interval '1 day'
     OR (k.status IS NULL AND NOT k.is_done AND k.created_at < now() - interval '{_STALE}')
RETURNING true
"""
_FIND = f"""
SELECT request_hash, status, headers, body,
  status IS NULL AND is_done AND (run IS NULL OR created_at < now() - interval '{_LOST}') AS is_lost
FROM idempotency_keys WHERE principal = $1 AND key = $2
"""
_OURS = "WHERE principal = $1 AND key = $2 AND run = $3 AND status IS NULL"
_ALIVE = f"UPDATE idempotency_keys SET created_at = now() {_OURS}"
_DONE = f"UPDATE idempotency_keys SET is_done = true {_OURS} RETURNING true"
_KEEP = f"UPDATE idempotency_keys SET status = $4, headers = $5, body = $6 {_OURS}"
# who runs it no more leaves a row only where something was done
_LET_GO = f"""
WITH gone AS (DELETE FROM idempotency_keys {_OURS} AND NOT is_done)
UPDATE idempotency_keys SET run = NULL {_OURS} AND is_done
"""
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
        run = _Run(ports, tenant, principal.id, key, uuid4())
        replay = await _claim(run, digest)
        if replay is not None:
            return replay
        return await _answer(request, run, digest, handler)
    finally:
        await request.close()  # the files of a form that nobody came to read


async def _answer(request: Request, run: _Run, digest: bytes, handler: Handler) -> Response:
    state = request.scope.setdefault("state", {})
    state["request_key"] = run.owner.encode() + digest
    guard: Guard = run.guard
    state["request_guard"] = guard
    living = asyncio.create_task(_live(run))
    try:
        try:
            response = await _carry_out(request, handler)
        except BaseException:
            with suppress(*OUTAGES):  # then it is not let go, and taken for dead after a while
                await run.write(_LET_GO)
            raise
        await _remember(run, response)
    finally:
        living.cancel()
    return response


async def _carry_out(request: Request, handler: Handler) -> Response:
    """Return the answer of what is committed by then: the transaction of a dependency ends with this stack.

    FastAPI's own stack ends later. An answer that was kept before the commit would be told for what never was.
    """
    async with AsyncExitStack() as stack:
        request.scope["fastapi_function_astack"] = stack
        return await handler(request)


async def _remember(run: _Run, response: Response) -> None:
    """Keep the answer for whoever sends the request again, also where the database comes back only in a while."""
    kept = _keepable(response)
    try:
        await outlast(lambda: _keep(run, kept) if kept is not None else run.write(_LET_GO))
    except OUTAGES:
        _log.warning("idempotency.answer_not_kept")


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


async def _live(run: _Run) -> None:
    while True:
        await asyncio.sleep(_ALIVE_SECONDS)
        with suppress(*OUTAGES):  # the next one may get through
            await run.write(_ALIVE, durable=False)


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


async def _claim(run: _Run, digest: bytes) -> Response | None:
    """Make the key this run's, or return the answer that is kept for it."""
    async with run.ports.database.transaction(run.tenant) as sql:
        if await sql.fetchval(_CLAIM, run.tenant, run.principal, run.key, digest, run.id):
            return None
        row = await sql.fetchrow(_FIND, run.principal, run.key)
    if row is None or (row["status"] is None and not row["is_lost"]):
        raise RequestInProgress(headers=_SHORTLY)
    if row["request_hash"] != digest:
        raise KeyReused()
    if row["is_lost"]:
        raise AnswerLost()
    body = run.ports.keyring.decrypt(row["body"], run.owner)
    return Response(body, row["status"], headers={**row["headers"], REPLAYED: "true"})


async def _keep(run: _Run, response: Response) -> None:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = run.ports.keyring.encrypt(bytes(response.body), run.owner)
    await run.write(_KEEP, response.status_code, msgspec.to_builtins(headers), body)


async def purge_answers(sql: Sql) -> int:
    """Forget answers that no request gets any more, as `medea_system`; return how many."""
    return int((await sql.execute(_PURGE)).rpartition(" ")[2])
