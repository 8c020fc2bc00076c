"""Links and images in an answer that lead where the tenant did not say they may.

A text that a model was made to write can carry what it knows to somebody else: an image is fetched as soon as it is
shown, and what is in its address goes with it. So an address may lead to a listed host only, however it is written:
as Markdown, HTML or plain, with its scheme or without, in another case, with backslashes, with entities that a renderer
decodes. What is taken out leaves words in its place; the text of a link stays.

A text is judged word by word: no address holds white space. Only the last, unfinished word is held back.
"""

import html
import re
import unicodedata
from collections.abc import Sequence

REMOVED = "[link removed]"
LONGEST_WORD = 2048
"""Characters; a longer word that may hold an address is taken out."""

_UNIT = re.compile(
    r"\s+"  # between words
    r"|(?P<script>[^\s:/\\&.\x80-\U0010ffff]{0,2048}[^\s\x00-\x7f])"  # scripts without spaces, letter by letter
    r"|\S+"
)
_SPACE = re.compile(r"\s")
_MARKS = re.compile(r"[:/\\&]|www\.", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?|ftp|wss?):/*(?P<host>[^\s/?#<>\"'`()\[\]{}|^]*)"
    r"|(?P<other>(?:javascript|vbscript|data|file|blob|intent):)[^\s<>\"'`()\[\]]+"
    r"|(?<!/)//+(?P<relative>[^\s/?#<>\"'`()\[\]{}|^]+)"
    r"|(?<![\w.@/])(?P<bare>www\.[^\s/?#<>\"'`()\[\]{}|^]+)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[\w.\-]+")
_REST = re.compile(r"[^\s<>\"'`()\[\]]*")
_TARGET = re.compile(r"(!?\[[^\[\]]*\]|\])\(\s*<?$")


class Links:
    """Takes out addresses that lead elsewhere.

    Args:
        hosts: `example.com`, which its `www.` belongs to, or `*.example.com` for all below it.
    """

    __slots__ = ("_exact", "_held", "_swallows", "_tails", "removed")

    def __init__(self, hosts: Sequence[str]) -> None:
        self._exact = frozenset(host.lower() for host in hosts if not host.startswith("*."))
        self._tails = tuple(host[1:].lower() for host in hosts if host.startswith("*."))
        self._held = ""
        self._swallows = False
        self.removed = 0

    def feed(self, text: str) -> str:
        """Take a piece and return what of it leads nowhere else."""
        text = self._held + text
        self._held = ""
        if not self._swallows and len(text) <= LONGEST_WORD and text.isascii():
            # as nearly every piece is: a few plain words, the last of them unfinished
            cut = text.rfind(" ") + 1
            head, tail = text[:cut], text[cut:]
            if not _SPACE.search(tail):
                self._held = tail
                return self._judge_marked(head)
        out: list[str] = []
        for match in _UNIT.finditer(text):
            unit = match[0]
            if unit[0].isspace():
                self._swallows = False
                out.append(unit)
            elif self._swallows:
                continue
            elif match.lastgroup:
                out.append(unit)
            elif match.end() < len(text):
                out.append(self._judge(unit[:LONGEST_WORD], is_cut=len(unit) > LONGEST_WORD))
            elif len(unit) > LONGEST_WORD:
                out.append(self._judge(unit[:LONGEST_WORD], is_cut=True))
                self._swallows = True
            else:
                self._held = unit
        return "".join(out)

    def end(self) -> str:
        """Return what was held back."""
        unit, self._held = self._held, ""
        self._swallows = False
        return self._judge(unit, is_cut=False) if unit else ""

    def _judge_marked(self, text: str) -> str:
        """Judge those words of an ASCII text that hold a mark of an address; most texts have none."""
        out: list[str] = []
        behind = 0
        for mark in _MARKS.finditer(text):
            start = mark.start()
            if start < behind:
                continue
            while start > behind and not text[start - 1].isspace():
                start -= 1
            after = _SPACE.search(text, mark.end())
            end = len(text) if after is None else after.start()
            out += [text[behind:start], self._judge(text[start:end], is_cut=False)]
            behind = end
        return "".join([*out, text[behind:]]) if out else text

    def _judge(self, word: str, *, is_cut: bool) -> str:
        if is_cut:
            return self._remove()
        if not _MARKS.search(word):
            return word
        seen = _as_renderers_see(word)
        if seen != word:
            return self._remove() if any(not self._may_lead(found) for found in _ADDRESS.finditer(seen)) else word
        out, behind = [], 0
        for found in _ADDRESS.finditer(word):
            if found.start() < behind or self._may_lead(found):
                continue
            rest = _REST.match(word, found.end())
            end = found.end() if rest is None else rest.end()
            before, end = self._around(word[behind : found.start()], word, end)
            out += [before, self._remove()]
            behind = end
        return "".join([*out, word[behind:]])

    def _remove(self) -> str:
        self.removed += 1
        return REMOVED

    @staticmethod
    def _around(before: str, word: str, end: int) -> tuple[str, int]:
        """Take the brackets of a Markdown target away with it, so that its text stands alone."""
        target = _TARGET.search(before)
        if target is None:
            return before, end
        closing = re.compile(r">?\)").match(word, end)
        return f"{before[: target.end(1)]} ", end if closing is None else closing.end()

    def _may_lead(self, found: re.Match[str]) -> bool:
        if found["other"]:
            return False
        raw = found["host"] if found["host"] is not None else found["relative"] or found["bare"]
        host = raw.rpartition("@")[2].partition(":")[0].lower().rstrip(".,;!*_~")
        if host in self._exact or host.removeprefix("www.") in self._exact:
            return True
        return host.endswith(self._tails) and _NAME.fullmatch(host) is not None


def _as_renderers_see(word: str) -> str:
    """Return a word as a renderer of Markdown and a browser understand it."""
    seen = html.unescape(word) if "&" in word else word
    seen = seen.replace("\\", "/")
    return seen if seen.isascii() else unicodedata.normalize("NFKC", seen)
