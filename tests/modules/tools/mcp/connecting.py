"""What tests of MCP servers do over the API."""

from typing import Any

from httpx2 import AsyncClient

PATH = "/v1/mcp-servers"


async def connect(client: AsyncClient, url: str, **fields: Any) -> dict[str, Any]:
    """Connect a server."""
    answer = await client.post(PATH, json={"name": "Shop", "url": url, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def read(client: AsyncClient, server: dict[str, Any]) -> dict[str, Any]:
    """Return it as it is now."""
    found: dict[str, Any] = (await client.get(f"{PATH}/{server['id']}")).json()
    return found


async def tools_of(client: AsyncClient, server: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return its tools by the server's names."""
    answer = await client.get(f"{PATH}/{server['id']}/tools")
    return {tool["remote_name"]: tool for tool in answer.json()["data"]}


async def change(client: AsyncClient, tool: dict[str, Any], **fields: Any) -> Any:
    """Change a tool."""
    return await client.patch(f"{PATH}/{tool['server_id']}/tools/{tool['id']}", json=fields)


async def attempt(client: AsyncClient, tool: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    """Try a tool out."""
    path = f"{PATH}/{tool['server_id']}/tools/{tool['id']}/test"
    answer = await client.post(path, json={"arguments": arguments})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
