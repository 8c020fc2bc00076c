"""The page of the API: whole, and free of anything from elsewhere."""

import re

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
