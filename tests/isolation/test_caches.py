"""No value of one company is remembered under a key that another may ask for."""

import ast
from collections.abc import Iterator

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.cache.memory import MemoryCaches
from tests.architecture.sources import SRC, files, shown
from tests.modules.conversations.chatting import open_conversation, publish, say, text_of

# cache -> why its keys name no company
NOBODYS = {
    "identity.sessions": "a person's session belongs to no company; the key is the hash of a secret",
    "tenancy.keys": "an API key says which company it is of only once it is found; the key is its hash",
    "tenancy.platform_model_entries": "what the operator wrote down of the platform's models belongs to no company",
}


def uses() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """Yield each use of a cache in the code: where, the spec, and the company it is asked for."""
    for path in files(".py", under=SRC):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"get", "forget"}
                and isinstance(node.func.value, ast.Call)
                and isinstance(node.func.value.func, ast.Attribute)
                and node.func.value.func.attr == "cache"
            ):
                yield f"{shown(path)}:{node.lineno}", node.func.value.args[0], node.args[0]


def test_only_named_caches_are_asked_without_a_company() -> None:
    nobodys = {name.partition(".")[2].upper() for name in NOBODYS}
    found = list(uses())
    assert len(found) > 15, "the code was read"
    broken = [
        where
        for where, spec, company in found
        if isinstance(company, ast.Constant) and ast.unparse(spec).rpartition(".")[2] not in nobodys
    ]
    assert not broken, broken


async def test_what_is_remembered_is_the_companys_own(
    owner: AsyncClient, stranger: AsyncClient, working: Installation
) -> None:
    companies: dict[str, str] = {}
    for client, name in ((owner, "Engines"), (stranger, "Elsewhere")):
        example = {"user": "Who are you?", "assistant": f"The helper of {name}."}
        await publish(client, system_prompt=f"Prompt of {name}.", examples=[example])
        key = (await client.post("/v1/api-keys", json={"name": name, "kind": "secret"})).json()["key"]
        companies[name] = (await client.get("/v1/auth/me")).json()["tenant"]["id"]
        conversation = await open_conversation(client)
        for _ in range(2):
            assert text_of(await say(client, conversation, "Who are you?")).startswith(f"The helper of {name}.")
        by_key = {"authorization": f"Bearer {key}"}
        assert (await client.get("/v1/agents/helper", headers=by_key)).json()["system_prompt"] == f"Prompt of {name}."
    kept = working.ports.caches
    assert isinstance(kept, MemoryCaches)
    entries = [
        (cache, company, repr(value))
        for cache, each in kept._caches.items()
        for (company, _), (_, value) in each._entries.items()
    ]
    assert {cache for cache, company, _ in entries if company is None} <= set(NOBODYS)
    assert len({cache for cache, company, _ in entries if company is not None}) >= 3
    for cache, company, value in entries:
        for name, its_id in companies.items():
            if company is not None and str(company) != its_id:
                assert name not in value, cache
                assert its_id not in value, cache
