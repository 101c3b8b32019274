"""Reading pages and PDFs, each in a process of its own, beside what one would pick instead."""

import time
from pathlib import Path

from bench.measure import Comparison, compare
from pusher.reading.child import Reader

_PAGES = Path(__file__).parents[2] / "shared/data/policy_pages"
_MOST = 20
_PARAGRAPHS = 40


def pages() -> Comparison:
    """Find title, body and labels of pages; trafilatura finds the body, in this process.

    Ours starts its process once a folder and forks for each page; that is counted. The real pages
    beside the project where they are, else invented ones.
    """
    import trafilatura

    from pusher.reading.metadata import read_metadata
    from pusher.reading.refusals import Unreadable

    found = [file.read_bytes() for file in sorted(_PAGES.glob("*.html"))[:_MOST]] or _invented()

    def ours() -> None:
        with Reader() as reader:
            for page in found:
                try:
                    read_metadata(reader.read(page, "a.html"))
                except Unreadable:
                    continue  # a list of documents

    def theirs() -> None:
        for page in found:
            trafilatura.bare_extraction(page, with_metadata=True)

    return compare(
        f"读懂 {len(found)} 个网页", ours, "trafilatura（只取正文）", theirs, times=3,
        clock=time.perf_counter,
    )  # fmt: skip


def pdfs() -> Comparison:
    """Read PDFs with lines joined to paragraphs; pypdfium2 alone gives the bare text."""
    import pypdfium2

    file = _pdf()

    def ours() -> None:
        with Reader() as reader:
            for _ in range(_MOST):
                reader.read(file, "a.pdf")

    def theirs() -> None:
        for _ in range(_MOST):
            document = pypdfium2.PdfDocument(file)
            for page in document:
                page.get_textpage().get_text_range()

    return compare(
        f"读懂 {_MOST} 份 PDF", ours, "pypdfium2（只取文字）", theirs, times=3,
        clock=time.perf_counter,
    )  # fmt: skip


def _invented() -> list[bytes]:
    lines = "".join(
        f"<p>第{n}条　凡具有本区户籍、年满八十周岁的老年人，按月发放高龄津贴一百元。</p>"
        for n in range(_PARAGRAPHS)
    )
    menu = "".join(f"<li><a href=/c{n}/>栏目{n}</a></li>" for n in range(60))
    page = "<html><head><meta charset=utf-8><title>关于高龄津贴的通知-某网</title></head><body>"
    return [
        f"{page}<ul>{menu}</ul><h1>关于高龄津贴的通知</h1>{lines}</body></html>".encode()
    ] * _MOST


def _pdf() -> bytes:
    """Three pages of text, set in a font that every reader of Chinese PDFs knows."""
    line = "凡具有本区户籍、年满八十周岁的老年人，由本人提出申请。".encode("utf-16-be").hex()
    shown = "\n".join(f"BT /F 14 Tf 1 0 0 1 72 {780 - 24 * n} Tm <{line}> Tj ET" for n in range(28))
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [5 0 R 5 0 R 5 0 R] /Count 3 >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H"
        " /DescendantFonts [4 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /SimSun /DW 1000"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
        " /FontDescriptor 7 0 R >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R"
        " /Resources << /Font << /F 3 0 R >> >> >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        "<< /Type /FontDescriptor /FontName /SimSun /Flags 4 /FontBBox [0 -120 1000 880]"
        " /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >>",
    ]
    body = "%PDF-1.7\n" + "".join(f"{n} 0 obj\n{p}\nendobj\n" for n, p in enumerate(parts, start=1))
    return (body + "trailer\n<< /Size 8 /Root 1 0 R >>\n%%EOF\n").encode()
