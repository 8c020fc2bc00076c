"""Which IP addresses are the public Internet's.

From the IANA special-purpose registries (RFC 6890 and successors), by name rather than by `is_global`,
whose ranges have changed between Python's patch releases.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IPAddress = IPv4Address | IPv6Address

_REFUSED_V4 = tuple(
    (ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a carrier's shared network"),
        ("127.0.0.0/8", "this machine"),
        ("169.254.0.0/16", "link-local or cloud metadata"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relays"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarks"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("168.63.129.16/32", "Azure's metadata"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_PUBLIC_V6 = ip_network("2000::/3")
_REFUSED_V6 = tuple(
    (ip_network(network), what)
    for network, what in (
        ("2001::/23", "protocol assignments, Teredo among them"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4, which wraps an IPv4 address"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
    )
)


def refusal_of(address: IPAddress) -> str | None:
    """Say in a few words why an address is not public; None if it is.

    IPv4 addresses inside IPv6 (mapped, compatible, NAT64, 6to4, Teredo) are refused whatever they hold:
    no public server is reached only that way.
    """
    if isinstance(address, IPv4Address):
        return next((what for network, what in _REFUSED_V4 if address in network), None)
    if address.scope_id is not None:
        return "an address with a zone"
    if address not in _PUBLIC_V6:
        return "not a public IPv6 address"
    return next((what for network, what in _REFUSED_V6 if address in network), None)


def parse_address(text: str) -> IPAddress | None:
    """Read an address in its canonical spelling; None for anything else, `0x7f.1` included."""
    try:
        return ip_address(text)
    except ValueError:
        return None
