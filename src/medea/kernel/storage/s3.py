"""Files in a bucket of a server that speaks S3 (Amazon's, MinIO, Ceph, R2 and others), addressed by path."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

import aiohttp
from lxml import etree
from yarl import URL

from medea.kernel.errors import Unavailable
from medea.kernel.ids import TenantId
from medea.kernel.storage.base import CHUNK_BYTES, FileMissing, StorageUnusable, StoredFile, check_key
from medea.kernel.storage.signing import EMPTY, Credentials, encode_query, sign

_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=10, sock_read=60)
_LISTED = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class StorageAway(Unavailable):
    """The file storage gives no answer, or not the right one; try again in a moment."""

    code = "storage.unavailable"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the files are.

    Attributes:
        endpoint: `https://s3.eu-central-1.amazonaws.com`, `http://minio:9000`.
        name: of the bucket, which must exist.
        prefix: of every key in it; empty, or ends in a slash.
    """

    endpoint: str
    name: str
    credentials: Credentials
    prefix: str = ""


class S3Storage:
    """Keeps `<prefix><tenant>/<key>`. A file goes to a temporary file first: its hash is part of the request.

    Args:
        bucket: where.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._endpoint = URL(bucket.endpoint.rstrip("/"))
        self._session: aiohttp.ClientSession | None = None

    async def check(self) -> None:
        """Write an empty file and delete it."""
        name = f"{self._bucket.prefix}check-{uuid4().hex}"
        for method in ("PUT", "DELETE"):
            try:
                async with self._request(method, name) as answer:
                    status = answer.status
            except StorageAway as error:
                why = f"{self._endpoint} gives no answer; start it, or correct MEDEA_STORAGE__ENDPOINT"
                raise _unusable(why) from error
            if not 200 <= status < 300:
                raise _unusable(_MENDS.get(status, f"it answers {status}; {_ELSEWHERE}"))

    async def write(self, tenant_id: TenantId, key: str, content: AsyncIterator[bytes]) -> StoredFile:
        """Store a file."""
        name = self._name(tenant_id, key)
        with tempfile.TemporaryFile(prefix="medea-upload-") as spooled:
            digest, size = hashlib.sha256(), 0
            async for piece in content:
                digest.update(piece)
                size += len(piece)
                await asyncio.to_thread(spooled.write, piece)
            spooled.seek(0)
            headers = {"content-length": str(size)}
            async with self._request(
                "PUT", name, body=_pieces(spooled), sha256=digest.hexdigest(), headers=headers
            ) as answer:
                _check(answer)
        return StoredFile(size, digest.digest())

    async def read(self, tenant_id: TenantId, key: str) -> AsyncIterator[bytes]:
        """Yield a file in pieces."""
        async with self._request("GET", self._name(tenant_id, key)) as answer:
            if answer.status == 404:
                raise FileMissing()
            _check(answer)
            async for piece in answer.content.iter_chunked(CHUNK_BYTES):
                yield piece

    @asynccontextmanager
    async def as_file(self, tenant_id: TenantId, key: str) -> AsyncIterator[Path]:
        """Give a copy on this machine, which is deleted at the end."""
        with tempfile.TemporaryDirectory(prefix="medea-download-") as folder:
            path = Path(folder, "file")
            file = await asyncio.to_thread(path.open, "wb")
            with file:
                async for piece in self.read(tenant_id, key):
                    await asyncio.to_thread(file.write, piece)
            yield path

    async def delete_all(self, tenant_id: TenantId, prefix: str) -> int:
        """Delete a file and all below it."""
        keys = await self.list_keys(tenant_id, prefix)
        for key in keys:
            async with self._request("DELETE", self._name(tenant_id, key)) as answer:
                if answer.status != 404:
                    _check(answer)
        return len(keys)

    async def list_keys(self, tenant_id: TenantId, prefix: str = "") -> list[str]:
        """Return the keys at and below a prefix."""
        top = f"{self._bucket.prefix}{tenant_id.hex}/"
        start = top + (check_key(prefix) if prefix else "")
        found: list[str] = []
        token: str | None = None
        while True:
            query = {"list-type": "2", "prefix": start, **({"continuation-token": token} if token else {})}
            async with self._request("GET", "", query=query) as answer:
                _check(answer)
                names, token = _listed(await answer.read())
            # a prefix is not a folder: `a/1` begins `a/10`, too
            found += [n.removeprefix(top) for n in names if not prefix or n == start or n.startswith(f"{start}/")]
            if token is None:
                return sorted(found)

    async def close(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _name(self, tenant_id: TenantId, key: str) -> str:
        return f"{self._bucket.prefix}{tenant_id.hex}/{check_key(key)}"

    @asynccontextmanager
    async def _request(
        self,
        method: str,
        name: str,
        *,
        query: Mapping[str, str] | None = None,
        body: AsyncIterator[bytes] | None = None,
        sha256: str = EMPTY,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
        # keys need no encoding: `check_key` lets nothing else through
        path = "/".join([self._endpoint.path.rstrip("/"), self._bucket.name, *([name] if name else [])])
        host = self._endpoint.raw_authority
        signed = sign(
            self._bucket.credentials, method, host, path, query or {}, at=datetime.now(UTC), content_sha256=sha256
        )
        encoded = f"?{encode_query(query)}" if query else ""
        url = URL(f"{self._endpoint.origin()}{path}{encoded}", encoded=True)
        try:
            async with self._session.request(
                method, url, headers={**signed, **(headers or {})}, data=body, allow_redirects=False
            ) as answer:
                yield answer
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise StorageAway(reason=type(error).__name__) from error


_ELSEWHERE = "correct MEDEA_STORAGE__REGION and MEDEA_STORAGE__ENDPOINT"
_MENDS = {
    403: "it refuses the keys; correct MEDEA_STORAGE__ACCESS_KEY and MEDEA_STORAGE__SECRET_KEY, or let them write and"
    " delete there",
    404: "there is none of that name; make it, or correct the name",
}


def _unusable(why: str) -> StorageUnusable:
    return StorageUnusable(f"The bucket of MEDEA_STORAGE__BUCKET cannot be used: {why}.")


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield piece


def _check(answer: aiohttp.ClientResponse) -> None:
    if not 200 <= answer.status < 300:
        raise StorageAway(f"The file storage answered {answer.status}.", reason=str(answer.status))


def _listed(body: bytes) -> tuple[list[str], str | None]:
    """Read one page of a list: keys, and the token of the next page."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(body, parser)
    names = [element.text or "" for element in root.iter(f"{_LISTED}Key")]
    token = root.findtext(f"{_LISTED}NextContinuationToken")
    return names, token or None
