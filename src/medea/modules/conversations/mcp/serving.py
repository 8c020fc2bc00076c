"""The agent as the protocol's SDK serves it: tools, resources, prompts.

Nothing is remembered between requests, so any process can take the next one: revision 2026-07-28 has no sessions, and
2025-11-25 is served by the SDK's stateless mode, with session ids that are only names (see `calls`).

The SDK is imported where it is used: with it a cold start would take nearly half as long again, for what many
installations never need.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
from pydantic import ValidationError

from medea.kernel.context import Context
from medea.kernel.errors import AppError
from medea.kernel.ids import TurnId
from medea.modules.agents.facade import LiveAgent
from medea.modules.conversations.errors import TurnNotFound
from medea.modules.conversations.mcp import asking, calls, resources, words
from medea.modules.conversations.mcp.calls import Caller
from medea.modules.conversations.schemas import AgentAsk
from medea.modules.conversations.service import turns
from medea.modules.conversations.service.turns import Sent
from medea.modules.knowledge.facade import DocumentNotFound

ASK = "ask"
_RESOURCE_NOT_FOUND = -32002
logging.getLogger("mcp").setLevel(logging.WARNING)  # it announces each of our managers, which live for one request

if TYPE_CHECKING:
    import mcp_types as types
    from mcp.server.context import ServerRequestContext
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    Request = ServerRequestContext[Any, Any]


def manager_of(caller: Caller, agent: LiveAgent) -> StreamableHTTPSessionManager:
    """Make what serves one request, as the caller may be served."""
    from mcp.server.lowlevel import Server
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    served = _Agent(caller, agent)
    knows = bool(agent.config.retrieval.knowledge_bases) and caller.principal.may(resources.READ)
    suggests = bool(agent.config.suggested_questions)
    server: Server[Any] = Server(
        agent.slug,
        title=agent.name,
        version=str(agent.version or 0),
        instructions=f"Ask the assistant {agent.name} with the tool `{ASK}`. To go on from an answer, give its "
        "conversation_id with the next question.",
        on_list_tools=served.list_tools,
        on_call_tool=served.call_tool,
        on_list_resources=served.list_resources if knows else None,
        on_list_resource_templates=served.list_templates if knows else None,
        on_read_resource=served.read_resource if knows else None,
        on_list_prompts=served.list_prompts if suggests else None,
        on_get_prompt=served.get_prompt if suggests else None,
    )
    server.middleware.clear()  # spans are ours to make
    return StreamableHTTPSessionManager(server, stateless=True)


class _Agent:
    """What the SDK calls for one request."""

    def __init__(self, caller: Caller, agent: LiveAgent) -> None:
        self._caller = caller
        self._agent = agent

    async def list_tools(self, _: Request, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        """List the one tool."""
        import mcp_types as types

        tool = types.Tool(
            name=ASK,
            title=f"Ask {self._agent.name}",
            description=f"Asks the assistant {self._agent.name} a question and returns its answer with the sources it "
            "stands on. Give conversation_id to go on from an earlier answer.",
            input_schema=words.INPUT_SCHEMA,
            output_schema=words.OUTPUT_SCHEMA,
            annotations=types.ToolAnnotations(
                read_only_hint=not self._agent.config.tools, destructive_hint=False, open_world_hint=True
            ),
        )
        return types.ListToolsResult(tools=[tool])

    async def call_tool(self, request: Request, params: types.CallToolRequestParams) -> types.CallToolResult:
        """Ask, and answer when the turn has ended; whatever is refused is said in a result that a model can read."""
        import mcp_types as types
        from mcp.shared.exceptions import MCPError

        if params.name != ASK:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {params.name!r}; there is: {ASK}.")
        try:
            asked = AgentAsk.model_validate(params.arguments or {})
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
            return _refused(faults)
        try:
            return await self._ask(request, asked)
        except AppError as error:
            return _refused(error.detail)

    async def _ask(self, request: Request, asked: AgentAsk) -> types.CallToolResult:
        import mcp_types as types

        await self._caller.charge()
        async with self._context(request.request_id) as ctx:
            sent = await asking.ask(ctx, self._agent, asked.question, asked.conversation_id)
            told = 0

            async def tell(news: str) -> None:
                nonlocal told
                told += len(news)
                await request.session.report_progress(told, None, news)

            try:
                turn, reply = await asking.answer(ctx, sent, tell)
            except asyncio.CancelledError:
                await self._gone(request, ctx, sent)
                raise
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=words.as_text(turn, reply))],
            structured_content=words.structured(turn, reply),
            is_error=turn.status in {"failed", "cancelled"},
        )

    async def _gone(self, request: Request, ctx: Context, sent: Sent) -> None:
        """Stop the turn of a caller who hung up, where the protocol says that hanging up cancels: from 2026-07-28 on.

        A process that leaves hangs up itself, and stops nothing.
        """
        from mcp_types.version import MODERN_PROTOCOL_VERSIONS

        if request.protocol_version not in MODERN_PROTOCOL_VERSIONS or self._caller.is_leaving():
            return
        with anyio.move_on_after(5, shield=True):
            await _cancel(ctx.branch(), sent.turn_id)

    @asynccontextmanager
    async def _context(self, call: str | int | None = None) -> AsyncIterator[Context]:
        caller = self._caller
        async with Context(caller.ports, caller.principal, correlation_id=caller.correlation_id) as ctx:
            ctx.request_key = calls.key_of(ctx, self._agent.id, caller.session, call) or caller.request_key
            yield ctx

    async def list_resources(
        self, _: Request, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        """List the documents that the agent answers from."""
        import mcp_types as types
        from mcp.shared.exceptions import MCPError

        async with self._context() as ctx:
            try:
                cursor = None if params is None else params.cursor
                page = await resources.list_documents(ctx, self._agent.config, cursor)
            except AppError as error:
                raise MCPError(types.INVALID_PARAMS, error.detail) from error
        found = [
            types.Resource(
                uri=resources.uri_of(document.id),
                name=document.name,
                description=document.url,
                mime_type="text/plain",
            )
            for document in page.data
        ]
        return types.ListResourcesResult(resources=found, next_cursor=page.next_cursor)

    async def list_templates(
        self, _: Request, __: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        """Say how a piece of a long document is addressed."""
        import mcp_types as types

        piece = types.ResourceTemplate(
            name="document",
            title="A document from a character on",
            uri_template="medea://documents/{document_id}{?from}",
            description=f"At most {resources.EXCERPT_CHARS} characters; `_meta` names the address of the next ones.",
            mime_type="text/plain",
        )
        return types.ListResourceTemplatesResult(resource_templates=[piece])

    async def read_resource(self, _: Request, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        """Read a document, or a piece of it."""
        import mcp_types as types
        from mcp.shared.exceptions import MCPError
        from mcp_types.version import MODERN_PROTOCOL_VERSIONS

        async with self._context() as ctx:
            try:
                piece = await resources.read_document(ctx, self._agent.config, str(params.uri))
            except DocumentNotFound as error:
                code = types.INVALID_PARAMS if _.protocol_version in MODERN_PROTOCOL_VERSIONS else _RESOURCE_NOT_FOUND
                raise MCPError(code, "There is no such document.", {"uri": str(params.uri)}) from error
        excerpt = piece.excerpt
        meta = {
            "medea/char_from": excerpt.char_from,
            "medea/char_total": excerpt.char_total,
            **({} if piece.next_uri is None else {"medea/next": piece.next_uri}),
        }
        text = types.TextResourceContents(uri=piece.uri, mime_type="text/plain", text=excerpt.text, _meta=meta)
        return types.ReadResourceResult(contents=[text])

    async def list_prompts(self, _: Request, __: types.PaginatedRequestParams | None) -> types.ListPromptsResult:
        """List the questions that the agent suggests."""
        import mcp_types as types

        questions = self._agent.config.suggested_questions
        found = [
            types.Prompt(name=f"question-{number}", title=question, description=question)
            for number, question in enumerate(questions, 1)
        ]
        return types.ListPromptsResult(prompts=found)

    async def get_prompt(self, _: Request, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        """Return a suggested question as what a person says."""
        import mcp_types as types
        from mcp.shared.exceptions import MCPError

        questions = self._agent.config.suggested_questions
        known = {f"question-{number}": question for number, question in enumerate(questions, 1)}
        if params.name not in known:
            raise MCPError(types.INVALID_PARAMS, f"There is no prompt {params.name!r}.")
        said = types.TextContent(type="text", text=known[params.name])
        return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=said)])


async def _cancel(ctx: Context, turn: TurnId) -> None:
    try:
        async with ctx:
            await turns.cancel_turn(ctx, turn)
    except TurnNotFound:
        return
    except AppError:
        ctx.log.exception("conversations.mcp_cancel_failed", turn=str(turn))


def _refused(detail: str) -> types.CallToolResult:
    import mcp_types as types

    return types.CallToolResult(content=[types.TextContent(type="text", text=detail)], is_error=True)
