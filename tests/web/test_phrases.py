"""读法: the office's own phrases, and what is mended most, in the console."""

import re

import pytest
from sqlmodel import select

from pusher.model.learning import OfficePhrase
from pusher.model.policy import Policy
from pusher.model.staff import Role
from tests.makers import AGED, make_policy
from tests.web.browsing import Console
from tests.web.reading_in import confirm_fields, upload

PHRASE = {"words": "槐荫红心老人", "fact": "welfare_status", "op": "any_of", "value": "低保"}


def test_a_phrase_is_noted_and_the_next_document_is_read_by_it(console: Console) -> None:
    browser = console.browser(Role.CLERK)
    values = {**PHRASE, "value": "最低生活保障对象"}

    noted = browser.post("/phrases", values, page="/phrases")
    text = "红心老人关怀\n补贴对象为槐荫红心老人。".encode()
    read = upload(browser, text, "关怀.txt")

    assert noted.status_code == 303
    assert "槐荫红心老人" in browser.get("/phrases").text
    assert "最低生活保障对象" in browser.get(f"{read.headers['location']}/confirm").text


def test_the_fields_follow_what_is_chosen_and_the_effect_is_shown_before_it_is_noted(
    lite: Console,
) -> None:
    body = ["老城片区关怀办法", "补贴对象为具有老城片区户籍的居民。"]
    with lite.office() as (session, office):
        drafted = {"rule": {"all": []}, "needs_person": [], "audience": "resident"}
        make_policy(session, office, title="老城片区关怀办法", body=body, draft=drafted)
    browser = lite.browser(Role.CLERK)
    words = {"words": "老城片区"}
    area = {**words, "stands_for": "reads", "reads": "道德街街道、西市场街道"}

    chosen = browser.post("/phrases", {**words, "fact": "revenue", "act": "next"}).text
    shown = browser.post("/phrases", {**area, "act": "preview"}).text
    with lite.store.reading() as session:
        assert session.exec(select(OfficePhrase)).all() == []
    noted = browser.post("/phrases", {**area, "act": "add"})

    assert 'name="phrase-number"' in chosen
    assert "记下以后会变的" in shown
    assert "户籍地在道德街街道、西市场街道之一" in shown
    assert noted.status_code == 303
    with lite.store.reading() as session:
        assert "370104003" in str(session.exec(select(Policy)).one().draft["rule"])


def test_what_was_dropped_stands_below_and_is_restored_by_one_click(console: Console) -> None:
    browser = console.browser(Role.CLERK)
    browser.post("/phrases", {**PHRASE, "value": "最低生活保障对象"}, page="/phrases")
    with console.store.reading() as session:
        phrase = session.exec(select(OfficePhrase)).one().id

    browser.post(f"/phrases/{phrase}/drop", page="/phrases")
    assert "去掉的说法（1）" in browser.get("/phrases").text
    browser.post(f"/phrases/{phrase}/restore", page="/phrases")

    assert "去掉的说法" not in browser.get("/phrases").text.replace("在“去掉的说法”里", "")
    assert browser.post(f"/phrases/{phrase}/restore", page="/phrases").status_code == 404


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"words": "老"}, "2 至 40 个字"),
        ({"fact": ""}, "请选择这个说法看的是哪一项"),
        ({"op": "within"}, "不能这样比"),
        ({"value": "没有这种人"}, "没有"),
    ],
)
def test_a_phrase_that_cannot_be_taken_comes_back_with_the_reason(
    console: Console, given: dict[str, str], says: str
) -> None:
    browser = console.browser(Role.CLERK)

    page = browser.post("/phrases", {**PHRASE, **given}, page="/phrases")

    assert page.status_code == 422
    assert says in page.text
    with console.store.reading() as session:
        assert session.exec(select(OfficePhrase)).all() == []


def test_only_a_clerk_may_change_how_documents_are_read(console: Console) -> None:
    assert "记一个说法" in console.browser(Role.CLERK).get("/phrases").text
    assert "记一个说法" not in console.browser(Role.REVIEWER).get("/phrases").text


def test_what_was_mended_at_a_confirmation_stands_on_the_page(console: Console) -> None:
    browser = console.browser(Role.CLERK)
    with console.office() as (session, office):
        draft = {"rule": AGED, "audience": "resident", "subject": "self"}
        address = f"/policies/{make_policy(session, office, draft=draft).id}"

    mended = confirm_fields(**{"line-1-value": "70"})
    browser.post(f"{address}/confirm", mended, page=f"{address}/confirm")

    page = browser.get("/phrases").text
    assert "年龄" in page
    assert "改正读偏的" in page
    (one,) = re.findall(r'href="(/phrases/corrections\?family=ages)"', page)
    told = browser.get(one).text
    assert "<del>年满80周岁</del>" in told
    assert "年满70周岁" in told
    assert f"工号 {console.staff[Role.CLERK].number}" in told
