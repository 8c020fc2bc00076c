"""What holds at the edge for every route."""

from httpx2 import AsyncClient


async def test_head_is_get_without_the_body(anonymous: AsyncClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/config"):
        whole, head = await anonymous.get(path), await anonymous.head(path)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["content-type"] == whole.headers["content-type"]
    assert (await anonymous.head("/v1/agents")).status_code == 401
    assert (await anonymous.head("/v1/auth/login")).status_code == 405
