"""What the tests of both drivers share."""

from collections.abc import Iterator

import pytest

from medea.kernel.ids import TenantId
from tests.contracts.bus import Recorder
from tests.support.postgres import SharedServer


@pytest.fixture(scope="module")
def bus_url(postgres: SharedServer) -> Iterator[str]:
    """A database for each file: other tests' workers must not find its jobs."""
    url = postgres.clone()
    yield url
    postgres.drop(url)


@pytest.fixture
def tenant() -> TenantId:
    return TenantId.new()


@pytest.fixture
def seen() -> Recorder:
    return Recorder()
