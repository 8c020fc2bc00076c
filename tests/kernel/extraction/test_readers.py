"""What each reader makes of a small file: headings, lists, tables, notes, pages."""

import io
import zipfile
from typing import Any

import pytest

from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.protocol import Order
from medea.kernel.extraction.readers import flow
from medea.kernel.extraction.readers.sitemaps import read_sitemap
from medea.kernel.extraction.reading import read
from medea.kernel.extraction.structure import Extraction

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
M = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def archive(**parts: str) -> bytes:
    """Return an archive; `__` in a name is a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def read_file(content: bytes, name: str = "", **options: Any) -> Extraction:
    """Read a file in this process: these are our own."""
    return read(content, Order("extract", Limits(**options), name=name), lambda _done, _total: None)


def titles(found: Extraction) -> list[tuple[int, str]]:
    """Return levels and titles of the headings, each at its place."""
    for heading in found.structure.headings:
        assert found.text[heading.at :].lstrip("# ").startswith(heading.title)
    return [(heading.level, heading.title) for heading in found.structure.headings]


def blocks(found: Extraction) -> list[tuple[str, str]]:
    return [(block.kind, found.text[block.start : block.end]) for block in found.structure.blocks]


def paragraph(text: str, style: str = "", extra: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{extra}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_docx() -> None:
    styles = (
        f"<w:styles {W}>"
        '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="U2"><w:name w:val="Überschrift 2"/></w:style>'
        '<w:style w:styleId="Own"><w:name w:val="Own"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
        "</w:styles>"
    )
    item = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    deleted = "<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
    note = '<w:p><w:r><w:t>Noted</w:t><w:footnoteReference w:id="2"/></w:r></w:p>'
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in (("a", "b|c"), ("1", ""))]
    table = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"
    footnote = f'<w:footnote w:id="2">{paragraph("A note.")}</w:footnote>'
    body = [
        paragraph("Title", "H1"),
        paragraph("First."),
        paragraph("Zweiter", "U2"),
        paragraph("an item", extra=item),
        table,
        paragraph("Third", "Own"),
        deleted,
        note,
    ]
    found = read_file(
        archive(
            **{
                "word__document.xml": f"<w:document {W}><w:body>{''.join(body)}</w:body></w:document>",
                "word__styles.xml": styles,
                "word__footnotes.xml": f"<w:footnotes {W}>{footnote}</w:footnotes>",
            },
        )
    )
    assert found.kind == "docx"
    assert titles(found) == [(1, "Title"), (2, "Zweiter"), (3, "Third")]
    assert blocks(found) == [("table", "| a | b/c |\n| 1 |  |")]
    assert "\n  - an item\n" in found.text
    assert "gone" not in found.text
    assert "Noted[^2]" in found.text
    assert found.text.rstrip().endswith("[^2]: A note.")


def test_pptx() -> None:
    def slide(title: str, text: str) -> str:
        shapes = f"<p:sp><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        placed = '<p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>'
        shapes += f"<p:sp>{placed}<p:txBody><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:txBody></p:sp>"
        return f"<p:sld {P} {A}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"

    order = '<p:sldIdLst><p:sldId r:id="r2"/><p:sldId r:id="r1"/></p:sldIdLst>'
    relations = "".join(f'<Relationship Id="r{n}" Type="x/slide" Target="slides/slide{n}.xml"/>' for n in (1, 2))
    found = read_file(
        archive(
            **{
                "ppt__presentation.xml": f"<p:presentation {P} {R}>{order}</p:presentation>",
                "ppt___rels__presentation.xml.rels": f"<Relationships {RELATIONS}>{relations}</Relationships>",
                "ppt__slides__slide1.xml": slide("Shown last", "The end."),
                "ppt__slides__slide2.xml": slide("Shown first", "The beginning."),
            }
        )
    )
    assert (found.kind, found.page_count) == ("pptx", 2)
    assert titles(found) == [(2, "Shown first"), (2, "Shown last")]
    assert found.text[found.structure.pages[1] :] == "Shown last\n\nThe end.\n\n"


def test_xlsx() -> None:
    sheet = (
        f"<worksheet {M}><sheetData>"
        '<row><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>when</t></is></c></row>'
        '<row><c r="A2"><v>1.50</v></c><c r="C2" s="1"><v>45000</v></c></row>'
        "<row/>"
        '<row><c r="A4" t="b"><v>1</v></c><c r="B4" s="2"><v>0.2</v></c><c r="C4" s="3"><v>0.075</v></c></row>'
        "</sheetData></worksheet>"
    )
    formats = '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="170"/>'
    codes = '<numFmts><numFmt numFmtId="170" formatCode="0.0%"/></numFmts>'
    found = read_file(
        archive(
            **{
                "xl__workbook.xml": f'<workbook {M} {R}><sheets><sheet name="Prices" r:id="r1"/></sheets></workbook>',
                "xl___rels__workbook.xml.rels": f'<Relationships {RELATIONS}><Relationship Id="r1" Type="x/worksheet"'
                ' Target="/xl/worksheets/one.xml"/></Relationships>',
                "xl__worksheets__one.xml": sheet,
                "xl__sharedStrings.xml": f"<sst {M}><si><t>price</t><rPh><t>spoken</t></rPh></si></sst>",
                "xl__styles.xml": f"<styleSheet {M}>{codes}<cellXfs>{formats}</cellXfs></styleSheet>",
            }
        )
    )
    assert found.kind == "xlsx"
    assert titles(found) == [(2, "Prices")]
    assert blocks(found) == [("table", "| price | when |\n| 1.5 | 2023-03-15 |"), ("table", "| true | 20% | 7.5% |")]


def test_a_page_that_is_one_form() -> None:
    page = """<html><body><form action="x"><div id="nav"><form><input></form></div><h1>Help</h1>
    <p>We open at nine, and close at five.</p></form><form>Search the site</form></body></html>"""
    found = read_file(page.encode(), "a.html")
    assert "We open at nine" in found.text
    assert "Search the site" not in found.text


def test_html() -> None:
    page = """<!doctype html><html><head><title>A page</title><link rel="canonical" href="https://a.example/"></head>
    <body><header>Banner</header><nav><a>Home</a></nav>
    <main><h1>Title<a class="headerlink">¶</a></h1><p>One<br>line &amp; <b>more</b>.</p>
    <ul><li>first<ul><li>inner</li></ul></li><li>second</li></ul><ol><li>one</li><li>two</li></ol>
    <pre>def f():
    return 1</pre><table><tr><th>a<th>b<tr><td colspan=2>1</table><h2>End</h2>text <div>div</div> after
    <script>alert(1)</script><p hidden>not shown</p></main><footer>Imprint</footer></body></html>"""
    found = read_file(page.encode(), "a.html")
    assert (found.kind, found.title, found.canonical) == ("html", "A page", "https://a.example/")
    assert titles(found) == [(1, "Title"), (2, "End")]
    assert blocks(found) == [("code", "def f():\n    return 1"), ("table", "| a | b |\n| 1 |  |")]
    for left_out in ("Banner", "Home", "alert", "not shown", "Imprint"):
        assert left_out not in found.text
    assert "One line & more." in found.text
    assert "- first\n  - inner\n- second\n" in found.text
    assert "1. one\n2. two\n" in found.text
    assert "text\n\ndiv\n\nafter" in found.text


def test_markdown_stays_as_it_is() -> None:
    front = "---\ntags: x\n---\n"
    code, table = "```py\n# no heading\n```", "| a | b |\n|---|:-:|\n| 1 | 2 |"
    text = f"{front}# One #\n\nText\n\n{code}\n\nTwo\n---\n\n{table}\n\n[Three](x)\n===\n"
    found = read_file(text.encode(), "a.md")
    assert found.text == text
    assert [(level, title) for level, title in ((h.level, h.title) for h in found.structure.headings)] == [
        (1, "One"),
        (2, "Two"),
        (1, "Three"),
    ]
    assert blocks(found) == [("code", code), ("table", table)]


@pytest.mark.parametrize(
    ("raw", "first"),
    [
        (b"a,b\n1,2\n", "| a | b |"),
        (b"a;b\n1;2\n", "| a | b |"),
        (b"a\tb\n1\t2\n", "| a | b |"),
        (b'a,b\n"x,y","p\nq"\n', "| a | b |\n| x,y | p q |"),
    ],
)
def test_csv(raw: bytes, first: str) -> None:
    assert read_file(raw, "a.csv").text.startswith(first)


def test_lines_of_print_become_paragraphs() -> None:
    lines = [
        "The first line of a para-",
        "graph that was broken by its margin goes on",
        "here and ends.",
        "",
        "- an item",
    ]
    assert flow.join_lines(lines, 40) == [
        "The first line of a paragraph that was broken by its margin goes on here and ends.",
        "- an item",
    ]
    assert flow.split_lines("of\ufb01ce adip\x02iscing\r\nnext") == ["office adipiscing", "next"]


def test_what_every_page_says_is_left_out_but_not_what_pages_consist_of() -> None:
    pages = [[f"A Book {n + 3}", f"The words of page {n}.", "Publisher", f"{n + 3}"] for n in range(12)]
    flow.drop_repeated(pages)
    assert pages == [[f"The words of page {n}."] for n in range(12)]
    forms = [["Form", "Name:"] for _ in range(12)]
    flow.drop_repeated(forms)
    assert forms == [["Form", "Name:"]] * 12


def test_sitemaps() -> None:
    entries = "<url><loc>https://a.example/1</loc><lastmod>2024-01-01</lastmod></url>"
    entries += "<sitemap><loc>https://a.example/s</loc></sitemap>"
    found = read_sitemap(f'<urlset xmlns="x">{entries}</urlset>'.encode(), Limits())
    assert [(entry.url, entry.changed) for entry in found.pages] == [("https://a.example/1", "2024-01-01")]
    assert [entry.url for entry in found.sitemaps] == ["https://a.example/s"]
    assert [e.url for e in read_sitemap(b"https://a.example/1\nx\n", Limits()).pages] == ["https://a.example/1"]
    for bad in (
        b"",
        b"<html>",
        b"no address",
        b'<!DOCTYPE a [<!ENTITY b "c">]><urlset><url><loc>&b;</loc></url></urlset>',
    ):
        with pytest.raises(ExtractionFailed, match="no_sitemap"):
            read_sitemap(bad, Limits())


def test_a_text_longer_than_a_document_may_be() -> None:
    with pytest.raises(ExtractionFailed, match="text_too_long"):
        read_file(b"a,b\n" * 1000, "a.csv", chars=500)
