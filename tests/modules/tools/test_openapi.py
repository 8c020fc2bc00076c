"""Tools out of OpenAPI documents."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.modules.tools.openapi import tool_name
from tests.support.app import problem

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://api.example.com/v2/"}],
    "paths": {
        "/orders/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "getOrder",
                "summary": "Finds an order.",
                "parameters": [{"name": "verbose", "in": "query", "schema": {"type": "boolean"}}],
            },
            "patch": {
                "operationId": "changeOrder",
                "parameters": [{"name": "by", "in": "query", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}},
            },
        },
        "/loop": {
            "post": {
                "operationId": "loop",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}},
            }
        },
        "/upload": {"post": {"requestBody": {"content": {"multipart/form-data": {}}}}},
        "/signed": {
            "get": {"operationId": "signed", "parameters": [{"name": "X-Key", "in": "header", "required": True}]}
        },
        "/odd": {"get": {"operationId": "odd", "parameters": "none"}, "put": 7},
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}},
        "schemas": {
            "Change": {
                "type": "object",
                "properties": {"note": {"$ref": "#/components/schemas/Note"}},
                "required": ["note"],
            },
            "Note": {"type": "string", "maxLength": 100, "example": "Call me"},
            "Tree": {"type": "object", "properties": {"children": {"items": {"$ref": "#/components/schemas/Tree"}}}},
        },
    },
}  # fmt: skip


async def test_operations_are_shown_and_chosen_ones_become_tools(owner: AsyncClient) -> None:
    shown = (await owner.post("/v1/tools/import", json={"document": DOCUMENT})).json()["data"]
    assert {each["operation"]: each["problem"] for each in shown} == {
        "getOrder": None,
        "changeOrder": None,
        "loop": "its schema refers to itself (#/components/schemas/Tree)",
        "POST /upload": "its body is multipart/form-data; only JSON is sent",
        "odd": "it is not written as OpenAPI describes",
        "signed": "it needs the header parameter X-Key; only path, query and a JSON body are filled in",
    }
    assert (await owner.get("/v1/tools")).json()["data"] == []
    body = {"document": DOCUMENT, "operations": ["getOrder", "changeOrder", "loop"], "headers": {"X-A": "{{KEY}}"}}
    made = (await owner.post("/v1/tools/import", json=body)).json()["data"]
    get, change, loop = (each["tool"] for each in made)
    assert loop is None
    assert (get["name"], get["description"], get["method"]) == ("get_order", "Finds an order.", "GET")
    assert get["url"] == "https://api.example.com/v2/orders/{id}"
    assert set(get["parameters"]["properties"]) == {"id", "verbose"}
    assert get["signing_secret"].startswith("whs_")
    assert change["url"] == "https://api.example.com/v2/orders/{id}?by={by}"
    assert change["parameters"]["properties"]["note"] == {"type": "string", "maxLength": 100}
    assert change["parameters"]["required"] == ["id", "by", "note"]
    again = (await owner.post("/v1/tools/import", json={**body, "operations": ["getOrder"]})).json()["data"]
    assert (again[0]["tool"], again[0]["problem"]) == (None, "name: is taken by another tool")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"document": {}}, "document"),
        ({"document": {"openapi": "3.0.0", "paths": {}}}, "document"),
        ({"document": {**DOCUMENT, "servers": [{"url": "/v2"}]}}, "document"),
        ({"operations": ["nothing"]}, "operations"),
    ],
)
async def test_what_is_no_such_document_is_refused(owner: AsyncClient, change: dict[str, Any], field: str) -> None:
    answer = await owner.post("/v1/tools/import", json={"document": DOCUMENT, **change})
    assert problem(answer, 422, "tools.invalid")["errors"][0]["field"] == field


def test_names_are_made_of_operations() -> None:
    assert tool_name("listAllOrders") == "list_all_orders"
    assert tool_name("get /orders/{id}") == "get_orders_id"
    assert tool_name("2fa.enable") == "call_2fa_enable"
