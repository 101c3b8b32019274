"""People die, leave, come of age, change their guardian; numbers pass on to strangers."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from profiles.consent import Refusal, grant
from profiles.guardians import link, may_read
from profiles.model import (
    Channel,
    Consent,
    ConsentScope,
    Contact,
    Doubt,
    GuardianKind,
    Guardianship,
    Profile,
)
from profiles.recipients import recipients
from profiles.signs import confirm, doubt, needs_confirming, see_sign, to_confirm
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.asking import ask
from tests.profiles.people import agree, make_person, resident_number
from tests.profiles.registers import (
    CHILD,
    MOTHER,
    OLD,
    facts_of,
    person,
    running,
    table,
    take,
    the_one,
)

DAY = NOW.date()
GRANDMA = resident_number(date(1960, 2, 3), 4)
SENSITIVE = ConsentScope.SENSITIVE


def the_contact(session: Session) -> Contact:
    return session.exec(select(Contact)).one()


def read_by(session: Session, ward: Profile, day: date = DAY) -> Profile:
    return recipients(session, [ward], channels=[Channel.SMS], as_of=day)[ward.id].reader


# Deaths


def test_with_a_death_guardianships_and_the_consents_they_rested_on_end(store: Store) -> None:
    child = person(CHILD, 监护人证件号码=MOTHER, 监护关系="母亲", 监护人同意="2026-09-01")
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(child, person(MOTHER, 手机号="19900000001")))

        died = table(person(MOTHER, 死亡日期="2026-11-20"))
        report = take(session, office, died, name="殡葬.csv")

        assert session.exec(select(Guardianship)).one().until_on == date(2026, 11, 20)
        assert all(c.withdrawn_at for c in session.exec(select(Consent)))
        assert report.changed == 1
        assert read_by(session, the_one(session, CHILD)) is the_one(session, CHILD)


def test_of_who_died_nobody_is_told_whoever_reads_for_them(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        old = make_person(session, office, facts={"deceased_on": "2026-11-20"})
        daughter = make_person(session, office, phone="19900000002")
        link(session, old, daughter, kind=GuardianKind.AGENT, relation="女儿", until_on=None)

        assert ask(session, old, reader=daughter) is Refusal.DECEASED


# Guardians


def test_the_guardian_of_an_adult_reads_before_the_adult_and_beyond_eighteen(
    store: Store,
) -> None:
    with store.writing() as session:
        office = make_office(session)
        ward = make_person(session, office, phone="19900000001")
        son = make_person(session, office, phone="19900000002")
        link(session, ward, son, kind=GuardianKind.ADULT_GUARDIAN, relation="儿子", until_on=None)

        assert read_by(session, ward) is son
        session.exec(select(Contact).where(Contact.profile_id == son.id)).one().ended_at = NOW
        session.flush()
        assert read_by(session, ward) is ward


@pytest.mark.parametrize(
    ("kind", "born", "until", "may"),
    [
        (GuardianKind.GUARDIAN, date(2016, 5, 1), None, True),
        (GuardianKind.GUARDIAN, date(2016, 5, 1), DAY, True),
        (GuardianKind.GUARDIAN, date(2016, 5, 1), DAY - timedelta(days=1), False),
        (GuardianKind.GUARDIAN, date(2008, 11, 25), None, False),
        (GuardianKind.GUARDIAN, date(2008, 11, 26), None, True),
        (GuardianKind.ADULT_GUARDIAN, date(2008, 11, 25), None, True),
        (GuardianKind.AGENT, date(1940, 1, 1), None, True),
        (GuardianKind.AGENT, date(2016, 5, 1), None, False),
    ],
)
def test_authority_ends_by_its_date_and_a_childs_guardians_on_the_eighteenth_birthday(
    store: Store, kind: GuardianKind, born: date, until: date | None, may: bool
) -> None:
    with store.writing() as session:
        office = make_office(session)
        ward, reader = (make_person(session, office) for _ in range(2))
        one = link(session, ward, reader, kind=kind, relation="家人", until_on=until)

        assert may_read([one], reader.id, born=born, day=DAY) is may
        assert not may_read([one], ward.id, born=born, day=DAY)


def test_a_new_guardian_of_the_same_register_replaces_the_old_who_consents_no_more(
    store: Store,
) -> None:
    source = {"数据来源": "区民政局儿童福利台账", "监护人同意": "2026-09-01"}
    first = person(CHILD, 监护人证件号码=MOTHER, 监护关系="母亲", 数据日期="2026-09-01", **source)
    with store.writing() as session:
        office = make_office(session)
        adults = (person(MOTHER, 手机号="19900000001"), person(GRANDMA, 手机号="19900000002"))
        take(session, office, table(*adults))
        take(session, office, table(first))

        second = person(CHILD, 监护人证件号码=GRANDMA, 监护关系="外祖母", 数据日期="2026-11-01")
        take(session, office, table(second | {"数据来源": source["数据来源"]}))

        ward, mother, grandma = (the_one(session, n) for n in (CHILD, MOTHER, GRANDMA))
        links = {k.guardian_id: k.until_on for k in session.exec(select(Guardianship))}
        assert links == {mother.id: date(2026, 10, 31), grandma.id: None}
        given = session.exec(select(Consent).where(Consent.given_by_id == mother.id)).all()
        assert given and all(c.withdrawn_at for c in given)
        assert read_by(session, ward) is grandma
        # and back again, by a later word
        take(session, office, table(first | {"数据日期": "2026-11-20"}), name="又.csv")
        assert read_by(session, ward) is mother


def test_two_parents_of_two_registers_both_stand(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(MOTHER), person(GRANDMA)))
        for number, source in ((MOTHER, "公安"), (GRANDMA, "教育")):
            row = person(CHILD, 监护人证件号码=number, 数据来源=source, 数据日期="2026-11-01")
            take(session, office, table(row), name=f"{source}.csv")

        assert [k.until_on for k in session.exec(select(Guardianship))] == [None, None]


# Coming of age


def come_of_age(session: Session, office: object, birthday: date) -> tuple[Profile, Profile]:
    child = make_person(session, office, born=birthday, agreed=False)  # type: ignore[arg-type]
    mother = make_person(session, office, phone="19900000001")  # type: ignore[arg-type]
    link(session, child, mother, kind=GuardianKind.GUARDIAN, relation="母亲", until_on=None)
    for scope in (ConsentScope.GENERAL, SENSITIVE):
        agree(session, child, scope, given_by=mother)
    return child, mother


def test_who_comes_of_age_is_asked_anew_by_a_visit(store: Store) -> None:
    with store.writing() as session:
        child, mother = come_of_age(session, make_office(session), date(2008, 11, 26))
        later = NOW + timedelta(days=1)

        assert read_by(session, child) is mother
        assert read_by(session, child, later.date()) is child
        assert ask(session, child, now=later) is Refusal.CAME_OF_AGE
        agree(session, child)
        assert ask(session, child, now=later, sensitive=True) is Refusal.CAME_OF_AGE
        agree(session, child, SENSITIVE)
        assert ask(session, child, now=later, sensitive=True) is Refusal.NO_ADDRESS


def test_what_was_agreed_for_an_adult_by_their_guardian_stands(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        ward = make_person(session, office, phone="19900000001", agreed=False)
        son = make_person(session, office)
        agree(session, ward, given_by=son)

        assert ask(session, ward) is None


# Numbers


@pytest.mark.parametrize("why", list(Doubt))
def test_an_address_in_doubt_gets_nothing_sensitive_until_it_is_confirmed(
    store: Store, why: Doubt
) -> None:
    with store.writing() as session:
        office = make_office(session)
        one = make_person(session, office, phone="19900000001")
        agree(session, one, SENSITIVE)
        contact = the_contact(session)

        index = contact.address_index
        assert doubt(session, channel=Channel.SMS, address_index=index, why=why, now=NOW) == 1
        see_sign(session, channel=Channel.SMS, address_index=index, now=NOW)
        session.refresh(contact)

        assert (contact.doubt, contact.sign_at) == (why, None)
        assert ask(session, one, sensitive=True) is Refusal.UNCONFIRMED
        assert ask(session, one, sensitive=False) is None
        assert [c.id for c, _ in to_confirm(session, office.id, day=DAY)] == [contact.id]
        confirm(session, contact, now=NOW)
        assert ask(session, one, sensitive=True) is None
        assert to_confirm(session, office.id, day=DAY) == []


def test_twelve_months_without_a_sign_are_a_doubt(store: Store) -> None:
    with store.writing() as session:
        one = make_person(session, make_office(session), phone="19900000001")
        agree(session, one, SENSITIVE)
        contact = the_contact(session)
        added = contact.added_at

        def after(days: int) -> bool:
            return needs_confirming(contact, (added + timedelta(days=days)).date())

        assert [after(d) for d in (364, 365)] == [False, True]
        year = added + timedelta(days=365)
        assert ask(session, one, sensitive=True, now=year) is Refusal.UNCONFIRMED
        see_sign(
            session,
            channel=Channel.SMS,
            address_index=contact.address_index,
            now=added + timedelta(days=300),
        )
        session.refresh(contact)
        assert [after(d) for d in (365, 664, 666)] == [False, False, True]


def test_a_register_that_dates_its_word_is_a_sign_and_one_that_does_not_is_none(
    store: Store,
) -> None:
    row = person(手机号="19900000001")
    with store.writing() as session:
        office = make_office(session)
        long_ago = NOW - timedelta(days=700)
        take(session, office, table(row), now=long_ago)
        take(session, office, table(row), now=NOW - timedelta(days=300))
        assert needs_confirming(the_contact(session), DAY)

        take(session, office, table(row | {"数据日期": "2026-06-01"}), name="新.csv")
        assert not needs_confirming(the_contact(session), DAY)


def test_news_of_a_child_counts_as_sensitive(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        child = make_person(session, office, born=date(2018, 1, 1))
        mother = make_person(session, office, phone="19900000001")
        grant(session, child, ConsentScope.MINOR, given_by=mother, text_version="1", how="样例",
              now=NOW)  # fmt: skip
        contact = the_contact(session)
        assert ask(session, child, reader=mother, contact=contact) is None

        contact.doubt, contact.doubted_at = Doubt.WRONG_PERSON, NOW
        session.flush()
        assert ask(session, child, reader=mother, contact=contact) is Refusal.UNCONFIRMED


def test_a_confirmed_address_is_taken_before_one_in_doubt(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        one = make_person(session, office, phone="19900000001", openid="openid-1")
        wechat = session.exec(select(Contact).where(Contact.channel == Channel.WECHAT)).one()
        wechat.doubt, wechat.doubted_at = Doubt.WRONG_PERSON, NOW
        session.flush()

        found = recipients(session, [one], channels=list(Channel), as_of=DAY)[one.id]
        assert found.contact and found.contact.channel is Channel.SMS


def test_what_people_say_of_themselves_does_not_bring_the_dead_back(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(死亡日期="2026-11-01", 手机号="19900000001")))
        take(session, office, table(person(死亡日期="无", 数据来源="本人申报")), name="网上.csv")

        assert facts_of(session, OLD)["deceased_on"] == "2026-11-01"
        assert running(session) == ["19900000001"]
