"""Colleagues for the tests of this folder."""

import asyncio
from typing import Any

from httpx2 import AsyncClient

from tests.support.app import PASSWORD, NewClient, Outbox, fresh_email


async def invitation_token(owner: AsyncClient, mails: Outbox, email: str, role: str) -> str:
    """Invite an address and return the token of the mailed link."""
    answer = await owner.post("/v1/invitations", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    for _ in range(3000):
        if await mails.to(email):
            return await mails.token(email)
        await asyncio.sleep(0.02)
    raise AssertionError("no mail came")


async def colleague(owner: AsyncClient, new_client: NewClient, mails: Outbox, role: str) -> AsyncClient:
    """Invite someone new and return their client, logged in."""
    token = await invitation_token(owner, mails, fresh_email(role), role)
    client = new_client()
    answer = await client.post(
        "/v1/invitations/register", json={"token": token, "name": role.title(), "password": PASSWORD}
    )
    assert answer.status_code == 201, answer.text
    return client


async def membership(client: AsyncClient) -> dict[str, Any]:
    """Return the client's own membership."""
    me = (await client.get("/v1/auth/me")).json()
    members = (await client.get("/v1/members")).json()["data"]
    found: dict[str, Any] = next(member for member in members if member["user"]["id"] == me["user"]["id"])
    return found
