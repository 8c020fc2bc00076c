"""Schemas of tools, and arguments held against them."""

from typing import Any

import pytest

from medea.modules.tools.validation import SchemaInvalid, check_schema, find_faults

ADDRESS = {
    "type": "object",
    "properties": {"lines": {"type": "array", "items": {"$ref": "#/$defs/line"}}, "zip": {"pattern": "^[0-9]{5}$"}},
    "required": ["lines"],
    "additionalProperties": False,
    "$defs": {"line": {"type": "string", "maxLength": 5}},
}


def test_arguments_are_held_against_the_schema() -> None:
    check_schema(ADDRESS)
    assert find_faults(ADDRESS, {"lines": ["a", "b"], "zip": "12345"}) == []
    assert find_faults(ADDRESS, {"lines": ["too long"]}) == ['lines/0: "too long" is longer than 5 characters']
    assert find_faults(ADDRESS, {}) == ['"lines" is a required property']
    assert len(find_faults(ADDRESS, {"lines": list(range(99))})) == 5
    assert find_faults(ADDRESS, [])


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


def multiplying(levels: int) -> dict[str, Any]:
    """A schema of few characters that means very many."""
    of = [{"$ref": f"#/$defs/d{n + 1}"} for n in range(levels)]
    definitions: dict[str, Any] = {f"d{n}": {"allOf": [each] * 8} for n, each in enumerate(of)}
    return {"type": "object", "allOf": [{"$ref": "#/$defs/d0"}], "$defs": {**definitions, f"d{levels}": {}}}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "object", "properties": {"a": {"$ref": "#"}}}, "refers to itself"),
        ({"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {"items": {"$ref": "#/$defs/b"}}}}, "itself"),
        (
            {
                "properties": {"a": {"$ref": "#/$defs/b"}},
                "$defs": {"b": {"not": {"$ref": "#/$defs/c"}}, "c": {"anyOf": [{"$ref": "#/$defs/b"}]}},
            },
            "itself",
        ),
        ({"properties": {"a": {"$ref": "https://example.com/schema.json"}}}, "not part of the schema"),
        ({"properties": {"a": {"$ref": "file:///etc/passwd"}}}, "not part of the schema"),
        ({"properties": {"a": {"$ref": "#/$defs/missing"}}}, "leads nowhere"),
        ({"properties": {"a": {"$dynamicRef": "#x"}}}, "not supported"),
        ({"type": "string"}, "always an object"),
        ({"type": "object", "properties": {"a": {"type": "nonsense"}}}, "no valid JSON Schema"),
        ({"type": "object", "properties": {"a": {"pattern": "("}}}, "no valid JSON Schema"),
        ({"type": "object", "description": "x" * 30_000}, "characters"),
        (nested(20), "levels deep"),
        (multiplying(6), "too often"),
    ],
)
def test_what_cannot_work_is_refused_in_words(schema: dict[str, Any], words: str) -> None:
    with pytest.raises(SchemaInvalid, match=words):
        check_schema(schema)


def test_a_pattern_cannot_keep_the_process_busy() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}
    check_schema(schema)
    assert find_faults(schema, {"a": "a" * 5000 + "b"})


def test_a_definition_that_nobody_uses_does_no_harm() -> None:
    check_schema({"type": "object", "$defs": {"loop": {"$ref": "#/$defs/loop"}}})
