"""Web pages as text, from the sites that a company allows."""

import asyncio
from typing import Any

from selectolax.lexbor import LexborHTMLParser
from yarl import URL

from medea.kernel.context import Context
from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.nesting import check_nesting
from medea.kernel.extraction.readers.plain import decode
from medea.kernel.outbound.errors import OutboundRefused, OutboundTimeout, OutboundTooLarge, OutboundUnreachable
from medea.kernel.text import clean_text
from medea.modules.tools import caches, hosts
from medea.modules.tools.errors import ToolFailed

MAX_TEXT = 40_000
MAX_TAGS = 40_000  # about two seconds of parsing, where they are nested so that the count of depth misses it
_REDIRECTS = 5
_TEXTS = ("text/", "application/json", "application/xml", "application/xhtml+xml", "application/rss+xml")
_NO_CONTENT = "script, style, noscript, template, svg, canvas, iframe, nav, header, footer, aside, form, [hidden]"
_BLOCKS = "p, div, section, article, li, tr, h1, h2, h3, h4, h5, h6, blockquote, pre, table, ul, ol, dl, dt, dd, br, hr"


async def fetch_page(ctx: Context, arguments: dict[str, Any]) -> Any:
    """Read a page as text.

    Raises:
        ToolFailed: the site is not allowed, or gives no text.
    """
    hosts = await caches.fetch_hosts(ctx)
    url = str(arguments["url"]).strip()
    for _ in range(_REDIRECTS):
        _check_host(url, hosts)
        try:
            answer = await ctx.ports.outbound.request(
                "GET", url, headers={"accept": "text/html, text/plain, */*;q=0.1"}, purpose="page"
            )
        except OutboundRefused as error:
            raise ToolFailed(f"This address cannot be read: {error.detail}") from error
        except OutboundTimeout:
            raise ToolFailed("The site did not answer in time.") from None
        except OutboundTooLarge:
            raise ToolFailed("The page is too large to be read.") from None
        except OutboundUnreachable:
            raise ToolFailed("The site cannot be reached.") from None
        location = answer.headers.get("location")
        if not 300 <= answer.status < 400 or location is None:
            kind = answer.headers.get("content-type", "")
            return await asyncio.to_thread(_read, url, answer.status, kind, answer.body)
        url = str(URL(url).join(URL(location)))
    raise ToolFailed("The address leads in circles.")


def _check_host(url: str, allowed: tuple[str, ...]) -> None:
    """Refuse a page of a site that is not on the company's list: each hop of a redirect anew."""
    try:
        host = hosts.host_of(url)
    except ValueError:
        raise ToolFailed("This is not a valid address.") from None
    if not allowed:
        raise ToolFailed("No site is allowed yet; the company has to list the sites that may be read.")
    for pattern in allowed:
        if host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:])):
            return
    raise ToolFailed(f"{host or 'This'} is not one of the allowed sites: {', '.join(allowed[:20])}.")


def _read(url: str, status: int, media_type: str, body: bytes) -> dict[str, Any]:
    if status >= 400:
        raise ToolFailed(f"The site answered with status {status}; there may be no such page.")
    kind = media_type.partition(";")[0].strip().lower()
    if kind and not kind.startswith(_TEXTS):
        raise ToolFailed(f"This is no page of text but {kind}.")
    try:
        text = decode(body, media_type)
    except ExtractionFailed as error:
        raise ToolFailed(error.message) from error
    title, text = page_text(text) if "html" in kind or (not kind and "<" in text[:500]) else ("", clean_text(text))
    return {"url": url, "title": title, "text": text[:MAX_TEXT], "is_cut": len(text) > MAX_TEXT}


def page_text(text: str) -> tuple[str, str]:
    """Return title and text of an HTML page, without what is on every page of a site. For a thread.

    Raises:
        ToolFailed: it is nested too deeply, or has too many tags, to be worth the work.
    """
    try:
        check_nesting(text, most_tags=MAX_TAGS)
    except ExtractionFailed as error:
        raise ToolFailed(error.message) from error
    tree = LexborHTMLParser(text)
    title = tree.css_first("title")
    name = title.text(strip=True) if title is not None else ""
    root = tree.css_first("main") or tree.css_first("article") or tree.body
    if root is None:
        return clean_text(name), ""
    for node in root.css(_NO_CONTENT):
        node.decompose()
    for node in root.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    lines = (" ".join(line.split()) for line in root.text(separator="").splitlines())
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return clean_text(" ".join(name.split())), clean_text("\n".join(kept).strip())
