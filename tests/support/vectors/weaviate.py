"""Weaviate's REST and GraphQL APIs, as its OpenAPI and documentation describe them; similarity is computed here."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from aiohttp import web
from graphql import GraphQLSyntaxError, parse
from graphql.language import ast

from medea.kernel.ids import TenantId
from tests.support.vectors.pinecone import cosines
from tests.support.vectors.published import WEAVIATE
from tests.support.vectors.server import Camel, Reply, StoreServer

_SNAKE = {"valueInt": "value_int", "valueText": "value_text"}

MOST_DELETED = 3
"""Of one request: Weaviate's `QUERY_MAXIMUM_RESULTS`, by default 10,000."""


class Tenancy(Camel):
    enabled: bool
    auto_tenant_creation: bool
    auto_tenant_activation: bool


class Property(Camel):
    name: str
    data_type: list[str]
    index_filterable: bool
    index_searchable: bool | None = None
    tokenization: str | None = None


class IndexConfig(Camel):
    distance: str


class Class(Camel):
    class_: str = msgspec.field(name="class")
    description: str
    vectorizer: str
    vector_index_type: str
    vector_index_config: IndexConfig
    multi_tenancy_config: Tenancy
    properties: list[Property]


class Properties(Camel):
    owner: str
    generation: int


class Object(Camel):
    class_: str = msgspec.field(name="class")
    tenant: str
    id: UUID
    properties: Properties
    vector: list[float]


class Batch(Camel):
    fields: list[str]
    objects: list[Object]


class Where(Camel):
    operator: str
    operands: list["Where"] | None = None
    path: list[str] | None = None
    value_int: int | None = None
    value_text: str | None = None
    value_text_array: list[str] | None = None


class Matched(Camel):
    class_: str = msgspec.field(name="class")
    where: Where


class Delete(Camel):
    match: Matched
    output: str


class Asked(Camel):
    query: str


@dataclass
class WeaviateServer(StoreServer):
    """Classes by name, in each of them shards by tenant."""

    classes: dict[str, Class] = field(default_factory=dict)
    sizes: dict[tuple[str, str], int] = field(default_factory=dict)
    shards: dict[tuple[str, str], dict[UUID, Object]] = field(default_factory=dict)

    published = (WEAVIATE,)

    def is_let_in(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {self.key}"

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Any:
        match method, path:
            case "GET", "/v1/schema":
                return {"classes": [{"class": name} for name in self.classes]}
            case "POST", "/v1/schema":
                made = self.read(body, Class)
                if made.class_ in self.classes:
                    raise _error(422, f"class name {made.class_} already exists")
                assert made.multi_tenancy_config.enabled
                self.classes[made.class_] = made
                return {"class": made.class_}
            case "POST", "/v1/batch/objects":
                return [self._put(each) for each in self.read(body, Batch).objects]
            case "DELETE", "/v1/batch/objects":
                return self._delete(self.read(body, Delete), query["tenant"])
            case "GET", "/v1/objects":
                return self._list(query)
            case "POST", "/v1/graphql":
                return self._get(self.read(body, Asked).query)
        raise Reply(405)

    def count(self, tenant: TenantId) -> int:
        return sum(len(shard) for (_, name), shard in self.shards.items() if name == tenant.hex)

    def drop_point(self, tenant: TenantId) -> None:
        shard = next(shard for (_, name), shard in self.shards.items() if name == tenant.hex and shard)
        shard.popitem()

    def _put(self, made: Object) -> Any:
        place = made.class_, made.tenant
        failed = None
        if made.class_ not in self.classes:
            failed = f"class {made.class_!r} not present in schema"
        elif self.sizes.setdefault(place, len(made.vector)) != len(made.vector):
            failed = "new node has a vector with another length"
        else:
            self.shards.setdefault(place, {})[made.id] = made
        result = {"status": "FAILED", "errors": {"error": [{"message": failed}]}} if failed else {"status": "SUCCESS"}
        return {"id": str(made.id), "result": result}

    def _shard(self, class_name: str, tenant: str) -> dict[UUID, Object]:
        if class_name not in self.classes:
            raise _error(422, f"class {class_name!r} not found: could not find class {class_name} in schema")
        if (class_name, tenant) not in self.shards:
            raise _error(422, f'tenant not found: "{tenant}"')
        return self.shards[class_name, tenant]

    def _delete(self, asked: Delete, tenant: str) -> Any:
        shard = self._shard(asked.match.class_, tenant)
        met = [id_ for id_, each in shard.items() if _meets(each, asked.match.where)][:MOST_DELETED]
        for id_ in met:
            del shard[id_]
        results = {"matches": len(met), "limit": MOST_DELETED, "successful": len(met), "failed": 0}
        return {"match": {"class": asked.match.class_}, "output": asked.output, "dryRun": False, "results": results}

    def _list(self, query: dict[str, str]) -> Any:
        assert query.keys() == {"class", "tenant", "limit", "after"}
        shard = self._shard(query["class"], query["tenant"])
        ids = sorted(id_ for id_ in shard if id_ > UUID(query["after"]))[: int(query["limit"])]
        objects = [{"class": query["class"], "id": str(id_), "tenant": query["tenant"]} for id_ in ids]
        return {"objects": objects, "totalResults": len(objects)}

    def _get(self, query: str) -> Any:
        try:
            operation = parse(query).definitions[0]
        except GraphQLSyntaxError as error:
            self.faults.append(str(error))
            raise _error(422, str(error)) from None
        assert isinstance(operation, ast.OperationDefinitionNode)
        get = operation.selection_set.selections[0]
        assert isinstance(get, ast.FieldNode)
        assert get.name.value == "Get"
        assert get.selection_set is not None
        asked = get.selection_set.selections[0]
        assert isinstance(asked, ast.FieldNode)
        name = asked.name.value
        given = {each.name.value: _value(each.value) for each in asked.arguments or ()}
        assert given.keys() == {"tenant", "limit", "nearVector", "where"}
        if name not in self.classes:
            return {"errors": [{"message": f'Cannot query field "{name}" on type "GetObjectsObj".'}], "data": None}
        shard = self.shards.get((name, given["tenant"]))
        if shard is None:
            said = f'explorer: get class: vector search: tenant not found: "{given["tenant"]}"'
            return {"errors": [{"message": said, "path": ["Get", name]}], "data": {"Get": {name: None}}}
        where = _where(given["where"])
        met = [each for each in shard.values() if _meets(each, where)]
        scores = cosines(given["nearVector"]["vector"], [each.vector for each in met])
        best = sorted(zip(scores, (str(each.id) for each in met), strict=True), reverse=True)[: given["limit"]]
        return {"data": {"Get": {name: [{"_additional": {"id": id_}} for _, id_ in best]}}}


def _error(status: int, message: str) -> Reply:
    return Reply(status, {"error": [{"message": message}]})


def _value(node: ast.ValueNode) -> Any:
    match node:
        case ast.IntValueNode():
            return int(node.value)
        case ast.FloatValueNode():
            return float(node.value)
        case ast.ListValueNode():
            return [_value(each) for each in node.values]
        case ast.ObjectValueNode():
            return {each.name.value: _value(each.value) for each in node.fields}
        case ast.StringValueNode() | ast.EnumValueNode():
            return node.value
    raise AssertionError(node)


def _where(given: dict[str, Any]) -> Where:
    operands = given.pop("operands", None)
    members = {_SNAKE.get(name, name): value for name, value in given.items()}
    return Where(**members, operands=None if operands is None else [_where(each) for each in operands])


def _meets(found: Object, where: Where) -> bool:
    if where.operator == "And":
        return all(_meets(found, each) for each in where.operands or ())
    assert where.path is not None
    of_object = {"id": str(found.id), "owner": found.properties.owner, "generation": found.properties.generation}
    value: Any = of_object[where.path[0]]
    match where.operator:
        case "Equal":
            return bool(value == (where.value_text if where.value_int is None else where.value_int))
        case "GreaterThanEqual":
            return bool(value >= (where.value_int or 0))
        case "LessThan":
            return bool(value < (where.value_int or 0))
        case "ContainsAny":
            return value in (where.value_text_array or ())
    raise AssertionError(where.operator)
