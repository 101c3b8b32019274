"""What recipients say of a notice reaches staff, and stands beside the match it is about."""

from sqlmodel import select

from pusher.listening.questions import text_of
from pusher.model.notice import Notice, NoticeState
from pusher.model.question import Feedback, Question, QuestionSource
from pusher.model.staff import Role
from tests.sending.makers import make_person
from tests.web.browsing import HOST, Browser, Console
from tests.web.joining import PHONE, code_for, type_code
from tests.web.test_public import link_of, tell


def told(console: Console) -> tuple[Notice, str]:
    with console.office() as (session, office):
        person = make_person(session, office, phone=PHONE, name="安样例")
        notice = tell(session, office, person)
        notice.state, notice.accepted_at = NoticeState.ACCEPTED, console.now
        session.add(notice)
    return notice, link_of(console, notice)


def say(browser: Browser, word: str, feedback: str, words: str = "") -> str:
    sent = {"feedback": feedback, "words": words}
    path = f"/p/why/{word}/feedback"
    return browser.client.post(path, data=sent, headers={"origin": HOST}).text


def kept(console: Console) -> list[tuple[Feedback | None, str, bool, bool | None]]:
    with console.store.reading() as session:
        rows = session.exec(select(Question).order_by(Question.id)).all()  # type: ignore[arg-type]
        assert {row.source for row in rows} <= {QuestionSource.FEEDBACK}
        return [(row.feedback, text_of(session, row), row.answered, row.useful) for row in rows]


def test_four_words_for_a_notice_and_a_few_of_one_s_own(console: Console) -> None:
    _, word = told(console)
    browser = console.browser()

    assert "谢谢" in say(browser, word, "useful")
    say(browser, word, "useful")
    say(browser, word, "useless", "看不懂")
    assert "核对" in say(browser, word, "not_mine")
    assert "请填写想问的" in say(browser, word, "question")
    assert "请选择" in say(browser, word, "rubbish")
    say(browser, word, "question", "要带什么？电话19900001234")

    assert kept(console) == [
        (Feedback.USEFUL, "有用", True, True),
        (Feedback.USELESS, "没用：看不懂", True, False),
        (Feedback.NOT_MINE, "不该发给我", False, None),
        (Feedback.QUESTION, "要带什么？电话****", False, None),
    ]


def test_who_holds_a_link_cannot_fill_the_list(lite: Console) -> None:
    _, word = told(lite)

    for number in range(12):
        say(lite.browser(), word, "question", f"第{number}问？")

    assert len(kept(lite)) == 10
    assert lite.browser().client.post("/p/why/x/feedback", data={}).status_code == 404
    foreign = {"origin": "https://example.com"}
    bad = lite.browser().client.post(f"/p/why/{word}/feedback", data={}, headers=foreign)
    assert bad.status_code == 403


def test_staff_see_beside_the_match_that_somebody_says_it_is_not_theirs(lite: Console) -> None:
    notice, word = told(lite)
    clerk = lite.browser(Role.CLERK)
    batch, person = f"/batches/{notice.batch_id}", f"/profiles/{notice.profile_id}"
    assert "不该发" not in clerk.get(batch).text

    say(lite.browser(), word, "not_mine", "去年就搬走了")

    assert "本人说不该发给他" in clerk.get(batch).text
    assert "本人说不该发" in clerk.get(person).text
    assert "不该发给我：去年就搬走了" in clerk.get("/questions?source=feedback").text


def test_feedback_is_given_on_one_s_own_page_to_one_s_own_notices_alone(lite: Console) -> None:
    notice, _ = told(lite)
    with lite.office() as (session, office):
        other = tell(session, office, make_person(session, office))
    browser = lite.browser()
    browser.post("/p/sign-in", {"phone": PHONE, "name": "安样例"}, page="/p/sign-in")
    type_code(browser, code_for(lite))

    mine = {"feedback": "useful", "notice": str(notice.id)}
    assert browser.post("/p/mine/feedback", mine, page="/p/mine").status_code == 303
    theirs = {**mine, "notice": str(other.id)}
    assert browser.post("/p/mine/feedback", theirs, page="/p/mine").status_code == 404

    assert [row[0] for row in kept(lite)] == [Feedback.USEFUL]
