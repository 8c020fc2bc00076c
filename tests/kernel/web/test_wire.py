"""Text from outside: what is refused, what is put in order."""

import json
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Query
from httpx2 import ASGITransport, AsyncClient
from pydantic import BaseModel, Field, ValidationError

from medea.kernel.web import problems
from medea.kernel.web.wire import Email, Line, Moment, Text


class Given(BaseModel):
    text: Annotated[Text, Field(min_length=1, max_length=5)] = "x"
    line: Annotated[Line, Field(min_length=1, max_length=5)] = "x"
    email: Email = "a@example.com"
    moment: Moment | None = None


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("text", " a\n ", " a\n "),
        ("line", "  ab c ", "ab c"),
        ("line", "日本", "日本"),
        ("email", " Ada.L@Example.COM ", "Ada.L@example.com"),
        ("email", "root@localhost", "root@localhost"),
        ("email", "boss@corp.local", "boss@corp.local"),
        ("email", "a@bücher.example", "a@xn--bcher-kva.example"),
    ],
)
def test_what_is_taken(field: str, value: str, kept: str) -> None:
    assert getattr(Given.model_validate({field: value}), field) == kept


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("text", "a\x00", "text"),
        ("text", "a\ud800", "text"),
        ("text", "", "too_short"),
        ("text", "abcdef", "too_long"),
        ("text", 5, "string_type"),
        ("line", "   ", "too_short"),
        ("line", "a\nb", "line"),
        ("line", "a\x00", "line"),
        ("line", "a\udfff", "line"),
        ("line", "a\x1bb", "line"),
        ("line", None, "string_type"),
        ("email", "x", "email"),
        ("email", "a@b@c.de", "email"),
        ("email", "a\x00@b.de", "email"),
        ("email", "Ada <a@b.de>", "email"),
        ("email", "ä@b.de", "email"),
        ("email", "a@b.de\nBcc: c@d.de", "email"),
        ("moment", 1795300983, "moment"),
        ("moment", "1131576796231", "moment"),
        ("moment", "2026-01-31", "moment"),
        ("moment", "2026-13-31T00:00:00Z", "datetime_from_date_parsing"),
    ],
)
def test_what_is_refused(field: str, value: Any, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Given.model_validate({field: value})
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [((field,), code)]


async def test_refusals_of_odd_text_are_problem_documents() -> None:
    app = FastAPI()
    problems.install(app)

    @app.post("/")
    async def take(body: Given, q: Annotated[Text | None, Query()] = None) -> dict[str, str]:
        return {"text": body.text + (q or "")}

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        for value in ("\ud800", "\x00"):
            answer = await client.post(
                "/", content=json.dumps({"text": value}), headers={"content-type": "application/json"}
            )
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "text")
        answer = await client.post("/?q=%00", json={})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "q")
