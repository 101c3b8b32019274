"""PDF, Word and OFD files are read as their readers see them, or refused in words."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.reading.documents import (
    Broken,
    Encrypted,
    NoTextLayer,
    TooLarge,
    UnknownKind,
    Unreadable,
    read,
)
from pusher.reading.metadata import read_metadata
from tests.reading.pages import NOTICE, NUMBER, TITLE
from tests.reading.paper import (
    docx,
    notice_docx,
    notice_pdf,
    ofd,
    paragraph,
    pdf,
    printed,
    zipped,
)

LONG = "为保障高龄老年人的基本生活，区民政局会同区财政局对发放标准和发放方式作了调整，现予公布。"


def bare(text: str | None) -> str:
    return "".join((text or "").split())


@pytest.mark.parametrize("content", [notice_pdf(), notice_docx()], ids=["pdf", "docx"])
def test_a_letterhead_document_is_read_with_title_number_and_whole_text(content: bytes) -> None:
    document = read(content, "通知")
    told = read_metadata(document)

    assert bare(told.title) == bare(TITLE)
    assert told.document_number == NUMBER
    assert [bare(o) for o in told.issuers] == ["槐荫区民政局", "槐荫区财政局"]
    assert str(told.written_on) == "2026-02-09"
    assert bare(document.text) == bare("".join(NOTICE))


def test_lines_and_pages_of_a_pdf_are_one_paragraph_again() -> None:
    text = LONG * 20
    document = read(pdf(printed([LONG, text, LONG])), "a.pdf")

    assert document.pages == 2
    assert document.paragraphs == (LONG, text, LONG)


def test_running_heads_and_page_numbers_are_no_text() -> None:
    pages = printed([LONG * 6] * 6)
    for number, page in enumerate(pages, start=1):
        page.append((72, 50, 10, "槐荫区人民政府公报 2026年第3期"))
        page.append((460, 50, 10, f"第{number}页 共{len(pages)}页"))

    document = read(pdf(pages), "a.pdf")

    assert "公报" not in document.text
    assert "共" not in document.text.replace("公共", "")
    assert "—" not in document.text


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"左栏第{n}行写的是区里的养老服务补贴" for n in range(10)]
    right = [f"右栏第{n}行写的是区里的稳岗返还政策" for n in range(10)]
    lines = [(60.0, 160.0 + 24 * n, 12.0, text) for n, text in enumerate(left)]
    lines += [(320.0, 160.0 + 24 * n, 12.0, text) for n, text in enumerate(right)]
    document = read(pdf([[(150, 90, 22, "关于两项惠民政策的公告"), *lines]]), "a.pdf")

    text = bare(document.text)
    assert document.title_hint == "关于两项惠民政策的公告"
    assert text.index(left[-1]) < text.index(right[0])
    assert text.index(left[0]) < text.index(left[1])


def test_the_rows_of_a_printed_table_stay_rows() -> None:
    rows = [("等级", "标准"), ("一级", "200元"), ("二级", "150元"), ("三级", "100元")]
    cells = [
        (x, 300.0 + 24 * n, 14.0, text)
        for n, row in enumerate(rows)
        for x, text in zip((90.0, 300.0), row, strict=True)
    ]
    document = read(pdf([[*printed([LONG])[0], *cells]]), "a.pdf")

    assert "一级 | 200元" in document.paragraphs
    assert document.tables == (tuple(rows),)


def test_a_cell_of_a_ruled_table_is_whole_on_however_many_lines() -> None:
    xs, ys = (80.0, 200.0, 500.0), (300.0, 330.0, 390.0, 420.0)
    rules = [(xs[0], y, xs[-1], y) for y in ys] + [(x, ys[0], x, ys[-1]) for x in xs]
    cells = [
        (90.0, 320.0, 12.0, "补贴对象"), (210.0, 320.0, 12.0, "补贴标准和申领办法"),
        (90.0, 352.0, 12.0, "年满八十"), (90.0, 372.0, 12.0, "周岁老人"),
        (210.0, 352.0, 12.0, "每人每月一百元，由本人向户籍所在"),
        (210.0, 372.0, 12.0, "地社区提出申请。"),
        (210.0, 410.0, 12.0, "按月发放"),
    ]  # fmt: skip
    document = read(pdf([[*printed([LONG])[0], *cells]], rules=rules), "a.pdf")

    assert document.tables == (
        (
            ("补贴对象", "补贴标准和申领办法"),
            ("年满八十周岁老人", "每人每月一百元，由本人向户籍所在地社区提出申请。"),
            ("", "按月发放"),
        ),
    )
    assert document.paragraphs[0] == LONG
    assert (
        "年满八十周岁老人 | 每人每月一百元，由本人向户籍所在地社区提出申请。" in document.paragraphs
    )


def test_a_scan_says_that_it_has_no_text() -> None:
    with pytest.raises(NoTextLayer, match="扫描"):
        read(pdf([[], [], []]), "扫描.pdf")


def test_a_page_without_text_among_others_is_told() -> None:
    document = read(pdf([*printed([LONG]), []]), "a.pdf")

    assert document.doubts == ("第 2 页没有文字（可能是图片），未读取。",)


def test_a_pdf_behind_a_password_and_half_a_pdf_are_told_apart() -> None:
    locked = pdf(
        printed([LONG]),
        tail=b" /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <"
        + b"11" * 32 + b"> /U <" + b"22" * 32 + b"> >> /ID [<00><00>]",
    )  # fmt: skip

    with pytest.raises(Encrypted, match="密码"):
        read(locked, "a.pdf")
    with pytest.raises(Unreadable):
        read(pdf(printed([LONG]))[:400], "a.pdf")


def test_a_book_of_a_thousand_and_one_pages_is_too_large() -> None:
    with pytest.raises(TooLarge, match="1001 页"):
        read(pdf([[]] * 1001), "a.pdf")


def test_the_wrong_extension_does_not_matter() -> None:
    assert read(notice_pdf(), "通知.doc").kind == "pdf"
    assert read(notice_docx(), "通知.pdf").kind == "docx"


def test_word_counts_by_itself_and_the_numbers_are_written_out() -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    numbering = (
        f'<w:numbering xmlns:w="{space}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
        '<w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    body = "".join(
        paragraph(f"{what}。具体由区民政局负责。", numbered="7") for what in ("对象", "标准")
    )
    document = read(
        docx(paragraph(TITLE, centred=True) + body, {"word/numbering.xml": numbering}), "a.docx"
    )

    assert document.paragraphs == (
        "一、对象。具体由区民政局负责。",
        "二、标准。具体由区民政局负责。",
    )


def test_of_tracked_changes_the_final_text_is_read() -> None:
    change = (
        "<w:p><w:r><w:t>每人每月</w:t></w:r><w:del><w:r><w:delText>100</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>150</w:t></w:r></w:ins><w:r><w:t>元，按月发放到本人账户。</w:t></w:r></w:p>"
    )

    assert read(docx(paragraph(TITLE, centred=True) + change), "a.docx").paragraphs == (
        "每人每月150元，按月发放到本人账户。",
    )


def test_tables_and_attachments_of_word_are_kept() -> None:
    cells = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in (("等级", "标准"), ("一级", "200元"))
    )
    lines = [*NOTICE[:5], "附件：1.申请表", "2.证明材料清单", *NOTICE[5:]]
    body = "".join([paragraph(TITLE, centred=True), *map(paragraph, lines)])
    document = read(docx(f"{body}<w:tbl>{cells}</w:tbl>"), "a.docx")

    assert document.tables == ((("等级", "标准"), ("一级", "200元")),)
    assert document.paragraphs[-1] == "一级 | 200元"
    assert [one.text for one in document.attachments] == ["申请表", "证明材料清单"]


def test_an_ofd_with_a_text_layer_is_read() -> None:
    lines = [(60.0, 30.0, 14.0, "槐荫区民政局文件"), (80.0, 60.0, 5.6, NUMBER)]
    lines += [(50.0, 80.0, 7.7, "关于发放高龄津贴的通知"), (28.0, 100.0, 5.6, NOTICE[0])]
    text = NOTICE[1]
    lines += [(39.2, 110.0, 5.6, text[:25]), (28.0, 120.0, 5.6, text[25:])]
    document = read(ofd(lines), "a.ofd")

    assert document.title_hint == "关于发放高龄津贴的通知"
    assert document.paragraphs == (NOTICE[0], text)
    assert read_metadata(document).document_number == NUMBER


def test_an_ofd_of_pictures_says_so() -> None:
    with pytest.raises(NoTextLayer, match="图片"):
        read(ofd([]), "a.ofd")


def test_an_archive_that_lost_its_end_is_broken() -> None:
    with pytest.raises(Broken, match="不完整"):
        read(notice_docx()[:-200], "a.docx")


WHOLE = {"a.docx": notice_docx(), "a.ofd": ofd([(20, 30, 6, NOTICE[0]), (20, 50, 4, LONG)])}


@pytest.mark.parametrize("name", WHOLE)
@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=4))
def test_whatever_bytes_are_damaged_it_is_a_document_or_a_refusal(
    name: str, places: list[tuple[float, int]]
) -> None:
    content = bytearray(WHOLE[name])
    for where, change in places:
        content[int(where * (len(content) - 1))] ^= change

    try:
        document = read(bytes(content), name)
    except Unreadable as refused:
        assert str(refused).endswith("。")
    else:
        assert document.paragraphs


def test_a_way_of_packing_that_nobody_knows_is_broken() -> None:
    content = bytearray(notice_docx())
    for start, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        place = content.find(start)
        while place >= 0:
            content[place + offset] = 97
            place = content.find(start, place + 4)

    with pytest.raises(Broken, match="不完整"):
        read(bytes(content), "a.docx")


def test_an_archive_of_documents_is_to_be_unpacked_first() -> None:
    with pytest.raises(UnknownKind, match="解压"):
        read(zipped({"a.txt": "甲", "b.txt": "乙"}), "包.zip")


def test_an_encrypted_word_file_is_told() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")

    with pytest.raises(Encrypted, match="密码"):
        read(ole, "a.docx")


def test_parts_behind_a_password_are_told() -> None:
    content = bytearray(notice_docx())
    with zipfile.ZipFile(BytesIO(bytes(content))) as archive:
        assert archive.namelist()
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1

    with pytest.raises(Encrypted):
        read(bytes(content), "a.docx")
