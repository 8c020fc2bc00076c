"""What budgets cost where there are none: nothing."""

import asyncio
from collections.abc import Callable

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.modules.billing.test_turns import make_budget
from tests.modules.conversations.chatting import chatty, open_conversation, say

__all__ = ["chatty"]


def listen(installation: Installation) -> Callable[[], list[str]]:
    """Note the statements of all connections that the application's pool has by now."""
    seen: list[str] = []
    for holder in installation.ports.database._app_loans._pool._holders:
        if holder._con is not None:
            holder._con.add_query_logger(lambda record: seen.append(" ".join(record.query.split())))
    return lambda: [query for query in seen if "SKIP LOCKED" not in query]


async def warm_up(client: AsyncClient) -> None:
    """Talk a little, so that the pool has its connections and what is remembered is."""
    conversations = [await open_conversation(client) for _ in range(6)]
    await asyncio.gather(*(say(client, conversation) for conversation in conversations))


async def test_without_a_budget_a_turn_has_no_statement_more(chatty: AsyncClient, installation: Installation) -> None:
    conversation = await open_conversation(chatty)
    await warm_up(chatty)
    await say(chatty, conversation)
    statements = listen(installation)
    await say(chatty, conversation)
    await asyncio.sleep(0)
    found = statements()
    assert not [query for query in found if "budget" in query]
    ours = [query for query in found if "conversation" in query or "messages" in query]
    assert len(ours) == 6, "read and write the prompt; read with history, and write; read and write the reply"


async def test_with_budgets_a_call_takes_two_statements_more(chatty: AsyncClient, installation: Installation) -> None:
    for unit in ("limit_tokens", "limit_usd"):
        await make_budget(chatty, **{unit: 1_000_000})
    conversation = await open_conversation(chatty)
    await warm_up(chatty)
    statements = listen(installation)
    await say(chatty, conversation)
    assert len([query for query in statements() if "budget" in query]) == 2
