"""HTML: what a page says, without what surrounds it (navigation, banners, footers), with headings, lists, tables.

The main part is what the page itself marks as such; where it marks nothing, the body without its surroundings.
"""

import re
from typing import Any

from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.nesting import check_nesting
from medea.kernel.extraction.structure import Extraction
from medea.kernel.extraction.writing import TextWriter, tidy_line, tidy_text

_DROPPED = (
    "script, style, noscript, template, svg, canvas, iframe, object, embed, audio, video, map, head, nav, aside,"
    " form, button, select, textarea, input, dialog, [hidden], [aria-hidden='true'], [role='navigation'],"
    " [role='banner'], [role='contentinfo'], [role='search'], [role='dialog'], [role='alert'],"
    " .headerlink, .mw-editsection, .noprint, .visually-hidden, .sr-only, .cookie-banner, .breadcrumb, .breadcrumbs,"
    " #toc, .toc, .navbox, .vector-menu, .mw-portlet, .mw-jump-link, .sidebar, .site-header, .site-footer, .skip-link"
)
_FRAME = "header, footer"
_MAINS = ("main", "[role='main']", "#content", "#main", "#main-content", ".main-content", "article", ".content")
_LEAST_SHARE = 0.35
"""Of the body's text, that a part must have to be taken for the main one."""
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    {
        "p", "div", "section", "article", "main", "ul", "ol", "dl", "dt", "dd", "blockquote", "figure", "figcaption",
        "header", "footer", "address", "details", "summary", "body", "html", "center", "hr", "fieldset", "legend",
    }
)  # fmt: skip
_SPACE = re.compile(r"[ \t\r\n\f]+")


def read_html(text: str, limits: Limits) -> Extraction:
    """Read a page.

    Raises:
        ExtractionFailed: nested more deeply than any page is.
    """
    check_nesting(text)
    from selectolax.lexbor import LexborHTMLParser  # only pages need it

    parser = LexborHTMLParser(text)
    title = _title(parser)
    link = parser.css_first("link[rel='canonical']")
    canonical = (link.attributes.get("href") or "").strip() or None if link is not None else None
    _open_forms(parser)
    for node in parser.css(_DROPPED):
        node.decompose()
    writer = TextWriter(limits.chars)
    root = _main(parser)
    if root is not None:
        _Walk(writer).run(root)
    found, structure = writer.finish()
    return Extraction("html", found, structure, title=title, canonical=canonical)


def _open_forms(parser: Any) -> None:
    """Keep what is in a form that is most of the page, as some makers of websites wrap all of it into one."""
    whole = len(parser.body.text()) if parser.body is not None else 0
    for form in parser.css("form"):  # never one in another: the parser sees to that
        if len(form.text()) >= whole * _LEAST_SHARE:
            form.unwrap()


def _title(parser: Any) -> str | None:
    for selector, attribute in (("meta[property='og:title']", "content"), ("title", None), ("h1", None)):
        node = parser.css_first(selector)
        if node is None:
            continue
        words = node.attributes.get(attribute) if attribute else node.text()
        if words and (found := tidy_line(words)):
            return found[:300]
    return None


def _main(parser: Any) -> Any:
    body = parser.body or parser.root
    if body is None:
        return None
    whole = len(body.text())
    for selector in _MAINS:
        nodes = parser.css(selector)
        if len(nodes) == 1 and len(nodes[0].text()) >= whole * _LEAST_SHARE:
            return nodes[0]
    for node in parser.css(_FRAME):  # where nothing is marked, what frames the page goes
        if len(node.text()) < whole * _LEAST_SHARE:
            node.decompose()
    return body


class _Walk:
    """Goes through a tree without recursion, which a hostile page could exhaust."""

    def __init__(self, writer: TextWriter) -> None:
        self._writer = writer
        self._inline: list[str] = []
        self._lists: list[int | None] = []  # number of the next item, None where they have none

    def run(self, root: Any) -> None:
        """Write everything below a node down."""
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                self._leave(node.tag)
                continue
            tag = node.tag
            if tag == "-text":
                self._inline.append(node.text_content or "")
            elif tag in _HEADINGS:
                self._flush()
                self._writer.heading(_SPACE.sub(" ", node.text()), _HEADINGS[tag])
            elif tag == "pre":
                self._flush()
                self._writer.block(tidy_text(node.text()), "code")
            elif tag == "table" and not _is_layout(node):
                self._flush()
                self._writer.table(_rows(node))
            elif node.is_element_node:
                self._enter(tag)
                stack.append((node, True))
                child = node.last_child
                while child is not None:
                    stack.append((child, False))
                    child = child.prev
        self._flush()

    def _enter(self, tag: str) -> None:
        if tag == "br":
            self._inline.append("\n")
        elif tag in {"ul", "ol"}:
            self._flush()
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._flush()
            self._inline.append(self._sign())
        elif tag in _BLOCKS or tag in {"td", "th", "tr"}:
            self._flush()

    def _leave(self, tag: str) -> None:
        if tag == "li":
            self._flush(end="\n")
        elif tag in {"ul", "ol"}:
            self._flush(end="\n")
            if self._lists:
                self._lists.pop()
        elif tag in _BLOCKS or tag in {"td", "th", "tr"}:
            self._flush()

    def _sign(self) -> str:
        indent = "\u0001" * max(0, min(len(self._lists), 9) - 1)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number}. "

    def _flush(self, *, end: str | None = None) -> None:
        if not self._inline:
            return
        raw, self._inline = "".join(self._inline), []
        lines = [tidy_line(_SPACE.sub(" ", line)) for line in tidy_text(raw).replace(" \n", "\n").split("\n")]
        indent = raw.count("\u0001")
        text = " ".join(line for line in lines if line)
        if text and text not in {"-", "–"} and not re.fullmatch(r"\d+\.", text):
            if end is None and not self._lists:
                self._writer.gap()
            self._writer.paragraph("  " * indent + text, end=end or ("\n" if self._lists else "\n\n"))


def _is_layout(table: Any) -> bool:
    """Tell whether a table only places things on the page."""
    return table.attributes.get("role") == "presentation" or table.css_first("table table, h1, h2, h3, pre") is not None


def _rows(table: Any) -> list[list[str]]:
    rows = []
    for row in table.css("tr"):
        cells = []
        child = row.first_child
        while child is not None:
            if child.tag in {"td", "th"}:
                cells.append(tidy_line(_SPACE.sub(" ", child.text(separator=" "))))
                span = child.attributes.get("colspan") or "1"
                cells.extend([""] * (min(int(span), 50) - 1 if span.isdigit() else 0))
            child = child.next
        rows.append(cells)
    return rows
