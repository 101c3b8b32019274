"""Words to be silent: what they cover, and that every question about them agrees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from profiles.consent import (
    Refusal,
    has_opted_out,
    lift,
    may_reach,
    opt_out,
    opted_out_addresses,
)
from profiles.model import (
    Channel,
    Contact,
    OptOut,
    Profile,
)
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.asking import TOPICS, ask
from tests.profiles.people import make_person


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

        assert ask(session, person) is refusal


def test_a_doubtful_opt_out_binds_until_it_is_lifted(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        said = opt_out(session, profile_id=person.id, how="样例", now=NOW, doubtful=True)
        assert ask(session, person) is Refusal.OPTED_OUT

        lift(session, said, now=NOW)

        assert ask(session, person) is None


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

        assert ask(session, person, contact=sms) is Refusal.OPTED_OUT
        assert ask(session, person, contact=wechat) is None


def test_an_opt_out_of_an_address_silences_whoever_reads_there(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        couple = [make_person(session, office, phone="19900000001") for _ in range(2)]
        other = make_person(session, office, phone="19900000002")
        shared = session.exec(select(Contact).where(Contact.profile_id == couple[0].id)).one()

        opt_out(
            session, address_index=shared.address_index, channel=Channel.SMS, how="样例", now=NOW
        )

        assert [ask(session, p) for p in couple] == [Refusal.OPTED_OUT] * 2
        assert ask(session, other) is None


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
            (Channel.WECOM, "b"),
        }
        assert opted_out_addresses(session, pairs, topics=TOPICS) - silent == {
            (channel, "c") for channel in Channel
        }


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
            answer = ask(session, person, contact=contact)
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
