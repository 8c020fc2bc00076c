"""What the official conformance suite drives: our connections and our OAuth, with a person who agrees to everything.

Usage: python -m tests.counterparts.mcp_client <url>; MCP_CONFORMANCE_SCENARIO and _CONTEXT say what is tried.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from medea.apps.protocols import LazyProtocols
from medea.kernel.ids import ServerId, TenantId
from medea.kernel.mcp.connections import Limits, McpConnections
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.oauth import flow
from medea.kernel.mcp.oauth.values import Grant, OAuthClient
from medea.kernel.mcp.values import Endpoint, Request
from medea.kernel.outbound.client import OutboundClient
from medea.kernel.outbound.policy import OutboundPolicy

HOME = "http://localhost:3000/callback"
DOCUMENT = "https://conformance-test.local/client-metadata.json"
ATTEMPTS = 3
CALLS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "initialize": [],
    "elicitation-sep1034-client-defaults": [],  # would wait for an answer that nobody gives
    "tools_call": [("add_numbers", {"a": 5, "b": 3})],
    "sse-retry": [("test_reconnection", {})],
}


class Person:
    """Holds the token, and agrees to whatever is asked."""

    def __init__(self, url: str, context: Mapping[str, Any]) -> None:
        self.url = url
        self.grant: Grant | None = None
        self.door = OutboundClient(OutboundPolicy(allowed_private_hosts=frozenset({"localhost", "127.0.0.1"})))
        known = context.get("client_id")
        self.client = None if known is None else OAuthClient(id=known, secret=context.get("client_secret"))

    async def headers(self, _refused: str | None) -> Mapping[str, str]:
        return {} if self.grant is None else {"Authorization": f"Bearer {self.grant.access_token}"}

    async def agree(self, challenge: str) -> None:
        granted = None if self.grant is None else self.grant.scope
        client = self.client if self.grant is None else self.grant.client
        pending, address = await flow.begin(
            self.door,
            self.url,
            redirect_uri=HOME,
            challenge=challenge,
            client=client,
            document_url=DOCUMENT,
            granted=granted,
        )
        async with httpx2.AsyncClient(timeout=60) as browser:
            answer = await browser.get(address)
        given = parse_qs(urlsplit(answer.headers["location"]).query)
        assert given["state"][0] == pending.state
        issuer = given.get("iss", [None])[0]
        self.grant = await flow.finish(self.door, pending, code=given["code"][0], issuer=issuer)


async def main(url: str, scenario: str, context: Mapping[str, Any]) -> None:
    """List the server's tools and call one, agreeing where that is asked for."""
    person = Person(url, context)
    connections = McpConnections(person.door.policy, LazyProtocols(), Limits())
    tenant, server = TenantId.new(), ServerId.new()

    async def changed(_wait: float) -> None:
        return

    async def act(step: int) -> None:
        endpoint = Endpoint(url=url, transport="streamable_http", version=str(step), authorize=person.headers)
        listing = await connections.list_tools(tenant, server, endpoint, changed)
        for name, arguments in CALLS.get(scenario, [(tool.name, {}) for tool in listing.tools]):
            request = Request(name=name, arguments=arguments, seconds=20)
            await connections.call(tenant, server, endpoint, changed, request)

    try:
        for step in range(ATTEMPTS):
            try:
                return await act(step)
            except McpFailed as failure:
                if failure.kind != "unauthorized":
                    raise
                await person.agree(failure.challenge)
        await act(ATTEMPTS)
    finally:
        await connections.close()
        await person.door.close()


if __name__ == "__main__":
    asyncio.run(
        main(
            sys.argv[1],
            os.environ.get("MCP_CONFORMANCE_SCENARIO", ""),
            json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT", "{}")),
        )
    )
