"""The page of duties: what is late stands out, is closed with a word, and makes a weekly sheet."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from profiles.model import Office
from pusher.duties import open_duty
from pusher.listening.duty_list import page_of
from pusher.model.duty import Duty, DutyKind, DutyState, Level
from pusher.model.staff import Role
from tests.makers import make_policy
from tests.web.browsing import Console
from tests.web.routes import all_routes
from tests.web.test_overview import waits


def make_duty(session: Session, office: Office, console: Console, days_late: int = 0) -> Duty:
    number = make_policy(session, office).id
    return open_duty(
        session, DutyKind.POLICY_UNSENT, about=("policy", number), owner="槐荫区民政局",
        title=f"《高龄津贴》可以申请，还没有告知{days_late}", by="supervise",
        due_on=console.now.date() - timedelta(days=days_late), office_id=office.id,
        now=console.now,
    )  # fmt: skip


def state_of(console: Console, duty: UUID) -> tuple[DutyState, str | None, str]:
    with console.store.reading() as session:
        found = session.get_one(Duty, duty)
        return found.state, found.note, found.owner


def test_a_duty_is_closed_dropped_or_handed_over_with_a_word(console: Console) -> None:
    with console.office() as (session, office):
        done, needless, theirs = (make_duty(session, office, console) for _ in range(3))
    clerk = console.browser(Role.CLERK)

    silent = clerk.post(f"/duties/{done.id}/close", {"note": " "}, page="/duties")
    clerk.post(f"/duties/{done.id}/close", {"note": "已张贴"}, page="/duties")
    again = clerk.post(f"/duties/{done.id}/drop", {"note": "不用"}, page="/duties")
    clerk.post(f"/duties/{needless.id}/drop", {"note": "只对机关"}, page="/duties")
    clerk.post(f"/duties/{theirs.id}/hand-over", {"to": "腊山街道"}, page="/duties")

    assert (silent.status_code, again.status_code) == (422, 422)
    assert "请填写怎么办的" in silent.text
    assert "已经办结或撤销" in again.text
    assert state_of(console, done.id) == (DutyState.DONE, "已张贴", "槐荫区民政局")
    assert state_of(console, needless.id) == (DutyState.DROPPED, "只对机关", "槐荫区民政局")
    assert state_of(console, theirs.id) == (DutyState.OPEN, None, "腊山街道")
    assert "已张贴" in clerk.get("/duties?state=done").text
    assert "只对机关" in clerk.get("/duties?state=dropped").text
    assert clerk.post(f"/duties/{office.id}/close", {"note": "x"}, page="/").status_code == 404


def test_what_is_late_stands_on_the_overview_of_whoever_it_has_come_to(lite: Console) -> None:
    with lite.office() as (session, office):
        make_duty(session, office, lite)
        make_duty(session, office, lite, days_late=1)
        make_duty(session, office, lite, days_late=30).level = Level.HEAD

    clerk, reviewer, admin = (
        lite.browser(role) for role in (Role.CLERK, Role.REVIEWER, Role.ADMIN)
    )

    assert waits(clerk.get("/").text, "件", "督办逾期") == 2
    assert waits(reviewer.get("/").text, "件", "督办") == 1
    assert waits(admin.get("/").text, "件", "督办") == 1
    late = clerk.get("/duties?late=1").text
    assert "还没有告知30" in late
    assert "还没有告知0" not in late
    assert "<summary>登记" not in admin.get("/duties").text


def test_the_weekly_sheet_names_who_owes_and_what_has_gone_up(lite: Console) -> None:
    with lite.office() as (session, office):
        make_duty(session, office, lite, days_late=30).level = Level.HEAD
    viewer = lite.browser(Role.VIEWER)

    sheet = viewer.get("/duties/sheet").text
    before = viewer.get("/duties/sheet?week=2026-11-18").text

    assert "2026年11月23日 至 2026年11月25日" in sheet
    assert "报主管负责人" in sheet
    assert "槐荫区民政局" in sheet
    assert "这一周没有督办" in before
    for odd in ("9999-12-31", "x", "2026-02-30"):
        assert viewer.get(f"/duties/sheet?week={odd}").status_code == 200


def test_what_is_owed_is_done_on_a_page_that_exists(lite: Console) -> None:
    pages = {path for method, path in all_routes(lite) if method == "GET"}
    about = {
        DutyKind.BATCH_UNAPPROVED: "batch:1",
        DutyKind.NOTICES_UNSURE: "batch:1",
        DutyKind.VISITS_OPEN: "visits:1:370104013",
        DutyKind.REPLIES_OPEN: "replies:2026-11-25",
        DutyKind.CONTACTS_DOUBTFUL: "contacts:2026-11-25",
        DutyKind.QUESTIONS_OPEN: "questions:2026-11-25",
        DutyKind.SECOND_INTERPRETATION: "topic:1",
    }
    for kind in DutyKind:
        duty = Duty(
            office_id=lite.office_id, kind=kind, about=about.get(kind, "policy:1"), title="",
            owner="", opened_at=lite.now, due_on=lite.now.date(),
        )  # fmt: skip
        thing = duty.about.split(":")[0]
        page = page_of(duty).split("?")[0].replace("/1", "/{" + thing + "_id}")
        assert page in pages, kind
