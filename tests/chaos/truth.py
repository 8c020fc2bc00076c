"""What the database holds when all is over, read past Medea."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from medea.kernel.ids import TurnId
from tests.chaos.checks import Stored, Turn

_NAME = re.compile(r"chaos (\w+) n=")

_TURNS = """
SELECT t.id, t.status, t.attempt, p.text AS prompt,
       array(SELECT r.text FROM messages r WHERE r.turn_id = t.id AND r.role = 'assistant') AS replies
FROM turns t JOIN messages p ON p.id = t.message_id
"""
_LOGGED = """
SELECT name, data ->> 'turn_id' AS turn, data ->> 'text' AS text FROM conversation_events
WHERE name IN ('PromptReceived', 'ReplyCompleted')
"""
_GAPS = """
SELECT count(*) FROM (
  SELECT conversation_id FROM conversation_events GROUP BY 1 HAVING max(version) <> count(*) OR min(version) <> 1
) AS torn
"""
_WAITING = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running') AND queue = 'turns'"
_DEAD = "SELECT task || ': ' || coalesce(last_error, '') AS why FROM jobs WHERE state = 'dead'"


async def wait_for_quiet(url: str, seconds: float) -> None:
    """Wait until no turn waits or runs any more, or time is up."""
    connection = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(seconds):
            while await connection.fetchval(_WAITING):  # noqa: ASYNC110 - other processes' doing
                await asyncio.sleep(0.2)
    except TimeoutError:
        pass  # what waits to this day shows in what is read next
    finally:
        await connection.close()


async def read(url: str, prefix: str) -> Stored:
    """Read the turns whose prompts begin so, and what became of all jobs."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(_TURNS)
        logged = await connection.fetch(_LOGGED)
        waiting, gaps = await connection.fetchval(_WAITING), await connection.fetchval(_GAPS)
        dead = [row["why"] for row in await connection.fetch(_DEAD)]
    finally:
        await connection.close()
    turns = [turn for row in rows if (turn := _turn(row, logged_of(row["id"], logged))).prompt.startswith(prefix)]
    return Stored(turns, waiting_jobs=waiting, dead_jobs=dead, gaps=gaps)


def logged_of(turn: UUID, logged: Sequence[Mapping[str, Any]]) -> tuple[int, tuple[str, ...]]:
    """Return how often a turn's prompt was received, and the replies, as the log tells."""
    mine = [row for row in logged if UUID(row["turn"].rpartition("_")[2]) == turn]
    replies = tuple(row["text"] for row in mine if row["name"] == "ReplyCompleted")
    return len(mine) - len(replies), replies


def _turn(row: Mapping[str, Any], logged: tuple[int, tuple[str, ...]]) -> Turn:
    named = _NAME.search(row["prompt"])
    return Turn(
        id=str(TurnId(row["id"])),
        prompt=named[1] if named else "",
        status=row["status"],
        attempt=row["attempt"],
        replies=tuple(row["replies"]),
        logged=logged[1],
        prompts_logged=logged[0],
    )
