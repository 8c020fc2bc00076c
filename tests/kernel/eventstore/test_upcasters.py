"""The laws of upcasting."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.kernel.eventstore.upcasters import Upcasters

DATA = st.dictionaries(st.text(max_size=5), st.integers(), max_size=4)


def chain(name: str, length: int) -> Upcasters:
    upcasters = Upcasters()
    for schema in range(1, length + 1):

        def step(data: dict[str, Any], schema: int = schema) -> dict[str, Any]:
            return {**data, "steps": [*data.get("steps", []), schema]}

        upcasters.register(name, from_schema=schema)(step)
    return upcasters


@given(DATA, st.integers(0, 6), st.integers(1, 8))
def test_every_schema_is_taken_to_the_newest_by_each_step_once(data: dict[str, Any], length: int, start: int) -> None:
    upcasters = chain("a.happened", length)
    schema, result = upcasters.upcast("a.happened", start, data)
    assert schema == upcasters.newest("a.happened", start) == max(start, length + 1)
    assert result.get("steps", []) == list(range(start, length + 1))
    assert {key: value for key, value in result.items() if key != "steps"} == data


@given(DATA, st.integers(0, 5), st.integers(1, 6))
def test_upcasting_is_done_when_it_is_done(data: dict[str, Any], length: int, start: int) -> None:
    upcasters = chain("a.happened", length)
    once = upcasters.upcast("a.happened", start, data)
    assert upcasters.upcast("a.happened", *once) == once


@given(DATA, st.integers(1, 5))
def test_other_names_are_left_alone(data: dict[str, Any], length: int) -> None:
    assert chain("a.happened", length).upcast("b.happened", 1, data) == (1, data)


def test_a_step_is_registered_once() -> None:
    upcasters = chain("a.happened", 1)
    with pytest.raises(ValueError, match="two steps"):
        upcasters.register("a.happened", from_schema=1)(dict)
    with pytest.raises(ValueError, match="count from 1"):
        upcasters.register("a.happened", from_schema=0)
