"""Who reads, and where: themselves, a guardian, an agent, or nobody."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from profiles.consent import opt_out
from profiles.dossier import add_contact, address_of
from profiles.guardians import BadGuardian, link
from profiles.model import Channel, Contact, EndReason, GuardianKind, Guardianship, Profile
from profiles.recipients import Recipient, recipients
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.people import make_firm, make_person

DAY = date(2026, 11, 25)
CHILD = date(2016, 5, 1)
MOTHER = date(1988, 1, 2)


def _find(
    session: Session, profile: Profile, channels: tuple[Channel, ...] = tuple(Channel)
) -> Recipient:
    return recipients(session, [profile], channels=channels, as_of=DAY)[profile.id]


def _guard(
    session: Session,
    ward: Profile,
    guardian: Profile,
    kind: GuardianKind = GuardianKind.GUARDIAN,
    until_on: date | None = None,
) -> None:
    link(session, ward, guardian, kind=kind, relation="亲属", until_on=until_on)


def _reached(session: Session, found: Recipient) -> str | None:
    return address_of(session, found.contact) if found.contact else None


def test_an_adult_reads_at_their_own_address(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")

        found = _find(session, person)

        assert (found.reader, found.relation) == (person, None)
        assert _reached(session, found) == "19900000001"


def test_wechat_is_taken_before_sms_among_the_channels_allowed(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001", openid="openid-1")

        assert _reached(session, _find(session, person)) == "openid-1"
        assert _reached(session, _find(session, person, (Channel.SMS,))) == "19900000001"


def test_a_member_of_wecom_is_reached_there_first(store: Store) -> None:
    with store.writing() as session:
        firm = make_firm(session, make_office(session))
        add_contact(session, firm, Channel.SMS, "19900000001", source="样例", now=NOW)
        add_contact(session, firm, Channel.WECOM, "ZhangSan", source="样例", now=NOW)
        again = add_contact(session, firm, Channel.WECOM, "zhangsan", source="样例", now=NOW)

        assert _reached(session, _find(session, firm)) == "ZhangSan"
        assert len(session.exec(select(Contact)).all()) == 2
        opt_out(
            session, address_index=again.address_index, channel=Channel.WECOM, how="样例", now=NOW
        )
        assert _reached(session, _find(session, firm)) == "19900000001"


def test_a_silenced_way_is_passed_over_for_the_other(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001", openid="openid-1")
        opt_out(session, profile_id=person.id, channel=Channel.WECHAT, how="样例", now=NOW)
        assert _reached(session, _find(session, person)) == "19900000001"

        contact = session.exec(select(Contact).where(Contact.channel == Channel.SMS)).one()
        opt_out(session, address_index=contact.address_index, how="样例", now=NOW)

        found = _find(session, person)
        assert (found.reader, found.contact) == (person, None)


def test_an_opt_out_of_one_topic_does_not_change_the_way(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        opt_out(session, profile_id=person.id, topic="M02", how="样例", now=NOW)

        assert _find(session, person).contact is not None


def test_the_newest_of_two_numbers_is_taken_and_an_ended_one_never(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000001")
        later = NOW + timedelta(days=1)
        newer = add_contact(session, person, Channel.SMS, "19900000002", source="a", now=later)
        assert _reached(session, _find(session, person)) == "19900000002"

        newer.ended_at = later
        session.flush()

        assert _reached(session, _find(session, person)) == "19900000001"


def test_a_childs_own_phone_is_never_used(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        child = make_person(session, office, born=CHILD, phone="19900000001")
        assert _find(session, child).contact is None

        mother = make_person(session, office, born=MOTHER, phone="19900000002")
        _guard(session, child, mother)

        found = _find(session, child)
        assert (found.reader, found.relation) == (mother, "亲属")
        assert _reached(session, found) == "19900000002"


@pytest.mark.parametrize(
    ("until", "reads"), [(None, True), (DAY, True), (DAY - timedelta(days=1), False)]
)
def test_a_guardianship_runs_to_its_last_day(store: Store, until: date | None, reads: bool) -> None:
    with store.writing() as session:
        office = make_office(session)
        child = make_person(session, office, born=CHILD)
        mother = make_person(session, office, born=MOTHER, phone="19900000002")
        _guard(session, child, mother, until_on=until)

        assert (_find(session, child).reader is mother) == reads


@pytest.mark.parametrize(
    ("born", "reads"), [(date(2008, 11, 26), True), (DAY.replace(2008), False)]
)
def test_a_guardian_of_a_child_reads_until_the_18th_birthday(
    store: Store, born: date, reads: bool
) -> None:
    with store.writing() as session:
        office = make_office(session)
        child = make_person(session, office, born=born)
        mother = make_person(session, office, born=MOTHER, phone="19900000002")
        _guard(session, child, mother, until_on=date(2099, 1, 1))

        assert (_find(session, child).reader is mother) == reads


def test_of_two_guardians_the_one_who_can_be_written_to_and_agreed_reads(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        child = make_person(session, office, born=CHILD)
        silent = make_person(session, office, born=MOTHER, phone="19900000001", agreed=False)
        without = make_person(session, office, born=MOTHER)
        agreed = make_person(session, office, born=MOTHER, phone="19900000002")
        for guardian in (silent, without, agreed):
            _guard(session, child, guardian)

        assert _find(session, child).reader is agreed


def test_a_guardian_without_an_address_is_still_the_reader(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        child = make_person(session, office, born=CHILD)
        mother = make_person(session, office, born=MOTHER)
        _guard(session, child, mother)

        found = _find(session, child)
        assert (found.reader, found.contact) == (mother, None)


@pytest.mark.parametrize("gone", ["died", "left", "child"])
def test_who_cannot_read_is_passed_over(store: Store, gone: str) -> None:
    with store.writing() as session:
        office = make_office(session)
        child = make_person(session, office, born=CHILD)
        guardian = make_person(
            session,
            office,
            born=CHILD if gone == "child" else MOTHER,
            phone="19900000002",
            facts={"deceased_on": "2026-01-01"} if gone == "died" else {},
        )
        if gone == "left":
            guardian.ended_on, guardian.ended_reason = DAY, EndReason.MOVED_OUT
        _guard(session, child, guardian)

        found = _find(session, child)
        assert (found.reader, found.contact) == (child, None)


def test_an_agent_reads_only_for_who_has_no_address_of_their_own(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        without, own = make_person(session, office), make_person(session, office, openid="openid-1")
        daughter = make_person(session, office, phone="19900000002")
        for old in (without, own):
            _guard(session, old, daughter, GuardianKind.AGENT)

        assert _find(session, without).reader is daughter
        found = _find(session, own, (Channel.SMS,))
        assert (found.reader, found.contact) == (own, None)


def test_an_agent_does_not_read_for_who_silenced_their_own_phone(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        old = make_person(session, office, phone="19900000001")
        daughter = make_person(session, office, phone="19900000002")
        _guard(session, old, daughter, GuardianKind.AGENT)
        opt_out(session, profile_id=old.id, channel=Channel.SMS, how="样例", now=NOW)

        found = _find(session, old)
        assert (found.reader, found.contact) == (old, None)


def test_an_agent_is_no_guardian_and_a_guardian_no_agent(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        child, old = make_person(session, office, born=CHILD), make_person(session, office)
        other = make_person(session, office, phone="19900000002")
        _guard(session, child, other, GuardianKind.AGENT)
        _guard(session, old, other, GuardianKind.GUARDIAN)

        assert _find(session, child).contact is None
        assert _find(session, old).contact is None


def test_a_firm_reads_at_its_own_address(store: Store) -> None:
    with store.writing() as session:
        firm = make_firm(session, make_office(session))
        add_contact(session, firm, Channel.SMS, "19900000001", source="样例", now=NOW)

        assert _reached(session, _find(session, firm)) == "19900000001"


def test_everybody_asked_for_is_answered(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        people = [make_person(session, office, born=b) for b in (CHILD, MOTHER)]

        found = recipients(session, people, channels=[Channel.SMS], as_of=DAY)

        assert {r.concerned.id for r in found.values()} == set(found) == {p.id for p in people}
        assert recipients(session, [], channels=[Channel.SMS], as_of=DAY) == {}


def test_nobody_reads_for_themselves_or_in_a_circle(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        one, two, three = (make_person(session, office) for _ in range(3))
        _guard(session, one, two, GuardianKind.AGENT)
        _guard(session, two, three, GuardianKind.AGENT)

        for ward, guardian in ((one, one), (two, one), (three, one)):
            with pytest.raises(BadGuardian):
                _guard(session, ward, guardian, GuardianKind.AGENT)


def test_a_link_told_again_is_brought_up_to_date(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        ward, guardian = (make_person(session, office) for _ in range(2))
        _guard(session, ward, guardian, GuardianKind.AGENT)
        link(session, ward, guardian, kind=GuardianKind.AGENT, relation="女儿", until_on=DAY)

        one = session.exec(select(Guardianship)).one()
        assert (one.relation, one.until_on) == ("女儿", DAY)
