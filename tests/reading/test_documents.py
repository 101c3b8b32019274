"""A file becomes a document, or a refusal that says why and what to do."""

import codecs
import io
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pusher.reading.documents import (
    Broken,
    Empty,
    IndexPage,
    NoBody,
    TooDeep,
    TooLarge,
    UnknownKind,
    Unreadable,
    read,
)
from tests.reading.pages import INDEX_PAGE, LABELS, NOTICE, NUMBER, TITLE, page, text_of


def test_the_body_is_the_document_and_nothing_around_it() -> None:
    document = read(page(labels=LABELS).encode(), "通知.html")

    assert document.paragraphs == NOTICE
    assert document.title_hint == TITLE
    assert NUMBER in document.head


@pytest.mark.parametrize(
    "paragraph",
    ["<div>{}</div>", "<p><span>{}</span></p>", "<p style='text-indent:2em'>　　{}</p>", "{}<br>"],
)
def test_however_a_site_marks_paragraphs_they_are_found(paragraph: str) -> None:
    assert read(page(paragraph=paragraph).encode(), "a.html").paragraphs == NOTICE


def test_a_page_laid_out_with_tables_is_read() -> None:
    lines = "".join(f"<p>{line}</p>" for line in NOTICE)
    html = (
        f"<html><body><table><tr><td><table><tr><td><a href='/'>首页</a></td></tr></table></td>"
        f"<td><h1>{TITLE}</h1>{lines}</td></tr></table></body></html>"
    )

    assert read(html.encode(), "a.html").paragraphs == NOTICE


def test_a_notice_and_the_rules_it_prints_are_one_document() -> None:
    rules = "".join(f"<p>第{n}条 补贴发放应当及时，具体由区民政局负责。</p>" for n in range(1, 30))
    lines = "".join(f"<p>{line}</p>" for line in NOTICE)
    html = f"<body><h1>{TITLE}</h1><div><div>{lines}</div><div>{rules}</div></div></body>"

    document = read(html.encode(), "a.html")

    assert document.paragraphs[0] == NOTICE[0]
    assert document.paragraphs[-1].startswith("第29条")


def test_the_rows_of_a_table_are_kept_as_rows() -> None:
    table = (
        "<table><tr><th>等级</th><th>标准</th></tr><tr><td>一级</td><td>200元</td></tr>"
        "<tr><td>二级</td><td>150元</td></tr></table>"
    )
    document = read(page(body=(*NOTICE, table), paragraph="<div>{}</div>").encode(), "a.html")

    assert document.tables == ((("等级", "标准"), ("一级", "200元"), ("二级", "150元")),)
    assert "一级 | 200元" in document.paragraphs


def test_what_a_page_hides_is_not_read() -> None:
    hidden = "<div style='display: none'><p>这一段是隐藏的，不应当出现在正文里。</p></div>"

    assert "隐藏" not in read(page(head="", labels=hidden).encode(), "a.html").text


def test_links_keep_their_text_and_address() -> None:
    links = read(page().encode(), "a.html").links

    assert ("首页", "/") in [(link.text, link.href) for link in links]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("gb2312", "gb18030"), ("gbk", "gb18030"), ("utf-8", "utf-8"), ("utf-8", "gb18030")],
)
def test_a_page_is_read_in_the_encoding_it_has(declared: str, encoding: str) -> None:
    html = page().replace("charset='utf-8'", f"charset='{declared}'")

    assert read(html.encode(encoding), "a.html").paragraphs == NOTICE


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_a_text_is_read_in_the_encoding_it_has(encoding: str) -> None:
    assert read(text_of().encode(encoding), "通知.txt").paragraphs == NOTICE


def test_a_declared_codec_that_makes_no_text_is_no_trap() -> None:
    html = page().replace("charset='utf-8'", "charset='hex'")

    assert read(html.encode(), "a.html").paragraphs == NOTICE


def test_the_title_and_number_of_a_text_stand_above_its_body() -> None:
    document = read(text_of().encode(), "通知.txt")

    assert document.title_hint == TITLE
    assert document.head == (TITLE, NUMBER)
    assert document.paragraphs == NOTICE


def test_a_title_over_two_lines_is_one_title() -> None:
    text = text_of(title="槐荫区民政局关于进一步做好\n高龄津贴发放工作的通知")

    assert read(text.encode(), "a.txt").title_hint == (
        "槐荫区民政局关于进一步做好高龄津贴发放工作的通知"
    )


def test_lines_broken_at_a_fixed_width_are_joined() -> None:
    long = "为保障高龄老年人的基本生活，切实做好高龄津贴的申请审核和发放工作，现通知如下。" * 3
    broken = [long[start : start + 30] for start in range(0, len(long), 30)]
    text = "\n".join([TITLE, "各街道办事处：", *broken, "特此通知。"])

    assert long in read(text.encode(), "a.txt").paragraphs


def test_a_text_that_begins_with_a_sentence_has_no_title() -> None:
    document = read(
        "为保障高龄老年人生活，现通知如下。\n一、对象为80周岁老年人。".encode(), "a.txt"
    )

    assert document.title_hint is None
    assert len(document.paragraphs) == 2


def _zip(name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, "x")
    return made.getvalue()


REGISTER = (
    "槐荫区老年人台账（样例）\n姓名,证件号码,街道,手机号\n"
    "欧阳样例,370199195001011234,兴福街道,19900000001\n"
)
REFUSED: list[tuple[bytes, str, type[Unreadable], str]] = [
    (b"", "空.html", Empty, "空的"),
    (b" \n\t ", "空.txt", Empty, "空的"),
    (codecs.BOM_UTF8, "空.txt", Empty, "空的"),
    (b"\x89PNG\r\n\x1a\n" + b"\x00" * 80, "通知.html", UnknownKind, "PNG"),
    (b"%PDF-1.7\n...", "通知.pdf", Broken, "PDF 不完整"),
    (_zip("word/document.xml"), "通知.docx", Broken, "不完整或已损坏"),
    (_zip("xl/workbook.xml"), "表.xlsx", UnknownKind, "Excel"),
    (_zip("a.txt"), "包.zip", UnknownKind, "压缩包"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 40, "旧.doc", UnknownKind, "旧版"),
    (bytes(range(256)) * 8, "怪.txt", UnknownKind, "不是网页"),
    (INDEX_PAGE.encode(), "列表.html", IndexPage, "栏目列表页"),
    ("<html><body><p>无</p></body></html>".encode(), "无.html", NoBody, "没有找到"),
    (b"<html><body></body></html>", "无.html", NoBody, "没有找到"),
    (b"hello world", "a.txt", NoBody, "没有找到"),
    (REGISTER.encode(), "名册.csv", UnknownKind, "名册请在“导入”里上传"),
    (REGISTER.replace(",", "\t").encode("gb18030"), "名册.txt", UnknownKind, "像一份表格"),
    (b"<p>" + b"x" * (5 * 1024 * 1024), "大.html", TooLarge, "5 MB"),
    (b"<div>" * 201 + "正文".encode(), "深.html", TooDeep, "嵌套"),
]


@pytest.mark.parametrize(
    ("content", "name", "kind", "said"), REFUSED, ids=[f"{r[2].__name__}-{r[1]}" for r in REFUSED]
)
def test_what_cannot_be_read_is_refused_in_words(
    content: bytes, name: str, kind: type[Unreadable], said: str
) -> None:
    with pytest.raises(kind) as refused:
        read(content, name)

    assert said in str(refused.value)
    assert str(refused.value).endswith("。")


def test_a_hundred_thousand_nested_elements_are_refused_before_parsing() -> None:
    with pytest.raises(TooDeep):
        read(b"<div>" * 100_000, "a.html")


def test_emphasis_that_every_paragraph_opens_again_is_refused_before_parsing() -> None:
    html = "".join(f"<font size={n}><p>" for n in range(20_000))

    with pytest.raises(TooDeep):
        read(html.encode(), "a.html")


def test_deep_nesting_is_seen_in_any_encoding() -> None:
    with pytest.raises(TooDeep):
        read(("<html>" + "<div>" * 300).encode("utf-16"), "a.html")


@pytest.mark.parametrize("piece", ["<script>", "<!--", "<a ", "<a x='\"'", "<select>", "<td>"])
def test_a_page_of_one_broken_piece_is_refused_and_not_chewed(piece: str) -> None:
    with pytest.raises(Unreadable):
        read(("<div>" + piece * 20_000).encode(), "a.html")


def test_unclosed_paragraphs_are_not_depth() -> None:
    lines = "".join(f"<p>第{n}条 补贴发放应当及时，具体由区民政局负责。" for n in range(500))

    assert len(read(f"<body>{lines}</body>".encode(), "a.html").paragraphs) == 500


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_document_or_a_refusal(content: bytes) -> None:
    try:
        assert read(content, "a.html").paragraphs
    except Unreadable as refused:
        assert str(refused)


@given(st.text(alphabet="<>/ap divtablr\"'=！-。，通知补贴年2026：索引号\n", max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_markup_is_a_document_or_a_refusal(markup: str) -> None:
    try:
        assert read(markup.encode(), "a.html").paragraphs
    except Unreadable as refused:
        assert str(refused)


def test_reading_a_document_loads_nothing_heavy() -> None:
    code = (
        "import sys, pusher.reading.documents, pusher.reading.metadata;"
        "print([m for m in ('numpy', 'sklearn', 'jieba', 'sqlalchemy') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
