"""Circuits: when they open, who probes, when they close; on a clock of our own."""

import asyncio
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medea.kernel.llm.circuits import Circuit, CircuitPolicy, Circuits, Permit
from medea.kernel.llm.config import PLATFORM, CallLimits, ProviderConfig
from medea.kernel.llm.errors import (
    ModelAuthentication,
    ModelCircuitOpen,
    ModelError,
    ModelRateLimited,
    ModelTimeout,
    ModelUnavailable,
)
from medea.kernel.llm.router import ModelRouter
from medea.kernel.outbound.policy import OutboundPolicy
from tests.kernel.llm.calls import ASK, FAST, collect
from tests.support.upstream import Answer, Call, Send, Wait, ordinary, refusal, upstream

POLICY = CircuitPolicy(failures=3, ratio=0.5, window=60, least=10, pause=10, max_pause=40, probe=30)
CONFIG = ProviderConfig("prv_1", "https://api.example.com", "key")


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_failures_in_a_row_and_closes_by_one_probe() -> None:
    clock = Clock()
    circuit = Circuit(POLICY, clock)
    for number in range(3):
        assert circuit.fail(pass_(circuit)) == (number == 2)
    assert (circuit.state, circuit.wait) == ("open", 10)
    assert circuit.admit() is None
    clock.now += 10
    assert circuit.state == "half_open"
    probe = pass_(circuit)
    assert circuit.admit() is None  # one at a time
    assert circuit.succeed(probe)
    assert (circuit.state, circuit.failures) == ("closed", 0)


def pass_(circuit: Circuit) -> Permit:
    permit = circuit.admit()
    assert permit is not None
    return permit


def test_each_probe_that_fails_doubles_the_pause() -> None:
    clock = Clock()
    circuit = Circuit(POLICY, clock)
    for _ in range(3):
        circuit.fail(pass_(circuit))
    pauses = []
    for _ in range(4):
        clock.now += circuit.wait
        assert circuit.fail(pass_(circuit))
        pauses.append(circuit.wait)
    assert pauses == [20, 40, 40, 40]
    assert circuit.opened_at == 1000.0
    clock.now += circuit.wait
    circuit.succeed(pass_(circuit))
    for _ in range(3):
        circuit.fail(pass_(circuit))
    assert circuit.wait == 10


def test_it_opens_by_the_share_of_failures_too() -> None:
    clock = Clock()
    circuit = Circuit(POLICY, clock)
    for _ in range(4):
        circuit.succeed(pass_(circuit))
        circuit.fail(pass_(circuit))
    clock.now += 61  # forgotten by now
    for _ in range(4):
        circuit.succeed(pass_(circuit))
        circuit.fail(pass_(circuit))
    circuit.succeed(pass_(circuit))
    assert circuit.state == "closed"
    assert circuit.fail(pass_(circuit))


def test_a_probe_that_is_left_or_silent_makes_room_for_another() -> None:
    clock = Clock()
    circuit = Circuit(POLICY, clock)
    for _ in range(3):
        circuit.fail(pass_(circuit))
    clock.now += 10
    circuit.leave(pass_(circuit))
    silent = pass_(circuit)
    assert (circuit.admit(), circuit.wait) == (None, 30)
    clock.now += 30
    assert circuit.succeed(pass_(circuit))
    assert not circuit.fail(silent)  # of a period that is over
    assert circuit.state == "closed"


def test_what_was_begun_before_it_opened_says_nothing_of_after() -> None:
    circuit = Circuit(POLICY, Clock())
    early = [pass_(circuit) for _ in range(5)]
    for permit in early[:3]:
        circuit.fail(permit)
    assert not circuit.succeed(early[3])
    assert not circuit.fail(early[4])
    assert (circuit.state, circuit.wait) == ("open", 10)


def test_a_provider_that_asks_for_longer_is_left_alone_for_longer() -> None:
    circuit = Circuit(POLICY, Clock())
    for wait in (None, None, 25.0):
        circuit.fail(pass_(circuit), wait=wait)
    assert circuit.wait == 25
    other = Circuit(POLICY, Clock())
    for _ in range(3):
        other.fail(pass_(other), wait=9999)
    assert other.wait == POLICY.max_pause


STEPS = st.lists(
    st.one_of(
        st.just("begin"),
        st.tuples(st.sampled_from(["succeed", "fail", "leave"]), st.integers(0, 5)),
        st.floats(0.1, 50).map(lambda seconds: ("wait", seconds)),
    ),
    max_size=80,
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_whatever_happens(steps: list[object]) -> None:
    """Closed it lets everybody pass, open nobody, half-open one; it never stays open longer than it may."""
    clock = Clock()
    circuit = Circuit(POLICY, clock)
    under_way: list[Permit] = []
    for step in steps:
        state, wait = circuit.state, circuit.wait
        assert 0 <= wait <= POLICY.max_pause
        assert state != "closed" or wait == 0
        if step == "begin":
            permit = circuit.admit()
            assert (permit is not None) == (wait == 0)
            if permit is not None:
                assert permit.is_probe == (state != "closed")
                under_way.append(permit)
        elif isinstance(step, tuple) and step[0] == "wait":
            clock.now += step[1]
        elif isinstance(step, tuple) and under_way:
            permit = under_way.pop(step[1] % len(under_way))
            is_changed = getattr(circuit, str(step[0]))(permit)
            if step[0] == "fail" and is_changed:
                assert circuit.state == "open"
            if step[0] == "succeed" and is_changed:
                assert circuit.state == "closed"
    clock.now += POLICY.max_pause + POLICY.probe
    assert circuit.succeed(pass_(circuit)) or circuit.state == "closed"
    assert circuit.state == "closed"


def failing(circuits: Circuits, error: ModelError, model: str = "m", times: int = 3) -> None:
    for _ in range(times):
        passage = circuits.enter(CONFIG, model)
        passage.fail(error)
        passage.leave()


def test_a_models_failures_leave_the_provider_alone_and_an_absent_provider_takes_all_models() -> None:
    for error in (ModelRateLimited(upstream_status=429), ModelUnavailable(upstream_status=529), ModelTimeout()):
        circuits = Circuits(POLICY, Clock())
        failing(circuits, error)
        with pytest.raises(ModelCircuitOpen) as refusal_:
            circuits.enter(CONFIG, "m")
        assert refusal_.value.is_free
        assert refusal_.value.retry_after == 10
        circuits.enter(CONFIG, "other")
        circuits.enter(replace(CONFIG, id="prv_2"), "m")
        assert [(each.provider, each.model, each.state) for each in circuits.list_open()] == [("prv_1", "m", "open")]
        assert circuits.list_open(frozenset({"prv_2"})) == []
    circuits = Circuits(POLICY, Clock())
    failing(circuits, ModelUnavailable(was_sent=False))
    with pytest.raises(ModelCircuitOpen):
        circuits.enter(CONFIG, "other")
    circuits.enter(CONFIG, "other", is_forced=True).succeed()
    circuits.enter(CONFIG, "m")


def test_a_refusal_is_a_sign_of_health() -> None:
    circuits = Circuits(POLICY, Clock())
    for _ in range(3):
        failing(circuits, ModelTimeout(), times=2)
        failing(circuits, ModelAuthentication(), times=1)
    assert circuits.list_open() == []


async def test_a_model_that_keeps_failing_is_asked_no_more_until_it_answers_a_probe() -> None:
    def respond(call: Call) -> Answer:
        return refusal(503) if call.json["model"] == "broken" and not is_mended else ordinary("ok")

    is_mended = False
    async with upstream(respond=respond) as server:
        own = ProviderConfig(PLATFORM, server.base_url, "sk", "fine", is_guarded=False)
        policy = CircuitPolicy(failures=3, pause=2)
        limits: CallLimits = FAST
        router = ModelRouter(limits=limits, policy=OutboundPolicy(), platform=own, circuits=policy)
        broken = replace(ASK, model="broken")
        codes = [outcome.error and outcome.error.code for outcome in [await collect(router, broken) for _ in range(5)]]
        assert codes == ["llm.unavailable"] * 3 + ["llm.circuit_open"] * 2
        assert len(server.calls) == 3
        assert (await collect(router, replace(ASK, model="fine"))).text == "ok"
        assert [(each.provider, each.model) for each in router.list_circuits()] == [(PLATFORM, "broken")]
        is_mended = True
        await asyncio.sleep(2.1)
        assert (await collect(router, broken)).text == "ok"
        assert router.list_circuits() == []
        await router.close()


async def test_who_waits_less_than_the_installation_stops_waiting_and_takes_the_model_from_nobody() -> None:
    whole = ordinary("at last").script
    plain = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    limits = replace(FAST, first_token=2)
    for slow in (Answer([Wait(0.3), *whole]), Answer([Wait(0.3), Send(plain), *whole], head=b"")):
        async with upstream(slow) as server:
            own = ProviderConfig(PLATFORM, server.base_url, "sk", "slow", is_guarded=False)
            router = ModelRouter(
                limits=limits, policy=OutboundPolicy(), platform=own, circuits=CircuitPolicy(failures=2, pause=60)
            )
            hurried = replace(ASK, model="slow", first_token=0.1)
            codes = [
                outcome.error and outcome.error.code for outcome in [await collect(router, hurried) for _ in range(3)]
            ]
            assert codes == ["llm.timeout"] * 2 + ["llm.circuit_open"]
            (told,) = router.list_circuits()
            assert (told.provider, told.model, told.state) == (PLATFORM, "slow", "open")
            assert (await collect(router, replace(ASK, model="slow"))).text == "at last"
            await router.close()


async def test_a_model_that_answers_in_time_again_is_asked_by_the_hurried_again() -> None:
    clock = Clock()
    circuits = Circuits(POLICY, clock)
    early = ModelTimeout()
    early.is_early = True
    for _ in range(POLICY.failures):
        passage = circuits.enter(CONFIG, "m", is_hurried=True)
        passage.fail(early)
        passage.leave()
    with pytest.raises(ModelCircuitOpen) as refused:
        circuits.enter(CONFIG, "m", is_hurried=True)
    assert refused.value.is_early, "another model takes over as for a time-out"
    circuits.enter(CONFIG, "m").succeed()
    with pytest.raises(ModelCircuitOpen):
        circuits.enter(CONFIG, "m", is_hurried=True)
    clock.now += POLICY.pause
    circuits.enter(CONFIG, "m", is_hurried=True).succeed()
    assert circuits.list_open() == []
    for _ in range(2):
        circuits.enter(CONFIG, "m", is_hurried=True).succeed()


async def test_but_a_model_that_uses_up_the_installations_patience_is_left_alone() -> None:
    async with upstream(Answer([Wait(5)])) as server:
        own = ProviderConfig(PLATFORM, server.base_url, "sk", "slow", is_guarded=False)
        policy = CircuitPolicy(failures=2, pause=60)
        limits = replace(FAST, first_token=0.1)
        router = ModelRouter(limits=limits, policy=OutboundPolicy(), platform=own, circuits=policy)
        patient = replace(ASK, model="slow", first_token=60)
        codes = [outcome.error and outcome.error.code for outcome in [await collect(router, patient) for _ in range(3)]]
        assert codes == ["llm.timeout"] * 2 + ["llm.circuit_open"]
        await router.close()
