"""What we know of somebody is kept whole, and found only by whole names and numbers."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from profiles.dossier import (
    FACTS,
    Known,
    add_contact,
    add_profile,
    address_of,
    birth_day,
    contact_index,
    facts_on,
    find,
    name_of,
    number_of,
    read_dossier,
    write_dossier,
)
from profiles.identity import BadIdentity
from profiles.model import Channel, Contact, ProfileKind
from profiles.sealing import Sealer, sealer_of
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.people import make_firm, make_person, resident_number

DAY = date(2026, 11, 25)


def test_a_dossier_is_read_as_it_was_written(store: Store) -> None:
    dossier = {
        "birth_date": Known("1940-05-06", "公安", date(2026, 1, 2)),
        "welfare_status": Known([], "民政", date(2026, 2, 3)),
        "deceased_on": Known(None, "卫健", date(2026, 2, 3)),
        "household_income_month": Known(0.21, "民政", date(2026, 3, 4), date(2026, 12, 31)),
        "disability": Known([{"type": "physical", "grade": 3}], "残联", date(2026, 3, 4)),
    }
    with store.writing() as session:
        person = make_person(session, make_office(session))
        write_dossier(session, person, dossier)
        who = person.id

    with store.reading() as session:
        kept = session.get_one(type(person), who)
        assert read_dossier(session, kept) == dossier


def test_the_sealed_document_is_compact(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session))
        write_dossier(session, person, {"sex": Known("male", "公安", date(2026, 1, 2))})

        assert person.facts_sealed is not None
        text = sealer_of(session).open_text(person.facts_sealed, place=FACTS, row=person.id)

    assert text == '{"sex":["male","公安","2026-01-02"]}'
    assert json.loads(text)


def test_nothing_known_is_an_empty_dossier(store: Store) -> None:
    with store.writing() as session:
        firm = make_firm(session, make_office(session))
        firm.facts_sealed = None

        assert read_dossier(session, firm) == {}


@given(st.integers(min_value=-400, max_value=400))
def test_a_fact_is_known_until_its_last_day_and_unknown_after(days: int) -> None:
    until = DAY + timedelta(days=days)
    dossier = {"care_need": Known(True, "民政", date(2026, 1, 1), until)}

    assert ("care_need" in facts_on(dossier, DAY)) == (days >= 0)


def test_a_name_and_number_are_opened_for_a_person_and_clear_for_a_firm(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        person, firm = make_person(session, office, name="欧阳·样例"), make_firm(session, office)

        assert name_of(session, person) == "欧阳·样例"
        assert number_of(session, person).startswith("370199")
        assert (person.firm_name, person.credit_code) == (None, None)
        assert (name_of(session, firm), firm.name_sealed) == ("济南样例有限公司", None)
        assert number_of(session, firm) == firm.credit_code


def test_a_number_is_one_profile_of_the_office(store: Store) -> None:
    number = resident_number(date(1950, 1, 1), 1)
    with pytest.raises(IntegrityError), store.writing() as session:
        office = make_office(session)
        for name in ("甲样例", "乙样例"):
            add_profile(
                session,
                office=office,
                kind=ProfileKind.RESIDENT,
                name=name,
                number=number,
                street_code=None,
                community=None,
                facts={},
                now=NOW,
            )


@pytest.mark.parametrize(
    "spelling", ["19900000001", "+86 199-0000-0001", "１９９０００００００１", "0086 19900000001"]
)
def test_a_phone_has_one_index_in_any_spelling(sealer: Sealer, spelling: str) -> None:
    assert contact_index(sealer, Channel.SMS, spelling) == contact_index(
        sealer, Channel.SMS, "19900000001"
    )


def test_a_person_is_found_by_whole_name_number_or_phone_and_by_nothing_less(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        one = make_person(session, office, name="赵样例", phone="19900000001")
        make_person(session, office, name="钱样例", phone="19900000002")
        number = number_of(session, one)

        for text in ("赵样例", " 赵 样例 ", number, number.lower(), "199 0000 0001"):
            assert [p.id for p in find(session, text)] == [one.id]
        for text in ("", " ", "赵", number[:-1], "1990000000", "%", "样例"):
            assert find(session, text) == []


def test_a_firm_is_found_by_its_credit_code_in_small_letters(store: Store) -> None:
    with store.writing() as session:
        firm = make_firm(session, make_office(session))

        assert [p.id for p in find(session, str(firm.credit_code).lower())] == [firm.id]


def test_a_phone_that_ended_finds_nobody(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session), phone="19900000003")
        session.exec(select(Contact)).one().ended_at = NOW
        session.flush()

        assert find(session, "19900000003") == []
        assert find(session, "王样例") == [person]


def test_an_address_given_twice_is_one_and_an_ended_one_runs_again(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session))
        first = add_contact(session, person, Channel.SMS, "19900000004", source="a", now=NOW)
        first.ended_at = NOW
        session.flush()

        again = add_contact(session, person, Channel.SMS, "199 0000 0004", source="b", now=NOW)

        assert (again.id, again.ended_at, again.source) == (first.id, None, "b")
        assert address_of(session, again) == "19900000004"
        assert len(session.exec(select(Contact)).all()) == 1


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.SMS, "0531-00000001"),
        (Channel.SMS, "19900000001\n19900000002"),
        (Channel.WECHAT, ""),
        (Channel.WECHAT, "有汉字"),
        (Channel.WECHAT, "o" * 65),
        (Channel.WECHAT, "o p"),
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(
    store: Store, channel: Channel, address: str
) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session))

        with pytest.raises(BadIdentity) as refused:
            add_contact(session, person, channel, address, source="样例", now=NOW)

    assert not address or address not in str(refused.value)


def test_the_birth_day_comes_from_the_number_where_the_facts_are_silent(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        person, firm = (
            make_person(session, office, born=date(2015, 6, 7)),
            make_firm(session, office),
        )

        assert birth_day(session, person, {}) == date(2015, 6, 7)
        assert birth_day(session, person, {"birth_date": "2014-01-02"}) == date(2014, 1, 2)
        assert birth_day(session, firm, {}) is None


def test_two_profiles_may_share_an_address(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        couple = [make_person(session, office, phone="19900000005") for _ in range(2)]

        assert find(session, "19900000005") == couple
