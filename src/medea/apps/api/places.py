"""The page behind a citation: the document at the place, for whoever reads the answer. No script, nothing loaded."""

import html
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from medea.apps.api.origins import elsewhere
from medea.kernel.limits.bucket import Limit, require
from medea.kernel.settings import Settings
from medea.kernel.web.rates import network_of
from medea.kernel.web.security import ports_of
from medea.modules.knowledge import facade as knowledge
from medea.modules.knowledge.facade import Place

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}


def make_router(settings: Settings) -> APIRouter:
    """Make the router of the pages behind citations.

    Args:
        settings: the widget's origin, under which they are: they show what strangers wrote.
    """
    router = APIRouter(include_in_schema=False)

    async def place(request: Request, token: str) -> Response:
        return elsewhere(request, settings.widget_origin) or await _limited(request, token, _place)

    async def picture(request: Request, token: str) -> Response:
        return elsewhere(request, settings.widget_origin) or await _limited(request, token, _picture)

    router.add_api_route("/sources/{token}", place, methods=["GET", "HEAD"], response_class=HTMLResponse)
    router.add_api_route("/sources/{token}/page.png", picture, methods=["GET", "HEAD"])
    return router


async def _limited(request: Request, token: str, answer: Callable[[Request, str], Awaitable[Response]]) -> Response:
    """Answer within the rate of an address: a link is all that is asked for here, and a picture is dear."""
    ports = ports_of(request)
    limit = Limit("places", ports.settings.limits.places_per_minute, 60)
    await require(ports.limiter, limit, network_of(request))
    return await answer(request, token)


async def _place(request: Request, token: str) -> Response:
    place = await knowledge.find_place(ports_of(request), token)
    if place is None:
        return HTMLResponse(_PAGE.format(title="Source", body=_GONE), status_code=404, headers=_HEADERS)
    page = _PAGE.format(title=html.escape(place.document_name), body=_body(place, token))
    return HTMLResponse(page, headers=_HEADERS)


async def _picture(request: Request, token: str) -> Response:
    drawn = await knowledge.draw_place(ports_of(request), token)
    if drawn is None:
        return PlainTextResponse("There is no such page.", status_code=404)
    return Response(drawn, media_type="image/png", headers=_HEADERS | {"cache-control": "private, max-age=3600"})


def _body(place: Place, token: str) -> str:
    where = [*place.heading_path, *([f"Page {place.page}"] if place.page is not None else [])]
    parts = [f"<h1>{html.escape(place.document_name)}</h1>"]
    if where:
        parts.append(f"<p class=where>{' › '.join(html.escape(part) for part in where)}</p>")
    if place.has_picture:
        alt = html.escape(f"Page {place.page} of {place.document_name}, the cited passage marked", quote=True)
        address = html.escape(f"/sources/{token}/page.png", quote=True)
        parts.append(f'<img src="{address}" alt="{alt}"><h2>The passage as text</h2>')
    around = [f"<p class=near>{html.escape(text)}</p>" if text else "" for text in (place.before, place.after)]
    parts.append(f"<article>{around[0]}<p><mark>{html.escape(place.text)}</mark></p>{around[1]}</article>")
    return "\n".join(parts)


_GONE = """<h1>This passage is not there any more</h1>
<p>The document was changed or removed since the answer was given. Ask again for an answer from the present one.</p>"""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
:root{{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}}
body{{max-width:48rem;margin:0 auto;padding:2rem 1rem 4rem}}
h1{{font-size:1.35rem;line-height:1.3;margin:0;overflow-wrap:anywhere}}
h2{{font-size:1rem;margin:1.5rem 0 .5rem}}
.where{{margin:.25rem 0 1.25rem;opacity:.75}}
img{{display:block;width:100%;height:auto;background:#fff;border:1px solid #8884;border-radius:10px}}
article{{border:1px solid #8884;border-radius:10px;padding:.25rem 1.1rem;margin-top:1rem}}
article p{{white-space:pre-wrap;overflow-wrap:anywhere}}
.near{{opacity:.75}}
mark{{background:#ffe58a;color:#1b1b1b;border-radius:3px;padding:.1em 0;box-decoration-break:clone}}
</style></head><body><main>
{body}
</main></body></html>
"""
