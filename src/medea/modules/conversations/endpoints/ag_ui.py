"""`/v1/ag-ui`: agents for AG-UI's `HttpAgent`, and all that CopilotKit asks of a runtime."""

from typing import Any

import msgspec
from fastapi import Request, Response

from medea import __version__
from medea.kernel.context import Context
from medea.kernel.errors import AppError
from medea.kernel.ids import ConversationId, TurnId
from medea.kernel.web.problems import document, problems
from medea.kernel.web.rates import rated
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import ports_of
from medea.kernel.web.sse import EventStream
from medea.modules.agents import facade as agents
from medea.modules.agents.facade import AgentNotFound
from medea.modules.conversations.dialects.ag_ui.messages import awaited_in, messages_of
from medea.modules.conversations.dialects.ag_ui.runs import Run, framed, stream_run
from medea.modules.conversations.dialects.ag_ui.state import Shared, Status
from medea.modules.conversations.dialects.frames import frames_of
from medea.modules.conversations.endpoints import ag_ui_wire as wire
from medea.modules.conversations.errors import (
    CallNotFound,
    FormInvalid,
    NothingAwaited,
    ResultsMissing,
    TooManyRunning,
)
from medea.modules.conversations.permissions import Chat
from medea.modules.conversations.service import answers, conversations, joining, threads

Responses = dict[int | str, dict[str, Any]]

DEFAULT = "default"
"""What CopilotKit calls the agent of a page that names none: the one that a visitor's session is for."""
_CAPABILITIES: dict[str, Any] = {
    "transport": {"streaming": True},
    "tools": {"supported": True, "parallelCalls": True, "clientProvided": True},
    "humanInTheLoop": {"supported": True, "approvals": True},
}
EVENTS: Responses = {
    200: {
        "description": "the run, as AG-UI events",
        "content": {"text/event-stream": {"example": 'data: {"type":"RUN_STARTED","threadId":"t1","runId":"r1"}\n\n'}},
    }
}


def _render(error: AppError) -> Response:
    """Return an error as CopilotKit's runtimes do, with the problem's own members beside it."""
    body = {"error": error.title, "message": error.detail, **document(error)}
    return Response(msgspec.json.encode(body), error.status, headers=dict(error.headers), media_type="application/json")


def _refusals(*errors: type[AppError]) -> Responses:
    found = problems(*errors)
    for described in found.values():
        described["content"] = {"application/json": next(iter(described["content"].values()))}
    return found


ERROR_STYLES = (("/v1/ag-ui", _render),)
router = make_router("/ag-ui", "ag-ui", refusals=_refusals)


@router.get("/info", response_class=Response)
async def get_runtime(ctx: Chat) -> Response:
    """Tell which agents there are, as CopilotKit asks its runtime."""
    listed = await agents.list_agents_for_models(ctx)
    only = ctx.principal.agent_id
    found = {agent.slug: _described(agent) for agent in listed if only is None or agent.id == only}
    if only is not None and len(found) == 1:
        found[DEFAULT] = next(iter(found.values()))
    return _json({"version": __version__, "mode": "sse", "agents": found, "audioFileTranscriptionEnabled": False})


def _described(agent: agents.AgentName) -> dict[str, Any]:
    return {"name": agent.slug, "className": "Medea", "description": agent.name, "capabilities": _CAPABILITIES}


@router.post(
    "/agent/{agent_id}/run",
    response_class=Response,
    responses=EVENTS
    | _refusals(AgentNotFound, TooManyRunning, CallNotFound, NothingAwaited, ResultsMissing, FormInvalid),
)
@rated("chat")
async def run_agent(agent_id: str, body: wire.RunInput, request: Request, ctx: Chat) -> Response:
    """Say the last message of a thread, or go on with what the client says of calls, and stream the run."""
    agent = await _agent(ctx, agent_id)
    cleared = wire.without_stand_ins(body)
    body = cleared or body
    options = wire.options_of(body, is_visitor=ctx.principal.is_visitor)
    answered = wire.answers_in(body)
    if answered is None:
        sent = await threads.say(ctx, agent, body.threadId, wire.said_in(body), options)
        conversation = sent.conversation_id
        join = joining.Join(ctx.tenant, sent.turn_id, is_waiting=sent.is_waiting)
    else:
        turn, given = answered
        conversation = (await answers.answer_calls(ctx, turn, given))[0].conversation_id
        join = joining.Join(ctx.tenant, turn)
    run = Run(body.threadId, body.runId, join.turn_id, wire.known_before(body), wire.has_of_reply(body))
    run.is_older, run.state = body.is_older, _state(body, agent, conversation)
    first = [] if run.state is None else [run.state.begin()]
    if cleared is not None:
        first.append({"type": "MESSAGES_SNAPSHOT", "messages": wire.sent_messages(cleared)})
    frames = joining.follow(ports_of(request), join)
    return EventStream(stream_run(run, frames_of(frames), *first))


def _state(
    body: wire.RunInput, agent: agents.LiveAgent, conversation: ConversationId, title: str | None = None
) -> Shared | None:
    page = body.page_state
    if page is None:
        return None
    return Shared(str(conversation), {"id": str(agent.id), "name": agent.name}, page, title)


@router.post("/agent/{agent_id}/connect", response_class=Response, responses=EVENTS | _refusals(AgentNotFound))
async def connect_thread(agent_id: str, body: wire.RunInput, request: Request, ctx: Chat) -> Response:
    """Come back to a thread: its state and messages, then what runs, or waits, from its beginning."""
    agent = await _agent(ctx, agent_id)
    thread = await threads.find_thread(ctx, agent, body.threadId)
    messages = [] if thread is None else messages_of(thread.messages)
    turn = None if thread is None else thread.turn
    run = Run(body.threadId, body.runId, turn or TurnId(0), messages)
    run.is_older = body.is_older
    run.state = None if thread is None else _state(body, agent, thread.conversation, thread.title)
    waiting = None if thread is None else thread.waiting
    status: Status = "waiting" if waiting is not None else "idle" if turn is None else "running"
    awaited = [] if waiting is None else awaited_in(waiting)
    first = [] if run.state is None else [run.state.snapshot(status, awaited)]
    first.append({"type": "MESSAGES_SNAPSHOT", "messages": messages})
    if turn is None:
        told = (run.begin(), *first, run.end_idle())
        return Response(b"".join(framed(event) for event in told), media_type="text/event-stream")
    join = await joining.join_turn(ctx, turn, None)
    return EventStream(stream_run(run, frames_of(joining.follow(ports_of(request), join)), *first))


@router.post("/agent/{agent_id}/stop/{thread_id}", response_class=Response, responses=_refusals(AgentNotFound))
async def stop_thread(agent_id: str, thread_id: wire.ThreadId, ctx: Chat) -> Response:
    """Stop what runs in a thread."""
    agent = await _agent(ctx, agent_id)
    return _json({"stopped": await threads.stop_thread(ctx, agent, thread_id)})


async def _agent(ctx: Context, ref: str) -> agents.LiveAgent:
    only = ctx.principal.agent_id
    return await conversations.resolve_agent(ctx, str(only) if ref == DEFAULT and only is not None else ref)


def _json(body: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")
