"""The page of the API: whole, and free of anything from elsewhere."""

import asyncio
import re
from typing import Any

from fastapi import FastAPI
from httpx2 import AsyncClient


async def test_every_operation_is_there_and_no_script(anonymous: AsyncClient, app: FastAPI) -> None:
    answer = await anonymous.get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = answer.text
    for path, item in app.openapi()["paths"].items():
        for method in item:
            assert f"{method.upper()}</b> <code>{path}</code>" in page
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=\"(?!#|/openapi\.json)", page)
    assert "agents.slug_taken" in page


async def test_the_description_is_made_once_whoever_asks(anonymous: AsyncClient, app: FastAPI) -> None:
    made: list[int] = []
    make = app.openapi

    def counted() -> dict[str, Any]:
        made.append(1)
        return make()

    app.openapi = counted  # type: ignore[method-assign]
    answers = await asyncio.gather(*(anonymous.get("/openapi.json") for _ in range(5)))
    assert [answer.json() for answer in answers] == [make()] * 5
    assert len(made) == 1


async def test_it_is_packed_for_who_can_unpack_it(anonymous: AsyncClient) -> None:
    for path in ("/openapi.json", "/docs"):
        packed = await anonymous.get(path, headers={"accept-encoding": "gzip"})
        plain = await anonymous.get(path, headers={"accept-encoding": "identity"})
        assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
        assert packed.text == plain.text
        assert int(packed.headers["content-length"]) * 4 < int(plain.headers["content-length"])
