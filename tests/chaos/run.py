"""Rounds of chaos: load, a fault, the end of the load, the verdict."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import truth
from tests.chaos.checks import Asked, Kind, Verdict, judge
from tests.chaos.clients import Chatter
from tests.chaos.deployment import World, deployed
from tests.chaos.faults import FAULTS

CLIENTS: dict[Kind, int] = {"native": 6, "openai": 3, "polling": 3}
HEADINGS = (
    "fault",
    "turns",
    "told to ask again",
    "restarts",
    "longest silence",
    "lost tokens",
    "lost messages",
    "doubled effects",
    "stuck turns",
)
_WARM = 1.5  # seconds of load before the fault
_AFTER = 2.0  # and after everything runs again
_QUIET = 30.0  # for turns whose clients have left
_TOKENS = 50


@dataclass(frozen=True)
class Round:
    """One line of the table.

    Attributes:
        turns: how many were asked for.
        broken_off: of clients that cannot come back, which were told so.
        restarts: how often clients were told that a text begins anew.
        silence: longest wait of a streaming client for its next token, seconds.
    """

    what: str
    turns: int
    broken_off: int
    restarts: int
    silence: float
    verdict: Verdict


async def run(
    folder: Path, names: Sequence[str], diary: Path | None = None, told: Callable[[Round], None] = lambda _: None
) -> list[Round]:
    """Run some of the faults, one after another, on one deployment.

    Args:
        folder: for the files of all services; empty.
        names: of the faults.
        diary: a file for what all processes said.
        told: called with each round as it ends.
    """
    async with deployed(folder) as world:
        chatters = [Chatter(world, kind, seed) for seed, kind in enumerate(_kinds())]
        try:
            await asyncio.gather(*(chatter.open() for chatter in chatters))
            rounds = []
            for number, name in enumerate(names):
                rounds.append(await _round(world, chatters, number, name))
                told(rounds[-1])
            return rounds
        finally:
            for chatter in chatters:
                await chatter.close()
            if diary is not None:
                _write(diary, world)


def _write(diary: Path, world: World) -> None:
    with diary.open("w") as file:
        for process in world.processes:
            file.writelines([f"--- {process.command} on port {process.port}\n", *process.output])


def _kinds() -> list[Kind]:
    return [kind for kind, number in CLIENTS.items() for _ in range(number)]


async def _round(world: World, chatters: Sequence[Chatter], number: int, name: str) -> Round:
    fault, prefix = FAULTS[name], f"r{number}x"
    is_over = asyncio.Event()
    loads = [
        asyncio.create_task(_talk(chatter, f"{prefix}{place}x", is_over)) for place, chatter in enumerate(chatters)
    ]
    await asyncio.sleep(_WARM)
    try:
        await fault.inject(world)
        await asyncio.sleep(_AFTER)
    finally:
        is_over.set()
    asked = [one for talk in await asyncio.gather(*loads) for one in talk]
    await truth.wait_for_quiet(world.services.postgres.url, _QUIET)
    stored = await truth.read(world.services.postgres.url, prefix)
    verdict = judge(asked, world.model.said, stored)
    return Round(
        fault.what,
        len(asked),
        sum(one.has_broken_off or one.was_refused for one in asked),
        sum(one.restarts for one in asked),
        max(one.silence for one in asked),
        verdict,
    )


async def _talk(chatter: Chatter, prefix: str, is_over: asyncio.Event) -> list[Asked]:
    talk: list[Asked] = []
    while not is_over.is_set():
        talk.append(await chatter.ask(f"{prefix}{len(talk)}", _TOKENS))
    return talk


def table(rounds: Sequence[Round]) -> str:
    """Return the rounds as a Markdown table."""
    lines: list[tuple[str, ...]] = [HEADINGS]
    for one in rounds:
        found = one.verdict
        wrong = (found.lost_tokens, found.lost_messages, found.doubled_effects, found.stuck_turns)
        row = (one.what, one.turns, one.broken_off, one.restarts, f"{one.silence:.1f} s", *wrong)
        lines.append(tuple(map(str, row)))
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def timed(began: float) -> str:
    """Return how long it took, for people."""
    return f"{time.monotonic() - began:.0f} s"
