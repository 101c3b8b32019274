"""An import is taken back: what it changed is as it was, what came later stays."""

from contextlib import nullcontext
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from profiles.dossier import find, name_of
from profiles.model import (
    Consent,
    Contact,
    EndReason,
    Guardianship,
    ImportState,
    OptOut,
    Profile,
    RosterImport,
    RosterRow,
    Subscription,
)
from profiles.roster_import import NotThere
from profiles.roster_undo import Undone, undo_import
from pusher.model.batch import Visit
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.registers import (
    CHILD,
    MOTHER,
    OLD,
    counts,
    everything,
    facts_of,
    person,
    running,
    table,
    take,
    the_one,
)
from tests.sending.makers import drafted_for, make_person

FULL = person(
    街道="腊山街道", 社区="甲社区", 手机号="19900000001", 微信openid="openid-1", 婚姻状况="已婚",
    同意推送="2026-09-01", 订阅="M01", 退订="微信", 数据日期="2026-09-01",
)  # fmt: skip


def undo(session: Session, import_id: UUID | None, days: int = 1) -> Undone:
    assert import_id is not None
    return undo_import(
        lambda: nullcontext(session), import_id, by="0001", now=NOW + timedelta(days=days)
    )


def plain(session: Session) -> dict[str, list[dict[str, object]]]:
    """Everything but when it was last touched, with facts opened."""
    found = everything(session)
    for row in found["Profile"]:
        row.pop("changed_at")
        row.pop("facts_sealed")
        row.pop("name_sealed")
        row.pop("touched")
    return found


def test_people_whom_it_brought_are_gone_again_and_the_right_file_can_come(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        child = person(CHILD, 监护人证件号码=OLD, 监护人同意="2026-09-01")
        first = take(session, office, table(FULL, child))

        assert undo(session, first.import_id) == Undone(removed=2)

        assert find(session, OLD) == find(session, CHILD) == []
        for table_ in (Contact, Consent, OptOut, Subscription, Guardianship):
            assert session.exec(select(table_)).all() == []
        kept = session.get_one(RosterImport, first.import_id)
        assert (kept.state, kept.undone_by) == (ImportState.UNDONE, "0001")
        assert all(row.trace_sealed is None for row in session.exec(select(RosterRow)))
        for gone in session.exec(select(Profile)):
            assert gone.ended_reason is EndReason.UNDONE
            assert (gone.name_sealed, gone.number_sealed, gone.facts_sealed) == (None,) * 3
        again = take(session, office, table(FULL, child))
        assert (counts(again), again.rejected) == ((2, 0, 0), [])


def test_what_it_changed_is_as_it_was(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(FULL, person(MOTHER)))
        take(session, office, table(person(CHILD, 监护人证件号码=MOTHER, 监护关系="母亲")))
        before, facts = plain(session), facts_of(session)
        second = take(
            session,
            office,
            table(
                FULL | {
                    "姓名": "王改名", "社区": "乙社区", "手机号": "19900000002", "婚姻状况": "丧偶",
                    "死亡日期": "2026-10-01", "迁出日期": "2026-10-02", "数据日期": "2026-11-01",
                    "退订": "全部", "订阅": "M02", "同意敏感信息": "2026-10-01",
                },
                person(CHILD, 监护人证件号码=MOTHER, 监护关系="外祖母"),
            ),
            name="错的.csv",
        )  # fmt: skip
        assert counts(second) == (0, 2, 0)
        assert (name_of(session, the_one(session)), running(session)) == (
            "王改名", ["19900000002", "openid-1"],
        )  # fmt: skip

        assert undo(session, second.import_id) == Undone(restored=2)

        after = plain(session)
        assert {n: rows for n, rows in after.items() if rows != before[n]} == {}
        assert facts_of(session) == facts
        assert name_of(session, the_one(session)) == "王样例"


def test_what_was_changed_since_stays(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(婚姻状况="未婚", 社区="甲", 数据日期="2026-01-01")))
        wrong = take(
            session, office, table(person(婚姻状况="丧偶", 社区="乙", 数据日期="2026-02-01"))
        )
        take(session, office, table(person(婚姻状况="已婚", 社区="丙", 数据日期="2026-03-01")))

        assert undo(session, wrong.import_id).kept == 2

        assert facts_of(session)["marital_status"] == "married"
        assert the_one(session).community == "丙"


def test_who_stands_in_another_import_too_is_not_removed(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        first = take(session, office, table(person(婚姻状况="丧偶")))
        take(session, office, table(person(家庭机动车数量="1")), name="另一份.csv")

        undo(session, first.import_id)

        assert facts_of(session) == {"household_vehicles": 1}


def test_whom_a_visit_refers_to_already_is_ended_and_comes_back_with_the_right_file(
    store: Store,
) -> None:
    with store.writing() as session:
        office = make_office(session)
        first = take(session, office, table(FULL))
        one = the_one(session)
        batch = drafted_for(session, office, [make_person(session, office)])
        session.add(Visit(batch_id=batch.id, profile_id=one.id, because="no_address"))
        session.flush()

        assert undo(session, first.import_id) == Undone(closed=1)

        assert (one.ended_on, one.ended_reason) == (date(2026, 11, 26), EndReason.UNDONE)
        assert running(session) == []
        again = take(session, office, table(FULL), now=NOW + timedelta(days=1))
        assert (counts(again), the_one(session).ended_on) == ((0, 1, 0), None)


def test_it_is_undone_once(store: Store) -> None:
    with store.writing() as session:
        first = take(session, make_office(session), table(FULL))
        undo(session, first.import_id)

        with pytest.raises(NotThere, match="已经撤销"):
            undo(session, first.import_id)
