"""Origins: how they are written, and which are let in."""

import pytest

from medea.kernel.auth.principal import Principal, PrincipalKind
from medea.modules.tenancy.errors import OriginNotAllowed
from medea.modules.tenancy.facade import check_origin
from medea.modules.tenancy.origins import is_origin_allowed, normalise_origin


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("https://shop.example.com", "https://shop.example.com"),
        (" HTTPS://Shop.Example.COM/ ", "https://shop.example.com"),
        ("https://shop.example.com:443", "https://shop.example.com"),
        ("http://shop.example.com:80", "http://shop.example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://*.example.com", "https://*.example.com"),
        ("https://*.example.com:8443", "https://*.example.com:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://*.Große.example", "https://*.xn--groe-xna.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://example.com.", "https://example.com"),
    ],
)
def test_one_way_of_writing(given: str, stored: str) -> None:
    assert normalise_origin(given) == stored
    assert normalise_origin(stored) == stored


@pytest.mark.parametrize(
    "wrong",
    ["", "*", "example.com", "//example.com", "ftp://example.com", "javascript:alert(1)", "https://", "https://*",
     "https://*.com", "https://a.*.com", "https://*a.example.com", "https://example.com/path", "https://example.com?q",
     "https://example.com#f", "https://user@example.com", "https://example.com:99999", "https://example.com:x",
     "https://exa mple.com", "https://-a.example", "https://a..b", "https://[::g]", "null", "https://a.example,https://b"],
)  # fmt: skip
def test_what_is_no_origin(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        normalise_origin(wrong)


@pytest.mark.parametrize(
    ("allowed", "origin", "is_allowed"),
    [
        ([], "https://any.example", True),
        ([], "null", True),
        (["https://a.example"], "https://a.example", True),
        (["https://a.example"], "https://A.example", True),
        (["https://a.example"], "http://a.example", False),
        (["https://a.example"], "https://a.example:8443", False),
        (["https://a.example"], "https://b.a.example", False),
        (["https://a.example"], "https://a.example.evil.com", False),
        (["https://a.example"], "null", False),
        (["https://a.example"], "", False),
        (["https://*.a.example"], "https://b.a.example", True),
        (["https://*.a.example"], "https://c.b.a.example", True),
        (["https://*.a.example"], "https://a.example", False),
        (["https://*.a.example"], "https://ba.example", False),
        (["https://*.a.example"], "http://b.a.example", False),
        (["https://*.a.example"], "https://b.a.example:8443", False),
        (["https://*.a.example"], "https://*.a.example", False),
        (["https://*.a.example:8443"], "https://b.a.example:8443", True),
        (["https://x.example", "https://a.example"], "https://a.example", True),
    ],
)
def test_who_is_let_in(allowed: list[str], origin: str, is_allowed: bool) -> None:
    assert is_origin_allowed(allowed, origin) is is_allowed


def test_no_browser_asks_without_an_origin() -> None:
    key = Principal(PrincipalKind.PUBLISHABLE_KEY, allowed_origins=("https://a.example",))
    check_origin(key, None)
    check_origin(key, "https://a.example")
    with pytest.raises(OriginNotAllowed):
        check_origin(key, "https://b.example")
