"""The columns of an office are as fresh as the session that asks, and sealed where they rest."""

from datetime import date, datetime

import numpy as np
import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from profiles.dossier import Known, read_dossier, write_dossier
from profiles.model import EndReason, Office, Profile
from pusher.matching.index import keep, view
from pusher.matching.segment import ELIGIBLE, Question
from pusher.model.fact_index import FactIndex
from pusher.rules.language import parse
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.people import make_firm, make_person

AGED = Question(
    parse({"fact": "birth_date", "op": "age_ge", "value": 80}), "both", "self", NOW.date()
)


def old(session: Session, office: Office) -> Profile:
    return make_person(session, office, born=date(1940, 3, 4))


def aged(session: Session, office: Office) -> int:
    return sum(int((f.answers == ELIGIBLE).sum()) for f in view(session, office.id).ask(AGED))


def told(session: Session, person: Profile, **facts: object) -> None:
    known = {code: Known(value, "样例", NOW.date()) for code, value in facts.items()}
    write_dossier(session, person, {**read_dossier(session, person), **known})


@pytest.fixture
def office(store: Store) -> Office:
    """With one old person, looked at once: the columns stand."""
    with store.writing() as session:
        office = make_office(session)
        old(session, office)
    with store.reading() as session:
        assert aged(session, office) == 1
    return office


def test_whoever_came_in_since_is_found(store: Store, office: Office) -> None:
    with store.writing() as session:
        old(session, office)

    with store.reading() as session:
        assert aged(session, office) == 2


def test_a_changed_fact_counts_at_once(store: Store, office: Office) -> None:
    with store.writing() as session:
        told(session, session.exec(select(Profile)).one(), birth_date="1990-01-01")

    with store.reading() as session:
        assert aged(session, office) == 0


def test_a_change_is_noticed_whoever_makes_it(store: Store, office: Office) -> None:
    with store.writing() as session:
        session.connection().execute(
            text("UPDATE profile SET ended_on = '2026-11-01', ended_reason = 'moved_out'")
        )

    with store.reading() as session:
        assert aged(session, office) == 0


def test_who_left_and_came_back_is_there_again(store: Store, office: Office) -> None:
    for ended, reason in ((NOW.date(), EndReason.MOVED_OUT), (None, None)):
        with store.writing() as session:
            person = session.exec(select(Profile)).one()
            person.ended_on, person.ended_reason = ended, reason
        with store.reading() as session:
            assert aged(session, office) == (0 if ended else 1)


def test_a_writer_sees_its_own_changes_and_nobody_else_does(store: Store, office: Office) -> None:
    with store.writing() as session:
        old(session, office)
        assert aged(session, office) == 2
        session.rollback()

    with store.reading() as session:
        assert aged(session, office) == 1
    with store.writing() as session:
        old(session, office)
    with store.reading() as session:
        assert aged(session, office) == 2


def test_the_kept_copy_spares_a_new_start_and_misses_nothing(
    store: Store, office: Office, sealer
) -> None:
    with store.writing() as session:
        assert keep(session, office.id, now=NOW) == 1
    with store.writing() as session:
        old(session, office)

    begun = Store(store.url, sealer=sealer)
    with begun.reading() as session:
        parts = view(session, office.id).parts
        assert aged(session, office) == 2
    begun.close()
    assert [len(part.segment.ids) for part in parts] == [2]


def test_an_office_before_its_first_register_keeps_nothing(store: Store) -> None:
    with store.writing() as session:
        empty = make_office(session)
        assert keep(session, empty.id, now=NOW) == 0
        assert session.exec(select(FactIndex)).all() == []
        old(session, empty)
        assert keep(session, empty.id, now=NOW) == 1


def test_a_copy_that_does_not_open_is_made_anew(store: Store, office: Office, sealer) -> None:
    with store.writing() as session:
        keep(session, office.id, now=NOW)
        session.exec(select(FactIndex)).one().columns_sealed = b"\x01\x01" + bytes(60)

    begun = Store(store.url, sealer=sealer)
    with begun.reading() as session:
        assert aged(session, office) == 1
    begun.close()


def test_who_is_forgotten_stands_in_no_copy(store: Store, office: Office) -> None:
    with store.writing() as session:
        keep(session, office.id, now=NOW)
        assert session.exec(select(FactIndex)).all()
    with store.writing() as session:
        session.exec(select(Profile)).one().facts_sealed = None

    with store.reading() as session:
        assert session.exec(select(FactIndex)).all() == []
        assert aged(session, office) == 0
        (part,) = view(session, office.id).parts
        values = [
            value for column in part.segment.table.columns.values() for value in column.values
        ]
        assert "1940-03-04" not in values


def test_the_copy_is_sealed(store: Store, office: Office) -> None:
    with store.writing() as session:
        told(session, session.exec(select(Profile)).one(), birth_date="1940-12-31")
        keep(session, office.id, now=NOW)
        blob = session.exec(select(FactIndex)).one().columns_sealed

    assert b"1940-12-31" not in blob
    assert b"birth_date" not in blob


def test_parts_add_up(store: Store, office: Office) -> None:
    with store.writing() as session:
        for _ in range(3):
            old(session, office)
        make_firm(session, office, employees=3)

        seen = view(session, office.id)
        assert [len(part.segment.ids) for part in seen.parts] == [1, 4]
        assert (seen.size, aged(session, office)) == (5, 4)


def test_streets_are_counted(store: Store, office: Office) -> None:
    with store.writing() as session:
        session.exec(select(Profile)).one().street_code = "370104013"
        old(session, office)

    with store.reading() as session:
        (found,) = view(session, office.id).ask(AGED)
        assert found.by_street(np.uint8(ELIGIBLE)) == {"370104013": 1, "": 1}


def test_a_fact_past_its_day_no_longer_counts(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        person = make_person(session, office)
        dossier = read_dossier(session, person)
        write_dossier(
            session,
            person,
            {
                **dossier,
                "birth_date": Known("1940-01-01", "旧册", date(2020, 1, 1), date(2026, 11, 24)),
            },
        )

    with store.reading() as session:
        (found,) = view(session, office.id).ask(AGED)
        assert found.missing() == {"birth_date": 1}
