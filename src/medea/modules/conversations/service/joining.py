"""Following a turn from any process: the live stream while there is one, the stored reply after it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, replace

from medea.kernel.context import Context, Ports
from medea.kernel.db.outages import OUTAGES
from medea.kernel.ids import TenantId, TurnId
from medea.kernel.streams.base import KEEP_ALIVE, FrameId
from medea.modules.conversations import queries, streaming
from medea.modules.conversations.access import conversation_of_turn

HEARTBEAT = 5.0
"""Seconds; under the 10 that the wire protocol promises. While nothing was heard, the log is asked, too."""

AGAIN_SECONDS = 0.5
"""Before a turn is followed anew whose live stream was lost."""


@dataclass(frozen=True, slots=True)
class Join:
    """A client's wish to follow a turn.

    Attributes:
        after: the last frame it has.
        has_ended: the turn had, when it was asked.
        is_waiting: the turn waits behind another.
    """

    tenant_id: TenantId
    turn_id: TurnId
    after: FrameId | None = None
    has_ended: bool = False
    is_waiting: bool = False


async def join_turn(ctx: Context, turn: TurnId, after: FrameId | None) -> Join:
    """Check that the caller may follow a turn.

    Raises:
        TurnNotFound: there is none that the caller may see.
    """
    async with ctx.transaction(durable=False) as sql:
        await conversation_of_turn(ctx, sql, turn)
        row = await queries.get_turn(sql, turn)
    return Join(ctx.tenant, turn, after, has_ended=row.is_at_rest, is_waiting=row.status == "queued")


async def follow(ports: Ports, join: Join) -> AsyncIterator[bytes]:
    """Yield the frames of a turn, framed, until it ends.

    Nothing is lost and nothing doubled: what follows `join.after`, or a restart notice and everything. Where
    the live stream is lost before the turn has ended, the client is asked to come back.
    """
    if join.is_waiting:
        yield b"data: " + streaming.status("queued") + b"\n\n"
    reader = await ports.streams.read(
        join.tenant_id, join.turn_id, join.after, expected=not join.has_ended, heartbeat=HEARTBEAT
    )
    has_begun = join.after is not None
    if reader is not None:
        try:
            async for chunk in reader:
                if chunk is not KEEP_ALIVE:
                    has_begun = True
                elif await _has_ended(ports, join):
                    break  # it ended where no frame could tell of it any more
                yield chunk
            if reader.finished:
                return
        finally:
            reader.close()
    async for chunk in _stored(ports, join, is_restart=has_begun):
        yield chunk


async def follow_to_end(ports: Ports, join: Join, is_leaving: Callable[[], bool]) -> AsyncIterator[bytes]:
    """Yield the frames of a turn for somebody who answers with the whole of it.

    Where the live stream is lost before the turn has ended, a restart notice comes and all from the beginning.

    Args:
        ports: of the process.
        join: which turn.
        is_leaving: this process is about to stop; a stream that is lost then is not joined again.
    """
    is_lost = True
    while is_lost:
        is_lost = False
        async for chunk in follow(ports, join):
            if chunk is streaming.FAREWELL and not is_leaving():
                is_lost = True
            else:
                yield chunk
        if is_lost:
            await asyncio.sleep(AGAIN_SECONDS)
            join = replace(join, after=None, is_waiting=False)
            yield b"data: " + streaming.restart(0) + b"\n\n"


async def _has_ended(ports: Ports, join: Join) -> bool:
    try:
        async with ports.database.transaction(join.tenant_id, durable=False) as sql:
            return (await queries.get_turn(sql, join.turn_id)).is_at_rest
    except OUTAGES:  # no reason to cut off who waits: the live stream may go on
        return False


async def _stored(ports: Ports, join: Join, *, is_restart: bool) -> AsyncIterator[bytes]:
    try:
        async with ports.database.transaction(join.tenant_id, durable=False) as sql:
            turn = await queries.get_turn(sql, join.turn_id)
            reply = await queries.get_message(sql, turn.reply_id)
    except OUTAGES:
        yield streaming.FAREWELL
        return
    if not turn.is_at_rest:
        yield streaming.FAREWELL  # the stream broke off, the turn goes on
        return
    if is_restart:
        yield b"data: " + streaming.restart(turn.attempt) + b"\n\n"
    yield streaming.framed(streaming.stored_frames(turn, reply), turn.attempt)


async def only_news(frames: AsyncIterator[bytes], answered: Collection[str]) -> AsyncIterator[bytes]:
    """Yield of a turn that goes on after a pause what its client does not have: it keeps what it was told before.

    Args:
        frames: from `follow`, from the beginning.
        answered: calls whose outcome is news, although it was known when the turn went on.
    """
    held: list[bytes] = []
    is_news = False
    async for chunk in frames:
        if is_news:
            yield chunk
            continue
        passed: list[bytes] = []
        for block in chunk.split(b"\n\n")[:-1]:
            if is_news or _is_news(block, answered):
                passed.append(block + b"\n\n")
            elif streaming.RUNNING in block:
                is_news = True
            else:
                held.append(block + b"\n\n")
        if passed:
            yield b"".join(passed)
    if not is_news:  # it ended before it could be followed, and came whole from storage
        yield b"".join(held)


def _is_news(block: bytes, answered: Collection[str]) -> bool:
    if block.startswith(b":") or b'"type":"start"' in block:
        return True
    return b'"type":"tool-output-' in block and any(call.encode() in block for call in answered)
