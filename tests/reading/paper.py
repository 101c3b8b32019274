"""Invented documents as files: PDF, Word and OFD, made by hand, each oddity on purpose."""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from tests.reading.pages import NOTICE, NUMBER, TITLE

Printed = tuple[float, float, float, str]
"""x and y from the upper left, size, text; in points."""

HEIGHT, WIDTH = 842, 595
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(
    pages: Sequence[Sequence[Printed]],
    *,
    tail: bytes = b"",
    rules: Sequence[tuple[float, float, float, float]] = (),
    replaced: Mapping[int, bytes] | None = None,
) -> bytes:
    """A PDF with a text layer: Song type without embedding, as many offices print it."""
    first = 6
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        3: b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [4 0 R] >>",
        4: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /SimSun /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
        b" /W [1 95 500 814 939 500] /FontDescriptor 5 0 R >>",
        5: b"<< /Type /FontDescriptor /FontName /SimSun /Flags 4 /FontBBox [0 -120 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >>",
    }
    kids = []
    for number, printed in enumerate(pages):
        page, content = first + 2 * number, first + 2 * number + 1
        kids.append(f"{page} 0 R")
        lines = "\n".join(
            f"BT /F1 {size} Tf 1 0 0 1 {x} {HEIGHT - y} Tm <{text.encode('utf-16-be').hex()}> Tj ET"
            for x, y, size, text in printed
        )
        drawn = "\n".join(
            f"{x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S" for x0, y0, x1, y1 in rules
        )
        stream = zlib.compress(f"{drawn}\n{lines}".encode())
        objects[page] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}]"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {content} 0 R >>"
        ).encode()
        objects[content] = (
            f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode()
            + stream
            + b"\nendstream"
        )
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _written({**objects, **(replaced or {})}, tail)


def _written(objects: Mapping[int, bytes], tail: bytes) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = out.tell()
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    for number in range(1, len(objects) + 1):
        out.write(f"{places[number]:010d} 00000 n \n".encode())
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R".encode() + tail + b" >>\n")
    out.write(f"startxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def printed(lines: Sequence[str], *, size: float = 16, per_line: int = 28) -> list[list[Printed]]:
    """*lines* as paragraphs on A4: indented, broken at a width, a page number under each page."""
    pages: list[list[Printed]] = [[]]
    y = 110.0
    for line in lines:
        text, x = "　　" + line if not line.endswith("：") else line, 72.0
        while text:
            if y > 740:
                pages.append([])
                y = 110.0
            shown = text[:per_line].lstrip("　")
            indent = (len(text[:per_line]) - len(shown)) * size
            pages[-1].append((x + indent, y, size, shown))
            text, y = text[per_line:], y + 28
    for number, page in enumerate(pages, start=1):
        page.append((430.0, 795.0, 14, f"— {number} —"))
    return pages


def notice_pdf() -> bytes:
    """The invented notice with letterhead, number and a title on two lines."""
    pages = printed(NOTICE[:-3])
    top: list[Printed] = [
        (100, 60, 40, "槐荫区民政局文件"),
        (230, 88, 16, NUMBER),
    ]
    moved = [[(x, y + 60, s, t) for x, y, s, t in page[:-1]] + page[-1:] for page in pages]
    half = TITLE.index("关于")
    title: list[Printed] = [
        ((WIDTH - 22 * half) / 2, 110, 22, TITLE[:half]),
        ((WIDTH - 22 * (len(TITLE) - half)) / 2, 140, 22, TITLE[half:]),
    ]
    moved[0] = [*top, *title, *moved[0]]
    last = max(y for _, y, _, _ in moved[-1][:-1])
    moved[-1] += [
        (300, last + 30, 16, "槐荫区民政局"), (300, last + 58, 16, "槐荫区财政局"),
        (310, last + 86, 16, "2026年2月9日"), (104, last + 120, 16, "（此件主动公开）"),
    ]  # fmt: skip
    return pdf(moved)


def docx(body: str, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word file around the XML of its body; *parts* by name besides."""
    document = f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    return zipped(
        {"[Content_Types].xml": "<Types/>", "word/document.xml": document, **(parts or {})}
    )


def paragraph(text: str, *, centred: bool = False, size: int = 0, numbered: str = "") -> str:
    """One paragraph of Word."""
    jc = '<w:jc w:val="center"/>' if centred else ""
    num = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{numbered}"/></w:numPr>' if numbered else ""
    sz = f'<w:rPr><w:sz w:val="{size * 2}"/></w:rPr>' if size else ""
    return f"<w:p><w:pPr>{jc}{num}</w:pPr><w:r>{sz}<w:t>{escape(text)}</w:t></w:r></w:p>"


def notice_docx() -> bytes:
    """The invented notice as Word saves it."""
    head = [paragraph("槐荫区民政局文件", centred=True, size=36), paragraph(NUMBER, centred=True)]
    title = paragraph(TITLE, centred=True, size=22)
    return docx("".join([*head, title, *(paragraph(line, size=16) for line in NOTICE)]))


def ofd(lines: Sequence[tuple[float, float, float, str]]) -> bytes:
    """An OFD of one page; x, y and size in millimetres."""
    objects = "".join(
        f'<ofd:TextObject ID="{n}" Font="1" Size="{size}" Boundary="{x} {y} 160 {size}">'
        f'<ofd:TextCode X="0" Y="{size}" DeltaX="g {len(text)} {size}">{escape(text)}'
        f"</ofd:TextCode></ofd:TextObject>"
        for n, (x, y, size, text) in enumerate(lines, start=10)
    )
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    return zipped(
        {
            "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml"
            "</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea>"
            "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
            '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
            "</ofd:Document>",
            "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer>{objects}"
            "</ofd:Layer></ofd:Content></ofd:Page>",
        }
    )


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive of *parts*."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
