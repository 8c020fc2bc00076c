"""Names of hosts as companies write them: `docs.example.com`, `*.example.com`, an address."""

import re
from ipaddress import ip_address

from yarl import URL

_HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}|localhost")


def host_of(url: str) -> str:
    """Return the host of an address as the outbound door writes it: lower case, IDNA, no brackets, no port."""
    return (URL(url).raw_host or "").lower().removesuffix(".")


def read_pattern(text: str) -> str:
    """Return a host, or all hosts below one (`*.`), as requests name them: lower case, IDNA, no brackets.

    A scheme and a path around it are dropped.

    Raises:
        ValueError: it is none; the text says so.
    """
    name = text.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0]
    try:
        return str(ip_address(name.removeprefix("[").removesuffix("]")))
    except ValueError:
        pass
    if not name.isascii():
        star = "*." if name.startswith("*.") else ""
        try:
            # not `encode("idna")`: that makes ss of ß, which is somebody else's name
            name = star + (URL.build(scheme="https", host=name.removeprefix(star)).raw_host or "")
        except ValueError:
            name = ""
    if not _HOST.fullmatch(name):
        raise ValueError(f"{text[:60]!r} is not a site such as docs.example.com or *.example.com")
    return name
