"""`/v1/conversations`: open, list, read, rename, transcript, log."""

from typing import Annotated, Literal

from fastapi import Query

from medea.kernel.ids import ConversationId
from medea.kernel.web.direct import direct
from medea.kernel.web.problems import problems
from medea.kernel.web.rates import rated
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging, Text
from medea.modules.agents.facade import AgentNotFound
from medea.modules.conversations.endpoints.reading import read_conversation, read_conversations, read_message
from medea.modules.conversations.errors import ConversationNotFound
from medea.modules.conversations.log import from_stored, public_data
from medea.modules.conversations.permissions import Chat, Read, ReadLog, Write
from medea.modules.conversations.schemas import (
    Channel,
    ConversationCreate,
    ConversationRead,
    ConversationUpdate,
    EventRead,
    MessageRead,
)
from medea.modules.conversations.service import conversations as service

router = make_router("/conversations", "conversations")
_MISSING = problems(ConversationNotFound)

AgentFilter = Annotated[Text | None, Query(max_length=100, description="only with this agent (id or slug)")]
ChannelFilter = Annotated[Channel | None, Query(description="only from this channel")]
Search = Annotated[Text | None, Query(max_length=200, description="only where title or a message contains this")]


@router.post("", status_code=201, responses=problems(AgentNotFound))
@rated("chat")
@direct
async def start_conversation(body: ConversationCreate, ctx: Chat) -> ConversationRead:
    """Open a conversation with an agent."""
    opening = service.Opening(agent=body.agent, title=body.title, is_draft=body.draft)
    return await read_conversation(ctx, await service.start_conversation(ctx, opening))


@router.get("")
async def list_conversations(
    ctx: Read, page: Paging, agent: AgentFilter = None, channel: ChannelFilter = None, q: Search = None
) -> ListOf[ConversationRead]:
    """List conversations, the most recently used first. A visitor sees their own."""
    found = await service.list_conversations(ctx, page, agent=agent, channel=channel, search=q)
    return ListOf(data=await read_conversations(ctx, found.data), next_cursor=found.next_cursor)


@router.get("/{conversation_id}", responses=_MISSING)
async def get_conversation(conversation_id: ConversationId, ctx: Read) -> ConversationRead:
    """Read one conversation."""
    return await read_conversation(ctx, await service.get_conversation(ctx, conversation_id))


@router.patch("/{conversation_id}", responses=_MISSING)
async def rename_conversation(
    conversation_id: ConversationId, body: ConversationUpdate, ctx: Write
) -> ConversationRead:
    """Set the title."""
    return await read_conversation(ctx, await service.rename_conversation(ctx, conversation_id, body.title))


@router.get("/{conversation_id}/messages", responses=_MISSING)
async def list_messages(
    conversation_id: ConversationId,
    ctx: Read,
    page: Paging,
    order: Annotated[Literal["asc", "desc"], Query(description="desc: newest first")] = "asc",
) -> ListOf[MessageRead]:
    """Read the transcript. Replies that were written again are left out."""
    found = await service.list_messages(ctx, conversation_id, page, newest_first=order == "desc")
    return ListOf[MessageRead].of(found, lambda row: read_message(ctx.principal, row))


@router.get("/{conversation_id}/events", responses=_MISSING)
async def list_events(conversation_id: ConversationId, ctx: ReadLog, page: Paging) -> ListOf[EventRead]:
    """Read the event log: everything that happened, in order, and what caused it."""
    found = await service.list_events(ctx, conversation_id, page)
    return ListOf[EventRead].of(
        found,
        lambda event: EventRead(
            version=event.version,
            position=event.position,
            name=event.name,
            schema_=event.schema,
            data=public_data(from_stored(event)),
            metadata=event.metadata,
            at=event.at,
        ),
    )
