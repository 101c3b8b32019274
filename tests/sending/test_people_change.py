"""Between approval and sending people die, leave, come of age; each is asked once more."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from profiles.addresses import address_of
from profiles.consent import grant
from profiles.dossier import Known, read_dossier, write_dossier
from profiles.guardians import link
from profiles.model import (
    ConsentScope,
    Contact,
    Doubt,
    EndReason,
    GuardianKind,
    Guardianship,
    Profile,
)
from pusher.model.batch import Visit, VisitMatch
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Reason
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.sending.delivering import send
from tests.sending.delivery_makers import (
    make_batch,
    make_contact,
    make_notice,
    make_person,
    the_notice,
    the_office,
)
from tests.sending.makers import (
    draft,
    drafted_for,
    make_child,
    make_confirmed,
    make_matches,
    make_run,
)
from tests.sending.makers import make_person as make_resident
from tests.sending.outbox import Outbox


def approved(session: Session, *, born: date = date(1950, 1, 1), **given: Any) -> Profile:
    """Somebody of whom an approved notice tells that is due now."""
    person = make_person(session, the_office(session), born=born)
    grant(session, person, ConsentScope.SENSITIVE, text_version="1", how="样例", now=NOW)
    make_notice(session, make_batch(session), reader=person, **given)
    return person


def know(session: Session, person: Profile, **facts: Any) -> None:
    known = {code: Known(value, "样例", NOW.date()) for code, value in facts.items()}
    write_dossier(session, person, read_dossier(session, person) | known)


def test_who_died_after_the_approval_is_not_told_of(store: Store) -> None:
    with store.writing() as session:
        know(session, approved(session), deceased_on="2026-11-24")
    outbox = Outbox()

    send(store, outbox)

    notice = the_notice(store)
    assert (outbox.parcels, notice.state) == ([], NoticeState.WITHHELD)
    assert notice.reason is Reason.DECEASED


def test_a_family_is_not_told_of_one_who_died_nor_of_the_others_beside_them(store: Store) -> None:
    with store.writing() as session:
        office = the_office(session)
        mother = make_person(session, office)
        children = [make_person(session, office, born=date(2010, 5, day)) for day in (1, 2)]
        for child in children:
            link(session, child, mother, kind=GuardianKind.GUARDIAN, relation="母亲", until_on=None)
        make_notice(session, make_batch(session), reader=mother, concerned=children)
        know(session, children[0], deceased_on="2026-11-24")
    outbox = Outbox()

    send(store, outbox)

    assert (outbox.parcels, the_notice(store).reason) == ([], Reason.DECEASED)


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (EndReason.MOVED_OUT, Reason.MOVED_OUT),
        (EndReason.ERASED, Reason.ERASED),
        (EndReason.UNLISTED, Reason.ENDED),
    ],
)
def test_who_left_after_the_approval_is_not_told(
    store: Store, ended: EndReason, reason: Reason
) -> None:
    with store.writing() as session:
        person = approved(session)
        person.ended_on, person.ended_reason = NOW.date(), ended
    outbox = Outbox()

    send(store, outbox)

    assert (outbox.parcels, the_notice(store).reason) == ([], reason)


@pytest.mark.parametrize("how", ["of age", "replaced", "never"])
def test_who_has_no_authority_any_more_is_not_told(store: Store, how: str) -> None:
    born = date(2008, 11, 25) if how == "of age" else date(2010, 5, 1)
    with store.writing() as session:
        office = the_office(session)
        mother, child = make_person(session, office), make_person(session, office, born=born)
        if how != "never":
            link(session, child, mother, kind=GuardianKind.GUARDIAN, relation="母亲", until_on=None)
        make_notice(session, make_batch(session), reader=mother, concerned=[child])
        if how == "replaced":
            one = session.exec(select(Guardianship)).one()
            one.until_on = NOW.date() - timedelta(days=1)
    outbox = Outbox()

    send(store, outbox)

    assert (outbox.parcels, the_notice(store).reason) == ([], Reason.NO_AUTHORITY)


@pytest.mark.parametrize(("sensitive", "leaves"), [(True, 0), (False, 1)])
def test_nothing_sensitive_leaves_for_an_address_that_came_into_doubt(
    store: Store, sensitive: bool, leaves: int
) -> None:
    with store.writing() as session:
        approved(session, sensitive=sensitive)
        contact = session.exec(select(Contact)).one()
        contact.doubt, contact.doubted_at = Doubt.WRONG_PERSON, NOW
    outbox = Outbox()

    send(store, outbox)

    notice = the_notice(store)
    assert len(outbox.parcels) == leaves
    assert notice.reason is (None if leaves else Reason.UNCONFIRMED)
    with store.reading() as session:
        doors = [(v.profile_id, v.because) for v in session.exec(select(Visit))]
        told = session.exec(select(VisitMatch.match_id)).all()
        about = session.exec(select(NoticeMatch.match_id)).all()
    assert doors == ([] if leaves else [(notice.profile_id, "unconfirmed")])
    assert told == ([] if leaves else about)


def test_two_notices_of_a_batch_to_one_reader_in_doubt_lead_to_one_door(store: Store) -> None:
    with store.writing() as session:
        reader, batch = make_person(session, the_office(session)), make_batch(session)
        wards = [make_person(session, the_office(session), born=date(2012, 5, 1)) for _ in "ab"]
        for child in wards:
            link(session, child, reader, kind=GuardianKind.GUARDIAN, relation="母亲", until_on=None)
            make_notice(session, batch, reader=reader, concerned=[child], sensitive=True)
        for contact in session.exec(select(Contact)):
            contact.doubt, contact.doubted_at = Doubt.WRONG_PERSON, NOW

    send(store, Outbox())

    with store.reading() as session:
        assert session.exec(select(Visit.profile_id)).all() == [reader.id]
        assert len(session.exec(select(VisitMatch)).all()) == 2


def test_who_cannot_be_written_to_for_sure_is_walked_to(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        doubted, silent = (make_resident(session, office) for _ in range(2))
        first, second = session.exec(select(Contact).order_by(Contact.id)).all()  # type: ignore[arg-type]
        first.doubt, first.doubted_at = Doubt.DEAD_NUMBER, NOW
        second.added_at = NOW - timedelta(days=400)
        session.flush()
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        make_matches(session, run, [doubted, silent], sensitive=True)
        draft(session, policy, run)
        because = {v.profile_id: v.because for v in session.exec(select(Visit))}
        notices = session.exec(select(Notice)).all()

    assert because == {doubted.id: "unconfirmed", silent.id: "unconfirmed"}
    assert notices == []


def test_who_came_of_age_is_asked_at_the_door(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        mother = make_resident(session, office, born=date(1980, 5, 1))
        child = make_child(session, office, mother)
        grant(
            session, child, ConsentScope.GENERAL, given_by=mother, text_version="1", how="样例",
            now=NOW - timedelta(days=7_000),
        )  # fmt: skip
        know(session, child, birth_date="2008-11-25")
        drafted_for(session, office, [child])
        visit = session.exec(select(Visit)).one()

    assert (visit.profile_id, visit.because) == (child.id, "came_of_age")


@pytest.mark.parametrize("shared", [True, False])
def test_two_who_share_a_phone_are_told_together_and_who_has_another_is_not(
    store: Store, shared: bool
) -> None:
    with store.writing() as session:
        office = the_office(session)
        husband, wife = (make_person(session, office) for _ in range(2))
        notice = make_notice(
            session, make_batch(session), reader=husband, concerned=[husband, wife]
        )
        contact = session.get_one(Contact, notice.contact_id)
        phone = address_of(session, contact) if shared else None
        make_contact(session, wife, address=phone)
    outbox = Outbox()

    send(store, outbox)

    assert len(outbox.parcels) == int(shared)


def test_the_guardian_may_read_at_a_phone_that_bears_anothers_name(store: Store) -> None:
    with store.writing() as session:
        office = the_office(session)
        father, mother = (make_person(session, office) for _ in range(2))
        child = make_person(session, office, born=date(2010, 5, 1))
        link(session, child, mother, kind=GuardianKind.GUARDIAN, relation="母亲", until_on=None)
        notice = make_notice(session, make_batch(session), reader=father, concerned=[father, child])
        phone = address_of(session, session.get_one(Contact, notice.contact_id))
        make_contact(session, mother, address=phone)
    outbox = Outbox()

    send(store, outbox)

    assert len(outbox.parcels) == 1
