"""读法: the office's own phrases, and what is mended most, in the console."""

import pytest
from sqlmodel import select

from pusher.model.learning import OfficePhrase
from pusher.model.staff import Role
from tests.makers import AGED, make_policy
from tests.web.browsing import Console
from tests.web.test_policies import confirm_fields, upload

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
    assert "<button>记下</button>" not in console.browser(Role.REVIEWER).get("/phrases").text


def test_what_was_mended_at_a_confirmation_stands_on_the_page(console: Console) -> None:
    browser = console.browser(Role.CLERK)
    with console.office() as (session, office):
        draft = {"rule": AGED, "audience": "resident", "subject": "self"}
        address = f"/policies/{make_policy(session, office, draft=draft).id}"

    mended = confirm_fields(**{"line-1-value": "70"})
    browser.post(f"{address}/confirm", mended, page=f"{address}/confirm")

    page = browser.get("/phrases").text
    assert "年龄" in page
    assert "读偏，改正" in page
