"""The OpenAPI document: complete enough to read, and the one that the web's types were made from."""

import json
from typing import Any

import pytest

from medea.apps.api.application import describe, make_app
from medea.kernel.settings import Settings
from tests.architecture.sources import ROOT


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(describe(make_app(Settings(_env_file=None)))))
    return found


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"at": f"{m.upper()} {p}", **o} for p, methods in document["paths"].items() for m, o in methods.items()]


def test_the_webs_copy_is_current(document: dict[str, Any]) -> None:
    stored = json.loads((ROOT / "web/packages/api/openapi.json").read_text(encoding="utf-8"))
    assert stored == document, "run `make openapi`"


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    found = operations(document)
    assert [o["at"] for o in found if not (o.get("description") and o.get("summary"))] == []
    assert [o["at"] for o in found if not o.get("tags")] == []


def test_operation_ids_are_unique(document: dict[str, Any]) -> None:
    ids = [o["operationId"] for o in operations(document)]
    assert len(ids) == len(set(ids))


def test_no_refusal_is_described_in_the_frameworks_own_shape(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_what_needs_a_credential_says_so(document: dict[str, Any]) -> None:
    for operation in operations(document):
        if operation["at"].split(" ")[1].startswith("/v1/") and operation.get("security"):
            assert "401" in operation["responses"], operation["at"]
