"""Who may be written to: the order of refusals, opt-outs, and consents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session, select

from profiles.consent import (
    OFFLINE,
    Approach,
    Refusal,
    grant,
    has_opted_out,
    lift,
    may_reach,
    opt_out,
    opted_out_addresses,
    reach_all,
    withdraw,
)
from profiles.dossier import add_contact, facts_on, read_dossier
from profiles.guardians import link
from profiles.model import (
    Channel,
    Consent,
    ConsentScope,
    Contact,
    EndReason,
    GuardianKind,
    OptOut,
    Profile,
)
from profiles.subscriptions import end, follow
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.people import agree, make_firm, make_person

TOPICS = ("M02",)
CHILD = date(2016, 5, 1)


def _ask(
    session: Session,
    concerned: Profile,
    *,
    reader: Profile | None = None,
    contact: Contact | None = None,
    sensitive: bool = False,
    wards_born: tuple[date, ...] = (),
    now: datetime = NOW,
) -> Refusal | None:
    """Ask about a person who reads for themselves at their first contact, unless told."""
    reader = reader or concerned
    own = select(Contact).where(Contact.profile_id == reader.id).order_by(Contact.channel)
    contact = contact or session.exec(own).first()
    return may_reach(
        session,
        concerned,
        reader,
        contact,
        topics=TOPICS,
        sensitive=sensitive,
        facts=facts_on(read_dossier(session, concerned), now.date()),
        now=now,
        wards_born=wards_born,
    )


def test_somebody_who_agreed_and_has_a_phone_may_be_reached(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")

        assert _ask(session, person) is None


def test_who_never_agreed_or_took_it_back_is_not_written_to(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        never = make_person(session, office, phone="19900000001", agreed=False)
        back = make_person(session, office, phone="19900000002")

        assert withdraw(session, back, ConsentScope.GENERAL, now=NOW) == 1
        assert withdraw(session, back, ConsentScope.GENERAL, now=NOW) == 0

        assert _ask(session, never) is Refusal.NO_CONSENT
        assert _ask(session, back) is Refusal.NO_CONSENT


def test_a_firm_that_follows_a_tag_has_agreed_until_it_ends(store: Store) -> None:
    with store.writing() as session:
        firm = make_firm(session, make_office(session))
        add_contact(session, firm, Channel.SMS, "19900000001", source="样例", now=NOW)
        assert _ask(session, firm) is Refusal.NO_CONSENT

        follow(session, firm, "Q01", source="样例", now=NOW)
        assert _ask(session, firm) is None

        end(session, firm, "Q01", now=NOW)
        assert _ask(session, firm) is Refusal.NO_CONSENT


def test_a_resident_who_follows_a_tag_still_has_to_agree(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001", agreed=False)
        follow(session, person, "M02", source="样例", now=NOW)

        assert _ask(session, person) is Refusal.NO_CONSENT


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

        assert _ask(session, person) is refusal


@pytest.mark.parametrize(("days", "refusal"), [(0, Refusal.ENDED), (1, None)])
def test_who_moved_out_is_not_written_to(store: Store, days: int, refusal: Refusal | None) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        person.ended_on = NOW.date() + timedelta(days=days)
        person.ended_reason = EndReason.MOVED_OUT

        assert _ask(session, person) is refusal


@pytest.mark.parametrize("status", ["cancelled", "revoked"])
def test_a_firm_struck_off_is_not_written_to(store: Store, status: str) -> None:
    with store.writing() as session:
        firm = make_firm(session, make_office(session), registration_status=status)
        agree(session, firm)

        assert _ask(session, firm) is Refusal.ENDED


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({}, Refusal.OPTED_OUT),
        ({"topic": "M02"}, Refusal.OPTED_OUT),
        ({"topic": "M03"}, None),
        ({"channel": Channel.SMS}, Refusal.OPTED_OUT),
        ({"channel": Channel.WECHAT}, None),
        ({"channel": Channel.SMS, "topic": "M02"}, Refusal.OPTED_OUT),
        ({"channel": Channel.SMS, "topic": "M03"}, None),
    ],
)
def test_an_opt_out_silences_what_it_speaks_of(
    store: Store, said: dict[str, Any], refusal: Refusal | None
) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")

        opt_out(session, profile_id=person.id, how="样例", now=NOW, **said)

        assert _ask(session, person) is refusal


def test_a_doubtful_opt_out_binds_until_it_is_lifted(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        said = opt_out(session, profile_id=person.id, how="样例", now=NOW, doubtful=True)
        assert _ask(session, person) is Refusal.OPTED_OUT

        lift(session, said, now=NOW)

        assert _ask(session, person) is None


def test_an_opt_out_said_twice_stands_once_and_the_clear_word_wins(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session))
        first = opt_out(session, profile_id=person.id, how="样例", now=NOW, doubtful=True)

        again = opt_out(session, profile_id=person.id, how="样例", now=NOW)
        opt_out(session, profile_id=person.id, how="样例", now=NOW, doubtful=True)

        assert (again.id, again.doubtful) == (first.id, False)
        assert len(session.exec(select(OptOut)).all()) == 1


def test_an_opt_out_needs_somebody(store: Store) -> None:
    with store.writing() as session, pytest.raises(ValueError, match="profile or an address"):
        opt_out(session, how="样例", now=NOW)


def test_an_opt_out_of_one_channel_leaves_the_other(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001", openid="openid-1")
        sms, wechat = session.exec(select(Contact).order_by(Contact.channel)).all()
        opt_out(session, profile_id=person.id, channel=Channel.SMS, how="样例", now=NOW)

        assert _ask(session, person, contact=sms) is Refusal.OPTED_OUT
        assert _ask(session, person, contact=wechat) is None


def test_an_opt_out_of_an_address_silences_whoever_reads_there(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        couple = [make_person(session, office, phone="19900000001") for _ in range(2)]
        other = make_person(session, office, phone="19900000002")
        shared = session.exec(select(Contact).where(Contact.profile_id == couple[0].id)).one()

        opt_out(
            session, address_index=shared.address_index, channel=Channel.SMS, how="样例", now=NOW
        )

        assert [_ask(session, p) for p in couple] == [Refusal.OPTED_OUT] * 2
        assert _ask(session, other) is None


def test_who_silenced_every_way_they_ever_had_is_not_visited_either(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        contact = session.exec(select(Contact)).one()
        opt_out(session, address_index=contact.address_index, how="样例", now=NOW)
        contact.ended_at = NOW

        assert (
            may_reach(
                session, person, person, None, topics=TOPICS, sensitive=False, facts={}, now=NOW
            )
            is Refusal.OPTED_OUT
        )


def test_who_never_had_an_address_is_visited(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session))

        assert _ask(session, person) is Refusal.NO_ADDRESS
        assert Refusal.NO_ADDRESS in OFFLINE


def test_an_address_that_ended_is_no_address(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        session.exec(select(Contact)).one().ended_at = NOW

        assert _ask(session, person) is Refusal.NO_ADDRESS


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

        assert _ask(session, child) is refusal


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
        assert _ask(session, family.child, reader=family.mother) is Refusal.MINOR_CONSENT

        agree(session, family.child, ConsentScope.MINOR, given_by=family.mother)

        assert _ask(session, family.child, reader=family.mother) is None


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
        assert _ask(session, family.child, reader=family.mother) is Refusal.OPTED_OUT

        lift(session, said, now=NOW)
        withdraw(session, family.mother, ConsentScope.GENERAL, now=NOW)

        assert _ask(session, family.child, reader=family.mother) is Refusal.NO_CONSENT


def test_an_opt_out_on_the_child_binds_the_guardian(store: Store) -> None:
    with store.writing() as session:
        family = _make_family(session)
        agree(session, family.child, ConsentScope.MINOR, given_by=family.mother)
        opt_out(session, profile_id=family.child.id, how="样例", now=NOW)

        assert _ask(session, family.child, reader=family.mother) is Refusal.OPTED_OUT


def test_a_match_that_rests_on_a_ward_under_14_needs_consent_too(store: Store) -> None:
    with store.writing() as session:
        family = _make_family(session)
        assert _ask(session, family.mother, wards_born=(CHILD,)) is Refusal.MINOR_CONSENT
        assert _ask(session, family.mother, wards_born=(date(2010, 1, 1),)) is None

        agree(session, family.child, ConsentScope.MINOR, given_by=family.mother)

        assert _ask(session, family.mother, wards_born=(CHILD,)) is None


def test_sensitive_facts_need_their_own_consent_of_whom_they_are_about(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        assert _ask(session, person, sensitive=True) is Refusal.NO_SENSITIVE_CONSENT

        agree(session, person, ConsentScope.SENSITIVE)

        assert _ask(session, person, sensitive=True) is None


def test_a_firm_has_no_sensitive_facts(store: Store) -> None:
    with store.writing() as session:
        firm = make_firm(session, make_office(session))
        add_contact(session, firm, Channel.SMS, "19900000001", source="样例", now=NOW)
        agree(session, firm)

        assert _ask(session, firm, sensitive=True) is None


def test_a_guardian_who_died_reads_no_more(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        old = make_person(session, office)
        son = make_person(session, office, phone="19900000001", facts={"deceased_on": "2026-11-01"})

        assert _ask(session, old, reader=son) is Refusal.NO_ADDRESS


def test_the_same_consent_given_twice_stands_once(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session))
        agree(session, person)
        grant(session, person, ConsentScope.GENERAL, text_version="2", how="样例", now=NOW)

        assert len(session.exec(select(Consent)).all()) == 2


def test_addresses_are_asked_in_bulk(store: Store) -> None:
    with store.writing() as session:
        opt_out(session, address_index="a", channel=Channel.SMS, how="样例", now=NOW)
        opt_out(session, address_index="b", how="样例", now=NOW)
        opt_out(session, address_index="c", topic="M02", how="样例", now=NOW)
        pairs = [(channel, index) for channel in Channel for index in "abcd"]

        silent = opted_out_addresses(session, pairs)

        assert silent == {
            (Channel.SMS, "a"),
            (Channel.SMS, "b"),
            (Channel.WECHAT, "b"),
        }
        assert opted_out_addresses(session, pairs, topics=TOPICS) - silent == {
            (Channel.SMS, "c"),
            (Channel.WECHAT, "c"),
        }


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


@dataclass
class _World:
    """What may stand about one adult and one notice, drawn at random."""

    agreed: bool = True
    phone: bool = True
    wechat: bool = False
    opt_outs: list[Mapping[str, Any]] = field(default_factory=list)


_opt_outs = st.fixed_dictionaries(
    {
        "on": st.sampled_from(["profile", "address", "both"]),
        "channel": st.sampled_from([None, *Channel]),
        "topic": st.sampled_from([None, "M02", "M03"]),
        "lifted": st.booleans(),
    }
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.builds(_World, st.booleans(), st.booleans(), st.booleans(), st.lists(_opt_outs)))
def test_the_question_at_the_claim_and_the_question_at_the_draft_agree(
    store: Store, world: _World
) -> None:
    with store.writing() as session:
        point = session.begin_nested()
        person = make_person(
            session,
            make_office(session),
            phone="19900000001" if world.phone else None,
            openid="openid-1" if world.wechat else None,
            agreed=world.agreed,
        )
        contacts = session.exec(select(Contact)).all()
        for said in world.opt_outs:
            _say(session, person, contacts, said)

        for contact in contacts:
            silent = has_opted_out(
                session,
                profile_ids={person.id},
                address_index=contact.address_index,
                channel=contact.channel,
                topics=TOPICS,
            )
            answer = _ask(session, person, contact=contact)
            if not world.agreed:
                assert answer is Refusal.NO_CONSENT
            else:
                assert answer is (Refusal.OPTED_OUT if silent else None)
        point.rollback()


def _say(session: Session, person: Profile, contacts: Any, said: Mapping[str, Any]) -> None:
    address = contacts[0].address_index if contacts else None
    on_person = said["on"] != "address" or address is None
    row = opt_out(
        session,
        profile_id=person.id if on_person else None,
        address_index=address if said["on"] != "profile" else None,
        channel=said["channel"],
        topic=said["topic"],
        how="样例",
        now=NOW,
    )
    if said["lifted"]:
        lift(session, row, now=NOW)


def test_an_opt_out_on_a_profile_says_nothing_of_people_asked_without_an_address(
    store: Store,
) -> None:
    with store.writing() as session:
        office = make_office(session)
        one, other = make_person(session, office), make_person(session, office)
        opt_out(session, profile_id=one.id, how="样例", now=NOW)

        for person, silent in ((one, True), (other, False)):
            assert silent == has_opted_out(
                session,
                profile_ids={person.id},
                address_index=None,
                channel=Channel.SMS,
                topics=TOPICS,
            )
