"""The dashboard's session cookie: HttpOnly, SameSite=Lax, of this host alone."""

from datetime import datetime

from fastapi import Response

from medea.kernel.settings import Settings
from medea.kernel.web.security import SESSION_COOKIE


def is_secure(settings: Settings) -> bool:
    """Tell whether cookies carry `Secure`: as set, else as the dashboard origin's scheme says."""
    if settings.web.secure_cookies is not None:
        return settings.web.secure_cookies
    return settings.dashboard_origin.startswith("https://")


def set_session(response: Response, settings: Settings, token: str, expires_at: datetime) -> None:
    """Give the browser its session until that time."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        expires=expires_at,
        path="/",
        secure=is_secure(settings),
        httponly=True,
        samesite="lax",
    )


def clear_session(response: Response, settings: Settings) -> None:
    """Make the browser forget it."""
    response.delete_cookie(SESSION_COOKIE, path="/", secure=is_secure(settings), httponly=True, samesite="lax")
