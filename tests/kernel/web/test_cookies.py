"""The session cookie's flags."""

from datetime import UTC, datetime

import pytest
from fastapi import Response

from medea.kernel.settings import Settings, WebSettings
from medea.kernel.web.cookies import clear_session, set_session


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
    assert "HttpOnly" in response.headers["set-cookie"]
    assert "SameSite=lax" in response.headers["set-cookie"]
    gone = Response()
    clear_session(gone, settings)
    assert "Max-Age=0" in gone.headers["set-cookie"]
    assert ("Secure" in gone.headers["set-cookie"]) is is_secure
