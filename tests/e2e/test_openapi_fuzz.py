"""Schemathesis over `/openapi.json`, as a member, with a secret key, and as a visitor.

Whatever is sent: no 5xx, every answer is one that is documented, and nothing is taken that the description rules out.
"""

import asyncio
import contextlib
import os
import socket
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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

EXAMPLES = int(os.environ.get("MEDEA_FUZZ_EXAMPLES", "5"))  # per operation and kind of data; more by hand
SECONDS = 60  # for one request
ATTEMPTS = 5  # at requests that the generator stumbles over

NOT_WITH_REAL_IDS = frozenset(
    {
        "/v1/providers/{provider_id}/test",
        "/v1/tools/{tool_id}/test",
    }
)
"""Addresses that are only called with ids of nothing: these would call out to wherever the last case said."""

NEEDS_MORE = frozenset({"POST /v1/auth/login"})
"""Operations that answer 401 to who is known."""

REACHED = {"member": 100, "secret": 90, "visitor": 10}
"""How many operations each has to get something of."""

_OTHER_NAMES = {"model": "agent", "thread_id": "chat_id"}
"""Parameters that are not called as what they name."""

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)

Operation = APIOperation[Any, Any, Any, Any]


@dataclass
class Caller:
    """Who sends the requests.

    Attributes:
        headers: the credential, asked for anew for each operation: some requests end sessions.
        examples: per operation and kind of data.
        statuses: what each operation answered, by its label.
    """

    name: str
    headers: Callable[[], dict[str, str]]
    examples: int
    statuses: dict[str, Counter[int]] = field(default_factory=dict)

    def reached(self) -> list[str]:
        """Return the operations that did what they were asked for, once at least."""
        return [label for label, seen in self.statuses.items() if any(200 <= status < 300 for status in seen)]


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


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know no name but this machine's: what is made up is not asked for elsewhere."""
    ask = socket.getaddrinfo

    def own_only(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in {None, "localhost", "127.0.0.1"}:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return ask(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", own_only)


@pytest.mark.slow
@pytest.mark.usefixtures("offline")
async def test_no_request_breaks_the_server_or_the_contract(
    live: str, installation: Installation, new_client: NewClient
) -> None:
    company = await furnish(installation, new_client)
    await company.owner.delete(f"/v1/providers/{company.things['provider_id']}")
    loop = asyncio.get_running_loop()

    def session() -> dict[str, str]:
        token = asyncio.run_coroutine_threadsafe(open_session(installation, company), loop).result(10)
        return {"cookie": f"{SESSION_COOKIE}={token}"}

    callers = [
        Caller("member", session, EXAMPLES),
        Caller("secret", lambda: {"authorization": f"Bearer {company.bearers['secret']}"}, max(1, EXAMPLES // 3)),
        Caller("visitor", lambda: {"authorization": f"Bearer {company.bearers['visitor']}"}, max(1, EXAMPLES // 3)),
    ]
    things = company.things | {"number": "1", "model_name": "some/model"}
    faults = await asyncio.to_thread(fuzz, live, things, callers)
    assert not faults, "\n\n".join(faults)
    unknown = {
        c.name: [label for label, seen in c.statuses.items() if seen[401] and label not in NEEDS_MORE] for c in callers
    }
    assert unknown == {"member": [], "secret": [], "visitor": []}  # or all of this would have tried nothing
    assert {c.name: len(c.reached()) >= REACHED[c.name] for c in callers} == dict.fromkeys(REACHED, True)


async def open_session(installation: Installation, company: Company) -> str:
    """Log the owner in once more: among the requests are some that end sessions."""
    user_id = UserId.parse(company.things["user_id"])
    tenant_id = TenantId.parse(company.things["tenant_id"])
    ctx = Context(installation.ports, ANONYMOUS)
    return (await identity.log_in(ctx, user_id, tenant_id, identity.Device())).token


def fuzz(origin: str, things: Mapping[str, str], callers: list[Caller]) -> list[str]:
    """Send generated requests to every operation, and return what went wrong, one text per operation and caller."""
    load_all_checks()
    faults = []
    for operation in sorted(_operations(origin).values(), key=_turn):
        for caller in callers:
            if fault := _fault(origin, operation, partial(_fuzz_operation, origin, things, caller)):
                faults.append(f"{operation.label} as {caller.name}\n{fault}")
    return faults


def _operations(origin: str) -> dict[str, Operation]:
    schema = schemathesis.openapi.from_url(f"{origin}/openapi.json")
    schema.config.generation.update(with_security_parameters=False)  # invented credentials would come first
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
    caller: Caller,
    operation: Operation,
    attempt: int,
    seen: list[str],
) -> None:
    checks: dict[str, Any] = {name: CHECKS.get_one(name) for name in CHECKED}
    headers, statuses = caller.headers(), caller.statuses.setdefault(operation.label, Counter())
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
                max_examples=caller.examples,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=strategy)
            def run(case: Case[Any]) -> None:
                try:
                    answer = case.call(base_url=origin, headers=headers, timeout=SECONDS)
                    statuses[answer.status_code] += 1
                    is_judged = _trimmed(case.body) == case.body  # names are, and may fit then
                    judged = [check for name, check in checks.items() if is_judged or name != "negative_data_rejection"]
                    case.validate_response(answer, checks=judged)
                except (Exception, BaseExceptionGroup) as error:
                    seen.append(f"{case.as_curl_command()}\n{_told(error)}")  # it may never be seen again
                    raise

            with contextlib.suppress(Unsatisfiable):  # nothing can be sent wrong where nothing is sent
                (seed(attempt)(run) if attempt else run)()


def _trimmed(value: Any) -> Any:
    """Return a body whose texts have no blanks around them."""
    match value:
        case str():
            return value.strip()
        case list():
            return [_trimmed(one) for one in value]
        case dict():
            return {name: _trimmed(one) for name, one in value.items()}
    return value
