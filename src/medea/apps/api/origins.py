"""Which origin a page belongs to."""

from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse


def elsewhere(request: Request, origin: str) -> Response | None:
    """Return the redirect to the origin that a page belongs to, unless it was asked for there."""
    if request.headers.get("host", "") == urlsplit(origin).netloc:
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{origin}{request.url.path}{query}", status_code=307)
