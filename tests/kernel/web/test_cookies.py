"""The session cookie's flags."""

import dataclasses
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI, Response
from httpx2 import ASGITransport, AsyncClient

from medea.kernel.settings import Settings, WebSettings
from medea.kernel.web.cookies import clear_session, set_session
from medea.kernel.web.security import SESSION_COOKIE


@pytest.mark.parametrize(
    ("origin", "as_set", "is_secure"),
    [
        ("http://127.0.0.1:8000", None, False),
        ("https://chat.example.com", None, True),
        ("http://127.0.0.1:8000", True, True),
        ("https://chat.example.com", False, False),
    ],
)
def test_secure_as_the_origin_or_the_operator_says(origin: str, as_set: bool | None, is_secure: bool) -> None:
    settings = Settings(_env_file=None, web=WebSettings(dashboard_origin=origin, secure_cookies=as_set))
    response = Response()
    set_session(response, settings, "mds_token", datetime(2030, 1, 1, tzinfo=UTC))
    assert ("Secure" in response.headers["set-cookie"]) is is_secure
    assert response.headers["set-cookie"].startswith("__Host-medea_session=" if is_secure else "medea_session=")
    assert "Domain" not in response.headers["set-cookie"]
    assert "HttpOnly" in response.headers["set-cookie"]
    assert "SameSite=lax" in response.headers["set-cookie"]
    gone = Response()
    clear_session(gone, settings)
    assert "Max-Age=0" in gone.headers["set-cookie"]
    assert ("Secure" in gone.headers["set-cookie"]) is is_secure


async def test_over_https_a_neighbour_below_the_domain_sets_no_session(owner: AsyncClient, app: FastAPI) -> None:
    """`medea_session` may come from any host below the same domain: whoever has one could log others in as himself."""
    token = owner.cookies[SESSION_COOKIE]
    web = WebSettings(dashboard_origin="https://medea.example.com", widget_origin="https://chat.example.com")
    settings = app.state.ports.settings.model_copy(update={"web": web})
    app.state.ports = dataclasses.replace(app.state.ports, settings=settings)
    statuses = []
    for name in ("medea_session", "__Host-medea_session"):
        async with AsyncClient(transport=ASGITransport(app), base_url="https://medea.example.com") as client:
            answer = await client.get("/v1/auth/me", headers={"cookie": f"{name}={token}"})
        statuses.append(answer.status_code)
    assert statuses == [401, 200]
