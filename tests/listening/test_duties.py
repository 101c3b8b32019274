"""A duty is opened once, moves as its table says whatever the order, and every move is audited."""

import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from profiles.sealing import Sealer
from pusher.audit import verify
from pusher.duties import WithoutReason, close, drop, hand_over, open_duty
from pusher.model.duty import Duty, DutyKind, DutyState
from pusher.model.errors import IllegalMove, Overtaken
from pusher.model.staff import AuditEntry
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import the_office

DUE = date(2026, 11, 27)


def make_duty(session: Session, number: int = 1, kind: DutyKind = DutyKind.POLICY_UNSENT) -> Duty:
    return open_duty(
        session, kind, about=("policy", str(number)), title="高龄津贴还没有告知任何人",
        owner="样例街道", due_on=DUE, office_id=the_office(session).id, by="supervise", now=NOW,
    )  # fmt: skip


def acts(store: Store) -> Sequence[str]:
    with store.reading() as session:
        assert verify(session) == []
        return session.exec(select(AuditEntry.act)).all()


def test_one_duty_is_open_for_each_kind_and_thing(store: Store) -> None:
    with store.writing() as session:
        first = make_duty(session)
        again = make_duty(session)
        other = make_duty(session, 2)
        another_kind = make_duty(session, kind=DutyKind.CORRECTION_UNSENT)
        close(session, first, note="已发出", by="0001", now=NOW)
        anew = make_duty(session)

    assert first.id == again.id
    assert len({first.id, other.id, another_kind.id, anew.id}) == 4
    assert acts(store) == ["duty.open"] * 3 + ["duty.close", "duty.open"]


def test_two_who_open_the_same_meet_at_one(store: Store) -> None:
    with store.writing() as session:
        known = make_duty(session)
        session.expunge_all()
        twin = Duty(
            office_id=known.office_id, kind=known.kind, about=known.about, title="同一件",
            owner="样例街道", opened_at=NOW, due_on=DUE,
        )  # fmt: skip

        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(twin)
            session.flush()


def test_a_duty_ends_with_a_word_only(store: Store) -> None:
    with store.writing() as session:
        duty = make_duty(session)
        for end in (close, drop):
            with pytest.raises(WithoutReason):
                end(session, duty, note="  ", by="0001", now=NOW)
        with pytest.raises(WithoutReason):
            hand_over(session, duty, to=" ", by="0001", now=NOW)


def test_a_colleague_was_faster(store: Store) -> None:
    with store.writing() as session:
        duty = make_duty(session)
    with store.writing() as session:
        close(session, session.get_one(Duty, duty.id), note="已发出", by="0001", now=NOW)

    with pytest.raises(Overtaken), store.writing() as session:
        drop(session, duty, note="不用办", by="0002", now=NOW)


MOVES = st.lists(
    st.tuples(st.sampled_from(["open", "close", "drop", "hand over"]), st.integers(1, 2)),
    max_size=10,
)


@given(moves=MOVES)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_course_of_moves_ends_where_the_table_of_moves_allows(
    moves: list[tuple[str, int]], sqlite_template: Path, tmp_path: Path, sealer: Sealer
) -> None:
    file = tmp_path / "course.db"
    shutil.copy(sqlite_template, file)
    store = Store(f"sqlite:///{file}", sealer=sealer)
    open_now: dict[int, Duty] = {}
    ended: list[tuple[Duty, DutyState]] = []
    with store.writing() as session:
        for hour, (move, number) in enumerate(moves):
            now = NOW + timedelta(hours=hour)
            if move == "open":
                duty = make_duty(session, number)
                assert open_now.setdefault(number, duty).id == duty.id
            elif number in open_now and move == "hand over":
                hand_over(session, open_now[number], to=f"单位{hour}", by="0001", now=now)
                assert open_now[number].owner == f"单位{hour}"
            elif number in open_now:
                duty = open_now.pop(number)
                end, state = (
                    (close, DutyState.DONE) if move == "close" else (drop, DutyState.DROPPED)
                )
                end(session, duty, note="说明", by="0001", now=now)
                ended.append((duty, state))
        for duty, state in ended:
            assert (duty.state, duty.closed_by, duty.note) == (state, "0001", "说明")
            for end in (close, drop):
                with pytest.raises(IllegalMove):
                    end(session, duty, note="再来", by="0002", now=NOW)
            with pytest.raises(IllegalMove):
                hand_over(session, duty, to="别处", by="0002", now=NOW)
        assert all(duty.state is DutyState.OPEN for duty in open_now.values())
        assert verify(session) == []
    store.close()
