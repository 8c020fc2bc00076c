"""Our adapter against a model server that others wrote: npm's `@copilotkit/aimock`."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from medea.kernel.llm.config import CallLimits, ProviderConfig
from medea.kernel.llm.messages import ChatMessage, ModelRequest
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.llm.providers.openai_compatible import OpenAICompatible
from medea.kernel.outbound.policy import OutboundPolicy
from tests.counterparts.node import HERE, free_port, node_server, require_node
from tests.kernel.llm.calls import Outcome, collect

KEY = "sk-of-the-counterpart"
LIMITS = CallLimits(connect=5, first_token=10, silence=5, max_attempts=1)


@dataclass
class Counterpart:
    """The running server."""

    port: int

    async def ask(self, text: str, *, path: str = "/v1", key: str = KEY, limits: CallLimits = LIMITS) -> Outcome:
        async with self.client(path, key, limits) as client:
            return await collect(client, question(text))

    @asynccontextmanager
    async def client(
        self, path: str = "/v1", key: str = KEY, limits: CallLimits = LIMITS
    ) -> AsyncIterator[OpenAICompatible]:
        connections = Connections(limits, OutboundPolicy())
        try:
            base = f"http://127.0.0.1:{self.port}{path}"
            yield OpenAICompatible(ProviderConfig("platform", base, key, is_guarded=False), limits, connections)
        finally:
            await connections.close()


def question(text: str) -> ModelRequest:
    return ModelRequest((ChatMessage("system", "Be kind."), ChatMessage("user", text)), model="gpt-4o")


@pytest.fixture
async def counterpart() -> AsyncIterator[Counterpart]:
    node, package = require_node("@copilotkit/aimock")
    port = free_port()
    program = [node, str(package / "dist" / "cli.js"), "-p", str(port), "-f", str(HERE / "aimock")]
    async with node_server([*program, "--validate-on-load"], port=port, environment={"AIMOCK_API_KEYS": KEY}):
        yield Counterpart(port)


async def test_the_counterpart_is_understood(counterpart: Counterpart) -> None:
    for path in ("", "/", "/v1", "/v1/", "/api/v1"):
        outcome = await counterpart.ask("hello", path=path)
        assert outcome.text.startswith("Hello from an independent server: héllo 🌍")
        assert outcome.finish is not None
        assert (outcome.finish.reason, outcome.finish.model) == ("stop", "gpt-4o")
        assert not outcome.finish.usage.is_estimated
    outcome = await counterpart.ask("counted")
    assert outcome.finish is not None
    assert (outcome.finish.reason, outcome.finish.model) == ("length", "renamed-1")
    assert (outcome.finish.usage.input_tokens, outcome.finish.usage.output_tokens) == (11, 5)
    assert (await counterpart.ask("thinking")).text == "Forty-two."


async def test_its_failures_become_ours(counterpart: Counterpart) -> None:
    for text, code, key in (
        ("busy", "llm.rate_limited", KEY),
        ("broken", "llm.unavailable", KEY),
        ("cut", "llm.interrupted", KEY),
        ("hello", "llm.authentication", "sk-wrong"),
        ("nothing like this is known", "llm.model_not_found", KEY),
    ):
        outcome = await counterpart.ask(text, key=key)
        assert outcome.error is not None
        assert outcome.error.code == code
        assert (outcome.text != "") == (text == "cut")
    start = time.monotonic()
    outcome = await counterpart.ask("busy", limits=replace(LIMITS, max_attempts=2, backoff=0.01))
    assert outcome.error is not None
    assert outcome.error.retry_after == 1
    assert time.monotonic() - start >= 1


async def test_it_can_be_left_early(counterpart: Counterpart) -> None:
    async with counterpart.client() as client:
        start = time.monotonic()
        async with aclosing(client.stream(question("slow"))) as events:
            await anext(events)
        assert time.monotonic() - start < 5
        tasks = [asyncio.create_task(collect(client, question("hello"))) for _ in range(20)]
        assert {outcome.text for outcome in await asyncio.gather(*tasks)} == {
            (await collect(client, question("hello"))).text
        }
