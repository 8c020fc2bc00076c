"""Sitemaps (sitemaps.org, protocol 0.9): XML, an index of further ones, or plain text with an address a line."""

import io
import zlib

from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.protocol import Entry, Sitemap
from medea.kernel.extraction.readers.plain import decode

_MAX_ENTRIES = 50_000  # the protocol's own bound
_NO_SITEMAP = "There is no sitemap at this address (an XML file of the sitemaps.org protocol)."


def read_sitemap(content: bytes, limits: Limits) -> Sitemap:
    """Read a sitemap.

    Raises:
        ExtractionFailed: it is none.
    """
    if content.startswith(b"\x1f\x8b"):
        content = _unpacked(content, limits.file)
    if content.lstrip()[:1] != b"<":
        lines = [line.strip() for line in decode(content).splitlines()]
        pages = [Entry(line) for line in lines if line.startswith(("http://", "https://"))][:_MAX_ENTRIES]
        if not pages:
            raise ExtractionFailed("no_sitemap", _NO_SITEMAP)
        return Sitemap(pages, [])
    return _read_xml(content)


def _unpacked(content: bytes, limit: int) -> bytes:
    packer = zlib.decompressobj(wbits=31)
    try:
        found = packer.decompress(content, limit)
    except zlib.error:
        raise ExtractionFailed("no_sitemap", _NO_SITEMAP) from None
    if packer.unconsumed_tail:
        raise ExtractionFailed("too_complex", "The sitemap unpacks to more than a sitemap may have (50 MB).")
    return found


def _read_xml(content: bytes) -> Sitemap:
    from lxml import etree  # only files of this kind need it

    pages: list[Entry] = []
    sitemaps: list[Entry] = []
    try:
        context = etree.iterparse(
            io.BytesIO(content), events=("end",), resolve_entities=False, no_network=True, load_dtd=False,
            huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        for _, element in context:
            name = etree.QName(element).localname
            if element.getroottree().docinfo.doctype:
                raise ExtractionFailed("no_sitemap", _NO_SITEMAP)
            if name not in {"url", "sitemap"}:
                continue
            found = {etree.QName(child).localname: (child.text or "").strip() for child in element}
            if found.get("loc"):
                (pages if name == "url" else sitemaps).append(Entry(found["loc"][:2048], found.get("lastmod") or None))
            element.clear()
            if len(pages) + len(sitemaps) >= _MAX_ENTRIES:
                break
    except (etree.XMLSyntaxError, ValueError):
        raise ExtractionFailed("no_sitemap", _NO_SITEMAP) from None
    if not pages and not sitemaps:
        raise ExtractionFailed("no_sitemap", _NO_SITEMAP)
    return Sitemap(pages, sitemaps)
