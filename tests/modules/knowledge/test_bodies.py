"""JSON bodies of documents: what they cost, and how their faults are told."""

import json
import tracemalloc
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from httpx2 import AsyncClient

from medea.kernel.web.problems import from_validation
from medea.modules.knowledge.endpoints.bodies import MAX_JSON_BYTES
from medea.modules.knowledge.endpoints.decoding import decode_body
from medea.modules.knowledge.schemas import BaseSettingsIn, DocumentsCreate
from tests.modules.knowledge.shop import make_base
from tests.support.app import problem
from tests.support.threads import watch_threads


def faults(body: bytes | str) -> list[tuple[str, str]]:
    """Return field and code of what is wrong with a body."""
    with pytest.raises(RequestValidationError) as caught:
        decode_body(body, DocumentsCreate)
    return [(fault.field, fault.code) for fault in from_validation(caught.value).errors]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ([], ("", "json_object")),
        ({"nam": "a"}, ("nam", "extra_forbidden")),
        ({"documents": {}}, ("documents", "list_type")),
        ({"documents": [{"name": "a", "text": "b"}, {"name": "a"}]}, ("documents.1.text", "missing")),
        ({"documents": [{"name": "a", "text": "b", "kind": "c"}]}, ("documents.0.kind", "extra_forbidden")),
        ({"documents": [7]}, ("documents.0", "model_type")),
        ({"documents": [{"name": "a", "text": 7}]}, ("documents.0.text", "string_type")),
        ({"documents": [{"name": "a", "text": "b\0"}]}, ("documents.0.text", "text")),
        ({"name": "a", "text": "\ud83d\ude00 \\ud800 \ud800"}, ("text", "text")),
        ({"documents": [{"name": "a", "text": "\udc00"}]}, ("documents.0.text", "text")),
        ({"name": "a", "text": "b", "metadata": {"a": [1] * 60_000}}, ("metadata", "too_long")),
        ({"name": ["a"] * 60_000, "text": "b"}, ("name", "too_long")),
        ({"name": "a", "text": " "}, ("text", "blank")),
        ({}, ("", "shape")),
    ],
)
def test_faults_name_their_field(body: Any, told: tuple[str, str]) -> None:
    assert faults(json.dumps(body)) == [told]


@pytest.mark.parametrize("body", ["", "{", "nul", "[" * 100_000, '{"text": ' + "[" * 100_000, '{"text": NaN}', b"\xff"])
def test_what_is_no_json_is_refused(body: str | bytes) -> None:
    assert faults(body)[0][1] in {"json_invalid", "json_object"}


def test_what_is_right_is_read_as_it_was_sent() -> None:
    sent = {"documents": [{"name": " a ", "text": "é\n" * 200_000, "metadata": {"a": [1, 2.5, None, "x"], "b": True}}]}
    read = decode_body(json.dumps(sent), DocumentsCreate)
    assert read.model_dump(exclude_unset=True) == {"documents": [{**sent["documents"][0], "name": "a"}]}
    assert read.model_fields_set == {"documents"}
    assert decode_body('{"rerank_model": null}', BaseSettingsIn).changes() == {"rerank_model": None}
    assert decode_body("{}", BaseSettingsIn).changes() == {}


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"{}," * 1_000_000 + b"{}]",
        b'{"documents":[' + b"{}," * 1_000_000 + b"{}]}",
        b'{"name":"a","text":"b","metadata":{"a":[' + b"[]," * 1_000_000 + b"1]}}",
        b'{"name":"a","text":[' + b"[]," * 1_000_000 + b"1]}",
        b'{"other":[' + b"[]," * 1_000_000 + b"1]}",
    ],
)
def test_what_has_no_place_is_not_built(body: bytes) -> None:
    tracemalloc.start()
    try:
        assert faults(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5 * len(body), "built, these are twenty times as large"


async def test_bodies_are_bounded_and_decoded_in_a_thread(owner: AsyncClient) -> None:
    url = f"/v1/knowledge-bases/{await make_base(owner)}/documents"
    json_type = {"content-type": "application/json"}
    told = problem(
        await owner.post(url, content=b" " * (MAX_JSON_BYTES + 1), headers=json_type), 413, "request.too_large"
    )
    assert told["limit"] == MAX_JSON_BYTES == 12_000_000
    handed = watch_threads()
    told = problem(await owner.post(url, json={"documents": [{"name": "a"}]}), 422, "request.invalid")
    assert told["errors"][0]["field"] == "documents.0.text"
    assert handed.names.count("decode_body") == 1
