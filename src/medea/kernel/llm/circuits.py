"""Circuit breakers: a provider or a model that keeps failing is left alone for a while, instead of asked again.

Two for each call: one of the provider, which opens when it cannot be reached at all, and one of the model there,
which opens when it is overloaded, limits our rate or keeps us waiting; so a gateway's broken model does not take its
others with it. Calls that have less patience than the installation, because another model takes over, have a third of
their own: their time-outs open it, so that they stop waiting for a model by which others may still be answered. Each
process has its own circuits, learnt from its own calls: nobody asks anybody else before a call, and a provider that is
down is found to be so by each process within a few calls.

The pattern is Nygard's (Release It!, 2007): closed, open, half-open.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from medea.kernel.llm.config import PLATFORM, ProviderConfig
from medea.kernel.llm.errors import ModelCircuitOpen, ModelError, ModelTimeout, ModelUnavailable
from medea.kernel.telemetry import metrics

CircuitState = Literal["closed", "open", "half_open"]

_MAX_CIRCUITS = 4000
_MAX_SEEN = 500  # outcomes of a window that are kept


@dataclass(frozen=True, slots=True)
class CircuitPolicy:
    """When a circuit opens, and for how long. Times in seconds.

    Attributes:
        failures: in a row that open it.
        ratio: of failures among the calls of a window that opens it, too.
        window: over which the ratio is taken.
        least: calls in a window before the ratio counts.
        pause: of the first opening; doubles with each probe that fails, up to `max_pause`.
        max_pause: longest pause.
        probe: after so long without word of a probe another may be sent.
    """

    failures: int = 5
    ratio: float = 0.5
    window: float = 60.0
    least: int = 20
    pause: float = 15.0
    max_pause: float = 300.0
    probe: float = 60.0


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one call; what comes of a call is heard only in the period in which it was begun."""

    period: int
    is_probe: bool


class Circuit:
    """One circuit. Closed it lets all calls pass, open none, half-open one probe at a time.

    Args:
        policy: when it opens.
        clock: seconds, never going back.

    Attributes:
        failures: in a row, up to now.
        opened_at: by the clock; None while it is closed.
        opens_until: when the next probe may be sent; None while it is closed.
    """

    __slots__ = (
        "_clock",
        "_pause",
        "_period",
        "_policy",
        "_probed_at",
        "_seen",
        "failures",
        "opened_at",
        "opens_until",
    )

    def __init__(self, policy: CircuitPolicy, clock: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._clock = clock
        self._seen: deque[tuple[float, bool]] = deque(maxlen=_MAX_SEEN)
        self._period = 0
        self._pause = policy.pause
        self._probed_at: float | None = None
        self.failures = 0
        self.opened_at: float | None = None
        self.opens_until: float | None = None

    @property
    def state(self) -> CircuitState:
        """What it is now."""
        if self.opens_until is None:
            return "closed"
        return "open" if self._clock() < self.opens_until else "half_open"

    @property
    def wait(self) -> float:
        """Seconds until a call may pass; 0 if one may now."""
        if self.opens_until is None:
            return 0.0
        now = self._clock()
        if now < self.opens_until:
            return self.opens_until - now
        if self._probed_at is not None and now < self._probed_at + self._policy.probe:
            return self._probed_at + self._policy.probe - now
        return 0.0

    def admit(self, *, is_forced: bool = False) -> Permit | None:
        """Return a permit, or None where no call may pass; forced it passes as a probe."""
        if self.opens_until is None:
            return Permit(self._period, is_probe=False)
        if self.wait > 0 and not is_forced:
            return None
        self._probed_at = self._clock()
        return Permit(self._period, is_probe=True)

    def succeed(self, permit: Permit) -> bool:
        """Note that a call was answered; True if that closed the circuit."""
        if permit.period != self._period:
            return False
        self.failures = 0
        if permit.is_probe:
            self._close()
            return True
        self._seen.append((self._clock(), True))
        return False

    def fail(self, permit: Permit, *, wait: float | None = None) -> bool:
        """Note that a call failed; True if that opened the circuit.

        Args:
            permit: of the call.
            wait: seconds that the provider asked to be left alone, which count up to the longest pause.
        """
        if permit.period != self._period:
            return False
        self.failures += 1
        now = self._clock()
        if permit.is_probe:
            self._pause = min(self._pause * 2, self._policy.max_pause)
            self._open(now, wait)
            return True
        self._seen.append((now, False))
        if not self._is_too_much(now):
            return False
        self._open(now, wait)
        return True

    def leave(self, permit: Permit) -> None:
        """Note that nobody knows what came of a call: of a probe's place another may take."""
        if permit.is_probe and permit.period == self._period:
            self._probed_at = None

    def _is_too_much(self, now: float) -> bool:
        if self.failures >= self._policy.failures:
            return True
        while self._seen and self._seen[0][0] < now - self._policy.window:
            self._seen.popleft()
        failed = sum(not is_good for _, is_good in self._seen)
        return len(self._seen) >= self._policy.least and failed >= self._policy.ratio * len(self._seen)

    def _open(self, now: float, wait: float | None) -> None:
        self._period += 1
        self._probed_at = None
        self._seen.clear()
        self.opened_at = now if self.opened_at is None else self.opened_at
        self.opens_until = now + min(max(self._pause, wait or 0.0), self._policy.max_pause)

    def _close(self) -> None:
        self._period += 1
        self._probed_at = None
        self._pause = self._policy.pause
        self.opened_at = self.opens_until = None


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """A circuit that is not closed, as this process sees it.

    Attributes:
        provider: `platform` or the id of a tenant's provider.
        model: None: the whole provider.
        failures: in a row.
        seconds: until the next probe; 0 while one is due or under way.
    """

    provider: str
    model: str | None
    state: CircuitState
    failures: int
    seconds: float


_Key = tuple[str, str, str | None, bool]
"""Provider, its address, model, whether it is of hurried calls."""


class Circuits:
    """The circuits of a process, by provider and model.

    Args:
        policy: of each of them.
        clock: seconds, never going back.
    """

    def __init__(self, policy: CircuitPolicy | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy or CircuitPolicy()
        self._clock = clock
        self._circuits: OrderedDict[_Key, Circuit] = OrderedDict()

    def enter(
        self, config: ProviderConfig, model: str, *, is_forced: bool = False, is_hurried: bool = False
    ) -> "Passage":
        """Let a call pass.

        Args:
            config: of the provider.
            model: there.
            is_forced: a person wants to know whether it answers: what comes of it counts, open or not.
            is_hurried: it has less patience than the installation.

        Raises:
            ModelCircuitOpen: it may not.
        """
        found = [self._find((config.id, config.base_url, name, False)) for name in (None, model)]
        if is_hurried:
            found.append(self._find((config.id, config.base_url, model, True)))
        for place, circuit in enumerate(found):
            if circuit.wait > 0 and not is_forced:
                refusal = ModelCircuitOpen(retry_after=circuit.wait, was_sent=False)
                refusal.is_early = place == 2  # the third, of hurried calls
                raise refusal
        permits = [circuit.admit(is_forced=is_forced) for circuit in found]
        label = PLATFORM if config.id == PLATFORM else "tenant"
        return Passage([(each, permit) for each, permit in zip(found, permits, strict=True) if permit], label)

    def list_open(self, providers: frozenset[str] | None = None) -> list[OpenCircuit]:
        """Return the circuits that are not closed, of these providers or of all; of one model's two one."""
        found = {
            key: circuit
            for key, circuit in self._circuits.items()
            if circuit.opens_until is not None and (providers is None or key[0] in providers)
        }
        return [
            OpenCircuit(key[0], key[2], circuit.state, circuit.failures, circuit.wait)
            for key, circuit in found.items()
            if not key[3] or (*key[:3], False) not in found
        ]

    def _find(self, key: _Key) -> Circuit:
        circuit = self._circuits.pop(key, None) or Circuit(self._policy, self._clock)
        self._circuits[key] = circuit  # to the end: the first is the one longest unused
        if len(self._circuits) > _MAX_CIRCUITS:
            self._circuits.popitem(last=False)
        return circuit


class Passage:
    """One call on its way: what comes of it is told to the circuits that it passed, each once.

    Args:
        passed: the provider's circuit and the model's, with their permits.
        label: for counters.
    """

    __slots__ = ("_label", "_passed")

    def __init__(self, passed: list[tuple[Circuit, Permit]], label: str) -> None:
        self._passed = passed
        self._label = label

    def succeed(self) -> None:
        """The model began to answer."""
        for circuit, permit in self._passed:
            self._count(circuit.succeed(permit), "closed")

    def fail(self, error: ModelError) -> None:
        """The call failed. Whoever refuses the request itself is in good health."""
        provider, model, *hurried = self._passed
        if isinstance(error, ModelTimeout) and error.is_early:  # others would have waited longer, and keep the model
            for circuit, permit in hurried:
                self._count(circuit.fail(permit), "open")
            return
        if not error.retryable:
            self.succeed()
        elif not error.was_sent and isinstance(error, ModelUnavailable | ModelTimeout):
            self._count(provider[0].fail(provider[1]), "open")
        else:
            if error.upstream_status is not None:
                self._count(provider[0].succeed(provider[1]), "closed")
            self._count(model[0].fail(model[1], wait=error.retry_after), "open")

    def leave(self) -> None:
        """The call is over, whatever came of it."""
        for circuit, permit in self._passed:
            circuit.leave(permit)

    def _count(self, is_changed: bool, state: CircuitState) -> None:
        if is_changed:
            metrics.CIRCUIT_CHANGES.labels(self._label, state).inc()
