"""Office files are archives of XML: checked before anything of them is unpacked, read piece by piece."""

import io
import posixpath
import zlib
from collections.abc import Iterator
from typing import Any

from medea.kernel.extraction.errors import ExtractionFailed

MAX_ENTRIES = 5000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 200
_HEAD = 1024
_SMALL = 1_000_000  # of what unpacks to less, the ratio says nothing

_DAMAGED = "The file is damaged: it may have been cut off while it was copied. Save it anew and upload that."
_DOCTYPE = "The file declares entities, which no Office program does and files made to do harm do. Save it anew."
_DEEP = "The file is nested more deeply than any document needs to be. Save it more simply."
_BOMB = "The file unpacks to far more than it seems to hold, as files made to do harm do. Save it more simply."


class Archive:
    """A checked archive.

    Raises:
        ExtractionFailed: damaged, encrypted, or unpacking to more than it should.
    """

    def __init__(self, content: bytes) -> None:
        import zipfile  # only files of this kind need it

        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
            raise ExtractionFailed("damaged", _DAMAGED) from None
        if len(entries) > MAX_ENTRIES:
            words = f"The file holds {len(entries):,} parts, as no document does."
            raise ExtractionFailed("too_complex", words)
        if any(entry.flag_bits & 1 for entry in entries):
            raise ExtractionFailed("encrypted", "The file is protected by a password. Save it without one.")
        unpacked = sum(entry.file_size for entry in entries)
        packed = max(1, sum(entry.compress_size for entry in entries))
        if unpacked > MAX_UNPACKED or (unpacked > _SMALL and unpacked / packed > MAX_RATIO):
            raise ExtractionFailed("too_complex", _BOMB)
        self.names = [entry.filename for entry in entries]
        self._known = set(self.names)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def elements(self, name: str, tag: str) -> Iterator[Any]:
        """Yield the elements with a tag, whole, in order; each is forgotten when the next is asked for.

        Raises:
            ExtractionFailed: it is no XML, or has a document type, which such files never have.
        """
        for _, element in self._parse(name, ("end",), tag):
            yield element
            element.clear()

    def top_elements(self, name: str, parent: str) -> Iterator[Any]:
        """Yield the children of the first element with a tag, whole, in order, each forgotten after its turn.

        Raises:
            ExtractionFailed: as above.
        """
        depth = inside = 0
        for event, element in self._parse(name, ("start", "end"), None):
            if event == "start":
                depth += 1
                if not inside and element.tag == parent:
                    inside = depth
                continue
            if inside and depth == inside + 1:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
            if depth == inside:
                return
            depth -= 1

    def _parse(self, name: str, events: tuple[str, ...], tag: str | None) -> Iterator[tuple[str, Any]]:
        import zipfile  # only files of this kind need them

        from lxml import etree

        if name not in self._known:
            return
        is_first = True
        try:
            with self._zip.open(name) as file:  # before a parser sees it: some entities it calls a fault of the file
                if b"<!DOCTYPE" in file.read(_HEAD).replace(b"\0", b""):
                    raise ExtractionFailed("forbidden_xml", _DOCTYPE)
            with self._zip.open(name) as file:
                context = etree.iterparse(
                    file, events=events, tag=tag, resolve_entities=False, no_network=True, load_dtd=False,
                    huge_tree=False, remove_comments=True, remove_pis=True,
                )  # fmt: skip
                for event, element in context:
                    if is_first and element.getroottree().docinfo.doctype:
                        raise ExtractionFailed("forbidden_xml", _DOCTYPE)
                    is_first = False
                    yield event, element
        except etree.XMLSyntaxError as error:
            if "depth" in str(error):
                raise ExtractionFailed("too_complex", _DEEP) from None
            raise ExtractionFailed("damaged", _DAMAGED) from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            raise ExtractionFailed("damaged", _DAMAGED) from None

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to: id to kind (the last word of its type) and path in the archive."""
        folder, file = posixpath.split(name)
        found: dict[str, tuple[str, str]] = {}
        tag = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
        for element in self.elements(f"{folder}/_rels/{file}.rels", tag):
            if element.get("TargetMode") == "External":
                continue
            target = element.get("Target") or ""
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[element.get("Id") or ""] = ((element.get("Type") or "").rpartition("/")[2], path)
        return found
