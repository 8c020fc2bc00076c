"""A model server of a test's own in the place of the platform's provider."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from medea.kernel.settings import Settings
from tests.support.upstream import Answer, Call, Upstream, upstream


def provided_by(respond: Callable[[Call], Answer]) -> tuple[Any, Any]:
    """Make the fixtures `models` and `settings` of a test module: `models, settings = provided_by(respond)`.

    Args:
        respond: what the model says to a request.
    """

    @pytest.fixture
    async def models() -> AsyncIterator[Upstream]:
        """The model server."""
        async with upstream(respond=respond) as server:
            yield server

    @pytest.fixture
    def settings(settings: Settings, models: Upstream) -> Settings:
        """Settings with that server as the platform's provider, asked once."""
        llm = settings.llm.model_copy(update={"base_url": models.base_url, "default_model": "m", "max_attempts": 1})
        return settings.model_copy(update={"llm": llm})

    return models, settings
