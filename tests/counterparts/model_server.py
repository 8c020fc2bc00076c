"""npm's `@copilotkit/aimock`, a model server that others wrote, and our adapters for the dialects that it speaks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from medea.kernel.llm.config import CallLimits, ProviderConfig, ProviderKind
from medea.kernel.llm.messages import ChatMessage, ModelRequest
from medea.kernel.llm.providers.anthropic.messages import AnthropicMessages
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.llm.providers.openai_compatible import OpenAICompatible
from medea.kernel.llm.providers.remote import RemoteModel
from medea.kernel.outbound.policy import OutboundPolicy
from tests.counterparts.node import HERE, free_port, node_server, require_node
from tests.kernel.llm.calls import Outcome, collect

KEY = "sk-of-the-counterpart"
LIMITS = CallLimits(connect=5, first_token=10, silence=5, max_attempts=1)
MODEL = "gpt-4o"


@dataclass
class Counterpart:
    """The running server, and in which dialect we speak to it."""

    port: int
    kind: ProviderKind

    @property
    def base_url(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def ask(
        self, asked: ModelRequest | str, *, path: str = "/v1", key: str = KEY, limits: CallLimits = LIMITS
    ) -> Outcome:
        """Put a question and return what came of it."""
        async with self.client(path, key, limits) as client:
            return await collect(client, question(asked) if isinstance(asked, str) else asked)

    @asynccontextmanager
    async def client(
        self, path: str = "/v1", key: str = KEY, limits: CallLimits = LIMITS
    ) -> AsyncIterator[RemoteModel]:
        """Give our adapter for it."""
        connections = Connections(limits, OutboundPolicy())
        base = f"http://127.0.0.1:{self.port}{path}"
        adapter = AnthropicMessages if self.kind == "anthropic" else OpenAICompatible
        try:
            yield adapter(ProviderConfig("platform", base, key, is_guarded=False, kind=self.kind), limits, connections)
        finally:
            await connections.close()


def question(text: str) -> ModelRequest:
    """Return a request that asks this."""
    return ModelRequest((ChatMessage("system", "Be kind."), ChatMessage("user", text)), model=MODEL)


@asynccontextmanager
async def aimock(folder: str, kind: ProviderKind) -> AsyncIterator[Counterpart]:
    """Run the server with the scripts of a folder beside this file."""
    node, package = require_node("@copilotkit/aimock")
    port = free_port()
    program = [node, str(package / "dist" / "cli.js"), "-p", str(port), "-f", str(HERE / folder)]
    async with node_server(program, port=port, environment={"AIMOCK_API_KEYS": KEY}):
        yield Counterpart(port, kind)
