"""Registers name children, guardians and agents."""

from datetime import date

import pytest
from sqlmodel import select

from profiles.model import (
    Channel,
    Consent,
    ConsentScope,
    GuardianKind,
    Guardianship,
)
from profiles.recipients import recipients
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.registers import (
    CHILD,
    MOTHER,
    OLD,
    TEEN,
    counts,
    person,
    running,
    table,
    take,
    the_one,
    told,
)


def test_a_guardian_may_stand_further_down_in_the_file(store: Store) -> None:
    child = person(CHILD, 监护人证件号码=MOTHER, 监护关系="母亲", 监护人同意="2026-09-01")
    child |= {"同意推送": "2026-09-01", "同意敏感信息": "2026-09-01", "监护至": "2034-05-01"}
    with store.writing() as session:
        office = make_office(session)
        content = table(child, person(MOTHER, 手机号="19900000001"))
        report = take(session, office, content)

        assert (counts(report), report.rejected) == ((2, 0, 0), [])
        ward, mother = the_one(session, CHILD), the_one(session, MOTHER)
        link = session.exec(select(Guardianship)).one()
        assert (link.ward_id, link.guardian_id) == (ward.id, mother.id)
        assert (link.kind, link.relation) == (GuardianKind.GUARDIAN, "母亲")
        assert link.until_on == date(2034, 5, 1)
        found = recipients(session, [ward], channels=[Channel.SMS], as_of=NOW.date())[ward.id]
        assert found.reader is mother and found.contact
        given = {(c.scope, c.given_by_id) for c in session.exec(select(Consent))}
        assert given == {(scope, mother.id) for scope in ConsentScope}
        assert counts(take(session, office, content)) == (0, 0, 2)


def test_a_guardian_who_is_known_already_is_found(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(MOTHER)))
        report = take(session, office, table(person(CHILD, 监护人证件号码=MOTHER)))
        silent = take(session, office, table(person(CHILD, 监护人同意="2026-09-01")))

        assert report.rejected == silent.rejected == []
        assert counts(silent) == (0, 1, 0)


def test_a_child_without_a_guardian_comes_in_and_is_told_of(store: Store) -> None:
    with store.writing() as session:
        content = table(person(CHILD, 监护人同意="2026-09-01"))
        report = take(session, make_office(session), content)

        assert counts(report) == (1, 0, 0)
        assert told(report) == [
            (2, "监护人证件号码", "no_guardian"),
            (2, "监护人同意", "no_guardian"),
        ]
        assert session.exec(select(Consent)).all() == []


def test_a_childs_own_phone_is_left_out(store: Store) -> None:
    with store.writing() as session:
        row = person(CHILD, 手机号="19900000001", 微信openid="openid-1", 监护人证件号码=MOTHER)
        report = take(session, make_office(session), table(row, person(MOTHER)))

        assert told(report) == [(2, "手机号", "child"), (2, "微信openid", "child")]
        assert running(session, CHILD) == []


def test_from_14_on_one_consents_for_oneself(store: Store) -> None:
    with store.writing() as session:
        row = person(TEEN, 同意推送="2026-09-01", 监护人证件号码=MOTHER)
        take(session, make_office(session), table(row, person(MOTHER)))

        assert [c.given_by_id for c in session.exec(select(Consent))] == [None]


@pytest.mark.parametrize(
    ("cells", "code"),
    [({"死亡日期": "2026-01-01"}, "guardian_gone"), ({"迁出日期": "2026-01-01"}, "guardian_gone")],
)
def test_a_guardian_who_died_or_left_is_not_linked(
    store: Store, cells: dict[str, str], code: str
) -> None:
    with store.writing() as session:
        rows = (person(CHILD, 监护人证件号码=MOTHER), person(MOTHER, **cells))
        report = take(session, make_office(session), table(*rows))

        assert told(report) == [(2, "监护人证件号码", code)]
        assert session.exec(select(Guardianship)).all() == []


def test_a_child_cannot_be_a_guardian_and_two_cannot_guard_each_other(store: Store) -> None:
    rows = (
        person(CHILD, 监护人证件号码=TEEN),
        person(TEEN, 监护人证件号码=MOTHER),
        person(MOTHER, 监护人证件号码=OLD),
        person(OLD, 监护人证件号码=MOTHER),
    )
    with store.writing() as session:
        report = take(session, make_office(session), table(*rows))

        assert told(report) == [
            (2, "监护人证件号码", "guardian_is_child"),
            (5, "监护人证件号码", "bad_guardian"),
        ]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("授权家属", GuardianKind.AGENT),
        ("", GuardianKind.AGENT),
        ("监护人", GuardianKind.ADULT_GUARDIAN),
    ],
)
def test_who_reads_for_an_adult_is_an_agent_or_the_guardian_of_an_adult(
    store: Store, word: str, kind: GuardianKind
) -> None:
    with store.writing() as session:
        row = person(OLD, 监护人证件号码=MOTHER, 监护关系="女儿", 监护类型=word)
        report = take(session, make_office(session), table(row, person(MOTHER)))

        assert report.rejected == []
        assert session.exec(select(Guardianship)).one().kind is kind


def test_a_child_has_no_agent(store: Store) -> None:
    with store.writing() as session:
        row = person(CHILD, 监护人证件号码=MOTHER, 监护类型="授权家属")
        report = take(session, make_office(session), table(row, person(MOTHER)))

        assert (2, "监护类型", "not_listed") in told(report)
        assert session.exec(select(Guardianship)).all() == []
