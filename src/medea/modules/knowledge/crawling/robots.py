"""What a site's robots.txt allows (RFC 9309): the longest rule decides, with `*` and `$` in it."""

import re
import string
from urllib.parse import quote

from yarl import URL

_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_PLAIN = "%/?:@!$&'()*+,;="
"""What stands in paths and queries unescaped, beside the unreserved characters (RFC 3986, 3.3 and 3.4)."""
_TOKEN = re.compile(r"[A-Za-z_-]+")
_ITSELF = "/robots.txt"
_ALLOW, _DISALLOW = "+", "-"


class Robots:
    """The rules of one site for one crawler; they take no more memory than their text.

    Args:
        text: of robots.txt, whatever it is.
        name: of the crawler, without a version.
    """

    def __init__(self, text: str, name: str) -> None:
        rules = _rules(text, name.lower())
        # the longest first, and of equals the one that allows: the first that fits decides
        self._rules = "\n".join(sorted(rules, key=lambda rule: (-len(rule), rule)))

    def allows(self, url: URL) -> bool:
        """Tell whether an address may be fetched; what no rule speaks of may be."""
        path = _normal(url.raw_path_qs).replace("*", "%2A").replace("$", "%24")
        if path == _ITSELF:
            return True
        return next((rule[0] == _ALLOW for rule in self._rules.split("\n") if rule and _fits(rule[1:], path)), True)


def _rules(text: str, name: str) -> set[str]:
    """Return the rules of the groups that name a crawler, or of those for everybody; those for others are not kept.

    A rule is a sign, `+` or `-`, and the pattern of the paths that it speaks of.
    """
    groups: dict[str, set[str]] = {}
    agents: set[str] = set()
    is_begun = False  # the rules of the group: the next crawler's name begins another
    for line in text.removeprefix("\ufeff").splitlines():
        field, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        kind = field.lower()
        if kind == "user-agent":
            if is_begun:
                agents, is_begun = set(), False
            if (agent := _name(value)) in {name, "*"}:
                agents.add(agent)
                groups.setdefault(agent, set())
        elif kind in {"allow", "disallow"}:
            is_begun = True
            if value and agents:  # without a path the line says nothing
                rule = (_ALLOW if kind == "allow" else _DISALLOW) + _pattern(value)
                for agent in agents:
                    groups[agent].add(rule)
    return groups[name] if name in groups else groups.get("*", set())


def _name(value: str) -> str:
    """Return the crawler that a line names: its token, without a version; `*` is everybody."""
    token = _TOKEN.match(value)
    return token.group().lower() if token else value[:1]


def _pattern(value: str) -> str:
    """Return what stands behind the colon in the spelling of paths; a `$` that is not its end is itself."""
    normal = _normal(value)
    return normal[:-1].replace("$", "%24") + normal[-1:]


def _fits(pattern: str, path: str) -> bool:
    """Tell whether a rule speaks of a path, in time that grows with the path alone."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not is_whole or path == first
    at, last = len(first), others.pop() if is_whole else None
    for part in others:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return last is None or (path.endswith(last) and len(path) - len(last) >= at)


def _normal(path: str) -> str:
    """Return a path in one spelling: escaped is what must be, nothing else."""
    return quote(_ESCAPED.sub(_unescaped, path), safe=_PLAIN)


def _unescaped(found: re.Match[str]) -> str:
    character = chr(int(found.group(1), 16))
    return character if character in _UNRESERVED else found.group().upper()
