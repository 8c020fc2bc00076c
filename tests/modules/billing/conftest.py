"""Fixtures of these tests: a company with an agent, and contexts as jobs have them."""

from collections.abc import Callable

import pytest

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context, Ports
from medea.kernel.ids import AgentId, TenantId
from medea.modules.agents import facade as agents
from medea.modules.agents.config import AgentConfig

NewContext = Callable[[], Context]


@pytest.fixture
def ports(installation: Installation) -> Ports:
    """The installation's ports."""
    return installation.ports


@pytest.fixture
def tenant() -> TenantId:
    """A company."""
    return TenantId.new()


@pytest.fixture
def new_context(ports: Ports, tenant: TenantId) -> NewContext:
    """Make contexts of the company, as a job has one."""
    return lambda: Context(ports, system_principal(tenant))


@pytest.fixture
async def agent(new_context: NewContext) -> AgentId:
    """The company's agent."""
    async with new_context() as ctx:
        return await agents.create_agent(ctx, AgentConfig(name="Guide"), slug="guide")


@pytest.fixture
async def other_agent(new_context: NewContext) -> AgentId:
    """Another one."""
    async with new_context() as ctx:
        return await agents.create_agent(ctx, AgentConfig(name="Other"), slug="other")
