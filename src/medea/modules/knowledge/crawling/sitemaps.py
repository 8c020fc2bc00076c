"""Which pages a site's sitemap names."""

import asyncio
import tempfile
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yarl import URL

from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.protocol import Sitemap
from medea.kernel.extraction.sandbox import read_sitemap
from medea.modules.knowledge.crawling.fetching import Fetcher, FetchFailed
from medea.modules.knowledge.models import Failure

_MAX_FILES = 50  # of an index


@dataclass(frozen=True, slots=True)
class Listed:
    """What a sitemap names.

    Attributes:
        pages: their addresses, and when each changed as far as the site says.
        has_more: it names more than were asked for.
    """

    pages: dict[str, datetime | None]
    has_more: bool


async def list_pages(
    fetcher: Fetcher, url: str, *, limits: Limits, at_most: int, left_out: Collection[str] = ()
) -> Listed:
    """Return the first pages of a site.

    Pages elsewhere are passed over: a sitemap speaks for its own host alone (sitemaps.org, "Location").

    Args:
        fetcher: of this visit.
        url: of the sitemap, or of an index of such.
        limits: of reading one file.
        at_most: pages.
        left_out: addresses that are not wanted; they take no place from others.

    Raises:
        FetchFailed: there is no sitemap, or it could not be fetched.
    """
    waiting, seen = deque([url]), {url}
    wanted: dict[str, datetime | None] = {}
    unwanted = frozenset(left_out)
    is_cut = has_pages = False
    while waiting and len(wanted) <= at_most:
        found = await _read(fetcher, waiting.popleft(), limits)
        # in a thread: the 50,000 addresses that a file may name take half a second
        others, named = await asyncio.to_thread(_own, found, url)
        for other in others:
            if other in seen:
                continue
            is_cut = is_cut or len(seen) > _MAX_FILES
            if not is_cut:
                seen.add(other)
                waiting.append(other)
        has_pages = has_pages or bool(named)
        wanted |= {page: changed for page, changed in named.items() if page not in unwanted}
    if not has_pages:
        raise FetchFailed(Failure("no_sitemap", "The sitemap names no pages of its own site."))
    has_more = is_cut or bool(waiting) or len(wanted) > at_most
    return Listed(dict(list(wanted.items())[:at_most]), has_more)


async def _read(fetcher: Fetcher, url: str, limits: Limits) -> Sitemap:
    fetched = await fetcher.fetch(url)
    if fetched is None:  # nothing was asked that could be unchanged
        return Sitemap([], [])
    with tempfile.TemporaryDirectory(prefix="medea-sitemap-") as folder:
        path = Path(folder, "sitemap")
        await asyncio.to_thread(path.write_bytes, fetched.body)
        try:
            return await read_sitemap(path, limits=limits)
        except ExtractionFailed as failure:
            raise FetchFailed(Failure(failure.code, failure.message)) from None


def _own(found: Sitemap, sitemap: str) -> tuple[list[str], dict[str, datetime | None]]:
    """Return the sitemaps and the pages of its own site that a file names."""
    others = [entry.url for entry in found.sitemaps if _is_same_site(entry.url, sitemap)]
    pages = [entry for entry in found.pages if _is_same_site(entry.url, sitemap)]
    return others, {page_address(entry.url): _moment(entry.changed) for entry in pages}


def page_address(url: str) -> str:
    """Return an address as documents of pages have it; what is none stays as it is."""
    try:
        return str(URL(url).with_fragment(None))
    except ValueError:
        return url


def _is_same_site(url: str, sitemap: str) -> bool:
    try:
        parsed, own = URL(url), URL(sitemap)
        return parsed.scheme in {"http", "https"} and _bare(parsed) == _bare(own)
    except ValueError:
        return False


def _bare(url: URL) -> tuple[str, int | None]:
    port = None if url.port in {80, 443} else url.port
    return (url.host or "").removeprefix("www."), port


def _moment(changed: str | None) -> datetime | None:
    """Read a W3C date or time; whatever else it is, nothing is known."""
    try:
        found = datetime.fromisoformat(changed or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
