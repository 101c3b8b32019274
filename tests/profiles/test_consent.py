"""Who may be written to: the order of refusals, and consents."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from profiles.consent import (
    OFFLINE,
    Approach,
    Refusal,
    grant,
    lift,
    opt_out,
    reach_all,
    withdraw,
)
from profiles.dossier import add_contact
from profiles.guardians import link
from profiles.model import (
    Channel,
    Consent,
    ConsentScope,
    Contact,
    EndReason,
    GuardianKind,
    Profile,
)
from profiles.subscriptions import end, follow
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.asking import TOPICS, ask
from tests.profiles.people import agree, make_firm, make_person

CHILD = date(2016, 5, 1)


def test_somebody_who_agreed_and_has_a_phone_may_be_reached(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")

        assert ask(session, person) is None


def test_who_never_agreed_or_took_it_back_is_not_written_to(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        never = make_person(session, office, phone="19900000001", agreed=False)
        back = make_person(session, office, phone="19900000002")

        assert withdraw(session, back, ConsentScope.GENERAL, now=NOW) == 1
        assert withdraw(session, back, ConsentScope.GENERAL, now=NOW) == 0

        assert ask(session, never) is Refusal.NO_CONSENT
        assert ask(session, back) is Refusal.NO_CONSENT


def test_a_firm_that_follows_a_tag_has_agreed_until_it_ends(store: Store) -> None:
    with store.writing() as session:
        firm = make_firm(session, make_office(session))
        add_contact(session, firm, Channel.SMS, "19900000001", source="样例", now=NOW)
        assert ask(session, firm) is Refusal.NO_CONSENT

        follow(session, firm, "Q01", source="样例", now=NOW)
        assert ask(session, firm) is None

        end(session, firm, "Q01", now=NOW)
        assert ask(session, firm) is Refusal.NO_CONSENT


def test_a_resident_who_follows_a_tag_still_has_to_agree(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001", agreed=False)
        follow(session, person, "M02", source="样例", now=NOW)

        assert ask(session, person) is Refusal.NO_CONSENT


@pytest.mark.parametrize(
    ("died", "refusal"),
    [("2026-11-25", Refusal.DECEASED), ("2026-11-26", None), (None, None)],
)
def test_the_dead_are_not_written_to_from_the_day_of_death(
    store: Store, died: str | None, refusal: Refusal | None
) -> None:
    with store.writing() as session:
        person = make_person(
            session, make_office(session), phone="19900000001", facts={"deceased_on": died}
        )

        assert ask(session, person) is refusal


@pytest.mark.parametrize(("days", "refusal"), [(0, Refusal.ENDED), (1, None)])
def test_who_moved_out_is_not_written_to(store: Store, days: int, refusal: Refusal | None) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        person.ended_on = NOW.date() + timedelta(days=days)
        person.ended_reason = EndReason.MOVED_OUT

        assert ask(session, person) is refusal


@pytest.mark.parametrize("status", ["cancelled", "revoked"])
def test_a_firm_struck_off_is_not_written_to(store: Store, status: str) -> None:
    with store.writing() as session:
        firm = make_firm(session, make_office(session), registration_status=status)
        agree(session, firm)

        assert ask(session, firm) is Refusal.ENDED


def test_who_never_had_an_address_is_visited(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session))

        assert ask(session, person) is Refusal.NO_ADDRESS
        assert Refusal.NO_ADDRESS in OFFLINE


def test_an_address_that_ended_is_no_address(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        session.exec(select(Contact)).one().ended_at = NOW

        assert ask(session, person) is Refusal.NO_ADDRESS


@pytest.mark.parametrize(
    ("born", "refusal"),
    [
        (date(2012, 11, 25), None),
        (date(2012, 11, 26), Refusal.MINOR),
        (date(2016, 2, 29), Refusal.MINOR),
    ],
)
def test_nobody_under_14_reads_and_the_14th_birthday_counts(
    store: Store, born: date, refusal: Refusal | None
) -> None:
    with store.writing() as session:
        child = make_person(session, make_office(session), born=born, phone="19900000001")

        assert ask(session, child) is refusal


@dataclass
class _Family:
    child: Profile
    mother: Profile


def _make_family(session: Session) -> _Family:
    office = make_office(session)
    child = make_person(session, office, born=CHILD, agreed=False)
    mother = make_person(session, office, born=date(1988, 1, 2), phone="19900000001")
    link(session, child, mother, kind=GuardianKind.GUARDIAN, relation="母亲", until_on=None)
    return _Family(child, mother)


def test_a_child_under_14_needs_the_guardians_consent(store: Store) -> None:
    with store.writing() as session:
        family = _make_family(session)
        assert ask(session, family.child, reader=family.mother) is Refusal.MINOR_CONSENT

        agree(session, family.child, ConsentScope.MINOR, given_by=family.mother)

        assert ask(session, family.child, reader=family.mother) is None


def test_a_child_does_not_consent_for_itself(store: Store) -> None:
    with store.writing() as session:
        child = _make_family(session).child

        for giver in (None, child):
            with pytest.raises(ValueError, match="guardian"):
                agree(session, child, ConsentScope.MINOR, given_by=giver)


def test_the_guardian_is_asked_for_consent_and_heeded_as_the_reader(store: Store) -> None:
    with store.writing() as session:
        family = _make_family(session)
        agree(session, family.child, ConsentScope.MINOR, given_by=family.mother)
        said = opt_out(session, profile_id=family.mother.id, how="样例", now=NOW)
        assert ask(session, family.child, reader=family.mother) is Refusal.OPTED_OUT

        lift(session, said, now=NOW)
        withdraw(session, family.mother, ConsentScope.GENERAL, now=NOW)

        assert ask(session, family.child, reader=family.mother) is Refusal.NO_CONSENT


def test_an_opt_out_on_the_child_binds_the_guardian(store: Store) -> None:
    with store.writing() as session:
        family = _make_family(session)
        agree(session, family.child, ConsentScope.MINOR, given_by=family.mother)
        opt_out(session, profile_id=family.child.id, how="样例", now=NOW)

        assert ask(session, family.child, reader=family.mother) is Refusal.OPTED_OUT


def test_a_match_that_rests_on_a_ward_under_14_needs_consent_too(store: Store) -> None:
    with store.writing() as session:
        family = _make_family(session)
        assert ask(session, family.mother, wards_born=(CHILD,)) is Refusal.MINOR_CONSENT
        assert ask(session, family.mother, wards_born=(date(2010, 1, 1),)) is None

        agree(session, family.child, ConsentScope.MINOR, given_by=family.mother)

        assert ask(session, family.mother, wards_born=(CHILD,)) is None


def test_sensitive_facts_need_their_own_consent_of_whom_they_are_about(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        assert ask(session, person, sensitive=True) is Refusal.NO_SENSITIVE_CONSENT

        agree(session, person, ConsentScope.SENSITIVE)

        assert ask(session, person, sensitive=True) is None


def test_a_firm_has_no_sensitive_facts(store: Store) -> None:
    with store.writing() as session:
        firm = make_firm(session, make_office(session))
        add_contact(session, firm, Channel.SMS, "19900000001", source="样例", now=NOW)
        agree(session, firm)

        assert ask(session, firm, sensitive=True) is None


def test_a_guardian_who_died_reads_no_more(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        old = make_person(session, office)
        son = make_person(session, office, phone="19900000001", facts={"deceased_on": "2026-11-01"})

        assert ask(session, old, reader=son) is Refusal.NO_ADDRESS


def test_the_same_consent_given_twice_stands_once(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session))
        agree(session, person)
        grant(session, person, ConsentScope.GENERAL, text_version="2", how="样例", now=NOW)

        assert len(session.exec(select(Consent)).all()) == 2


def test_many_people_take_as_many_queries_as_one(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        people = [make_person(session, office, phone="19900000001") for _ in range(3)]
        contacts = session.exec(select(Contact)).all()
        seen: list[str] = []
        event.listen(
            session.get_bind(),
            "before_cursor_execute",
            lambda connection, cursor, statement, *rest: seen.append(statement),
        )

        counts = []
        for some in (people[:1], people):
            wanted = [Approach(p, p, c, False, {}) for p, c in zip(some, contacts, strict=False)]
            seen.clear()
            reach_all(session, wanted, topics=TOPICS, now=NOW)
            counts.append(len(seen))

        assert counts[0] == counts[1] <= 6
