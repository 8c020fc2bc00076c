"""Opening, finding and naming conversations."""

from collections.abc import Sequence
from dataclasses import dataclass

from medea.kernel.auth.principal import PrincipalKind
from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest, bad_cursor
from medea.kernel.errors import Forbidden
from medea.kernel.eventstore.events import StoredEvent
from medea.kernel.ids import AgentId, ConversationId, MessageId
from medea.kernel.text import clean_text
from medea.modules.agents import facade as agents
from medea.modules.conversations import queries, repository
from medea.modules.conversations.access import check_conversation, starter_filter, visitor_filter
from medea.modules.conversations.aggregate import Rename, State, decide
from medea.modules.conversations.events import ConversationStarted as Announced
from medea.modules.conversations.log import ConversationRenamed, ConversationStarted, PastMessage
from medea.modules.conversations.models import ConversationRow, MessageRow
from medea.modules.conversations.service import receiving

CHANNELS = ("widget", "playground", "api", "openai", "mcp", "agui")


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known when a conversation is opened.

    Attributes:
        agent: id or slug.
        channel: one of `CHANNELS`, or None: as the caller's credential says.
        is_draft: talk to the unpublished draft.
        title: or None: made of the first words.
        external_id: the client's own name for it, unique per agent and caller.
        history: (role, text) of what was said before.
        is_digested: the client brings its whole history each time.
    """

    agent: str
    channel: str | None = None
    is_draft: bool = False
    title: str | None = None
    external_id: str | None = None
    history: Sequence[tuple[str, str]] = ()
    is_digested: bool = False


async def resolve_agent(ctx: Context, ref: str, *, is_draft: bool = False) -> agents.LiveAgent:
    """Return the agent that the caller means and may talk to.

    Raises:
        AgentNotFound: unknown, unpublished, or not the one that the visitor's session is for.
        Forbidden: the draft is asked for by somebody who may not edit agents.
    """
    if is_draft:
        if not ctx.principal.may("agents:write"):
            raise Forbidden("Talking to a draft needs the scope agents:write.", required="agents:write")
        return await agents.get_draft(ctx, ref)
    agent = await agents.get_live_agent(ctx, ref)
    only = ctx.principal.agent_id
    if only is not None and agent.id != only:
        raise agents.AgentNotFound()
    return agent


async def start_conversation(ctx: Context, opening: Opening) -> ConversationRow:
    """Open a conversation with an agent.

    Raises:
        AgentNotFound: unknown or unpublished.
        Forbidden: a draft, without the right to edit.
    """
    agent = await resolve_agent(ctx, opening.agent, is_draft=opening.is_draft)
    conversation = ConversationId.new()
    event = _started(ctx, agent.id, opening)
    events = await receiving.conceal_history(event, agent.config)
    async with ctx.transaction() as sql:
        await repository.save(sql, ctx.tenant, conversation, State(), events, at=ctx.now(), by=ctx.principal.id)
        ctx.emit(Announced(conversation_id=conversation, agent_id=agent.id, channel=event.channel))
        return await queries.get_conversation(sql, conversation)


def _started(ctx: Context, agent: AgentId, opening: Opening) -> ConversationStarted:
    return ConversationStarted(
        agent_id=agent,
        channel=opening.channel or _channel(ctx, is_draft=opening.is_draft),
        started_by=ctx.principal.id,
        visitor_id=ctx.principal.visitor_id,
        is_draft=opening.is_draft,
        title=None if opening.title is None else clean_text(opening.title),
        external_id=opening.external_id,
        is_digested=opening.is_digested,
        history=tuple(
            PastMessage(message_id=MessageId.new(), role=role, text=clean_text(text)) for role, text in opening.history
        ),
    )


def _channel(ctx: Context, *, is_draft: bool) -> str:
    if ctx.principal.kind is PrincipalKind.VISITOR:
        return "widget"
    if is_draft or ctx.principal.kind is PrincipalKind.USER:
        return "playground"
    return "api"


async def get_conversation(ctx: Context, conversation: ConversationId) -> ConversationRow:
    """Return a conversation that the caller may see.

    Raises:
        ConversationNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        await check_conversation(ctx, sql, conversation)
        return await queries.get_conversation(sql, conversation)


async def list_conversations(
    ctx: Context, page: PageRequest, *, agent: str | None, channel: str | None, search: str | None
) -> Page[ConversationRow]:
    """Return conversations that the caller may see, the most recently used first."""
    agent_id = None
    if agent is not None:
        named = await agents.find_agent(ctx, agent)
        if named is None:
            return Page([], None)
        agent_id = named.id
    async with ctx.transaction(durable=False) as sql:
        return await queries.list_conversations(
            sql,
            page,
            visitor=visitor_filter(ctx.principal),
            started_by=starter_filter(ctx.principal),
            agent=agent_id,
            channel=channel,
            search=search,
        )


async def rename_conversation(ctx: Context, conversation: ConversationId, title: str) -> ConversationRow:
    """Set the title.

    Raises:
        ConversationNotFound: there is none that the caller may see.
    """
    async with ctx.transaction() as sql:
        await check_conversation(ctx, sql, conversation)
        state = await repository.load(sql, conversation)
        decided = decide(state, Rename(ConversationRenamed(title=clean_text(title), by=ctx.principal.id)))
        guards = await receiving.guards_for(ctx, sql, state)
        events = await receiving.conceal(ctx, sql, conversation, state, decided, guards)
        await repository.save(sql, ctx.tenant, conversation, state, events, at=ctx.now(), by=ctx.principal.id)
        return await queries.get_conversation(sql, conversation)


async def list_messages(
    ctx: Context, conversation: ConversationId, page: PageRequest, *, newest_first: bool
) -> Page[MessageRow]:
    """Return the transcript.

    Raises:
        ConversationNotFound: there is none that the caller may see.
    """
    async with ctx.transaction(durable=False) as sql:
        await check_conversation(ctx, sql, conversation)
        return await queries.list_messages(sql, conversation, page, newest_first=newest_first)


async def list_events(ctx: Context, conversation: ConversationId, page: PageRequest) -> Page[StoredEvent]:
    """Return the event log of a conversation, in order.

    Raises:
        ConversationNotFound: there is none that the caller may see.
    """
    key = page.key(1)
    after = 0 if key is None else key[0]
    if not isinstance(after, int) or not 0 <= after < 2**31:
        raise bad_cursor()
    async with ctx.transaction(durable=False) as sql:
        await check_conversation(ctx, sql, conversation)
        events = await repository.read_events(sql, conversation, after, page.limit + 1)
    return page.page(events, lambda event: [event.version])


async def continue_by_digest(ctx: Context, agent: AgentId, digest: str) -> ConversationId | None:
    """Return the caller's conversation in which exactly this was said so far, or None."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.find_by_digest(sql, agent, ctx.principal.id, digest)


async def find_by_external(ctx: Context, agent: AgentId, external_id: str) -> ConversationId | None:
    """Return the caller's conversation that they call by their own id, or None."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.find_by_external(sql, agent, ctx.principal.id, external_id)
