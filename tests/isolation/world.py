"""Two companies with one of everything, made through the API as people would make it.

A test that finds a table without a row, or a parameter that it cannot fill, says so: the thing is then
made in `furnish` below.
"""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

import msgspec
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import (
    AgentId,
    BudgetId,
    ConversationId,
    JobId,
    LeadId,
    ServerId,
    SessionId,
    TenantId,
    ToolCallId,
    ToolId,
    TurnId,
)
from medea.kernel.mcp.oauth.values import Authority, Grant, OAuthClient
from medea.modules.tools.mcp.grants import owner_of_grant
from tests.isolation.outgoing import furnish_webhooks
from tests.isolation.shelves import furnish_knowledge
from tests.support.app import PASSWORD, WIDGET_ORIGIN, NewClient, fresh_email, sign_up


@dataclass(frozen=True, slots=True)
class Company:
    """A tenant, the credentials to act in it, and what is in it.

    Attributes:
        mark: a word that is in every name, text and address of this company and nowhere else.
        tenant_id: the tenant.
        owner: client with the owner's dashboard session.
        bearers: other credentials by kind: `secret`, `publishable`, `visitor`.
        things: what a parameter of this name may be filled with.
        resume_token: of the visitor.
    """

    mark: str
    tenant_id: TenantId
    owner: AsyncClient
    bearers: dict[str, str]
    things: dict[str, str]
    resume_token: str

    @property
    def traces(self) -> list[str]:
        """Texts that nobody else may ever be shown."""
        return [self.mark, *(value for value in self.things.values() if len(value) > 20)]


async def furnish(installation: Installation, new_client: NewClient) -> Company:
    """Found a company and put one of everything into it. Needs a running worker."""
    mark = f"mark{uuid.uuid4().hex[:12]}"
    owner = new_client()
    me = await sign_up(owner, email=fresh_email(mark), name=f"{mark} owner", tenant_name=f"{mark} company")
    tenant_id = TenantId.parse(me["tenant"]["id"])
    agent = await _agent(owner, mark)
    made = await _tenancy(owner, mark, sorted(installation.ports.scopes.for_keys))
    bearers = {"secret": made.pop("secret"), "publishable": made.pop("publishable")}
    visitor = await _post(
        new_client(base_url=WIDGET_ORIGIN),
        "/v1/widget/sessions",
        {"agent": agent["slug"]},
        bearers["publishable"],
    )
    bearers["visitor"] = visitor["token"]
    made["budget_id"] = await _budget(installation, owner, tenant_id, mark)
    talk = await _talk(new_client(), agent["id"], mark, bearers)
    talk |= await furnish_knowledge(installation, owner, tenant_id, mark, {"agent_id": agent["id"], **talk})
    talk |= await _tools(installation, owner, tenant_id, mark, {"agent_id": agent["id"], **talk})
    talk |= await furnish_webhooks(installation, tenant_id, mark)
    job_id = await _kernel_rows(installation, tenant_id, mark)
    things = {
        "tenant_id": me["tenant"]["id"],
        "user_id": me["user"]["id"],
        "session_id": me["session"]["id"],
        "agent_id": agent["id"],
        "agent": agent["slug"],
        "visitor_id": visitor["visitor_id"],
        "job_id": str(job_id),
        **made,
        **talk,
    }
    return Company(mark, tenant_id, owner, bearers, things, visitor["resume_token"])


async def _post(client: AsyncClient, path: str, body: dict[str, Any], bearer: str | None = None) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
    answer = await client.post(path, json=body, headers={**headers, "idempotency-key": uuid.uuid4().hex})
    assert answer.is_success, f"{path}: {answer.text}"
    found: dict[str, Any] = answer.json()
    return found


async def _agent(owner: AsyncClient, mark: str) -> dict[str, Any]:
    body = {
        "name": f"{mark} agent",
        "slug": f"{mark}-agent",
        "system_prompt": f"Be {mark}.",
        "model": "medea/offline",
        "examples": [{"user": f"{mark}?", "assistant": f"{mark}!"}],
    }
    agent = await _post(owner, "/v1/agents", body)
    await _post(owner, f"/v1/agents/{agent['id']}/publish", {"note": mark})
    return agent


async def _budget(installation: Installation, owner: AsyncClient, tenant_id: TenantId, mark: str) -> str:
    """Set a budget, which the talk counts in, with something set aside that nobody settles, and a warning."""
    budget = await _post(
        owner,
        "/v1/budgets",
        {"name": f"{mark} budget", "scope": "tenant", "period": "month", "limit_tokens": 10_000_000},
    )
    of = (tenant_id, BudgetId.parse(budget["id"]))
    async with installation.ports.database.transaction(tenant_id) as sql:
        await sql.execute(
            "INSERT INTO budget_reservations (tenant_id, budget_id, id, turn_id, starts_at, subject, usd, tokens,"
            " expires_at) VALUES ($1, $2, $3, $3, current_date, $4, 0, 0, now() + interval '9 years')",
            *of,
            uuid.uuid4(),
            mark,
        )
        await sql.execute(
            "INSERT INTO budget_notices (tenant_id, budget_id, starts_at, level, created_at)"
            " VALUES ($1, $2, '2001-01-01', 80, now())",
            *of,
        )
    return str(budget["id"])


async def _tools(
    installation: Installation, owner: AsyncClient, tenant_id: TenantId, mark: str, known: dict[str, str]
) -> dict[str, str]:
    """Define a tool with a secret, allow a site, and leave what a visitor filled in."""
    secret = await _post(owner, "/v1/secrets", {"name": mark.upper(), "value": f"{mark}-secret-of-the-vault"})
    headers = {"X-Mark": mark, "X-Key": f"{{{{{mark.upper()}}}}}"}
    url = f"https://tools.example.com/{mark}"
    tool = await _post(owner, "/v1/tools", {"name": mark, "description": mark, "url": url, "headers": headers})
    allowed = await owner.patch("/v1/tool-settings", json={"fetch_hosts": [f"{mark}.example.com"]})
    assert allowed.is_success, allowed.text
    ids = (AgentId.parse(known["agent_id"]), ConversationId.parse(known["conversation_id"]))
    lead = LeadId.new()
    async with installation.ports.database.transaction(tenant_id) as sql:
        await sql.execute(
            "INSERT INTO leads (tenant_id, id, agent_id, conversation_id, turn_id, title, answers, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, now())",
            *(tenant_id, lead, *ids, TurnId.parse(known["turn_id"]), mark, {"email": f"{mark}@example.com"}),
        )
    made = {"tool_id": tool["id"], "secret_id": secret["id"], "lead_id": str(lead)}
    made["server_id"] = await _mcp(installation, owner, tenant_id, mark)
    return made | {"tool_call_id": str(ToolCallId.new())}


async def _mcp(installation: Installation, owner: AsyncClient, tenant_id: TenantId, mark: str) -> str:
    """Connect an MCP server, as far as that goes without one, with a tool, a token and somebody who is asked."""
    body = {"name": f"{mark} mcp", "url": f"https://mcp.example.com/{mark}", "auth": "oauth"}
    server = await _post(owner, "/v1/mcp-servers", body)
    server_id = ServerId.parse(server["id"])
    grant = _grant(server["url"], mark)
    sealed = installation.ports.keyring.encrypt(msgspec.json.encode(grant), owner_of_grant(tenant_id, server_id))
    async with installation.ports.database.transaction(tenant_id) as sql:
        await sql.execute(
            "INSERT INTO mcp_tools (tenant_id, id, server_id, remote_name, title, description, input_schema, hints,"
            " name, is_enabled, is_safe_to_repeat, is_public, is_listed, is_new, created_at)"
            " VALUES ($1, $2, $3, $4, $4, $4, '{}', '{}', $5, true, false, false, true, false, now())",
            *(tenant_id, ToolId.new(), server_id, mark, f"{mark}_mcp"),
        )
        await sql.execute(
            "INSERT INTO mcp_grants (tenant_id, server_id, ciphertext, updated_at) VALUES ($1, $2, $3, now())",
            *(tenant_id, server_id, sealed),
        )
        await sql.execute(
            "INSERT INTO mcp_pending (tenant_id, state_hash, server_id, session_id, ciphertext, expires_at)"
            " VALUES ($1, $2, $3, $4, $2, now() + interval '9 years')",
            *(tenant_id, mark.encode(), server_id, SessionId.new()),
        )
    return str(server_id)


def _grant(url: str, mark: str) -> Grant:
    issuer = f"https://login.example.com/{mark}"
    authority = Authority(issuer=issuer, authorize_url=f"{issuer}/authorize", token_url=f"{issuer}/token")
    return Grant(url=url, authority=authority, client=OAuthClient(id=mark), access_token=f"{mark}-token-of-a-person")


async def _tenancy(owner: AsyncClient, mark: str, scopes: list[str]) -> dict[str, str]:
    secret = await _post(owner, "/v1/api-keys", {"name": f"{mark} secret", "kind": "secret", "scopes": scopes})
    publishable = await _post(owner, "/v1/api-keys", {"name": f"{mark} publishable", "kind": "publishable"})
    provider = await _post(
        owner,
        "/v1/providers",
        {
            "name": f"{mark} provider",
            "base_url": "https://models.example.com/v1",
            "api_key": f"{mark}-secret",
            "default_model": f"{mark}-model",
        },
    )
    written = await owner.patch(
        f"/v1/llm/catalogue/{mark}-model", json={"name": f"{mark} entry", "context_window": 4096}
    )
    assert written.status_code == 200, written.text
    invitation = await _post(owner, "/v1/invitations", {"email": fresh_email(mark), "role": "viewer"})
    identity = (await owner.get("/v1/tenant/identity")).json()
    members = (await owner.get("/v1/members")).json()["data"]
    return {
        "secret": secret["key"],
        "publishable": publishable["key"],
        "key_id": secret["id"],
        "provider_id": provider["id"],
        "invitation_id": invitation["id"],
        "member_id": members[0]["id"],
        "identity_secret": identity["secret"],
    }


async def _talk(client: AsyncClient, agent_id: str, mark: str, bearers: dict[str, str]) -> dict[str, str]:
    """Let the visitor say something, rate the answer, and let a server chat in the AI SDK's way."""
    visitor = bearers["visitor"]
    conversation = await _post(client, "/v1/conversations", {"agent": agent_id, "title": f"{mark} talk"}, visitor)
    path = f"/v1/conversations/{conversation['id']}/messages"
    sent = await _post(client, path, {"text": f"Hello {mark}"}, visitor)
    turn = await _finished(client, sent["turn_id"], visitor)
    await _post(client, f"/v1/messages/{turn['reply_id']}/feedback", {"rating": "up", "comment": mark}, visitor)
    chat_id = f"{mark}-chat-of-a-client"
    said = {"id": "m1", "role": "user", "parts": [{"type": "text", "text": f"Hi {mark}"}]}
    headers = {"authorization": f"Bearer {bearers['secret']}"}
    answer = await client.post(f"/v1/agents/{agent_id}/chat", json={"id": chat_id, "messages": [said]}, headers=headers)
    assert answer.is_success, answer.text
    response = await _post(client, "/v1/responses", {"model": agent_id, "input": f"Hey {mark}"}, bearers["secret"])
    return {
        "response_id": response["id"],
        "conversation_id": conversation["id"],
        "turn_id": sent["turn_id"],
        "message_id": turn["reply_id"],
        "chat_id": chat_id,
    }


async def _finished(client: AsyncClient, turn_id: str, bearer: str) -> dict[str, Any]:
    turn: dict[str, Any] = {}
    for _ in range(1200):
        answer = await client.get(f"/v1/turns/{turn_id}", headers={"authorization": f"Bearer {bearer}"})
        turn = answer.json()
        if turn["status"] == "completed":
            return turn
        await asyncio.sleep(0.05)
    raise AssertionError(f"the turn does not finish: {turn}")


async def _kernel_rows(installation: Installation, tenant_id: TenantId, mark: str) -> JobId:
    """Leave a job that is not due for years, a message that was taken in, and what has no address of its own."""
    job_id = JobId.new()
    async with installation.ports.database.transaction(tenant_id) as sql:
        await sql.execute(
            "INSERT INTO jobs (tenant_id, id, task, queue, payload, max_attempts, run_at)"
            " VALUES ($1, $2, 'isolation.never', 'slow', $3, 1, now() + interval '9 years')",
            tenant_id,
            job_id,
            {"mark": mark},
        )
        await sql.execute("INSERT INTO inbox (tenant_id, consumer, key) VALUES ($1, 'isolation', $2)", tenant_id, mark)
        await sql.execute(
            "INSERT INTO turn_values (tenant_id, turn_id, version, conversation_id, ciphertext, created_at)"
            " VALUES ($1, gen_random_uuid(), 1, gen_random_uuid(), $2, now())",
            tenant_id,
            mark.encode(),
        )
        await sql.execute(
            "INSERT INTO review_notices (tenant_id, agent_id, job_id, told_at)"
            " VALUES ($1, gen_random_uuid(), gen_random_uuid(), now())",
            tenant_id,
        )
    async with installation.ports.database.system() as sql:  # a company does not say what it may
        await sql.execute("INSERT INTO tenant_allowances (tenant_id, updated_at) VALUES ($1, now())", tenant_id)
    return job_id


async def furnish_two(installation: Installation, new_client: NewClient) -> tuple[Company, Company]:
    """Furnish two companies, then stop the worker, so that nothing moves but what a test does."""
    await installation.start_worker(is_alone=False)
    both = await furnish(installation, new_client), await furnish(installation, new_client)
    assert installation.worker is not None
    await installation.worker.stop(5)
    installation.worker = None
    return both


__all__ = ["PASSWORD", "Company", "furnish", "furnish_two"]
