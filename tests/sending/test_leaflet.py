"""One A4 page in large type that somebody can carry to a door."""

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from profiles.columns import new_id
from profiles.links import make_link_token, read_link_token
from profiles.sealing import Keys, Sealer
from pusher.model.policy import Openness, PolicyState, Registered
from pusher.sending.leaflet import leaflet
from pusher.sending.tellable import NotTellable
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.sending.makers import make_confirmed

ELEMENTS = {
    "benefit_line": "每人每月100元",
    "materials": ["身份证", "户口簿"],
    "how": "到户籍所在社区填写申请表",
    "department": "槐荫区民政局",
    "phone": "0531-00000107",
}
CARE: dict[str, Any] = {
    "all": [
        {"fact": "household_area", "op": "within", "value": ["370104"], "quote": "具有本区户籍"},
        {
            "any": [
                {"fact": "birth_date", "op": "age_ge", "value": 90, "quote": "年满90周岁"},
                {
                    "all": [
                        {"fact": "birth_date", "op": "age_ge", "value": 75, "quote": "年满75周岁"},
                        {
                            "fact": "living_arrangement",
                            "op": "eq",
                            "value": "alone",
                            "quote": "独自居住",
                        },
                    ]
                },
            ]
        },
        {
            "not": {
                "fact": "care_setting",
                "op": "eq",
                "value": "institution",
                "quote": "已入住养老机构的",
            }
        },
    ]
}


class Page(HTMLParser):
    """Collects what is read, and what would load or run something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()
        self.attributes: list[tuple[str, str | None]] = []
        self._in_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.text += data


def page_about(store: Store, *, community: str | None = None, **given: Any) -> tuple[str, Page]:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office, **{"elements": ELEMENTS, "rule": CARE, **given})
        html = leaflet(session, policy, community=community, now=NOW)
    return html, Page(html)


def test_it_says_who_what_until_when_with_what_where_and_whom_to_call(store: Store) -> None:
    _, page = page_about(store, document_number="槐民发〔2026〕7号（样例）")

    for part in (
        "槐荫区政务公开办公室（样例）", "高龄津贴", "槐民发〔2026〕7号（样例）", "每人每月100元",
        "具有本区户籍", "2026年12月18日", "身份证、户口簿", "到户籍所在社区填写申请表",
        "0531-00000107", "以受理部门审核为准", "不想再收到这类通知", "0531-00000001",
        "2026年11月25日",
    ):  # fmt: skip
        assert part in page.text


def test_choices_are_told_apart_from_what_must_hold_and_exclusions_are_named(store: Store) -> None:
    html, page = page_about(store)

    assert "下面的情形有一种就行：" in page.text
    assert '<li class="choice">年满90周岁</li>' in html
    assert '<li class="choice">年满75周岁，且独自居住</li>' in html
    assert "不包括：已入住养老机构的" in page.text


def test_it_opens_without_scripts_and_loads_nothing(store: Store) -> None:
    html, page = page_about(store)

    assert not page.tags & {"script", "link", "img", "iframe", "object", "form"}
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert "http" not in html and "@import" not in html and "url(" not in html


def test_nothing_on_it_is_smaller_than_eighteen_points(store: Store) -> None:
    html, _ = page_about(store)
    sizes = [float(size) for size in re.findall(r"([\d.]+)pt", html)]

    assert sizes and min(sizes) >= 18
    assert not re.search(r"font-size:\s*[\d.]+(?!pt)(?:px|em|rem|%)", html)
    assert "@page { size: A4" in html


def test_the_community_stands_on_it(store: Store) -> None:
    _, page = page_about(store, community="腊山社区")

    assert "腊山社区" in page.text


def test_what_the_policy_does_not_say_is_not_made_up(store: Store) -> None:
    _, page = page_about(store, elements={}, apply_until=None)

    assert "文件没有写截止日期" in page.text
    assert "文件没有写，去之前请打电话问清" in page.text
    assert "能得到" not in page.text and "None" not in page.text


def test_a_draft_for_comment_invites_and_promises_nothing(store: Store) -> None:
    _, page = page_about(store, registered=Registered.DRAFT)

    assert "现在不能申报" in page.text
    assert "谁能办" not in page.text and "带什么" not in page.text and "不办" not in page.text


def test_before_the_window_opens_it_says_from_when(store: Store) -> None:
    _, page = page_about(store, apply_from=date(2026, 12, 1))

    assert "2026年12月1日开始，2026年12月18日截止" in page.text.replace("\n", "").replace(" ", "")


def test_a_rule_that_is_too_long_is_cut_and_says_so(store: Store) -> None:
    leaf = {"fact": "household_area", "op": "within", "value": ["370104"]}
    many = {"all": [{**leaf, "quote": f"第{n}个条件，写得很长很长很长很长很长"} for n in range(30)]}

    html, page = page_about(store, rule=many)

    assert html.count("<li>") <= 14
    assert "还有别的情形和条件，请打电话问清" in page.text


def test_what_was_read_from_a_document_is_text_and_no_markup(store: Store) -> None:
    _, page = page_about(
        store,
        short_title="<b>高龄</b>",
        elements={**ELEMENTS, "how": "<script>x</script>{{7*7}}"},
        community='"><img src=x>',
    )

    assert not page.tags & {"script", "img"} and "{{7*7}}" in page.text
    assert "<b>高龄</b>" in page.text


@pytest.mark.parametrize(
    "given",
    [
        {"state": PolicyState.READ},
        {"state": PolicyState.REPEALED},
        {"openness": Openness.CLOSED},
        {"apply_until": date(2026, 11, 24)},
    ],
)
def test_there_is_no_leaflet_of_what_nobody_may_be_told(
    store: Store, given: dict[str, Any]
) -> None:
    with pytest.raises(NotTellable):
        page_about(store, **given)


def test_a_link_opens_for_its_own_purpose_and_key_alone(sealer: Sealer) -> None:
    row = new_id()
    token = make_link_token(sealer, "notice-link", row)
    other = Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"h" * 32))

    assert read_link_token(sealer, "notice-link", token) == row
    assert read_link_token(sealer, "sign-up", token) is None
    assert read_link_token(other, "notice-link", token) is None
    for broken in ("", ".", "a.b", token[1:], token + "x", "é"):
        assert read_link_token(sealer, "notice-link", broken) is None
