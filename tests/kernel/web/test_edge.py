"""What holds at the edge for every route."""

from httpx2 import AsyncClient

from medea.kernel.web.security import SESSION_COOKIE
from tests.support.app import WIDGET_ORIGIN


async def test_head_is_get_without_the_body(anonymous: AsyncClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/config"):
        whole, head = await anonymous.get(path), await anonymous.head(path)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["content-type"] == whole.headers["content-type"]
    assert (await anonymous.head("/v1/agents")).status_code == 401
    assert (await anonymous.head("/v1/auth/login")).status_code == 405


async def test_the_dashboards_session_is_none_on_the_widgets_host(owner: AsyncClient, anonymous: AsyncClient) -> None:
    cookie = {"cookie": f"{SESSION_COOKIE}={owner.cookies[SESSION_COOKIE]}"}
    assert (await anonymous.get("/v1/auth/me", headers=cookie)).status_code == 200
    assert (await anonymous.get(f"{WIDGET_ORIGIN}/v1/auth/me", headers=cookie)).status_code == 401
