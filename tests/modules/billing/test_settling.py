"""Settling while the database is away: the answer is there, and its price is not forgotten."""

import dataclasses
from contextlib import aclosing
from typing import Any

import pytest
from structlog.testing import capture_logs

from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context, Ports
from medea.kernel.ids import AgentId, TenantId, TurnId
from medea.kernel.llm.config import OFFLINE_MODEL
from medea.kernel.llm.messages import ChatMessage, Finish, ModelRequest
from medea.modules.conversations.runtime import spending
from medea.modules.tenancy.facade import ModelChoice
from tests.modules.billing.conftest import NewContext
from tests.modules.billing.test_reservations import make, standing


class Unsteady:
    """A database that fails its next transactions."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.failures: list[Exception] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def transaction(self, *args: Any, **kwargs: Any) -> Any:
        if self.failures:
            raise self.failures.pop()
        return self._database.transaction(*args, **kwargs)


@pytest.mark.parametrize(
    ("failures", "is_settled"),
    [([ConnectionRefusedError(), ConnectionResetError()], True), ([RuntimeError("a fault of ours")], False)],
)
async def test_an_answer_outlasts_what_keeps_it_from_being_settled(
    ports: Ports,
    tenant: TenantId,
    agent: AgentId,
    new_context: NewContext,
    failures: list[Exception],
    is_settled: bool,
) -> None:
    budget = await make(new_context, limit_tokens=100_000)
    database = Unsteady(ports.database)
    finish: Finish | None = None
    request = ModelRequest(model=OFFLINE_MODEL, messages=(ChatMessage("user", "When are you open?"),))
    async with Context(dataclasses.replace(ports, database=database), system_principal(tenant)) as ctx:  # type: ignore[arg-type]
        spender = spending.Spender(TurnId.new(), agent, None)
        with capture_logs() as logs:
            async with aclosing(
                await spending.stream(ctx, spender, request, ModelChoice(OFFLINE_MODEL, None, None))
            ) as events:
                async for event in events:
                    if isinstance(event, Finish):
                        finish = event
                        database.failures = list(failures)
    assert finish is not None
    assert database.failures == []
    told = [line["log_level"] for line in logs if line["event"] == "conversations.call_unsettled"]
    assert told == ([] if is_settled else ["error"])
    counter = (await standing(new_context, budget)).counter
    taken = finish.usage.input_tokens + finish.usage.output_tokens
    assert counter.spent_tokens == (taken if is_settled else 0)
    assert (counter.reserved_tokens > 0) is not is_settled, "what is not settled stays set aside, and expires"
