"""The whole reading in one step, in the shape of the contract."""

import hashlib
import json
from pathlib import Path

import pytest

from pusher.reading.classify import starter
from pusher.reading.documents import Unreadable
from pusher.reading.understand import Understanding, understand
from pusher.rules.language import parse
from tests.reading.pages import LABELS, NOTICE, NUMBER, TITLE, page, text_of

DISTRICT = "370104"
POLICY_FIELDS = {
    "id", "title", "document_number", "issuer", "index_number", "theme", "written_on",
    "published_on", "effective_on", "expires_on", "openness", "state", "version", "sha256", "body",
    "tags", "rule", "rule_text", "conditions", "manual_checks", "elements", "warnings",
}  # fmt: skip


def understood(content: str, name: str = "通知.html") -> Understanding:
    return understand(content.encode(), name, tagger=starter(), area_code=DISTRICT)


def test_a_page_is_understood_in_the_shape_of_the_contract() -> None:
    html = page(labels=LABELS)

    shape = understood(html).shape()

    assert set(shape) >= POLICY_FIELDS
    assert shape["title"] == TITLE
    assert shape["document_number"] == NUMBER
    assert shape["written_on"] == "2026-02-09"
    assert shape["body"] == list(NOTICE)
    assert shape["sha256"] == hashlib.sha256(html.encode()).hexdigest()
    assert {c["fact"] for c in shape["conditions"]} == {"household_area", "birth_date"}
    assert shape["elements"]["benefits"][0]["amount"] == "100"
    assert shape["tags"][0]["words"][0]["word"]
    json.dumps(shape)


def test_page_and_text_of_one_document_are_understood_alike() -> None:
    of_page, of_text = understood(page()), understood(text_of(), "通知.txt")

    assert of_page.body == of_text.body
    assert of_page.draft == of_text.draft
    assert of_page.elements == of_text.elements


def test_a_document_without_a_title_is_called_by_its_first_words() -> None:
    found = understood("为保障高龄老年人生活，现通知如下。\n对象为80周岁老年人。", "a.txt")

    assert found.title == "为保障高龄老年人生活，现通知如下。"
    assert any("没有找到标题" in warning for warning in found.warnings)


def test_nobody_can_apply_under_a_draft_for_comment() -> None:
    found = understood(page(title="关于公开征求《助餐办法（征求意见稿）》意见的公告"))

    assert found.registered == "draft"
    assert found.draft["rule"]["all"][0]["op"] == "never"
    assert any("征求意见稿" in warning for warning in found.warnings)


def test_an_internal_notice_speaks_to_nobody_outside() -> None:
    found = understood(page(body=(*NOTICE[:7], "公开属性：不予公开")))

    assert found.openness == "closed"
    assert found.draft["audience"] == "none"
    assert found.draft["rule"]["all"][0]["op"] == "never"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("申报时间为2025年1月1日至2025年3月1日。", "截止日期早于发布日期"),
        ("申报时间为2026年5月1日至2026年3月1日。", "截止日期早于开始日期"),
        ("本通知自2026年3月1日起施行，有效期至2025年12月31日。", "失效日期早于施行日期"),
    ],
)
def test_dates_that_contradict_each_other_are_told(line: str, said: str) -> None:
    found = understood(page(labels=LABELS, body=(*NOTICE[:4], line, *NOTICE[5:])))

    assert any(said in warning for warning in found.warnings)


def test_an_index_number_with_a_wrong_office_is_told() -> None:
    wrong = LABELS.replace("123701044930907524", "123701044930907525")

    assert any("索引号" in warning for warning in understood(page(labels=wrong)).warnings)
    assert not any("索引号" in warning for warning in understood(page(labels=LABELS)).warnings)


def test_a_sound_document_raises_no_warning() -> None:
    found = understood(page(labels=LABELS))

    assert found.warnings == ()


def test_without_a_tagger_there_are_no_tags() -> None:
    found = understand(text_of().encode(), "a.txt", tagger=None, area_code=DISTRICT)

    assert found.tags == ()


def test_every_real_page_is_understood_or_refused_in_words(shared: Path) -> None:
    for file in sorted((shared / "data/policy_pages").glob("*.html")):
        try:
            found = understand(file.read_bytes(), file.name, tagger=starter(), area_code=DISTRICT)
        except Unreadable as refused:
            assert str(refused)
            continue
        shape = found.shape()
        parse(found.draft["rule"])
        json.dumps(shape)
        text = "\n".join(found.body)
        assert all(c["quote"] in text for c in shape["conditions"]), file.name
        assert len(found.short_title) <= 20
