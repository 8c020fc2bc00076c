"""Keeping what servers offer: several at once, and schemas that are too large."""

import asyncio
import json
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ServerId, TenantId
from medea.kernel.mcp.values import ListedTool, Listing
from medea.modules.tools.mcp import repository
from medea.modules.tools.service.mcp import listing
from tests.modules.tools.mcp.connecting import PATH, connect, read, tools_of
from tests.support.mcp import Running

OBJECT: dict[str, Any] = {"type": "object"}


def offer(*tools: ListedTool) -> Listing:
    return Listing(tools=tools, is_cut=False, transport="streamable_http", protocol="2025-11-25", server="x")


def listed(name: str, schema: dict[str, Any] | None = None, size: int = 0) -> ListedTool:
    return ListedTool(
        name=name, title="", description="", input_schema=OBJECT if schema is None else schema, schema_size=size
    )


async def company(installation: Installation, client: AsyncClient) -> Context:
    me = (await client.get("/v1/auth/me")).json()
    return Context(installation.ports, system_principal(TenantId.parse(me["tenant"]["id"])))


async def test_servers_that_offer_the_same_names_at_the_same_time(
    owner: AsyncClient, shop: Running, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = [await connect(owner, shop.url, name=f"Shop {number}") for number in range(3)]
    ctx = await company(installation, owner)
    real = repository.names_in_use

    async def slowly(sql: Sql) -> dict[str, str]:
        found = await real(sql)
        await asyncio.sleep(0.1)  # in which the others read, too, where they may
        return found

    monkeypatch.setattr(repository, "names_in_use", slowly)
    same = offer(*(listed(f"tool_{number}") for number in range(40)))
    await asyncio.gather(*(listing.keep(ctx.branch(), ServerId.parse(each["id"]), same) for each in servers))
    names = [tool["name"] for each in servers for tool in (await tools_of(owner, each)).values()]
    assert len(names) == len(set(names)) == 3 * 44
    assert [(await read(owner, each))["state"] for each in servers] == ["ready"] * 3


async def test_a_schema_that_nobody_can_use_is_not_kept(
    owner: AsyncClient, shop: Running, installation: Installation
) -> None:
    made = await connect(owner, shop.url)
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"type": "object", "properties": {"next": deep}}
    wide = {"type": "object", "properties": {f"p{number}": {"type": "string"} for number in range(2_000)}}
    found = offer(listed("dropped", {}, size=5_000_000), listed("deep", deep), listed("wide", wide))
    await listing.keep(await company(installation, owner), ServerId.parse(made["id"]), found)
    tools = await tools_of(owner, made)
    assert tools["dropped"]["problem"] == "the schema has 5000000 characters; at most 20000 are possible"
    assert tools["deep"]["problem"] == "the schema is nested too deeply"
    assert (tools["deep"]["parameters"], tools["dropped"]["parameters"]) == ({}, {})
    assert f"has {len(json.dumps(wide))} characters" in tools["wide"]["problem"]
    assert (await owner.get(f"{PATH}/{made['id']}")).json()["tools_offered"] == 3
