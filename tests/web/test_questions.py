"""What people asked: unanswered first, numbers masked, handled once, with a policy."""

from uuid import UUID

from sqlmodel import select

from profiles.model import Office
from pusher.listening.answers.ask import ask
from pusher.listening.questions import record
from pusher.model.question import Question, QuestionSource
from pusher.model.staff import AuditEntry, Role
from tests.listening.asked_policies import given_policy
from tests.web.browsing import Console


def asked(console: Console, *texts: str) -> list[UUID]:
    with console.office() as (session, office):
        given_policy(session, office)
        return [ask(session, office, text, now=console.now).question.id for text in texts]


def test_what_was_not_answered_stands_first_and_no_number_is_shown(console: Console) -> None:
    asked(console, "公积金怎么提取，我电话19900004321", "老人钱怎么领", "你好")

    page = console.browser(Role.VIEWER).get("/questions").text

    assert page.index("公积金怎么提取") < page.index("你好") < page.index("老人钱怎么领")
    assert "4321" not in page
    assert page.count("没答上</span>") == 1, "a greeting waits for nobody"
    assert "<button>处理完毕" not in page, "a viewer looks"
    only = console.browser(Role.VIEWER).get("/questions?state=open&source=ask").text
    assert "公积金" in only and "老人钱" not in only


def test_a_clerk_names_the_policy_and_what_was_done_once(console: Console) -> None:
    (number,) = asked(console, "公积金怎么提取")
    clerk, path = console.browser(Role.CLERK), f"/questions/{number}"
    form = {"remark": "不属本区，已转住房公积金中心", "policy": "槐民发〔2025〕41号"}

    assert clerk.post(path, {"remark": " "}, page="/questions").status_code == 422
    assert clerk.post(path, {**form, "policy": "没有"}, page="/questions").status_code == 422
    assert clerk.post(path, form, page="/questions").status_code == 303
    assert clerk.post(path, form, page="/imports").status_code == 409

    with console.store.reading() as session:
        kept = session.get_one(Question, number)
        assert (kept.remark, kept.handled_by) == (form["remark"], console.staff[Role.CLERK].number)
        assert kept.policy_id is not None
        acts = session.exec(select(AuditEntry.act).where(AuditEntry.about == f"question:{number}"))
        assert list(acts) == ["question.tie", "question.handle"]
    assert "已转住房公积金中心" in clerk.get("/questions").text


def test_a_question_of_another_office_is_as_if_it_were_not(lite: Console) -> None:
    with lite.office() as (session, _):
        other = Office(
            name="乙区（样例）", area_code="370199", signature="乙", phone="0531-00000002"
        )
        session.add(other)
        session.flush()
        row = record(session, office_id=other.id, source=QuestionSource.ASK, text="乙区的事",
                     at=lite.now).id  # fmt: skip
    clerk = lite.browser(Role.CLERK)

    assert "乙区的事" not in clerk.get("/questions").text
    assert clerk.post(f"/questions/{row}", {"remark": "好"}, page="/imports").status_code == 404
