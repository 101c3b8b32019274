"""What a document says of itself is read; what it does not say is None."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.reading.dates import find_dates, first_date, last_day
from pusher.reading.documents import read
from pusher.reading.metadata import Metadata, read_metadata
from pusher.reading.numbers import is_number_line, normalised
from tests.reading.pages import LABELS, NOTICE, NUMBER, TITLE, page, text_of


def told(content: str, name: str = "a.html") -> Metadata:
    return read_metadata(read(content.encode(), name))


def body_with(*lines: str) -> tuple[str, ...]:
    return (*NOTICE[:2], *lines, *NOTICE[5:7])


def test_a_page_with_labels_is_read_in_full() -> None:
    found = told(page(labels=LABELS))

    assert found.title == TITLE
    assert found.document_number == NUMBER
    assert found.issuers == ("槐荫区民政局", "槐荫区财政局")
    assert found.index_number == "123701044930907524/2026-0000007"
    assert found.theme == "社会福利"
    assert found.written_on == date(2026, 2, 9)
    assert found.published_on == date(2026, 2, 11)
    assert found.effective_on == date(2026, 3, 1)
    assert found.expires_on == date(2031, 2, 28)
    assert found.openness == "open"
    assert found.status is None


def test_a_text_without_labels_tells_the_same() -> None:
    found = told(text_of(), "a.txt")

    assert (found.title, found.document_number) == (TITLE, NUMBER)
    assert found.issuer == "槐荫区民政局、槐荫区财政局"
    assert found.written_on == date(2026, 2, 9)
    assert found.published_on is None


def test_a_cited_number_is_never_the_documents_own() -> None:
    found = told(page(number=""))

    assert "济政发〔2019〕12号" in NOTICE[1]
    assert found.document_number is None


def test_an_empty_label_does_not_hide_the_number_in_the_text() -> None:
    labels = LABELS.replace("<td>槐民发〔2026〕7号</td>", "<td></td>")

    assert told(page(labels=labels)).document_number == NUMBER


def test_an_order_is_numbered_and_issued_as_orders_are() -> None:
    body = (
        "槐荫区人民政府令",
        "第12号",
        "《槐荫区老年人优待办法》已经通过，现予公布，自2026年5月1日起施行。",
        "区 长：张某某",
        "2026年1月29日",
        "第一条 为保障老年人合法权益，制定本办法。",
    )
    found = told(page(number="", title="槐荫区老年人优待办法", body=body))

    assert found.document_number == "槐荫区人民政府令第12号"
    assert found.issuers == ("槐荫区人民政府",)
    assert found.written_on == date(2026, 1, 29)
    assert found.effective_on == date(2026, 5, 1)


def test_who_reprints_a_document_did_not_issue_it() -> None:
    labels = "<div>发布机构：槐荫区医疗保障局</div>"

    assert told(page(labels=labels)).issuers == ("槐荫区民政局", "槐荫区财政局")


def test_a_news_page_has_neither_number_nor_office() -> None:
    body = ("4月28日，区教育局公布招生细则。", "报名从5月7日开始，家长可在网上办理。")
    found = told(page(title="小学招生5月7日起报名", number="", body=body))

    assert (found.document_number, found.issuer, found.written_on) == (None, None, None)
    assert (found.effective_on, found.expires_on, found.openness) == (None, None, None)


@pytest.mark.parametrize(
    ("clause", "effective", "expires"),
    [
        ("本办法自印发之日起施行，有效期5年。", "2026-02-09", "2031-02-08"),
        ("本办法自2026年4月1日起施行，有效期至2030年12月31日。", "2026-04-01", "2030-12-31"),
        ("有效期自2026年5月1日至2028年4月30日。", "2026-05-01", "2028-04-30"),
        ("执行期自2026年1月1日至2026年12月31日。", "2026-01-01", "2026-12-31"),
        ("本通知自发布之日起施行，试行期两年。", "2026-02-11", "2028-02-10"),
        ("本办法自印发之日起30日后施行。", "2026-03-11", None),
        ("本办法自印发之日起一个月后施行，有效期3年。", "2026-03-09", "2029-03-08"),
        ("本办法有效期为自发布之日起三年。", "2026-02-11", "2029-02-10"),
        ("本办法有效期五年，自2026年3月1日起施行。", "2026-03-01", "2031-02-28"),
        ("本规定自2026年3月1日起实施，至2028年2月29日止。", "2026-03-01", "2028-02-29"),
        ("本通知自2026年3月1日起执行，执行至2027年12月31日。", "2026-03-01", "2027-12-31"),
        ("本政策自发布之日起实施，暂定执行三年。", "2026-02-11", "2029-02-10"),
        ("本通知自2026年1月1日起至2026年12月31日施行。", "2026-01-01", "2026-12-31"),
        ("第九条 本办法由区民政局解释，自2026年7月1日起施行。", "2026-07-01", None),
        ("本办法自2026年4月1日零时起施行，2029年3月31日失效。", "2026-04-01", "2029-03-31"),
        ("本通知自发文之日起施行，有效期60个月。", "2026-02-09", "2031-02-08"),
        ("本通知自印发之日起10个工作日后施行。", None, None),
        ("参保人自缴费之日起享受待遇，有效期1年。", None, None),
        ("原办法自2019年1月1日起施行，有效期5年，现已到期。", None, None),
        ("《槐荫区老年人优待办法》自2019年1月1日起施行。", None, None),
        ("居住证有效期5年，到期换发。", None, None),
        ("《旧办法》（槐政发〔2019〕3号）同时废止。", None, None),
    ],
)
def test_when_it_is_in_force_is_read_or_counted_from_its_clause(
    clause: str, effective: str | None, expires: str | None
) -> None:
    found = told(page(body=body_with(clause)))

    assert (_iso(found.effective_on), _iso(found.expires_on)) == (effective, expires)
    if effective and not expires:
        assert clause.startswith(found.quotes["effective_on"][:8])


def test_the_day_of_printing_counts_before_the_day_of_signing() -> None:
    body = (*body_with("本办法自印发之日起施行，有效期5年。"), "槐荫区民政局2026年2月13日印发")

    assert told(page(body=body)).effective_on == date(2026, 2, 13)


@pytest.mark.parametrize(
    ("title", "line", "status"),
    [
        ("关于公开征求《助餐办法（征求意见稿）》意见的公告", "", "draft"),
        ("关于《助餐办法》征求意见采纳情况的公告", "", None),
        ("关于发放津贴的通知（已废止）", "", "repealed"),
        (TITLE, "〔状态标注：本文件已废止〕", "repealed"),
        (TITLE, "截至2026年2月20日，补贴资金已用完，停止受理。", "exhausted"),
        (TITLE, "资金总量控制，用完即止。", None),
        (TITLE, "资金已用完的，停止受理。", None),
        (TITLE, "《旧办法》同时废止。", None),
    ],
)
def test_marks_of_standing_are_read_and_suppositions_are_not(
    title: str, line: str, status: str | None
) -> None:
    assert told(page(title=title, body=(*NOTICE, line) if line else NOTICE)).status == status


@pytest.mark.parametrize(
    ("line", "openness"),
    [
        ("（此件公开发布）", "open"),
        ("公开方式：依申请公开", "on_request"),
        ("公开属性：不予公开", "closed"),
        ("（此件不公开）", "closed"),
        ("", None),
    ],
)
def test_openness_is_what_the_document_says(line: str, openness: str | None) -> None:
    assert told(page(body=(*NOTICE[:7], *([line] if line else [])))).openness == openness


@pytest.mark.parametrize(
    ("typed", "official"),
    [
        ("济政办发〔2025〕2号", "济政办发〔2025〕2号"),
        ("济政办发[2025]02号", "济政办发〔2025〕2号"),
        ("济政办发（２０２５）第2号", "济政办发〔2025〕2号"),
        ("（槐民发【2026】 7 号）", "槐民发〔2026〕7号"),
        ("槐荫区人民政府令 第 12 号", "槐荫区人民政府令第12号"),
        ("财政部 税务总局公告2023年第12号", "财政部税务总局公告2023年第12号"),
        ("公告编号2023-5", None),
        ("2026年2月9日", None),
    ],
)
def test_a_number_has_one_official_form(typed: str, official: str | None) -> None:
    assert normalised(typed) == official
    assert is_number_line(typed) == (official is not None)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.integers(1, 30))
def test_a_term_ends_the_day_before_its_anniversary(start: date, years: int) -> None:
    end = last_day(start, years=years)

    assert end.year in (start.year + years, start.year + years - 1)
    if (start.month, start.day) != (2, 29):
        anniversary = start.replace(year=start.year + years)
        assert (anniversary - end).days == 1


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_date_is_read_however_it_is_written(on: date) -> None:
    digits = "".join("〇一二三四五六七八九"[int(d)] for d in str(on.year))
    spaced = f"{on.year} 年 {on.month} 月{on.day}日"

    assert first_date(f"于{on.year}年{on.month}月{on.day}日起") == on
    assert first_date(spaced) == on
    assert first_date(on.isoformat()) == on
    assert first_date(f"{digits}年{_cjk(on.month)}月{_cjk(on.day)}日") == on


@given(st.text(alphabet="0123456789年月日-/.一二三十〇 至", max_size=60))
def test_any_text_has_only_real_dates(text: str) -> None:
    for found in find_dates(text):
        assert text[found.start : found.end]


def _cjk(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else "一二三"[tens - 1]) + "十" if tens else ""
    return head + ("" if ones == 0 else "一二三四五六七八九"[ones - 1])


def _iso(on: date | None) -> str | None:
    return on.isoformat() if on else None


def test_a_letterhead_before_the_number_and_a_star_after_it_do_not_hide_it() -> None:
    found = told(f"槐荫区民政局文件{NUMBER}★\n{text_of(number='')}", "a.txt")

    assert (found.title, found.document_number) == (TITLE, NUMBER)


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-02-11浏览次数:193", "时间:2026年02月11日来源:区民政局", "2026-02-1115:35 阅读 12",
        "槐荫发布2026-02-1120:31发表于山东", "发布日期:2026-02-1116:17编辑:张某来源:区民政局",
    ],
)  # fmt: skip
def test_the_day_of_publication_is_read_however_a_site_glues_it(stamp: str) -> None:
    title, _, rest = text_of().partition("\n")

    found = told(f"{title}\n{stamp}\n{rest}", "a.txt")

    assert found.published_on == date(2026, 2, 11)
    assert found.document_number == NUMBER


@pytest.mark.parametrize("first", ["措施主要涉及四个方面——", "该市日前修订的办法明确,"])
def test_a_sentence_that_goes_on_is_no_title(first: str) -> None:
    body = f"{first}\n一是支持合理购房需求，二是调整贷款额度，由区住建局负责。\n"

    assert told(body, "a.txt").title is None
