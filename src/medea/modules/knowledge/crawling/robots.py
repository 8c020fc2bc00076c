"""What a site's robots.txt allows (RFC 9309): the longest rule decides, with `*` and `$` in it."""

import re
import string
from dataclasses import dataclass
from urllib.parse import quote

from yarl import URL

_ASCII = "".join(map(chr, range(128)))
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_TOKEN = re.compile(r"[A-Za-z_-]+")
_ITSELF = "/robots.txt"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A line `allow` or `disallow`.

    Attributes:
        parts: what stands between its `*`.
        is_whole: it ends in `$`: nothing may come after it.
        length: by which it wins over others.
    """

    parts: tuple[str, ...]
    is_whole: bool
    is_allowed: bool
    length: int

    @classmethod
    def of(cls, pattern: str, *, is_allowed: bool) -> "_Rule":
        """Read what stands behind the colon."""
        normal = _normal(pattern)
        is_whole = normal.endswith("$")
        return cls(tuple(normal.removesuffix("$").split("*")), is_whole, is_allowed, len(normal))

    def fits(self, path: str) -> bool:
        """Tell whether it speaks of a path, in time that grows with the path alone."""
        first, *others = self.parts
        if not path.startswith(first):
            return False
        if not others:
            return not self.is_whole or path == first
        at, last = len(first), others.pop() if self.is_whole else None
        for part in others:
            at = path.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return last is None or (path.endswith(last) and len(path) - len(last) >= at)


class Robots:
    """The rules of one site for one crawler.

    Args:
        text: of robots.txt, whatever it is.
        name: of the crawler, without a version.
    """

    def __init__(self, text: str, name: str) -> None:
        self._rules = _rules(text, name.lower())

    def allows(self, url: URL) -> bool:
        """Tell whether an address may be fetched; what no rule speaks of may be."""
        path = _normal(url.raw_path_qs).replace("*", "%2A").replace("$", "%24")
        if path == _ITSELF:
            return True
        best = max(
            (rule for rule in self._rules if rule.fits(path)),
            key=lambda rule: (rule.length, rule.is_allowed),
            default=None,
        )
        return best is None or best.is_allowed


def _rules(text: str, name: str) -> list[_Rule]:
    """Return the rules of the groups that name a crawler, or else of those for everybody."""
    groups: dict[str, list[_Rule]] = {}
    agents: set[str] = set()
    is_begun = False  # the rules of the group: the next crawler's name begins another
    for line in text.removeprefix("\ufeff").splitlines():
        field, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        kind = field.lower()
        if kind == "user-agent":
            if is_begun:
                agents, is_begun = set(), False
            agents.add(_name(value))
            groups.setdefault(_name(value), [])
        elif kind in {"allow", "disallow"}:
            is_begun = True
            if value:  # without one the line says nothing
                rule = _Rule.of(value, is_allowed=kind == "allow")
                for agent in agents:
                    groups[agent].append(rule)
    return groups[name] if name in groups else groups.get("*", [])


def _name(value: str) -> str:
    """Return the crawler that a line names: its token, without a version; `*` is everybody."""
    token = _TOKEN.match(value)
    return token.group().lower() if token else value[:1]


def _normal(path: str) -> str:
    """Return a path in one spelling: escaped is what must be, nothing else."""
    return quote(_ESCAPED.sub(_unescaped, path), safe=_ASCII)


def _unescaped(found: re.Match[str]) -> str:
    character = chr(int(found.group(1), 16))
    return character if character in _UNRESERVED else found.group().upper()
