"""Tools out of OpenAPI documents."""

import json
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.modules.tools.openapi import Operation, read_operations, tool_name
from medea.modules.tools.webhooks import fill
from tests.support.app import problem
from tests.support.threads import watch_threads

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
    handed = watch_threads()
    shown = (await owner.post("/v1/tools/import", json={"document": DOCUMENT})).json()["data"]
    assert "read_operations" in handed.names
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


def test_names_that_models_cannot_write_are_sent_as_they_are() -> None:
    given = [
        {"name": "shop-id", "in": "path", "required": True},
        {"name": "filter[status]", "in": "query", "required": True},
        {"name": "page-size", "in": "query"},
        {"name": "page_size", "in": "query"},
        {"name": "limit", "in": "query"},
    ]
    body = {"content": {"application/json": {"schema": {"properties": {"note": {"type": "string"}}}}}}
    item = {"get": {"parameters": given}, "post": {"parameters": given, "requestBody": body}}
    get, post = _read({"openapi": "3.1.0", "paths": {"/shops/{shop-id}/orders": item}})
    assert (get.problem, post.problem) == (None, None)
    assert set(get.parameters["properties"]) == {"shop_id", "filter_status", "page_size", "limit"}
    assert get.parameters["required"] == ["shop_id", "filter_status"]
    arguments = {"shop_id": "7", "filter_status": "new", "limit": 5}
    assert get.request is not None
    assert fill(get.request, arguments)[0] == "https://api.example.com/shops/7/orders?filter%5Bstatus%5D=new&limit=5"
    assert post.request is not None
    url, sent = fill(post.request, {**arguments, "page_size": 2, "note": "hi"})
    assert url == "https://api.example.com/shops/7/orders?filter%5Bstatus%5D=new&page-size=2&limit=5"
    assert json.loads(sent) == {"note": "hi"}, "what belongs into the query is not in the body"
    clash = {"name": "shop_id", "in": "query", "required": True}
    (refused,) = _read({"openapi": "3.1.0", "paths": {"/{shop-id}": {"get": {"parameters": [given[0], clash]}}}})
    assert "cannot be told from others" in str(refused.problem)


def test_an_operation_says_anew_what_holds_for_its_path() -> None:
    given = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "limit", "in": "query", "schema": {"type": "string"}},
    ]
    anew = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
        {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer"}},
    ]
    item = {"parameters": given, "get": {"parameters": anew}}
    (found,) = _read({"openapi": "3.1.0", "paths": {"/orders/{id}": item}})
    assert found.problem is None
    assert found.parameters["properties"] == {"id": {"type": "integer"}, "limit": {"type": "integer"}}
    assert found.parameters["required"] == ["id", "limit"]


def test_what_the_body_has_is_not_taken_for_a_part_of_the_query() -> None:
    body = {"content": {"application/json": {"schema": {"properties": {"name": {"type": "string"}}}}}}
    operation = {"parameters": [{"name": "name", "in": "query"}, {"name": "dry", "in": "query"}], "requestBody": body}
    (found,) = _read({"openapi": "3.1.0", "paths": {"/things": {"post": operation}}})
    assert found.request is not None
    url, sent = fill(found.request, {"name": "Lamp", "dry": True})
    assert url == "https://api.example.com/things?dry=true"
    assert json.loads(sent) == {"name": "Lamp"}


def test_variables_of_a_server_have_their_defaults() -> None:
    server = {"url": "https://{region}.example.com/{base}", "variables": {"region": {"default": "eu"}}}
    document = {"openapi": "3.1.0", "servers": [server], "paths": {"/x": {"get": {}}}}
    (found,) = read_operations(document, base_url=None, headers={})
    assert found.request is not None
    assert found.request.url == "https://eu.example.com/{base}/x"


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


def _described(*operations: dict[str, Any], **schemas: Any) -> dict[str, Any]:
    paths = {f"/{number}": {"get": operation} for number, operation in enumerate(operations)}
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}


def _read(document: dict[str, Any]) -> list[Operation]:
    return read_operations(document, base_url="https://api.example.com", headers={})


class _Counted(dict[str, Any]):
    """A part of a document that counts how often it is written out."""

    times = 0

    def items(self) -> Any:
        type(self).times += 1
        return super().items()


def test_what_is_referred_to_is_written_out_once() -> None:
    part = _Counted(type="object", properties={"street": {"type": "string"}})
    query = [{"name": f"p{n}", "in": "query", "schema": {"$ref": "#/components/schemas/Address"}} for n in range(100)]
    found = _read(_described(*[{"parameters": query}] * 50, Address=part))
    assert [each.problem for each in found] == [None] * 50
    assert found[49].parameters["properties"]["p99"] == dict(part)
    assert part.times == 1


def test_references_that_multiply_are_refused() -> None:
    doubling = {f"S{n}": {"items": [{"$ref": f"#/components/schemas/S{n + 1}"}] * 20} for n in range(7)}
    query = {"name": "p", "in": "query", "schema": {"$ref": "#/components/schemas/S0"}}
    (found,) = _read(_described({"parameters": [query]}, **doubling, S7={"type": "string"}))
    assert found.problem == "its schema is nested too deep, or too large"
    (found,) = _read(_described({"parameters": [query] * 20}, S0={"type": "string", "description": "x" * 50_000}))
    assert found.problem == "its schema is nested too deep, or too large", "of all parameters of an operation together"
    chain = {f"S{n}": {"items": {"$ref": f"#/components/schemas/S{n + 1}"}} for n in range(40)}
    for first in (39, 20, 0):  # from its end: what is known of a part tells how deep it makes another
        query = {"name": "p", "in": "query", "schema": {"$ref": f"#/components/schemas/S{first}"}}
        deep = _described({"parameters": [{**query, "schema": {"$ref": "#/components/schemas/S39"}}, query]}, **chain)
        deep["components"]["schemas"]["S40"] = {"type": "string"}
        (found,) = _read(deep)
        assert (found.problem is None) == (first == 39)


def test_a_document_has_one_budget() -> None:
    schema = {"type": "string", "enum": [str(number) for number in range(4_000)]}
    operation = {"parameters": [{"name": "p", "in": "query", "schema": schema}]}
    found = _read(_described(*[operation] * 60))
    problems = [each.problem for each in found]
    assert problems.count(None) == 49
    assert set(problems[49:]) == {"the document's schemas are too large together; take a part of it"}
    (found_one,) = _read(_described({"parameters": [{"name": f"p{n}", "in": "query"} for n in range(101)]}))
    assert found_one.problem == "it has more than 100 parameters"


def test_names_are_made_of_operations() -> None:
    assert tool_name("listAllOrders") == "list_all_orders"
    assert tool_name("get /orders/{id}") == "get_orders_id"
    assert tool_name("2fa.enable") == "call_2fa_enable"
