"""The dashboard's session cookie: HttpOnly, SameSite=Lax, of this host alone."""

from datetime import datetime

from fastapi import Response

from medea.kernel.settings import Settings
from medea.kernel.web.security import has_secure_cookies, session_cookie


def set_session(response: Response, settings: Settings, token: str, expires_at: datetime) -> None:
    """Give the browser its session until that time."""
    response.set_cookie(
        session_cookie(settings),
        token,
        expires=expires_at,
        path="/",
        secure=has_secure_cookies(settings),
        httponly=True,
        samesite="lax",
    )


def clear_session(response: Response, settings: Settings) -> None:
    """Make the browser forget it."""
    is_secure = has_secure_cookies(settings)
    response.delete_cookie(session_cookie(settings), path="/", secure=is_secure, httponly=True, samesite="lax")
