"""A model server of a test's own in the place of the platform's provider, and a company's beside it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from medea.kernel.settings import OutboundSettings, Settings
from tests.support.upstream import Answer, Call, Upstream, upstream


def provided_by(respond: Callable[[Call], Answer]) -> tuple[Any, Any]:
    """Make the fixtures `models` and `settings` of a test module: `models, settings = provided_by(respond)`.

    Args:
        respond: what the model says to a request.
    """

    @pytest.fixture
    def settings(settings: Settings, models: Upstream) -> Settings:
        """Settings with that server as the platform's provider, asked once."""
        return _with_models(settings, models)

    return _server(respond), settings


def provided_with_tools(respond: Callable[[Call], Answer], tools: Callable[[Call], Answer]) -> tuple[Any, Any, Any]:
    """Make the fixtures `models`, `tools` and `settings` of a test module, as `provided_by` does.

    Args:
        respond: what the model says to a request.
        tools: what the company's server says, whose tools the model calls; it may be called though it is here.
    """

    @pytest.fixture
    def settings(settings: Settings, models: Upstream, tools: Upstream) -> Settings:
        """Settings with both servers."""
        outbound = OutboundSettings(allowed_private_hosts=(f"127.0.0.1:{tools.port}",))
        return _with_models(settings, models).model_copy(update={"outbound": outbound})

    return _server(respond), _server(tools), settings


def _server(respond: Callable[[Call], Answer]) -> Any:
    @pytest.fixture
    async def server() -> AsyncIterator[Upstream]:
        async with upstream(respond=respond) as running:
            yield running

    return server


def _with_models(settings: Settings, models: Upstream) -> Settings:
    llm = settings.llm.model_copy(update={"base_url": models.base_url, "default_model": "m", "max_attempts": 1})
    return settings.model_copy(update={"llm": llm})
