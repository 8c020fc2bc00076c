"""Which addresses the door refuses."""

import pytest

from medea.kernel.outbound.errors import OutboundRefused
from medea.kernel.outbound.policy import OutboundPolicy

POLICY = OutboundPolicy()

HOSTILE = [
    # loopback, private and friends, plainly
    "http://127.0.0.1/", "http://127.8.8.8/", "http://0.0.0.0/", "http://0.1.2.3/", "http://10.0.0.1/",
    "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/", "http://100.64.0.1/",
    "http://198.18.0.1/", "http://192.0.2.1/", "http://203.0.113.7/", "http://224.0.0.1/", "http://240.0.0.1/",
    "http://255.255.255.255/",
    # cloud metadata
    "http://169.254.169.254/latest/meta-data/", "http://100.100.100.200/", "http://192.0.0.192/",
    "http://168.63.129.16/", "http://[fd00:ec2::254]/", "http://metadata.google.internal/",
    # other spellings of IPv4
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://017700000001/",
    "http://127.1/", "http://127.0.1/", "http://127.0.0.1./", "http://127.0.0.01/", "http://①②⑦.⓪.⓪.①/",
    "http://１２７.０.０.１/", "http://%31%32%37.0.0.1/", "http://127。0。0。1/", "http://1.2.3.4.5/", "http://256.1.1.1/",
    "http://foo.0x7f/",
    # IPv6
    "http://[::1]/", "http://[::]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fc00::1]/",
    "http://[ff02::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/",
    # IPv4 inside IPv6
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:8.8.8.8]/", "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/", "http://[::ffff:0:127.0.0.1]/",
    # names of this machine and its network
    "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://a.localhost/", "http://ⓛocalhost/",
    "http://printer.local/", "http://db/", "http://vault.internal/", "http://nas.lan/", "http://x.home.arpa/",
    # credentials, parsers at odds
    "http://user@example.com/", "http://user:pw@example.com/", "http://example.com@127.0.0.1/", "http://@example.com/",
    "http://example.com\\@127.0.0.1/", "http://127.0.0.1\\.example.com/", "http://example.com:80@127.0.0.1/",
    "http://127.0.0.1#@example.com/", "http://127.0.0.1?@example.com/",
    # control characters
    "http://example.com/\r\nX-Evil: 1", "http://example.com\n/", "http://exa\tmple.com/", "http://example.com/a b",
    "http://example.com\x00.evil.com/", " http://example.com/", "http://example.com/\u2028", "http://exam%0d%0aple.com/",
    # schemes and ports
    "file:///etc/passwd", "ftp://example.com/", "gopher://example.com:70/", "dict://example.com/",
    "data:text/plain,x",
    "javascript:alert(1)", "jar:http://example.com!/", "ws://example.com/", "//example.com/", "example.com",
    "", "http:", "http://", "http:///x", "https://:443/", "http://example.com:22/", "http://example.com:0/",
    "http://example.com:6379/",
    "http://example.com:99999/", "http://example.com:-1/", "http://example.com:8a/",
    # malformed hosts
    "http://[::1", "http://]/", "http://[::1]extra/", "http://-x.com/", "http://a..b.com/", "http://ex*mple.com/",
    "http://exa%6dple.com%2f@x/", "http://" + "a" * 64 + ".com/", "http://" + "a." * 130 + "com/",
    "http://x.com/" + "a" * 2048,
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_refused(url: str) -> None:
    with pytest.raises(OutboundRefused) as refusal:
        POLICY.check_url(url)
    assert refusal.value.code == "outbound.refused"
    assert refusal.value.detail.endswith(".")
    assert refusal.value.extra["reason"] in {"malformed", "scheme", "credentials", "host", "port", "private"}


def test_the_table_is_long_enough() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 40


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://api.openai.com/v1", "api.openai.com", 443),
        ("http://example.com", "example.com", 80),
        ("HTTPS://Example.COM:8443/x?y=1#z", "example.com", 8443),
        ("https://example.com./v1", "example.com", 443),
        ("https://8.8.8.8/", "8.8.8.8", 443),
        ("https://[2606:4700::1111]/", "2606:4700::1111", 443),
        ("https://münchen.de/", "xn--mnchen-3ya.de", 443),
        ("https://例え.jp/", "xn--r8jz45g.jp", 443),
        ("https://x_y.example.com/", "x_y.example.com", 443),
        ("https://127.0.0.1.nip.io/", "127.0.0.1.nip.io", 443),  # its address is refused when it is resolved
        ("https://example.com/@user", "example.com", 443),
        ("https://example.com/?u=http://127.0.0.1/", "example.com", 443),
    ],
)
def test_passed(url: str, host: str, port: int) -> None:
    target = POLICY.check_url(url)
    assert (target.host, target.port, target.is_private_allowed) == (host, port, False)


def test_private_hosts_that_the_operator_names() -> None:
    policy = OutboundPolicy(allowed_private_hosts=frozenset({"localhost:11434", "10.0.0.5", "vllm", "[::1]:9000"}))
    for url in ("http://localhost:11434/v1", "http://10.0.0.5:1234/", "http://vllm:8000/", "http://[::1]:9000/"):
        assert policy.check_url(url).is_private_allowed
    for url in (
        "http://localhost/",
        "http://10.0.0.6/",
        "http://vllm.local/",
        "http://[::1]:9001/",
        "http://127.0.0.1:11434/",
    ):
        with pytest.raises(OutboundRefused):
            policy.check_url(url)
    for url in ("ftp://vllm/", "http://u:p@vllm/"):
        with pytest.raises(OutboundRefused):
            policy.check_url(url)


def test_schemes_and_ports_are_the_operators_to_choose() -> None:
    policy = OutboundPolicy(allowed_ports=frozenset({443}), schemes=frozenset({"https"}))
    assert policy.check_url("https://example.com/").port == 443
    with pytest.raises(OutboundRefused, match="https://"):
        policy.check_url("http://example.com/")
    with pytest.raises(OutboundRefused, match="Port 8443"):
        policy.check_url("https://example.com:8443/")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.1.1", "64:ff9b::808:808", "fe80::1%eth0", "x", "127.1"])
def test_resolved_addresses_refused(address: str) -> None:
    with pytest.raises(OutboundRefused):
        POLICY.check_address(address)
    POLICY.check_address(address, is_private_allowed=True)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450::1"])
def test_resolved_addresses_passed(address: str) -> None:
    POLICY.check_address(address)


def test_a_refusal_can_name_the_field() -> None:
    with pytest.raises(OutboundRefused) as refusal:
        POLICY.check_url("http://127.0.0.1/")
    at_field = refusal.value.at_field("base_url")
    assert at_field.errors[0].field == "base_url"
    assert at_field.errors[0].code == "outbound.refused"
    assert at_field.extra["reason"] == "private"
