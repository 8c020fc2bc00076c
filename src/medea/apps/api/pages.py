"""The pages: dashboard, widget, loader, demo shop, local outbox. Each on its own origin, with its own policy.

The widget shows what models write, so it never shares an origin with the dashboard, whose cookie may do
everything: `/widget` answers only under the widget's host, dashboard pages only under theirs.
"""

import html
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse

from medea.apps.api import places
from medea.apps.api.origins import elsewhere
from medea.kernel.mail.local import LocalMailer
from medea.kernel.settings import LOOPBACK, Settings
from medea.kernel.web.security import ports_of
from medea.modules.tenancy import facade as tenancy
from medea.seeds import demo

WEB_ROOT = Path(__file__).resolve().parents[4] / "web"
DASHBOARD_PAGES = ("/", "/login", "/signup", "/forgot", "/reset", "/invite", "/dashboard", "/dashboard/{path:path}")

NOT_BUILT = "This page is not built yet: run `make build` (or `make run`) and load it again."


def make_router(settings: Settings) -> APIRouter:
    """Make the router of all pages.

    Args:
        settings: origins, and where the built web parts are.
    """
    root = settings.web_root or WEB_ROOT
    router = APIRouter(include_in_schema=False)
    _dashboard(router, settings, root)
    _widget(router, settings, root)
    _demo(router, settings, root)
    router.include_router(places.make_router(settings))
    router.add_api_route("/outbox", _outbox, methods=["GET"], response_class=HTMLResponse)
    return router


def _page(path: Path, policy: str, cache: str = "no-cache") -> Response:
    if not path.is_file():
        return PlainTextResponse(NOT_BUILT, status_code=503)
    return FileResponse(path, headers={"content-security-policy": policy, "cache-control": cache})


def _dashboard(router: APIRouter, settings: Settings, root: Path) -> None:
    index = root / "apps/dashboard/dist/index.html"
    policy = "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: https:",
            f"frame-src {settings.widget_origin}",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )

    async def dashboard(request: Request) -> Response:
        return elsewhere(request, settings.dashboard_origin) or _page(index, policy)

    for path in DASHBOARD_PAGES:
        router.add_api_route(path, dashboard, methods=["GET", "HEAD"])


def _widget(router: APIRouter, settings: Settings, root: Path) -> None:
    index = root / "apps/widget/dist/index.html"
    loader = root / "packages/embed/dist/embed.js"

    async def widget(request: Request) -> Response:
        moved = elsewhere(request, settings.widget_origin)
        if moved is not None:
            return moved
        ancestors = await _ancestors(request, settings)
        policy = "; ".join(
            (
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self' 'unsafe-inline'",
                "connect-src 'self'",
                "img-src 'self' data:",
                "font-src 'self'",
                "base-uri 'none'",
                "form-action 'none'",
                f"frame-ancestors {ancestors}",
            )
        )
        return _page(index, policy, "no-store")

    async def embed(_request: Request) -> Response:
        if not loader.is_file():
            return PlainTextResponse(NOT_BUILT, status_code=503)
        headers = {
            "cache-control": "public, max-age=300, stale-while-revalidate=86400",
            "access-control-allow-origin": "*",
            "cross-origin-resource-policy": "cross-origin",
        }
        return FileResponse(loader, media_type="text/javascript; charset=utf-8", headers=headers)

    router.add_api_route("/widget", widget, methods=["GET", "HEAD"])
    router.add_api_route("/embed.js", embed, methods=["GET", "HEAD"])


async def _ancestors(request: Request, settings: Settings) -> str:
    """Return who may frame the widget: the websites of its key, and the dashboard for previews."""
    key = request.query_params.get("key")
    if key is None:
        return f"'self' {settings.dashboard_origin}"
    found = await tenancy.find_publishable_key(ports_of(request), key)
    if found is None:
        return "'none'"
    if not found.allowed_origins:
        return "*"
    return " ".join((*found.allowed_origins, settings.dashboard_origin))


def _demo(router: APIRouter, settings: Settings, root: Path) -> None:
    folder = root / "apps/demo"
    policy = "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {settings.widget_origin}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            f"frame-src {settings.widget_origin}",
            "base-uri 'none'",
        )
    )

    async def shop(request: Request) -> Response:
        moved = elsewhere(request, settings.dashboard_origin)
        if moved is not None:
            return moved
        key = await demo.find_publishable_key(ports_of(request))
        if key is None:
            return PlainTextResponse("The demo is not here: run `medea seed` and load the page again.", 404)
        page = (folder / "index.html").read_text(encoding="utf-8")
        for token, value in (
            ("{{WIDGET_ORIGIN}}", settings.widget_origin),
            ("{{PUBLISHABLE_KEY}}", key),
            ("{{AGENT}}", demo.AGENT_SLUG),
        ):
            page = page.replace(token, html.escape(value, quote=True))
        return HTMLResponse(page, headers={"content-security-policy": policy, "cache-control": "no-cache"})

    async def asset(name: str) -> Response:
        # a longer name, or one with NUL, is an error to the file system, and none of ours
        path = (folder / name.replace("\0", "/")[:100]).resolve()
        if path.parent != folder.resolve() or not path.is_file() or path.name == "index.html":
            return PlainTextResponse("There is no such file.", status_code=404)
        return FileResponse(path, headers={"cache-control": "no-cache"})

    router.add_api_route("/demo", shop, methods=["GET", "HEAD"])
    router.add_api_route("/demo/{name}", asset, methods=["GET", "HEAD"])


async def _outbox(request: Request) -> Response:
    """Show the mails that were not sent: on the machine itself only, since they hold log-in links."""
    mailer = ports_of(request).mailer
    is_near = request.client is not None and request.client.host in LOOPBACK and request.url.hostname in LOOPBACK
    is_forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via"))
    if not isinstance(mailer, LocalMailer) or not is_near or is_forwarded:
        return PlainTextResponse("There is no outbox here.", status_code=404)
    mails = await mailer.list_sent()
    rows = "".join(
        f"<article><h2>{html.escape(sent.mail.subject)}</h2>"
        f"<p>to {html.escape(sent.mail.to)}, {sent.at:%Y-%m-%d %H:%M:%S} UTC</p>"
        f"<pre>{_linked(sent.mail.text)}</pre></article>"
        for sent in mails
    )
    body = rows or "<p>No mail was written yet. Invitations and password resets appear here.</p>"
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    return HTMLResponse(_OUTBOX.replace("{{BODY}}", body), headers={"content-security-policy": policy})


def _linked(text: str) -> str:
    words = html.escape(text).split(" ")
    return " ".join(
        "\n".join(
            f'<a href="{part}">{part}</a>' if part.startswith(("http://", "https://")) else part
            for part in word.split("\n")
        )
        for word in words
    )


_OUTBOX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Outbox · Medea</title><style>
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:44rem;margin:3rem auto;padding:0 1rem;overflow-wrap:anywhere}
article{border:1px solid #8884;border-radius:12px;padding:1rem 1.25rem;margin:1rem 0}
h2{margin:0;font-size:1.05rem}article p{margin:.25rem 0 .75rem;opacity:.75}
pre{white-space:pre-wrap;margin:0;font:inherit}
</style></head><body><main><h1>Outbox</h1>
<p>Mail is not sent from this installation; it is kept in the data folder and shown here.</p>
{{BODY}}</main></body></html>
"""
