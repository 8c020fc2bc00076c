"""One question to an agent and its answer, told as it comes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress

from medea.kernel.context import Context
from medea.kernel.ids import ConversationId, TurnId
from medea.kernel.text import clean_text
from medea.modules.agents.facade import LiveAgent
from medea.modules.conversations import queries, repository
from medea.modules.conversations.dialects.frames import frames_of
from medea.modules.conversations.errors import ConversationNotFound, TurnNotFound
from medea.modules.conversations.mcp.words import BEGUN_ANEW, news_of
from medea.modules.conversations.models import MessageRow, TurnRow
from medea.modules.conversations.service import conversations, joining, turns
from medea.modules.conversations.service.conversations import Opening
from medea.modules.conversations.service.turns import Sent

Tell = Callable[[str], Awaitable[None]]
"""Is given what is new, in words; concatenated they are the answer, or say in brackets what is being done."""

CHANNEL = "mcp"
TELL_SECONDS = 0.2
"""Between two pieces of news: a token is none."""


async def ask(ctx: Context, agent: LiveAgent, question: str, conversation: str | None) -> Sent:
    """Put a question to an agent, in a conversation of its own or in one that goes on.

    With a `request_key` in the context the same call made again is the turn that it made first.

    Raises:
        ConversationNotFound: there is none with this agent that the caller may see.
        EmptyPrompt, ConversationClosed, TooManyWaiting, TooManyRunning: not so, or not now.
    """
    if ctx.request_key is not None and (known := await _asked_before(ctx, ctx.new_id(TurnId), question)) is not None:
        return known
    if conversation is None:
        opened = await conversations.start_conversation(ctx, Opening(agent=str(agent.id), channel=CHANNEL))
        return await turns.send_message(ctx, opened.id, question)
    found = ConversationId.find(conversation)
    if found is None or (await conversations.get_conversation(ctx, found)).agent_id != agent.id:
        raise ConversationNotFound(f"{conversation} is no conversation with this assistant; leave it out to begin one.")
    return await turns.send_message(ctx, found, question)


async def _asked_before(ctx: Context, turn_id: TurnId, question: str) -> Sent | None:
    """Return the turn that this call made when it was sent first; a client that reuses its ids loses that."""
    async with ctx.transaction(durable=False) as sql:
        try:
            turn = await queries.get_turn(sql, turn_id)
        except TurnNotFound:
            return None
        asked = await repository.prompt_of_turn(sql, turn_id)
    if asked != clean_text(question):
        ctx.request_key = None
        return None
    return Sent(turn.conversation_id, turn.id, turn.message_id, turn.reply_id, is_waiting=turn.status == "queued")


async def answer(ctx: Context, sent: Sent, tell: Tell) -> tuple[TurnRow, MessageRow]:
    """Follow a turn to its end, or until it waits for somebody, and return it with its reply.

    A live stream that breaks off, because the process that runs the turn leaves, is joined again.

    Args:
        ctx: who asked.
        sent: from `ask`.
        tell: is given the news now and then.
    """
    news = _News(tell)
    telling = asyncio.create_task(news.run())
    try:
        found = await _follow(ctx, sent, news)
        news.end()
        await telling
    finally:
        telling.cancel()
    return found


async def _follow(ctx: Context, sent: Sent, news: "_News") -> tuple[TurnRow, MessageRow]:
    is_waiting = sent.is_waiting
    while True:
        join = joining.Join(ctx.tenant, sent.turn_id, is_waiting=is_waiting)
        async with aclosing(frames_of(joining.follow(ctx.ports, join))) as frames:  # type: ignore[type-var]
            async for frame in frames:
                if frame["type"] == "data-restart":
                    news.begin_anew()
                else:
                    news.add(news_of(frame))
        turn, reply = await _read(ctx, sent)
        if turn.is_at_rest:
            return turn, reply
        await asyncio.sleep(joining.AGAIN_SECONDS)
        is_waiting = turn.status == "queued"
        news.begin_anew()


async def _read(ctx: Context, sent: Sent) -> tuple[TurnRow, MessageRow]:
    async with ctx.transaction(durable=False) as sql:
        return await queries.get_turn(sql, sent.turn_id), await queries.get_message(sql, sent.reply_id)


class _News:
    """Tells the first piece at once, and together what comes within a moment of each other."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._pieces: list[str] = []
        self._is_there = asyncio.Event()
        self._over = asyncio.Event()
        self._has_begun = False

    def add(self, piece: str) -> None:
        if piece:
            self._has_begun = True
            self._pieces.append(piece)
            self._is_there.set()

    def begin_anew(self) -> None:
        """Say that what was told does not hold, if anything was."""
        if self._has_begun:
            self.add(BEGUN_ANEW)
            self._has_begun = False

    def end(self) -> None:
        """Let `run` end when all is told."""
        self._over.set()
        self._is_there.set()

    async def run(self) -> None:
        """Tell what is added until the end."""
        while not self._over.is_set() or self._pieces:
            await self._is_there.wait()
            self._is_there.clear()
            text = "".join(self._pieces)
            self._pieces.clear()
            if text:
                await self._tell(text)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), TELL_SECONDS)
