"""What a role may see and do beyond the gate: own streets, own office, and only for as long."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from profiles.dossier import name_of
from profiles.model import Profile
from pusher import staff as accounts
from pusher.model.batch import Batch, BatchState, Visit, VisitState
from pusher.model.errors import IllegalMove
from pusher.model.staff import AuditEntry, Role, Staff, StaffStreet
from tests.sending import makers as matches
from tests.sending.delivery_makers import make_batch, make_person, make_visit
from tests.sending.makers import make_confirmed
from tests.web.browsing import Browser, Console

LASHAN, DAODE = "370104013", "370104003"


def give_street(console: Console, *codes: str) -> None:
    with console.store.writing() as session:
        worker = session.get_one(Staff, console.staff[Role.COMMUNITY].id)
        accounts.change_role(
            session, worker, Role.COMMUNITY, streets=codes, by="0001", now=console.now
        )


def a_door(console: Console, street: str | None, **given: Any) -> tuple[UUID, str]:
    """A visit in that street, and the name of who lives there."""
    with console.office() as (session, office):
        person = make_person(session, office, street=street, **given)
        visit = make_visit(session, make_batch(session, state=BatchState.APPROVED), person=person)
        return visit.id, name_of(session, session.get_one(Profile, person.id))


def test_a_community_worker_sees_the_doors_of_their_own_streets(console: Console) -> None:
    give_street(console, LASHAN)
    (_, ours), (_, theirs), (_, nowhere) = (a_door(console, s) for s in (LASHAN, DAODE, None))
    browser = console.browser(Role.COMMUNITY)

    for query in ("", f"?street={DAODE}", "?street=", "?state=to_do"):
        page = browser.get(f"/visits{query}").text
        assert theirs not in page, query
        assert nowhere not in page, query
    page = browser.get("/visits").text

    assert ours in page
    assert "道德街街道" not in page, "nor is another street offered"
    assert browser.get("/").headers["location"] == "/visits"


def test_a_community_worker_ticks_their_own_doors_alone(console: Console) -> None:
    give_street(console, LASHAN)
    ours, theirs = (a_door(console, street)[0] for street in (LASHAN, DAODE))
    browser = console.browser(Role.COMMUNITY)

    foreign = browser.post(f"/visits/{theirs}", {"met": "yes"})
    own = browser.post(f"/visits/{ours}", {"met": "yes"})

    assert foreign.status_code == 404
    assert own.status_code == 303
    with console.store.reading() as session:
        assert session.get_one(Visit, theirs).state is VisitState.TO_DO
        assert session.get_one(Visit, ours).ticked_by == console.staff[Role.COMMUNITY].number


def test_a_community_worker_without_a_street_sees_nobody(lite: Console) -> None:
    _, name = a_door(lite, LASHAN)

    assert name not in lite.browser(Role.COMMUNITY).get("/visits").text


def test_whose_door_was_looked_at_is_written_down_if_the_law_guards_them(console: Console) -> None:
    give_street(console, LASHAN)
    a_door(console, LASHAN)
    browser = console.browser(Role.COMMUNITY)
    browser.get("/visits")
    assert looks(console) == []

    with console.office() as (session, office):
        poor = make_person(session, office, facts={"welfare_status": ["dibao"]})
        make_visit(session, make_batch(session), person=poor)
    browser.get("/visits")
    console.browser(Role.VIEWER).get("/visits")

    (entry,) = looks(console)
    assert entry.by == console.staff[Role.COMMUNITY].number
    assert entry.detail["sensitive"] == [str(poor.id)]


def test_who_looked_at_a_list_of_guarded_people_is_written_down(console: Console) -> None:
    with console.office() as (session, office):
        poor = make_person(session, office, facts={"welfare_status": ["dibao"]})
        policy = make_confirmed(session, office)
        run = matches.make_run(session, policy)
        matches.make_matches(session, run, [poor])

    for role in (Role.VIEWER, Role.REVIEWER):
        assert console.browser(role).get(f"/policies/{policy.id}/matches").status_code == 200
    assert console.browser(Role.CLERK).get(f"/profiles/{poor.id}").status_code == 200

    seen = [(entry.by, entry.about, entry.detail["sensitive"]) for entry in looks(console)]
    assert seen == [
        (console.staff[Role.REVIEWER].number, "page:matches", [str(poor.id)]),
        (console.staff[Role.CLERK].number, "page:profile", [str(poor.id)]),
    ]


def looks(console: Console) -> list[AuditEntry]:
    asked = select(AuditEntry).where(col(AuditEntry.act) == "look")
    with console.store.reading() as session:
        return list(session.exec(asked.order_by(col(AuditEntry.number))))


def test_another_role_holds_from_the_next_request_on_and_in_a_new_session(
    console: Console,
) -> None:
    browser = console.browser(Role.CLERK)
    assert browser.get("/policies").status_code == 200
    clerk = console.staff[Role.CLERK]

    with console.store.writing() as session:
        found = session.get_one(Staff, clerk.id)
        accounts.change_role(session, found, Role.AUDITOR, by="0001", now=console.now)

    assert browser.get("/policies").headers["location"].startswith("/sign-in")
    again = console.browser(Role.CLERK)
    assert again.get("/policies").status_code == 403
    assert again.get("/audit").status_code == 200


def test_nobody_changes_their_own_role(console: Console) -> None:
    with console.store.writing() as session, pytest.raises(IllegalMove, match="自己"):
        admin = session.get_one(Staff, console.staff[Role.ADMIN].id)
        accounts.change_role(session, admin, Role.CLERK, by=admin.number, now=console.now)


@pytest.mark.parametrize(
    ("role", "streets"),
    [(Role.COMMUNITY, []), (Role.COMMUNITY, ["370102001"]), (Role.CLERK, [LASHAN])],
)
def test_streets_are_for_community_workers_and_of_the_office(
    console: Console, role: Role, streets: list[str]
) -> None:
    form = {"login": "neu", "name": "样例", "number": "7001", "role": role, "streets": streets}

    answer = console.browser(Role.ADMIN).post("/staff", form)

    assert answer.status_code == 422
    assert 'id="streets-error"' in answer.text
    with console.store.reading() as session:
        assert accounts.with_login(session, "neu") is None


def test_an_admin_opens_an_account_for_a_community(console: Console) -> None:
    form = {"login": "neu", "name": "样例", "number": "7001", "role": "community"}

    answer = console.browser(Role.ADMIN).post("/staff", {**form, "streets": [LASHAN, DAODE]})

    assert answer.status_code == 200
    with console.store.reading() as session:
        staff = accounts.with_login(session, "neu")
        assert staff is not None
        assert accounts.streets_of(session, staff) == {LASHAN, DAODE}


FORGED = {
    "role": "admin",
    "state": "approved",
    "office_id": "0" * 32,
    "approved_by": "9999",
    "password_hash": "x",
    "totp_sealed": "x",
    "streets": [DAODE],
    "ticked_by": "9999",
    "disabled_at": "",
}
"""Columns that no form has."""


def test_fields_that_a_form_does_not_have_change_nothing(console: Console) -> None:
    give_street(console, LASHAN)
    visit, _ = a_door(console, LASHAN)
    browser = console.browser(Role.COMMUNITY)

    browser.post(f"/visits/{visit}", {"met": "yes", **FORGED})

    with console.store.reading() as session:
        worker = session.get_one(Staff, console.staff[Role.COMMUNITY].id)
        door = session.get_one(Visit, visit)
        batch = session.get_one(Batch, door.batch_id)
        streets = session.exec(select(StaffStreet.street_code)).all()
    assert worker.role is Role.COMMUNITY
    assert worker.totp_sealed is None
    assert door.ticked_by == worker.number
    assert batch.approved_by == "0002"
    assert streets == [LASHAN]


@pytest.mark.parametrize("end", ["sign_out", "disable", "reset", "role"])
def test_a_copied_cookie_dies_with_its_session(console: Console, end: str) -> None:
    browser = console.browser(Role.CLERK)
    copied = Browser(console)
    copied.client.cookies.set("pusher_session", browser.client.cookies["pusher_session"])
    assert copied.get("/policies").status_code == 200

    if end == "sign_out":
        browser.post("/sign-out")
    else:
        with console.store.writing() as session:
            _end(session, console, end)

    assert copied.get("/policies").status_code == 303


def _end(session: Session, console: Console, how: str) -> None:
    clerk = session.get_one(Staff, console.staff[Role.CLERK].id)
    if how == "disable":
        accounts.disable(session, clerk, by="0001", now=console.now)
    elif how == "role":
        accounts.change_role(session, clerk, Role.VIEWER, by="0001", now=console.now)
    else:
        accounts.reset(session, clerk, by="0001", now=console.now + timedelta(seconds=1))
