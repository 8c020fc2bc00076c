"""Programs (stdio): the operator's, by name, on an installation that one company has to itself; otherwise none."""

import sys

import pytest
from httpx2 import AsyncClient

from medea.kernel.settings import McpSettings, ProgramSettings, Settings
from tests.modules.tools.mcp.connecting import PATH, attempt, tools_of
from tests.support.app import NewClient, problem, sign_up

CLOCK = {"name": "Clock", "transport": "stdio", "program": "time"}


@pytest.fixture
def database_url(fresh_database_url: str) -> str:
    """A database without other companies."""
    return fresh_database_url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with one program: the official clock, from PyPI."""
    program = ProgramSettings(command=sys.executable, args=("-m", "mcp_server_time", "--local-timezone", "UTC"))
    return settings.model_copy(update={"mcp": McpSettings(programs={"time": program})})


async def test_a_program_is_for_one_company_alone(owner: AsyncClient, new_client: NewClient) -> None:
    made = await owner.post(PATH, json=CLOCK)
    assert made.status_code == 201, made.text
    server = made.json()
    assert (server["state"], server["reached_by"], server["tools_usable"]) == ("ready", "stdio", 2)
    found = await attempt(owner, (await tools_of(owner, server))["get_current_time"], timezone="Europe/Berlin")
    assert found["result"]["timezone"] == "Europe/Berlin"
    other = await owner.post(PATH, json={**CLOCK, "name": "Shell", "program": "sh"})
    assert "one of those that the operator allows: time" in other.text
    problem(other, 422, "tools.program_not_allowed")
    clock = (await tools_of(owner, server))["get_current_time"]
    await sign_up(new_client())
    assert "cannot be used right now" in (await attempt(owner, clock, timezone="UTC"))["error"]
    refused = await owner.post(PATH, json={**CLOCK, "name": "Second"})
    assert "installations of one company" in problem(refused, 422, "tools.program_not_allowed")["errors"][0]["message"]
