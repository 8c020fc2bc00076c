"""What every implementation of `Signals` must do."""

import asyncio

import pytest

from medea.kernel.signals.base import MAX_PAYLOAD, Signals
from tests.contracts.eventually import eventually


class SignalsContract:
    """Subclass it with fixtures `here` and `there`: two processes' signals, or the same one twice."""

    async def test_every_process_hears_it_and_the_own_one_at_once(self, here: Signals, there: Signals) -> None:
        heard_here: list[str] = []
        heard_there: list[str] = []
        here.subscribe("turns.cancel", heard_here.append)
        there.subscribe("turns.cancel", heard_there.append)
        await here.publish("turns.cancel", "eins")
        assert heard_here == ["eins"]
        await here.publish("turns.cancel", "zwei\nzeilen: äöü")
        await eventually(lambda: heard_there == ["eins", "zwei\nzeilen: äöü"])
        await there.publish("turns.cancel", "")
        await eventually(lambda: heard_here == ["eins", "zwei\nzeilen: äöü", ""])
        await eventually(lambda: heard_there == heard_here)

    async def test_other_topics_are_not_heard(self, here: Signals, there: Signals) -> None:
        heard: list[str] = []
        there.subscribe("turns.cancel", heard.append)
        await here.publish("turns", "no")
        await here.publish("turns.cancel", "yes")
        await eventually(lambda: heard == ["yes"])

    async def test_a_subscription_ends(self, here: Signals, there: Signals) -> None:
        first: list[str] = []
        second: list[str] = []
        stop = there.subscribe("a.b", first.append)
        there.subscribe("a.b", second.append)
        stop()
        stop()
        await here.publish("a.b", "1")
        await eventually(lambda: second == ["1"])
        assert first == []

    async def test_a_callback_that_fails_hinders_nobody(self, here: Signals, there: Signals) -> None:
        heard: list[str] = []

        def fail(payload: str) -> None:
            raise RuntimeError(payload)

        there.subscribe("a.b", fail)
        there.subscribe("a.b", heard.append)
        await here.publish("a.b", "1")
        await eventually(lambda: heard == ["1"])

    async def test_what_cannot_be_sent_is_refused(self, here: Signals, there: Signals) -> None:
        for topic, payload in [
            ("a.b", "x" * (MAX_PAYLOAD + 1)),
            ("a.b", "\0"),
            ("", "x"),
            ("a\nb", "x"),
            ("a.b", "\ud800"),
        ]:
            with pytest.raises(ValueError, match=r"not a signal topic|payload|surrogates"):
                await here.publish(topic, payload)
        heard: list[str] = []
        there.subscribe("a.b", heard.append)
        await here.publish("a.b", "ä" * (MAX_PAYLOAD // 2))
        await eventually(lambda: heard == ["ä" * (MAX_PAYLOAD // 2)])

    async def test_many_at_once_arrive_in_order(self, here: Signals, there: Signals) -> None:
        heard: list[str] = []
        there.subscribe("a.b", heard.append)
        numbers = [str(number) for number in range(500)]
        await asyncio.gather(*(here.publish("a.b", number) for number in numbers))
        await eventually(lambda: heard == numbers)
