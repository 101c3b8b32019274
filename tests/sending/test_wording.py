"""Texts are registered templates, filled with values and with nothing else."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.model import Channel
from pusher.commands.words import word
from pusher.sending.cards import DESCRIPTION_BYTES, TITLE_BYTES
from pusher.sending.segments import segments, signed
from pusher.sending.shorten import length, shorten
from pusher.sending.wording import (
    CALLED,
    BadWording,
    as_registered,
    choose,
    discreet_words,
    fill,
    holes,
    registered,
    vendor_code,
    wordings,
)

VALUES = {
    "title": "高龄津贴",
    "title1": "高龄津贴",
    "title2": "企业稳岗补贴",
    "title3": "居家社区养老服务补贴",
    "number": "12",
    "benefit": "每人每月100元",
    "deadline": "2026年12月18日",
    "days": "10",
    "code": "020304",
    "office": "槐荫区政务公开办公室（样例）",
    "url": "https://zw.example.invalid/p/why/x",
}
ABOUT = (
    "match_resident",
    "match_family",
    "match_household",
    "match_enterprise",
    "match_mixed",
    "subscription",
)
EVERY = sorted(wordings())
SMS = [key for key in EVERY if key.startswith("sms_")]


@pytest.mark.parametrize("key", EVERY)
def test_every_wording_can_be_filled_and_leaves_no_hole(key: str) -> None:
    wording = wordings()[key]

    filled = fill(wording, VALUES)

    assert "${" not in filled.text
    assert set(filled.params) == set(wording.fields) == set(holes(wording.text))
    assert all(filled.params.values())


@pytest.mark.parametrize("key", SMS)
def test_every_sms_obeys_the_vendors_rules_for_templates(key: str) -> None:
    text = wordings()[key].text

    assert "}${" not in text and not re.search("[【】]|https?:|www", text)
    assert "0531-00000001" in text
    assert text.endswith("退订回复TD") is (not key.endswith("_code")), "a code was asked for"
    assert "拒收请回复R" not in text
    assert not {"phone", "url", "link", "tel"} & set(holes(text))
    assert 1 <= segments(signed(fill(wordings()[key], VALUES).text, "槐荫政务公开")) <= 2


@pytest.mark.parametrize("key", EVERY)
def test_a_match_never_claims_more_than_may_be(key: str) -> None:
    text = fill(wordings()[key], VALUES).text

    assert not re.search("(?<!可能)符合(?!条件、尚未)", text)
    assert ("可能符合" in text) is ("match" in key or key in CONDITIONAL)
    assert ("按您的订阅" in text) is ("subscription" in key)
    assert "审核" not in text or "为准" in text


CONDITIONAL = {k for k in EVERY if "reminder" in k and "subscription" not in k}


@pytest.mark.parametrize("key", EVERY)
def test_no_fixed_word_tells_of_somebodys_state(key: str) -> None:
    text = wordings()[key].text + "".join(wordings()[key].fields.values())

    assert not [word for word in discreet_words()[1] if word in text]


def test_a_usual_text_is_one_segment() -> None:
    text = fill(wordings()["sms_match_resident"], {**VALUES, "deadline": "12月18日"}).text

    assert segments(signed(text, "槐荫政务公开")) == 1


@pytest.mark.parametrize("about", ABOUT)
@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("benefit", [True, False])
@pytest.mark.parametrize("deadline", [True, False])
def test_what_is_missing_has_a_wording_without_it(
    channel: Channel, about: str, benefit: bool, deadline: bool
) -> None:
    wording = choose(wordings(), channel, about, benefit=benefit, deadline=deadline)

    assert ("benefit" in wording.values, "deadline" in wording.values) == (benefit, deadline)


def test_a_reminder_without_a_deadline_is_refused() -> None:
    with pytest.raises(BadWording, match="截止日期"):
        choose(wordings(), Channel.SMS, "reminder", benefit=True, deadline=False)


@pytest.mark.parametrize("gone", ["title", "benefit", "deadline"])
@pytest.mark.parametrize("value", ["", " \n", "【】", None])
def test_an_empty_value_is_refused_not_sent_empty(gone: str, value: str | None) -> None:
    values = {name: text for name, text in VALUES.items() if name != gone}
    if value is not None:
        values[gone] = value

    with pytest.raises(BadWording, match=gone):
        fill(wordings()["sms_match_resident"], values)


def test_a_value_is_text_and_no_template() -> None:
    filled = fill(
        wordings()["sms_match_resident"],
        {**VALUES, "title": "津贴${benefit}{0}{{7*7}}%s", "benefit": "${title}"},
    )

    assert filled.params == {
        "title": "津贴${benefit}{0}{{7*7}}%s",
        "benefit": "${title}",
        "deadline": "2026年12月18日",
    }
    assert "津贴${benefit}{0}{{7*7}}%s，${title}，" in filled.text


def test_breaks_brackets_and_controls_are_taken_out_of_values() -> None:
    dirty = "【高龄】\r\n津\x00贴\u202e\u200b\u2028样例"

    filled = fill(wordings()["sms_match_resident"], {**VALUES, "title": dirty})

    assert filled.params["title"] == "高龄 津贴 样例"


def length_in_bytes(text: str) -> int:
    return len(text.encode())


@given(st.sampled_from(EVERY), st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80))
def test_whatever_the_values_the_vendors_limits_hold(key: str, title: str, benefit: str) -> None:
    wording = wordings()[key]
    try:
        filled = fill(wording, {**VALUES, "title": title, "benefit": benefit})
    except BadWording:
        return

    if wording.channel is Channel.WECOM:
        assert length_in_bytes(filled.params["title"]) <= TITLE_BYTES
        assert length_in_bytes(filled.params["description"]) <= DESCRIPTION_BYTES
        assert not re.search(r"[【】<>\r\x00-\x09]", filled.text)
        assert filled.text.count("\n") == 1 + wording.fields["description"].count("\n")
        return
    for field, value in filled.params.items():
        limit = 35 if wording.channel is Channel.SMS or field.startswith("date") else 20
        assert 1 <= length(value) <= limit
        assert not re.search(r"[【】\r\n\x00-\x1f]", value)
    assert filled.text.count("\n") == wording.text.count("\n")


def test_wechat_fields_keep_to_their_types_and_carry_the_link() -> None:
    filled = fill(wordings()["wechat_match_resident"], {**VALUES, "benefit": "每月" * 20})

    assert filled.params["date2"] == "2026年12月18日"
    assert len(filled.params["thing3"]) == 20 and filled.params["thing3"].endswith("…")
    assert filled.url == VALUES["url"]
    assert fill(wordings()["sms_match_resident"], VALUES).url is None


@pytest.mark.parametrize("day", ["12月18日", "2026-12-18", "尽快"])
def test_a_wechat_date_is_written_in_full_or_refused(day: str) -> None:
    with pytest.raises(BadWording, match="2026年12月18日"):
        fill(wordings()["wechat_match_resident"], {**VALUES, "deadline": day})


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("高龄津贴", 4, "高龄津贴"),
        ("每人每月360元上门服务，完全自理520元", 20, "每人每月360元上门服务…"),
        ("补贴标准为每人每月1350元整", 11, "补贴标准为每人每月…"),
        ("办理时间至2026年12月18日", 14, "办理时间至…"),
        ("2026年12月18日前办理", 8, "…"),
        ("支持企业（含个体工商户）发展若干措施", 10, "支持企业（含个体工…"),
        ("奖励ABCDE类企业", 6, "奖励…"),
    ],
)
def test_a_cut_falls_where_a_reader_would_cut(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


@given(
    st.text(alphabet="政策，。补贴1234567890", max_size=30),
    st.dates().map(lambda d: f"{d.year:04}年{d.month}月{d.day}日"),
    st.text(alphabet="前办理，。", max_size=30),
    st.integers(2, 60),
)
def test_a_date_is_never_cut(before: str, day: str, after: str, limit: int) -> None:
    cut = shorten(f"{before}于{day}{after}", limit)

    assert length(cut) <= limit
    kept = cut.removesuffix("…").rpartition("于")[2]
    assert day in cut or not re.match(r"\d{4}年", kept)


def test_a_card_of_wecom_says_what_there_is_in_lines_and_leads_to_its_page() -> None:
    full = fill(wordings()["wecom_match_enterprise"], VALUES)
    plain = fill(wordings()["wecom_match_enterprise_plain"], VALUES)

    assert full.params["title"] == "高龄津贴"
    assert full.params["description"].splitlines() == [
        "贵单位可能符合条件，以审核为准。",
        "内容：每人每月100元",
        "截止：2026年12月18日",
        "发送：槐荫区政务公开办公室（样例）",
        "点开看为何告知您、怎么办理；不想再收，点开退订，或在此回复TD。",
    ]
    assert full.text == f"高龄津贴\n{full.params['description']}"
    assert len(plain.text.splitlines()) == 4
    assert full.url == VALUES["url"]


def test_nothing_is_registered_with_wecom() -> None:
    assert vendor_code(wordings()["wecom_interpretation_plain"], {"wecom": {}}) == ""
    with pytest.raises(BadWording, match="企业微信通道"):
        vendor_code(wordings()["wecom_interpretation_plain"], {"wechat": {}})


@pytest.mark.parametrize("key", [key for key in EVERY if key.startswith("wecom_")])
def test_the_longest_card_is_whole(key: str) -> None:
    long = dict.fromkeys(("title", "benefit", "office"), "字" * 80)

    filled = fill(wordings()[key], {**VALUES, **long})

    assert length_in_bytes(filled.params["title"]) <= TITLE_BYTES
    assert length_in_bytes(filled.params["description"]) <= DESCRIPTION_BYTES


def test_the_offices_own_telephone_stands_in_its_copies() -> None:
    filled = fill(wordings(phone="0531-00000099")["sms_match_resident"], VALUES)

    assert "咨询0531-00000099，" in filled.text and "0531-00000001" not in filled.text


@pytest.mark.parametrize("phone", ["19900000001", "打电话", "", "0531"])
def test_a_mobile_number_is_no_office_telephone(phone: str) -> None:
    with pytest.raises(BadWording, match="固定电话"):
        wordings(phone=phone)


def test_the_book_of_registered_templates_is_complete_and_its_codes_are_distinct() -> None:
    book = registered()

    sent_by_template = [w for w in wordings().values() if w.channel is not Channel.WECOM]
    assert {r.key for r in book} == {w.template for w in sent_by_template}
    assert len({r.code for r in book}) == len(book)
    assert all(
        re.fullmatch(r"SMS_29900\d{4}", r.code) if r.channel is Channel.SMS else len(r.code) == 43
        for r in book
    )
    # 微信: an account holds 25 templates at a time
    assert sum(r.channel is Channel.WECHAT for r in book) <= 25
    assert all(r.fields == holes(r.text) for r in book)


def test_a_wording_goes_out_under_the_offices_own_code() -> None:
    tables: dict[str, dict[str, Any]] = {
        "wechat": {"templates": {"wechat_plain": "own-plain"}},
        "aliyun": {"access_key_id": "x", "templates": {"sms_match_resident": "SMS_1"}},
    }

    assert vendor_code(wordings()["sms_match_resident"], tables) == "SMS_1"
    assert vendor_code(wordings()["wechat_interpretation_plain"], tables) == "own-plain"


@pytest.mark.parametrize(
    "table",
    [{}, {"templates": {}}, {"templates": {"sms_match_resident": " "}}, {"templates": "SMS_1"}],
)
def test_a_template_that_was_never_registered_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(BadWording, match=r"“sms_match_resident”尚未向 aliyun 报备"):
        vendor_code(wordings()["sms_match_resident"], {"aliyun": table})


def test_one_vendor_that_has_it_is_enough() -> None:
    tables = {"aliyun": {}, "tencent": {"templates": {"sms_match_resident": "1001"}}}
    wording = wordings()["sms_match_resident"]

    assert vendor_code(wording, tables) == "1001"
    with pytest.raises(BadWording, match="尚未向 aliyun 报备"):
        vendor_code(wording, tables, gateway="aliyun")
    with pytest.raises(BadWording, match="尚未向 aliyun、tencent 报备"):
        vendor_code(wordings()["sms_code"], tables)


def test_a_vendor_that_numbers_variables_counts_them_as_they_stand_in_the_text() -> None:
    for one in registered():
        numbered = as_registered(one.text, "tencent")

        assert as_registered(one.text, "aliyun") == one.text
        assert "$" not in numbered
        for number, name in enumerate(one.fields, 1):
            numbered = numbered.replace(f"{{{number}}}", f"${{{name}}}")
        assert numbered == one.text


def test_the_console_calls_gateways_as_the_texts_for_staff_do() -> None:
    assert {name: word("gateway_name", name) for name in CALLED} == CALLED


def test_a_channel_without_gateway_is_refused() -> None:
    with pytest.raises(BadWording, match="短信通道"):
        vendor_code(wordings()["sms_match_resident"], {"wechat": {"templates": {}}})
