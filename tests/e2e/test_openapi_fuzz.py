"""Schemathesis over `/openapi.json`: whatever is sent, no 5xx, and every answer is one that is documented."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Flaky, Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import ANONYMOUS
from medea.kernel.context import Context
from medea.kernel.ids import TenantId, UserId
from medea.kernel.settings import LimitSettings, Settings
from medea.kernel.web.security import SESSION_COOKIE
from medea.modules.identity import facade as identity
from tests.isolation.world import Company, furnish
from tests.support.app import NewClient

EXAMPLES = int(os.environ.get("MEDEA_FUZZ_EXAMPLES", "10"))  # per operation and kind of data; more by hand
SECONDS = 60  # for one request
ATTEMPTS = 5  # at requests that the generator stumbles over

NOT_WITH_REAL_IDS = frozenset(
    {
        "/v1/providers/{provider_id}/test",
        "/v1/tools/{tool_id}/test",
    }
)
"""Addresses that are only called with ids of nothing: these would call out to wherever the last case said."""

_OTHER_NAMES = {"model": "agent", "thread_id": "chat_id"}
"""Parameters that are not called as what they name."""

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)

NewSession = Callable[[], str]
Operation = APIOperation[Any, Any, Any, Any]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Let everything be asked often."""
    limits = LimitSettings(
        login_per_minute=10_000,
        signup_per_hour=10_000,
        widget_sessions_per_minute=10_000,
        chat_per_visitor=1_000_000,
        requests_per_caller=1_000_000,
        requests_per_tenant=1_000_000,
    )
    return settings.model_copy(update={"limits": limits})


@pytest.mark.slow
async def test_no_request_breaks_the_server_or_the_contract(
    live: str, installation: Installation, new_client: NewClient
) -> None:
    company = await furnish(installation, new_client)
    await company.owner.delete(f"/v1/providers/{company.things['provider_id']}")
    loop = asyncio.get_running_loop()

    def new_session() -> str:
        return asyncio.run_coroutine_threadsafe(open_session(installation, company), loop).result(10)

    things = company.things | {"number": "1", "model_name": "some/model"}
    faults = await asyncio.to_thread(fuzz, live, things, new_session)
    assert not faults, "\n\n".join(faults)


async def open_session(installation: Installation, company: Company) -> str:
    """Log the owner in once more: among the requests are some that end sessions."""
    user_id = UserId.parse(company.things["user_id"])
    tenant_id = TenantId.parse(company.things["tenant_id"])
    ctx = Context(installation.ports, ANONYMOUS)
    return (await identity.log_in(ctx, user_id, tenant_id, identity.Device())).token


def fuzz(origin: str, things: Mapping[str, str], new_session: NewSession) -> list[str]:
    """Send generated requests to every operation, and return what went wrong, one text per operation."""
    load_all_checks()
    faults = []
    for operation in sorted(_operations(origin).values(), key=_turn):
        if fault := _fault(origin, operation, partial(_fuzz_operation, origin, things, new_session)):
            faults.append(f"{operation.label}\n{fault}")
    return faults


def _operations(origin: str) -> dict[str, Operation]:
    schema = schemathesis.openapi.from_url(f"{origin}/openapi.json")
    return {
        each.label: each for result in schema.get_all_operations() if isinstance(result, Ok) for each in [result.ok()]
    }


def _fault(origin: str, operation: Operation, work: Callable[[Operation, int, list[str]], None]) -> str:
    """Do some work that tells which requests went wrong; return what is wrong, or nothing.

    Where the generator could not make the same request twice, and none went wrong, all of it is done again: with
    other requests, and of a description read anew, because what it remembers of one is what it stumbles over.
    """
    for attempt in range(ATTEMPTS):
        seen: list[str] = []
        try:
            work(operation if attempt == 0 else _operations(origin)[operation.label], attempt, seen)
        except Flaky as error:
            if seen:
                return "\n".join([seen[0], _told(error)])
            continue
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - reported with its operation
            return "\n".join([_told(error), *seen[:1]])
        return ""
    return "its requests cannot be generated"


def _told(error: BaseException) -> str:
    """Return what went wrong, and what led to it where that is several things."""
    if isinstance(error, BaseExceptionGroup):
        return "\n".join([str(error), *(_told(one) for one in error.exceptions)])
    return str(error)


def _turn(operation: Operation) -> tuple[int, str]:
    """Order operations so that those which take things away, or add addresses to call out to, come last."""
    lateness = 2 * (operation.method.upper() == "DELETE") + ("/providers" in operation.path)
    return lateness, operation.label


def _fuzz_operation(
    origin: str,
    things: Mapping[str, str],
    new_session: NewSession,
    operation: Operation,
    attempt: int,
    seen: list[str],
) -> None:
    checks: list[Any] = [CHECKS.get_one(name) for name in CHECKED]
    cookie = {"cookie": f"{SESSION_COOKIE}={new_session()}"}
    names = [parameter.name for parameter in operation.path_parameters]
    real = {name: things[_OTHER_NAMES.get(name, name)] for name in names}
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        overrides: list[dict[str, Any]] = [{}]
        if real and operation.method.upper() != "DELETE" and operation.path not in NOT_WITH_REAL_IDS:
            overrides = (
                [{"path_parameters": real}] if mode is GenerationMode.POSITIVE else [{}, {"path_parameters": real}]
            )
        for override in overrides:
            strategy = operation.as_strategy(generation_mode=mode, **override)

            @hypothesis_settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=strategy)
            def run(case: Case[Any]) -> None:
                try:
                    case.call_and_validate(base_url=origin, headers=cookie, checks=checks, timeout=SECONDS)
                except (Exception, BaseExceptionGroup) as error:
                    seen.append(f"{case.as_curl_command()}\n{_told(error)}")  # it may never be seen again
                    raise

            with contextlib.suppress(Unsatisfiable):  # nothing can be sent wrong where nothing is sent
                (seed(attempt)(run) if attempt else run)()
