"""Addresses in doubt: listed masked, confirmed or ended by a clerk, asked about at the door."""

from sqlmodel import select

from profiles.model import Contact, Doubt, Profile
from pusher.model.staff import AuditEntry, Role
from tests.makers import NOW
from tests.sending.delivery_makers import make_batch, make_contact, make_person, make_visit
from tests.web.browsing import Console

PHONE = "19900000001"


def doubted(console: Console) -> Contact:
    with console.office() as (session, office):
        contact = make_contact(session, make_person(session, office), address=PHONE)
        contact.doubt, contact.doubted_at = Doubt.WRONG_PERSON, NOW
        return contact


def test_a_clerk_confirms_what_turned_out_to_be_theirs(console: Console) -> None:
    contact, clerk = doubted(console), console.browser(Role.CLERK)

    page = clerk.get("/contacts").text
    assert "199****0001" in page and PHONE not in page and "称不是本人" in page
    path = f"/contacts/{contact.id}"
    assert clerk.post(path, {"theirs": "yes", "way": "猜的"}, page="/contacts").status_code == 422
    done = clerk.post(path, {"theirs": "yes", "way": "电话"}, page="/contacts")

    assert done.status_code == 303
    assert "没有要核实的号码" in clerk.get("/contacts").text
    with console.store.reading() as session:
        assert session.exec(select(Contact)).one().doubt is None
        assert "contact.confirm" in session.exec(select(AuditEntry.act)).all()


def test_what_is_not_theirs_is_ended_and_cannot_be_settled_twice(lite: Console) -> None:
    contact, clerk = doubted(lite), lite.browser(Role.CLERK)
    path, no = f"/contacts/{contact.id}", {"theirs": "no", "way": "窗口"}

    assert clerk.post(path, no, page="/imports").status_code == 303
    assert clerk.post(path, no, page="/imports").status_code == 409


def test_a_visit_asks_whose_the_number_is(lite: Console) -> None:
    contact, clerk = doubted(lite), lite.browser(Role.CLERK)
    with lite.office() as (session, _):
        person = session.get_one(Profile, contact.profile_id)
        visit = make_visit(session, make_batch(session), person=person, because="unconfirmed")

    assert "号码是本人的" in clerk.get("/visits").text
    ticked = clerk.post(f"/visits/{visit.id}", {"met": "yes", "theirs": "yes"}, page="/visits")

    assert ticked.status_code == 303
    with lite.store.reading() as session:
        assert session.exec(select(Contact)).one().doubt is None
