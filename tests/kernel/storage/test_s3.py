"""Files in a bucket: the signature by AWS's own examples, the rest against a server that checks every signature."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest
from aiohttp import web

from medea.kernel.storage.base import Storage, StorageUnusable
from medea.kernel.storage.s3 import Bucket, S3Storage, StorageAway
from medea.kernel.storage.signing import Credentials, sign
from tests.contracts.storage import OURS, StorageContract, pieces

# the examples of AWS's page on requests that are authenticated by the Authorization header
EXAMPLE = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
WHEN = datetime(2013, 5, 24, tzinfo=UTC)
HOST = "examplebucket.s3.amazonaws.com"
WELCOME = hashlib.sha256(b"Welcome to Amazon S3.").hexdigest()
CREDENTIALS = Credentials("key", "secret", "here-1")


def signature(headers: dict[str, str]) -> str:
    return headers["authorization"].rpartition("Signature=")[2]


def test_the_signatures_are_those_of_the_specification() -> None:
    get = sign(EXAMPLE, "GET", HOST, "/test.txt", {}, at=WHEN, extra={"Range": "bytes=0-9"})
    assert signature(get) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    extra = {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}
    put = sign(EXAMPLE, "PUT", HOST, "/test%24file.text", {}, at=WHEN, content_sha256=WELCOME, extra=extra)
    assert signature(put) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    listed = sign(EXAMPLE, "GET", HOST, "/", {"max-keys": "2", "prefix": "J"}, at=WHEN)
    assert signature(listed) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"


class Server:
    """As much of S3 as the port needs, with two keys to a page of a list."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        when = datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        sha256 = request.headers["x-amz-content-sha256"]
        wanted = sign(
            CREDENTIALS,
            request.method,
            request.headers["host"],
            request.raw_path.partition("?")[0],
            dict(request.query),
            at=when,
            content_sha256=sha256,
        )
        if request.headers["authorization"] != wanted["authorization"] or hashlib.sha256(body).hexdigest() != sha256:
            return web.Response(status=403)
        if not request.path.startswith("/bucket"):
            return web.Response(status=404)
        name = request.path.removeprefix("/bucket").removeprefix("/")
        match request.method:
            case "PUT":
                self.files[name] = body
            case "DELETE":
                self.files.pop(name, None)
                return web.Response(status=204)
            case "GET" if not name:
                return web.Response(body=self._list(dict(request.query)), content_type="application/xml")
            case "GET" if name in self.files:
                return web.Response(body=self.files[name])
            case _:
                return web.Response(status=404)
        return web.Response()

    def _list(self, query: dict[str, str]) -> bytes:
        after = query.get("continuation-token", "")
        names = sorted(name for name in self.files if name.startswith(query["prefix"]) and name > after)
        shown = "".join(f"<Contents><Key>{escape(name)}</Key></Contents>" for name in names[:2])
        more = f"<NextContinuationToken>{names[1]}</NextContinuationToken>" if len(names) > 2 else ""
        return f'<L xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{shown}{more}</L>'.encode()


@pytest.fixture
async def endpoint() -> AsyncIterator[str]:
    """Where the server is."""
    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/{path:.*}", Server().answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


class TestS3(StorageContract):
    @pytest.fixture
    async def storage(self, endpoint: str) -> AsyncIterator[Storage]:
        made = S3Storage(Bucket(endpoint, "bucket", CREDENTIALS, "medea/"))
        yield made
        await made.close()


async def test_a_wrong_secret_and_a_server_that_is_away_are_told_apart_from_a_missing_file(endpoint: str) -> None:
    for where, key in ((endpoint, "wrong"), ("http://127.0.0.1:9", "secret")):
        storage = S3Storage(Bucket(where, "bucket", Credentials("key", key, "here-1")))
        with pytest.raises(StorageAway):
            await storage.write(OURS, "a", pieces(b"x"))
        with pytest.raises(StorageAway):
            await storage.list_keys(OURS)
        await storage.close()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"secret": "wrong"}, "it refuses the keys; correct MEDEA_STORAGE__ACCESS_KEY and MEDEA_STORAGE__SECRET_KEY"),
        ({"bucket": "other"}, "there is none of that name; make it"),
        ({"endpoint": "http://127.0.0.1:9"}, "gives no answer; start it, or correct MEDEA_STORAGE__ENDPOINT"),
    ],
)
async def test_a_bucket_that_cannot_be_used_is_told(endpoint: str, change: dict[str, str], says: str) -> None:
    given = {"endpoint": endpoint, "bucket": "bucket", "secret": "secret"} | change
    storage = S3Storage(Bucket(given["endpoint"], given["bucket"], Credentials("key", given["secret"], "here-1")))
    with pytest.raises(StorageUnusable, match=says) as told:
        await storage.check()
    assert str(told.value).startswith("The bucket of MEDEA_STORAGE__BUCKET cannot be used: ")
    await storage.close()
