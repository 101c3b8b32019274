"""Policies in the console: taken in once, listed, repealed, followed by a batch."""

import pytest
from sqlmodel import select

from pusher.model.policy import Policy, PolicyState
from pusher.model.staff import Role
from pusher.web.highlight import CONDITION, ELEMENT, PERSON, Quote, marked
from tests.makers import make_policy
from tests.sending.makers import make_confirmed
from tests.web.browsing import Console
from tests.web.reading_in import PAGE, confirm_fields, read_one, upload


def test_a_file_becomes_a_policy_once(console: Console) -> None:
    browser = console.browser(Role.CLERK)

    first, second = upload(browser), upload(browser, name="又一次.html")

    assert first.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    page = browser.get(first.headers["location"]).text
    assert "这是原来那一份" in page
    assert "关于发放高龄津贴的通知" in page
    assert "高龄与老年津贴" in page
    assert '<mark class="condition">' in page
    assert "每人每月100元" in page
    with console.store.reading() as session:
        assert len(session.exec(select(Policy)).all()) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "文件是空的"), (b"\x00\x01\x02" * 50, ""), (b"<html><body></body></html>", "")],
)
def test_a_file_that_cannot_be_read_says_why_beside_the_field(
    console: Console, content: bytes, says: str
) -> None:
    response = upload(console.browser(Role.CLERK), content)

    assert response.status_code == 422
    assert 'id="file-error"' in response.text
    assert says in response.text
    with console.store.reading() as session:
        assert session.exec(select(Policy)).all() == []


def test_an_upload_needs_a_file(lite: Console) -> None:
    response = lite.browser(Role.CLERK).post("/policies", {}, page="/policies")

    assert response.status_code == 422
    assert "请选择要上传的文件" in response.text


def test_a_file_name_is_shown_as_text(lite: Console) -> None:
    browser = lite.browser(Role.CLERK)

    where = upload(browser, name='../../<img src=x onerror="1">.html').headers["location"]

    page = browser.get(where).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_the_list_is_searched_by_title_number_and_state(console: Console) -> None:
    with console.office() as (session, office):
        make_policy(session, office, title="关于甲的通知", document_number="槐政〔2026〕1号")
        make_policy(session, office, title="100%补贴的公告", state=PolicyState.CONFIRMED)
    browser = console.browser(Role.VIEWER)

    def found(query: str) -> tuple[bool, bool]:
        page = browser.get(f"/policies?{query}").text
        return "关于甲的通知" in page, "100%补贴的公告" in page

    assert found("") == (True, True)
    assert found("words=甲") == (True, False)
    assert found("words=〔2026〕1号") == (True, False)
    assert found("words=100%25补") == (False, True)
    assert found("words=%25") == (False, True)
    assert found("state=confirmed") == (False, True)
    assert found("state=nonsense") == (True, True)
    assert found("page=99999") == (False, False)


def test_a_policy_is_repealed_with_a_reason_and_then_stays_so(console: Console) -> None:
    where = read_one(console)
    browser = console.browser(Role.CLERK)

    assert browser.post(f"{where}/repeal", {"reason": " "}).status_code == 422
    assert browser.post(f"{where}/repeal", {"reason": "已有新办法"}).status_code == 303
    assert "已有新办法" in browser.get(where).text
    again = browser.post(f"{where}/confirm", confirm_fields())
    assert again.status_code == 409
    assert "已废止" in again.text


def test_a_batch_that_cannot_be_drafted_says_why_and_keeps_the_choice(console: Console) -> None:
    with console.office() as (session, office):
        policy = make_confirmed(session, office)
    where = f"/policies/{policy.id}"
    browser = console.browser(Role.CLERK)
    browser.post(f"{where}/match")

    empty = browser.post(f"{where}/batches", {"kind": "first", "channels": "sms"})
    nobody = browser.post(
        f"{where}/batches", {"kind": "first", "include": "possible", "channels": "sms"}
    )

    assert empty.status_code == 422
    assert "请至少选择一项对象" in empty.text
    assert nobody.status_code == 409
    assert 'value="possible" checked' in nobody.text


def test_a_list_before_the_first_match_is_not_found(lite: Console) -> None:
    with lite.office() as (session, office):
        policy = make_confirmed(session, office)

    assert lite.browser(Role.VIEWER).get(f"/policies/{policy.id}/matches").status_code == 404


def test_marks_never_change_the_text_and_the_louder_wins() -> None:
    body = ["年满80周岁的老年人，每人每月100元，其他情形另定。", "没有标记"]
    quotes = [
        Quote("年满80周岁的老年人", CONDITION),
        Quote("每人每月100元，其他情形", ELEMENT),
        Quote("其他情形", PERSON),
        Quote("不在文中", PERSON),
        Quote(" ", CONDITION),
    ]

    first, second = marked(body, quotes)

    assert "".join(piece.text for piece in first) == body[0]
    assert [(piece.text, piece.kind) for piece in first] == [
        ("年满80周岁的老年人", CONDITION),
        ("，", ""),
        ("每人每月100元，", ELEMENT),
        ("其他情形", PERSON),
        ("另定。", ""),
    ]
    assert [piece.kind for piece in second] == [""]


def test_a_new_version_shows_which_conditions_changed(console: Console) -> None:
    browser = console.browser(Role.CLERK)
    upload(browser)
    newer = PAGE.replace("年满80周岁的老年人".encode(), "年满70周岁的低保对象".encode())

    second = upload(browser, newer, "新版.html")

    page = browser.get(second.headers["location"]).text
    assert "与第1版相比" in page
    assert "改动" in page
    assert "增加" in page
    assert '<del><b>年满80周岁</b><q class="from">年满80周岁的老年人</q></del>' in page
    assert "<b>年满70周岁</b>" in page
    assert "与第1版相比" in browser.get(f"{second.headers['location']}/confirm").text


def test_what_waits_to_be_confirmed_stands_first(lite: Console) -> None:
    with lite.office() as (session, office):
        make_policy(session, office, title="关于待确认的通知（样例）")
        make_confirmed(session, office, title="关于后来读入的通知（样例）")

    page = lite.browser(Role.CLERK).get("/policies").text

    assert page.index("关于待确认的通知") < page.index("关于后来读入的通知")
