"""A full register: who is missing in it is named, and ended only when somebody confirms it."""

from contextlib import nullcontext
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from profiles.dossier import read_dossier
from profiles.model import EndReason, Profile, RosterRow, RowWord
from profiles.roster import RosterReport
from profiles.roster_import import NotThere
from profiles.roster_missing import Miscounted, end_missing
from profiles.roster_undo import undo_import
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.registers import (
    MOTHER,
    OLD,
    TEEN,
    counts,
    facts_of,
    person,
    table,
    take,
    the_one,
)


def end(session: Session, report: RosterReport, expected: int) -> int:
    assert isinstance(report.import_id, UUID)
    return end_missing(lambda: nullcontext(session), report.import_id, expected=expected, now=NOW)


def ended(session: Session) -> list[UUID]:
    return [p.id for p in session.exec(select(Profile)) if p.ended_on is not None]


def test_who_is_missing_is_named_and_nobody_is_ended(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(), person(MOTHER)))

        dry = take(session, office, table(person(TEEN)), snapshot=True, dry_run=True)
        wet = take(session, office, table(person(TEEN)), snapshot=True)

        people = [the_one(session).id, the_one(session, MOTHER).id]
        assert [m.profile_id for m in dry.missing] == people
        assert [m.profile_id for m in wet.missing] == people
        assert all(m.whole and m.name == "王样例" for m in wet.missing)
        assert ended(session) == []


def test_on_confirmation_they_are_ended_and_the_undo_brings_them_back(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(), person(MOTHER)))
        full = take(session, office, table(person(MOTHER)), snapshot=True)

        assert end(session, full, 1) == 1
        gone = the_one(session)
        assert (gone.ended_on, gone.ended_reason) == (NOW.date(), EndReason.UNLISTED)
        assert [
            (row.row, row.profile_id)
            for row in session.exec(select(RosterRow).where(RosterRow.word == RowWord.ENDED))
        ] == [(-1, gone.id)]

        assert full.import_id is not None
        undo_import(lambda: nullcontext(session), full.import_id, by="0001", now=NOW)
        assert ended(session) == []


def test_another_number_than_was_shown_ends_nobody(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(), person(MOTHER)))
        full = take(session, office, table(person(MOTHER)), snapshot=True)

        with pytest.raises(Miscounted, match="确认的是5人，现在名册外有1人"):
            end(session, full, 5)
        assert ended(session) == []


def test_a_file_that_does_not_claim_to_be_full_ends_nobody(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person()))
        part = take(session, office, table(person(MOTHER)))

        with pytest.raises(NotThere):
            end(session, part, 1)


def test_a_register_of_one_source_speaks_only_for_whom_it_vouched(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        aid = {"数据来源": "区民政局低保台账", "数据日期": "2026-06-01"}
        take(session, office, table(person(社会救助身份="低保", **aid), person(MOTHER)))
        take(session, office, table(person(婚姻状况="丧偶", 数据来源="区公安分局")))
        full = take(session, office, table(person(TEEN, 社会救助身份="低保", **aid)), snapshot=True)

        assert [(m.profile_id, m.whole) for m in full.missing] == [(the_one(session).id, False)]
        assert end(session, full, 1) == 1
        assert ended(session) == []
        assert "welfare_status" not in facts_of(session)
        assert facts_of(session)["marital_status"] == "widowed"
        known = read_dossier(session, the_one(session))["welfare_status"]
        assert known.valid_until == date(2026, 11, 24)


def test_who_is_listed_again_is_there_again(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(), person(MOTHER)))
        end(session, take(session, office, table(person(MOTHER)), snapshot=True), 1)

        later = NOW + timedelta(days=30)
        report = take(session, office, table(person(OLD)), name="补.csv", now=later)

        assert (counts(report), ended(session)) == ((0, 1, 0), [])
