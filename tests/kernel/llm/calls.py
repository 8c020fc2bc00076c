"""Calling a model in a test."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace

from medea.kernel.llm.config import CallLimits, ProviderConfig
from medea.kernel.llm.errors import ModelError
from medea.kernel.llm.messages import (
    ChatMessage,
    Finish,
    ModelRequest,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolCallStart,
)
from medea.kernel.llm.port import ModelClient
from medea.kernel.llm.providers.anthropic.messages import AnthropicMessages
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.llm.providers.openai_compatible import OpenAICompatible
from medea.kernel.llm.providers.remote import RemoteModel
from medea.kernel.outbound.policy import OutboundPolicy
from tests.support.upstream import Answer, Upstream, upstream

KEY = "sk-very-secret-key-1234567890"
FAST = CallLimits(
    connect=30, first_token=30, silence=1, trailing=0.5, max_attempts=1, backoff=0.01, max_backoff=1, max_connections=20
)
ASK = ModelRequest((ChatMessage("system", "Be kind."), ChatMessage("user", "Hello?")), model="fake-1")


@dataclass
class Outcome:
    """What a call gave."""

    texts: list[str]
    finish: Finish | None
    error: ModelError | None
    starts: list[ToolCallStart] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)
    calls: list[ToolCall] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


async def collect(client: ModelClient, request: ModelRequest = ASK) -> Outcome:
    """Read a stream to its end, whatever the end is."""
    found = Outcome([], None, None)
    try:
        async with aclosing(client.stream(request)) as events:
            async for event in events:
                assert found.finish is None, "nothing comes after Finish"
                if isinstance(event, TextDelta):
                    assert event.text
                    found.texts.append(event.text)
                elif isinstance(event, Finish):
                    found.finish = event
                else:
                    _take(found, event)
    except ModelError as error:
        found.error = error
    assert (found.finish is None) != (found.error is None)
    return found


def _take(found: Outcome, event: ToolCallStart | ToolCallDelta | ToolCall) -> None:
    """Follow a call, which must begin before it goes on and end as its pieces said."""
    if isinstance(event, ToolCallStart):
        assert event.call_id not in found.arguments
        found.starts.append(event)
        found.arguments[event.call_id] = ""
    elif isinstance(event, ToolCallDelta):
        assert event.text
        found.arguments[event.call_id] += event.text
    else:
        assert event.arguments == (found.arguments[event.call_id] or "{}")
        found.calls.append(event)


@asynccontextmanager
async def client_of(server: Upstream, limits: CallLimits = FAST, **config: object) -> AsyncIterator[RemoteModel]:
    """Give an adapter for the fake server."""
    connections = Connections(limits, OutboundPolicy())
    base = ProviderConfig(id="platform", base_url=server.base_url, api_key=KEY, is_guarded=False)
    chosen = replace(base, **config)  # type: ignore[arg-type]
    adapter = AnthropicMessages if chosen.kind == "anthropic" else OpenAICompatible
    try:
        yield adapter(chosen, limits, connections)
    finally:
        await connections.close()


async def call(*answers: Answer, request: ModelRequest = ASK, limits: CallLimits = FAST) -> tuple[Outcome, Upstream]:
    """Let the fake server answer one request."""
    async with upstream(*answers) as server, client_of(server, limits) as client:
        return await collect(client, request), server
