"""Asks web servers for pages: whether it may, and whether anything is new."""

import asyncio
from dataclasses import dataclass

from yarl import URL

from medea import __version__
from medea.kernel.cache.base import Cache, CacheSpec
from medea.kernel.ids import TenantId
from medea.kernel.outbound.client import OutboundClient, OutboundResponse
from medea.kernel.outbound.errors import OutboundRefused, OutboundTimeout, OutboundTooLarge, OutboundUnreachable
from medea.modules.knowledge.crawling.robots import Robots
from medea.modules.knowledge.models import Failure

AGENT = f"Medea/{__version__}"
_TOKEN = "Medea"
_ACCEPTED = "text/html, application/xhtml+xml, application/pdf, text/plain, text/markdown, */*;q=0.5"
_REDIRECTS = 5
_MAX_ROBOTS = 500 * 1024  # bytes that RFC 9309 asks crawlers to read at least (2.5); a longer one is cut

ROBOTS: CacheSpec[Robots] = CacheSpec("knowledge.robots", ttl=600.0, size=100)
"""What sites allow. Each page of a sitemap is a job of its own; no site is asked for its rules before every page."""


class FetchFailed(Exception):
    """A page was not fetched.

    Args:
        failure: why, for whoever named the page.
        may_pass: whether trying again soon may help.
        is_gone: the server says that there is no such page any more.
    """

    def __init__(self, failure: Failure, *, may_pass: bool = False, is_gone: bool = False) -> None:
        self.failure = failure
        self.may_pass = may_pass
        self.is_gone = is_gone
        super().__init__(f"{failure.code}: {failure.message}")


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a page when it was last fetched."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as its server sent it.

    Attributes:
        url: after redirects.
        media_type: with its charset, as the server says.
    """

    url: str
    body: bytes
    media_type: str
    etag: str | None
    last_modified: str | None


class Fetcher:
    """Fetches pages for one visit.

    Args:
        client: the door.
        robots: of `ROBOTS`.
        tenant: who asks.
    """

    def __init__(self, client: OutboundClient, robots: Cache[Robots], tenant: TenantId) -> None:
        self._client = client
        self._robots = robots
        self._tenant = tenant

    async def fetch(self, url: str, known: Known | None = None) -> Fetched | None:
        """Fetch a page; None: it is as it was.

        Raises:
            FetchFailed: it may not be fetched, or could not.
        """
        await self._ask_robots(URL(url))
        answer = await self._get(url, _conditions(known))
        if answer.status == 304:
            return None
        _check_status(answer.status)
        if URL(answer.url) != URL(url):  # where a redirect leads, other rules hold
            await self._ask_robots(URL(answer.url))
        return Fetched(
            answer.url,
            answer.body,
            answer.headers.get("content-type", ""),
            answer.headers.get("etag"),
            answer.headers.get("last-modified"),
        )

    async def _get(self, url: str, headers: dict[str, str], *, cut_at: int | None = None) -> OutboundResponse:
        try:
            return await self._client.request(
                "GET",
                url,
                headers={"user-agent": AGENT, "accept": _ACCEPTED, **headers},
                max_redirects=_REDIRECTS,
                cut_at=cut_at,
                max_bytes=cut_at,
                purpose="crawl",
            )
        except OutboundRefused as error:
            raise FetchFailed(Failure(error.code, f"{error.detail} Such addresses are never called.")) from None
        except OutboundTooLarge:
            raise FetchFailed(Failure("file_too_large", "The page is larger than one document may be.")) from None
        except OutboundTimeout:
            failure = Failure("page_unavailable", "The server did not answer in time.")
            raise FetchFailed(failure, may_pass=True) from None
        except OutboundUnreachable:
            failure = Failure("page_unavailable", "The server cannot be reached. Check the address.")
            raise FetchFailed(failure, may_pass=True) from None

    async def _ask_robots(self, url: URL) -> None:
        """See that robots.txt (RFC 9309) allows a page. What it forbade before is asked anew: it may have been changed.

        Raises:
            FetchFailed: it does not, or the server cannot say.
        """
        origin = str(url.origin())
        known = self._robots.peek(self._tenant, origin)
        if known is not None and not known.allows(url):
            await self._robots.forget(self._tenant, origin)
        rules = await self._robots.get(self._tenant, origin, lambda: self._read_robots(origin))
        if not rules.allows(url):
            raise FetchFailed(
                Failure("robots_disallowed", f"The site's robots.txt does not allow this page to {_TOKEN}.")
            )

    async def _read_robots(self, origin: str) -> Robots:
        answer = await self._get(f"{origin}/robots.txt", {}, cut_at=_MAX_ROBOTS)
        if answer.status >= 500:
            failure = Failure("page_unavailable", "The server cannot say what it allows (robots.txt); try again later.")
            raise FetchFailed(failure, may_pass=True)
        if answer.status >= 400:  # there is none, so nothing is forbidden (2.3.1.3)
            return Robots("", _TOKEN)
        # in a thread: a long one takes a fifth of a second
        return await asyncio.to_thread(Robots, answer.body.decode("utf-8", "replace"), _TOKEN)


def _conditions(known: Known | None) -> dict[str, str]:
    if known is None:
        return {}
    conditions = {"if-none-match": known.etag, "if-modified-since": known.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _check_status(status: int) -> None:
    if status in {404, 410}:
        raise FetchFailed(Failure("page_gone", f"There is no such page any more ({status})."), is_gone=True)
    if status in {401, 403}:
        raise FetchFailed(Failure("page_forbidden", f"The server does not show this page to strangers ({status})."))
    if status == 429 or status >= 500:
        failure = Failure("page_unavailable", f"The server answered {status}; it is tried again later.")
        raise FetchFailed(failure, may_pass=True)
    if status != 200:
        raise FetchFailed(Failure("page_unavailable", f"The server answered {status} instead of a page."))
