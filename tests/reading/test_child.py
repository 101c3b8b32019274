"""What a hostile file does, it does to a process of its own; the next file is read as ever."""

import io
import os
import signal
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator

import pytest

from pusher.reading.child import Reader, read_apart
from pusher.reading.parse import Limits
from pusher.reading.refusals import Broken, NoBody, TooHard, TooLarge, Unreadable, Unsafe
from tests.reading.pages import NOTICE, TITLE, page, text_of
from tests.reading.paper import docx, notice_docx, notice_pdf, paragraph, pdf, printed, zipped


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


@pytest.mark.parametrize(
    "content", [notice_pdf(), notice_docx(), page().encode(), text_of().encode()],
    ids=["pdf", "docx", "html", "text"],
)  # fmt: skip
def test_a_file_read_apart_is_the_same_document(reader: Reader, content: bytes) -> None:
    from pusher.reading.documents import read

    assert reader.read(content, "a") == read(content, "a")


def test_every_encoding_is_read_apart(reader: Reader) -> None:
    html = page().replace("charset='utf-8'", "charset='gb2312'")

    for name in ("gb18030", "utf-16", "utf-8", "utf-8-sig"):
        assert reader.read(html.encode(name), "a.html").title_hint == TITLE


def test_a_refusal_comes_back_as_itself(reader: Reader) -> None:
    with pytest.raises(Broken, match="PDF 不完整"):
        reader.read(b"%PDF-1.7\n...", "a.pdf")


def _bomb() -> bytes:
    return zipped({"word/document.xml": b"\0" * (80 * 1024 * 1024)})


_ENTITIES = (
    '<!DOCTYPE d [<!ENTITY a "补贴补贴补贴补贴">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + ']><w:document xmlns:w="x"><w:body>&j;</w:body></w:document>'
)
_OUTSIDE = (
    '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    '<w:document xmlns:w="x"><w:body>&a;</w:body></w:document>'
)
_DEEP = "<a>" * 5_000 + "</a>" * 5_000


def _pdf_bomb() -> bytes:
    """A page whose content is 250 MB, in a file of 250 kB."""
    stream = zlib.compress(b"BT /F1 9 Tf (x) Tj ET " * 10 + b" " * (250 * 1024 * 1024))
    body = f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode() + stream
    return pdf([[]], replaced={7: body + b"\nendstream"})


def _symlink() -> bytes:
    """A part that is a symbolic link to a file of the machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("word/document.xml")
        link.external_attr = 0xA1FF << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def _pages_of_itself() -> bytes:
    return pdf([[]]).replace(b"/Kids [6 0 R] /Count 1", b"/Kids [2 0 R] /Count 9")


_HOSTILE = (
    "zip-bomb billion-laughs outside-entity deep-xml path-out absolute-path many-parts symlink"
    " ofd-entity endless-text title-only pdf-bomb pages-of-itself deep-html noise too-large"
)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (_bomb(), Unsafe),
        (zipped({"word/document.xml": _ENTITIES}), Unsafe),
        (zipped({"word/document.xml": _OUTSIDE}), Unsafe),
        (zipped({"word/document.xml": _DEEP}), Broken),
        (zipped({"word/document.xml": "<x/>", "../../etc/cron.d/x": "x"}), Unsafe),
        (zipped({"word/document.xml": "<x/>", "/etc/passwd": "x"}), Unsafe),
        (zipped({"word/document.xml": "<x/>", **{f"p{n}": "" for n in range(5_001)}}), Unsafe),
        (_symlink(), Unsafe),
        (zipped({"OFD.xml": _OUTSIDE}), Unsafe),
        (("补贴发放。" * 500_000).encode(), TooLarge),
        ("关于发放高龄津贴的通知".encode(), NoBody),
        (_pdf_bomb(), Unreadable),
        (_pages_of_itself(), Unreadable),
        (b"<div>" * 100_000, Unreadable),
        (b"%PDF-" + os.urandom(200_000), Unreadable),
        (b"x" * (31 * 1024 * 1024), TooLarge),
    ],
    ids=_HOSTILE.split(),
)  # fmt: skip
def test_hostile_files_are_refused_and_the_next_file_is_read(
    reader: Reader, content: bytes, kind: type[Unreadable]
) -> None:
    with pytest.raises(kind) as refused:
        reader.read(content, "坏文件")

    assert str(refused.value).endswith("。")
    assert reader.read(page().encode(), "a.html").paragraphs == NOTICE


def test_what_is_embedded_in_a_word_file_is_not_opened(reader: Reader) -> None:
    ole = {"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + os.urandom(4096)}
    lines = "".join(map(paragraph, NOTICE))

    assert reader.read(docx(lines, ole), "a.docx").paragraphs == NOTICE


def test_ten_thousand_tables_are_too_many(reader: Reader) -> None:
    cells = [f"<w:tc>{paragraph(os.urandom(8).hex())}</w:tc>" for _ in range(20_000)]
    tables = "".join(
        f"<w:tbl><w:tr>{one}{other}</w:tr></w:tbl>"
        for one, other in zip(cells[::2], cells[1::2], strict=True)
    )

    with pytest.raises(TooLarge, match="表格"):
        reader.read(docx(paragraph(TITLE) + tables), "a.docx")


def test_a_cell_of_sixty_megabytes_is_refused_by_its_size(reader: Reader) -> None:
    noise = os.urandom(1024).hex() * 21_000
    content = docx(paragraph(noise))

    with pytest.raises((TooLarge, Unsafe)):
        reader.read(content, "a.docx")


def test_a_file_that_takes_too_much_memory_is_stopped() -> None:
    with Reader(Limits(memory_mb=40)) as small, pytest.raises((TooHard, Broken)):
        small.read(pdf(printed(["高龄津贴按月发放。" * 40] * 300)), "a.pdf")


def test_a_file_that_takes_too_long_is_stopped_and_the_next_one_read() -> None:
    slow = pdf(printed(["高龄津贴按月发放，由区民政局负责。" * 40] * 900))

    with Reader(Limits(cpu_s=1)) as hasty:
        with pytest.raises(TooHard, match="超过上限"):
            hasty.read(slow, "a.pdf")
        assert hasty.read(text_of().encode(), "a.txt").paragraphs


def test_a_killed_parser_is_started_anew(reader: Reader) -> None:
    reader.read(page().encode(), "a.html")
    process = reader._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert reader.read(page().encode(), "a.html").title_hint == TITLE


def test_threads_share_one_parser(reader: Reader) -> None:
    got: list[str | None] = []
    threads = [
        threading.Thread(target=lambda: got.append(reader.read(page().encode(), "a").title_hint))
        for _ in range(4)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert got == [TITLE] * 4


_TRIES = """
import socket
from pusher.reading.parse import Limits, confine

confine(Limits())
for act in (lambda: open("/etc/hostname"), lambda: open("/tmp/x", "w"), socket.socket):
    try:
        act()
    except OSError as error:
        print(error.errno)
"""


def test_a_confined_process_opens_neither_files_nor_sockets() -> None:
    said = subprocess.run(
        [sys.executable, "-c", _TRIES], capture_output=True, text=True, check=True
    )

    assert said.stdout.split() == ["24", "24", "24"]


def test_the_parser_imports_nothing_heavy_and_none_of_the_office() -> None:
    code = (
        "import sys, pusher.reading.parse\n"
        "bad = ('numpy', 'sklearn', 'sqlalchemy', 'lxml', 'selectolax', 'pypdfium2', 'httpx',"
        " 'pusher.store', 'pusher.settings')\n"
        "print([name for name in bad if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"


def test_plain_text_needs_no_other_process() -> None:
    assert read_apart(text_of().encode(), "a.txt").title_hint == TITLE
