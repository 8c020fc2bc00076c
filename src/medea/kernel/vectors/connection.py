"""JSON over HTTP to the operator's store: one exchange, one way to fail.

The address is the operator's own, so it does not pass the door for what tenants name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from medea.kernel.vectors.port import VectorStoreAway, VectorStoreUnusable

_CONNECT_SECONDS = 5.0
_SAID = 300


class StoreRefused(VectorStoreAway):
    """The vector store refuses a request.

    Args:
        status: of the answer.
        said: its body, as far as it is short.
    """

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"The vector store answered {status}.", upstream_status=status)
        self.answered = status
        self.said = said


class StoreSilent(VectorStoreAway):
    """The vector store gives no answer, or none in time."""


@dataclass(slots=True)
class Connection:
    """Sends requests to one address.

    Attributes:
        url: of the store, without a slash at its end.
        headers: of every request, credentials among them.
    """

    url: str
    headers: Mapping[str, str] = field(repr=False)
    _session: aiohttp.ClientSession | None = field(default=None, init=False, repr=False)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        seconds: float = 30.0,
    ) -> Any:
        """Send a request and return what was answered, None for nothing.

        Args:
            method: of HTTP.
            path: begins with a slash, holds only what needs no encoding; a whole address goes there instead.
            body: sent as JSON.
            query: behind the path.
            seconds: for all of it.

        Raises:
            StoreRefused: the answer's status is not 2xx.
            StoreSilent: there was no answer.
            VectorStoreAway: it is no JSON.
        """
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), headers=dict(self.headers))
        url = URL(path if "://" in path else f"{self.url}{path}")
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, _CONNECT_SECONDS))
        try:
            async with self._session.request(
                method,
                url.with_query(query) if query else url,
                data=None if body is None else json.dumps(body, separators=(",", ":")).encode(),
                headers={"content-type": "application/json"} if body is not None else None,
                timeout=limits,
                allow_redirects=False,
            ) as answer:
                found = await answer.read()
                if not 200 <= answer.status < 300:
                    raise StoreRefused(answer.status, found[:_SAID].decode(errors="replace"))
                return json.loads(found) if found.strip() else None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise StoreSilent(reason=type(error).__name__) from error
        except ValueError as error:
            raise VectorStoreAway(reason=type(error).__name__) from error

    async def close(self) -> None:
        """Close the connections; it may be used again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def unusable(kind: str, error: VectorStoreAway) -> VectorStoreUnusable:
    """Return the sentence for a store that cannot be used."""
    if isinstance(error, StoreRefused):
        if error.answered in {401, 403}:
            mend = "it refuses the key; correct MEDEA_VECTORS__API_KEY"
        else:
            mend = f"it answers {error.answered}; see that this is the address of its REST API"
    else:
        cause = error.__cause__
        reason = "no answer in time" if isinstance(cause, TimeoutError) else "no answer"
        if isinstance(cause, OSError) and cause.strerror:
            reason = cause.strerror
        elif isinstance(cause, ValueError) and not isinstance(cause, aiohttp.ClientError):
            reason = "what answers there is no such store"
        mend = f"{reason}; start it, or correct the address"
    return VectorStoreUnusable(f"The {kind} of MEDEA_VECTORS__URL cannot be used: {mend}.")
