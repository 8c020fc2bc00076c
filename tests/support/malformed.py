"""Files that were made to do harm, or broken on their way: small on the disk, large or endless when read."""

import io
import random
import zipfile
import zlib
from collections.abc import Iterable

_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_LINE = b"BT /F1 10 Tf 1 0 0 1 50 700 Tm (hello hostile world of text operators) Tj ET\n"
_W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_XML = b'<?xml version="1.0" encoding="UTF-8"?>'
_PARAGRAPH = b"<w:p><w:r><w:t>hello bomb</w:t></w:r></w:p>"


def pdf(objects: list[bytes]) -> bytes:
    """Return a PDF of these objects; the first is its catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def packed(parts: Iterable[bytes]) -> bytes:
    """Return a compressed stream of these parts."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(part) for part in parts) + packer.flush()
    return b"<</Length %d/Filter/FlateDecode>>\nstream\n%b\nendstream" % (len(data), data)


def page(resources: bytes = b"") -> bytes:
    """Return a page whose content is object 5."""
    return (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 4 0 R>>%b>>/Contents 5 0 R>>"
        % resources
    )


def pdf_pages(texts: list[str]) -> bytes:
    """Return an honest PDF with a page for each of these texts, a line of the text a line of the page."""
    objects = [_CATALOG, b"", _FONT]
    kids = []
    for text in texts:
        number = len(objects) + 1
        kids.append(b"%d 0 R" % number)
        shown = b"".join(
            b"1 0 0 1 72 %d Tm (%b) Tj\n" % (720 - 14 * line, words.encode("cp1252"))
            for line, words in enumerate(text.split("\n"))
        )
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % (number + 1),
            packed([b"BT /F1 11 Tf\n" + shown + b"ET"]),
        ]
    objects[1] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (b" ".join(kids), len(kids))
    return pdf(objects)


def _one_page(content: bytes) -> bytes:
    return pdf([_CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page(), _FONT, content])


def stream_bomb() -> bytes:
    """Return a PDF of a megabyte with a page of a gigabyte of blanks."""
    return _one_page(packed(b" " * (1 << 20) for _ in range(1024)))


def text_bomb() -> bytes:
    """Return a PDF of a megabyte with a page of four million lines."""
    return _one_page(packed(_LINE * 13_000 for _ in range(300)))


def many_pages(count: int) -> bytes:
    """Return a PDF that names the same page so many times."""
    kids = b"<</Type/Pages/Kids[" + b"3 0 R " * count + b"]/Count %d>>" % count
    return pdf([_CATALOG, kids, page(), _FONT, packed([_LINE])])


def cyclic_tree() -> bytes:
    """Return a PDF whose tree of pages contains itself."""
    return pdf([_CATALOG, b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2>>", page(), _FONT, packed([_LINE])])


def nested_arrays() -> bytes:
    """Return a PDF with arrays in arrays in arrays."""
    catalog = b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 200_000 + b"]" * 200_000 + b">>"
    return pdf([catalog, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page(), _FONT, packed([_LINE])])


def form_recursion() -> bytes:
    """Return a PDF of 900 bytes with a form that draws itself three times."""
    form = (b"/A Do /A Do /A Do " + _LINE[:60]).ljust(100)
    return pdf(
        [
            _CATALOG,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page(b"/XObject<</A 6 0 R>>"),
            _FONT,
            packed([b"/A Do " * 20 + _LINE]),
            b"<</Type/XObject/Subtype/Form/BBox[0 0 600 700]/Resources<</Font<</F1 4 0 R>>/XObject<</A 6 0 R>>>>"
            b"/Length 100>>\nstream\n" + form + b"\nendstream",
        ]
    )


def scanned(text: str = "") -> bytes:
    """Return a PDF with a picture and, if any is given, no text but in the picture's file name."""
    image = b"<</Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 8/Length 64>>"
    return pdf(
        [
            _CATALOG,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page(b"/XObject<</I 6 0 R>>"),
            _FONT,
            packed([b"q 400 0 0 400 50 200 cm /I Do Q"]),
            image + b"\nstream\n" + bytes(range(64)) + b"\nendstream",
        ]
    )


def photographed(pages: bytes, count: int = 1) -> bytes:
    """Return a PDF of pictures of the first page of another, as a scanner makes it: no letter in it is text."""
    import pypdfium2  # only scans need it

    source, made = pypdfium2.PdfDocument(pages), pypdfium2.PdfDocument.new()
    bitmap = source[0].render(scale=3)
    width, height = source[0].get_size()
    for _ in range(count):
        leaf = made.new_page(width, height)
        image = pypdfium2.PdfImage.new(made)
        image.set_bitmap(bitmap)
        image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        leaf.insert_obj(image)
        leaf.gen_content()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def encrypted_pdf() -> bytes:
    """Return a PDF that says it is encrypted, with a password nobody knows."""
    body = _one_page(packed([_LINE]))
    keys = b"/Filter/Standard/V 1/R 2/P -4/O<" + b"00" * 32 + b">/U<" + b"11" * 32 + b">"
    return body.replace(b"trailer <<", b"trailer <</ID[<00><00>]/Encrypt<<" + keys + b">>")


def noise(size: int = 200_000, *, front: bytes = b"") -> bytes:
    """Return bytes without sense."""
    return front + random.Random(7).randbytes(size)


def office(part: str, content: bytes | Iterable[bytes], **others: bytes) -> bytes:
    """Return an archive of Office's with this part, and others by their names (`_` for `/`)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        with archive.open(part, "w", force_zip64=True) as main:
            for piece in [content] if isinstance(content, bytes) else content:
                main.write(piece)
        for name, other in others.items():
            archive.writestr(f"{name.replace('_', '/')}.xml", other)
    return out.getvalue()


def docx(document: bytes | Iterable[bytes], *, extra: int = 0, level: int = 6) -> bytes:
    """Return a DOCX with this main part, and so many parts that mean nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as main:
            for part in [document] if isinstance(document, bytes) else document:
                main.write(part)
        for number in range(extra):
            archive.writestr(f"junk/{number}", b"x")
    return out.getvalue()


def document(body: bytes, *, doctype: bytes = b"") -> bytes:
    """Return the main part of a DOCX."""
    return _XML + doctype + b"<w:document " + _W + b"><w:body>" + body + b"</w:body></w:document>"


def docx_bomb() -> bytes:
    """Return a DOCX of a megabyte that unpacks to a quarter of a gigabyte."""
    body = [_PARAGRAPH * 24_000] * 256
    return docx([_XML + b"<w:document " + _W + b"><w:body>", *body, b"</w:body></w:document>"], level=9)


def external_entity() -> bytes:
    """Return a DOCX that wants a file of the reader's machine in its text."""
    doctype = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return docx(document(b"<w:p><w:r><w:t>XXE[&x;]</w:t></w:r></w:p>", doctype=doctype))


def billion_laughs() -> bytes:
    """Return a DOCX whose entities multiply."""
    entities = b'<!ENTITY a "lollollollollollollollollollol">'
    for number in range(9):
        entities += b'<!ENTITY %c "%b">' % (98 + number, b"&%c;" % (97 + number) * 10)
    return docx(document(b"<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", doctype=b"<!DOCTYPE d [" + entities + b"]>"))


def nested_tables(depth: int = 3000) -> bytes:
    """Return a DOCX with a table in a table in a table."""
    return docx(document(b"<w:tbl><w:tr><w:tc>" * depth + _PARAGRAPH + b"</w:tc></w:tr></w:tbl>" * depth))
