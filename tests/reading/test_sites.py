"""A notice is read the same from whatever page shows it, and texts of other kinds as such."""

from datetime import date

import pytest

from pusher.reading.documents import IndexPage, NoBody, read
from pusher.reading.metadata import Metadata, read_metadata
from tests.reading.pages import NOTICE, NUMBER, TITLE, page
from tests.reading.sites import SITES

OFFICES = ("槐荫区民政局", "槐荫区财政局")


def told(html: str | bytes) -> Metadata:
    return read_metadata(read(html.encode() if isinstance(html, str) else html, "a.html"))


def bare(text: str | None) -> str:
    return "".join((text or "").split())


@pytest.mark.parametrize("site", SITES)
def test_a_notice_is_read_whole_from_any_site(site: str) -> None:
    document = read(SITES[site].encode(), "a.html")
    found = read_metadata(document)

    assert bare(found.title) == bare(TITLE)
    assert (found.document_number, found.issuers) == (NUMBER, OFFICES)
    assert found.written_on == date(2026, 2, 9)
    assert found.published_on == date(2026, 2, 11)
    assert [bare(line) for line in document.paragraphs] == [bare(line) for line in NOTICE]


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "iso-8859-1"])
def test_whatever_encoding_is_declared_the_bytes_decide(site: str, declared: str) -> None:
    html = SITES[site].replace('charset="utf-8"', f'charset="{declared}"')

    assert bare(told(html.encode("gb18030")).title) == bare(TITLE)
    assert bare(told(html.encode("utf-8")).title) == bare(TITLE)


def test_every_field_tells_where_it_was_read() -> None:
    places = told(SITES["labels in a table without colons"]).places

    assert places["document_number"].where == "网页标签“发文字号”"
    assert places["issuer"].where == "落款"
    assert places["effective_on"].where == "正文条款"
    assert places["expires_on"].where == "按正文条款推算"
    assert "有效期5年" in places["expires_on"].quote
    assert all(place.where for place in places.values())


def test_what_contradicts_itself_is_doubted() -> None:
    labels = (
        "<div>发文字号：槐民发〔2026〕8号</div><div>成文日期：2026-02-10</div>"
        "<div>失效日期：2030-01-01</div><div>发文机关：槐荫区教育局</div>"
    )
    places = told(page(labels=labels)).places

    doubted = {name for name, place in places.items() if place.doubt}
    assert {"document_number", "written_on", "expires_on", "issuer"} <= doubted
    assert "2031-02-28" in places["expires_on"].doubt


def test_nothing_is_doubted_on_a_page_that_agrees_with_itself() -> None:
    places = told(SITES["declared as the guide prescribes"]).places

    assert [name for name, place in places.items() if place.doubt] == []


FORWARDED = (
    "各街道办事处：",
    "现将济南市民政局《关于加强养老服务的通知》（济民发〔2026〕2号）转发给你们，请认真贯彻执行。",
    "槐荫区民政局", "2026年3月1日", "济南市民政局关于加强养老服务的通知", "济民发〔2026〕2号",
    "各区县民政局：", "为加强养老服务，现将有关事项通知如下，请认真落实。", "济南市民政局",
    "2026年2月1日",
)  # fmt: skip


@pytest.mark.parametrize("number", ["槐民发〔2026〕9号", None])
def test_who_forwards_a_document_signs_and_numbers_his_own(number: str | None) -> None:
    title = "槐荫区民政局转发济南市民政局关于加强养老服务的通知"
    found = told(page(title=title, number=number or "", body=FORWARDED))

    assert found.document_number == number
    assert found.issuers == ("槐荫区民政局",)
    assert found.written_on == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("lines", "offices"),
    [
        (("槐荫区民政局　　　槐荫区财政局", "槐荫区卫生健康局"), 3),
        (("中共槐荫区委组织部", "济南市公安局槐荫区分局", "国家税务总局济南市槐荫区税务局"), 3),
        (("槐 荫 区 民 政 局",), 1),
    ],
)
def test_every_office_that_signs_is_an_issuer(lines: tuple[str, ...], offices: int) -> None:
    body = (*NOTICE[:5], *lines, "二〇二六年二月九日")

    found = told(page(title="关于做好某项工作的通知", body=body))

    assert len(found.issuers) == offices
    assert found.written_on == date(2026, 2, 9)


@pytest.mark.parametrize(
    ("title", "body", "genre"),
    [
        ("《槐荫区高龄津贴办法》解读", "现就《槐荫区高龄津贴办法》解读如下。", "interpretation"),
        ("失业保险常见问题解答", "一、哪些人可以申领？答：符合条件的参保人。", "interpretation"),
        ("槐荫区召开高龄津贴工作推进会", "本报讯（记者 张某）2月9日，我区召开推进会。", "news"),
        ("居住证申领指南", "一、办理条件。在本区居住半年以上的，可以申领居住证。", "guide"),
        ("关于申报2026年就业补贴的公告", "现就申报2026年就业补贴有关事项公告如下。", "notice"),
        ("槐荫区养老办法（征求意见稿）", "现公开征求意见，欢迎社会各界反馈意见。", "draft"),
        ("槐荫区养老服务补贴实施办法", "第一条 为规范养老服务补贴发放，制定本办法。", "policy"),
    ],
)  # fmt: skip
def test_kinds_of_text_are_told_apart(title: str, body: str, genre: str) -> None:
    lines = (body, "具体事项由区民政局负责解释，咨询电话见附件，请广大居民知悉。")

    assert told(page(title=title, number="", body=lines)).genre == genre


def test_news_and_interpretations_report_no_number_and_no_term_of_another_document() -> None:
    body = (
        "近日，区民政局印发了《槐荫区高龄津贴发放办法》（槐民发〔2026〕7号），现解读如下：",
        "本办法自2026年3月1日起施行，有效期5年，由区民政局负责解释，请居民知悉。",
    )
    found = told(page(title="《槐荫区高龄津贴发放办法》政策解读", number="", body=body))

    assert (found.document_number, found.effective_on, found.expires_on) == (None, None, None)


def test_a_district_that_shows_the_citys_document_reposts_it() -> None:
    body = ("第一条 为规范补贴发放，制定本办法。", "第二条 由民政部门负责实施，财政部门保障经费。")
    head = '<meta name="SiteName" content="济南市槐荫区人民政府门户网站">'
    html = page(title="济南市养老补贴办法", number="", body=body, head=head)

    found = told(html.replace("发布时间：", "来源：济南市民政局 发布时间："))

    assert found.reposted_by == "济南市槐荫区人民政府"


def test_a_site_that_shows_its_own_office_reposts_nothing() -> None:
    head = '<meta name="SiteName" content="济南市人民政府门户网站">'
    body = (*NOTICE[:5], "济南市槐荫区民政局", "2026年2月9日")

    assert told(page(head=head, body=body)).reposted_by is None


def test_a_page_that_a_script_would_fill_says_what_to_do() -> None:
    shell = (
        "<html><head><title>通知</title><script src=a.js></script></head><body><div id=app></div>"
    )

    with pytest.raises(NoBody, match="脚本"):
        read(shell.encode(), "a.html")


def test_a_page_that_only_links_its_document_names_the_file() -> None:
    html = page(number="", body=('<a href="/f/1.pdf">关于发放高龄津贴的通知.pdf</a>',))

    with pytest.raises(NoBody, match=r"高龄津贴的通知\.pdf"):
        read(html.encode(), "a.html")


_TITLES = [f"关于开展第{n}批养老补贴申报工作的通知" for n in range(15)]
LISTS = {
    "titles alone": "".join(f"<li><a href=/{n}.html>{t}</a></li>" for n, t in enumerate(_TITLES)),
    "titles with a few words of each": "".join(
        f"<div><h3><a href=/{n}.html>{title}</a></h3><p>为做好第{n}批补贴申报工作，现将有关事项"
        "通知如下，请各单位认真组织……</p><span>2026-01-10</span></div>"
        for n, title in enumerate(_TITLES)
    ),
    "a table with numbers": "<table>" + "".join(
        f"<tr><td>{n}</td><td><a href=/{n}.html>{title}</a></td><td>槐民发〔2026〕{n}号</td>"
        "<td>2026-01-10</td></tr>"
        for n, title in enumerate(_TITLES)
    ) + "</table>",
    "what a search found": "<p>共找到 120 条结果</p>" + "".join(
        f"<div><a href=/{n}.html>{title}</a><p>...养老补贴...槐民发〔2026〕{n}号...</p></div>"
        for n, title in enumerate(_TITLES)
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_of_documents_is_none_however_it_looks(kind: str) -> None:
    html = f"<html><head><title>政策文件</title></head><body>{LISTS[kind]}</body></html>"

    with pytest.raises(IndexPage):
        read(html.encode(), "a.html")


def test_a_page_that_is_gone_says_so() -> None:
    html = "<html><title>404</title><body><h1>您访问的页面不存在或已删除</h1></body></html>"

    with pytest.raises(NoBody, match="不存在或已删除"):
        read(html.encode(), "a.html")


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ("</body>", "<div><h3>相关文件</h3><p>槐民发〔2019〕88号</p></div></body>"),
        ("<div>当前位置", "<div>热门文号</div><div>槐民发〔2019〕88号</div><div>当前位置"),
        ("<h1>", "<!-- 发文字号：槐民发〔2019〕88号 --><h1>"),
        ("<h1>", "<div style='display:none'>发文字号：槐民发〔2019〕88号</div><h1>"),
    ],
    ids=["beside", "above the path", "in a comment", "hidden"],
)
def test_a_number_elsewhere_on_the_page_is_not_the_documents(find: str, put: str) -> None:
    assert told(page(number="").replace(find, put)).document_number is None
