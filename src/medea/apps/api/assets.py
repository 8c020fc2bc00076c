"""Built files, compressed on the way out and cached for ever where their name says what they hold."""

from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from medea.apps.api.pages import WEB_ROOT
from medea.kernel.settings import Settings

_FOREVER = "public, max-age=31536000, immutable"


class _Built(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = _FOREVER if path.startswith("assets/") else "no-cache"
        response.headers["cross-origin-resource-policy"] = "same-origin"
        return response


def mount(app: FastAPI, settings: Settings) -> None:
    """Serve the dashboard's files under `/app` and the widget's under `/w`."""
    root = settings.web_root or WEB_ROOT
    for path, folder in (("/app", "apps/dashboard/dist"), ("/w", "apps/widget/dist")):
        app.mount(path, GZipMiddleware(_files(root / folder)))


def _files(folder: Path) -> StaticFiles:
    return _Built(directory=folder, check_dir=False)
