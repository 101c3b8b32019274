"""A clock that jumps causes delay, never a second text and never one at night."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from pusher import hold
from pusher.clockwork import LEAP, Reading, clockwork_state
from pusher.model.clockwork import HoldCause
from pusher.model.notice import NoticeState
from pusher.model.staff import AuditEntry
from pusher.store import Store
from tests.clockwork.clocks import Clocks, clockwork_of
from tests.makers import NOW
from tests.sending.delivery_makers import given_batch, states_of
from tests.sending.outbox import Outbox

TICK = timedelta(seconds=5)
HOURS = timedelta(hours=3)


def causes(store: Store) -> list[HoldCause]:
    with store.reading() as session:
        return [row.cause for row in hold.standing(session)]


@pytest.mark.parametrize("jump", [HOURS, -HOURS])
def test_a_clock_that_jumps_holds_all_sending_while_answers_are_still_heard(
    store: Store, jump: timedelta
) -> None:
    given_batch(store, 1)
    outbox, clocks = Outbox(), Clocks()
    clocks.wall -= timedelta(hours=6)
    clockwork = clockwork_of(store, clocks, outbox)
    clockwork.tick()
    clocks.pass_by(timedelta(hours=6) + jump, 5)

    came = clockwork.tick()

    assert causes(store) == [HoldCause.CLOCK_JUMP]
    assert {"heartbeat", "fold"} <= set(came)
    assert not {"deliver", "rescue", "lapse", "silent"} & set(came)
    assert outbox.parcels == []


def test_a_clock_that_runs_on_at_a_wrong_hour_stays_held_until_a_person_has_looked(
    store: Store,
) -> None:
    clocks = Clocks()
    clockwork = clockwork_of(store, clocks, outbox := Outbox())
    clockwork.tick()
    given_batch(store, 1)
    clocks.pass_by(HOURS, 5)
    for _ in range(5):
        clockwork.tick()
        clocks.pass_by(TICK)
    assert outbox.parcels == []

    with store.writing() as session:
        hold.lift(session, HoldCause.CLOCK_JUMP, remark="已对时", by="0003", now=clocks.wall)
    clockwork.tick()

    assert (len(outbox.parcels), causes(store)) == (1, [])


def test_a_jump_that_is_undone_is_over_after_two_readings_that_agree(store: Store) -> None:
    clocks = Clocks()
    clockwork = clockwork_of(store, clocks, outbox := Outbox())
    clockwork.tick()
    given_batch(store, 1)
    clocks.pass_by(HOURS, 5)
    clockwork.tick()

    clocks.pass_by(-HOURS, 5)
    clockwork.tick()
    assert causes(store) == [HoldCause.CLOCK_JUMP]
    clocks.pass_by(TICK)
    clockwork.tick()

    assert (len(outbox.parcels), causes(store)) == (1, [])
    with store.reading() as session:
        acts = session.exec(
            select(AuditEntry.act, AuditEntry.by).where(AuditEntry.about == "hold:clock_jump")
        ).all()
    assert acts == [("hold.place", "clockwork"), ("hold.lift", "clockwork")]


def test_what_was_done_at_a_wrong_hour_is_done_again_when_that_hour_comes(store: Store) -> None:
    clocks = Clocks()
    clocks.wall += HOURS  # wrong from the start: nobody can tell
    clockwork = clockwork_of(store, clocks)
    clockwork.tick()
    clocks.pass_by(-HOURS, 5)
    clockwork.tick()
    with store.writing() as session:
        hold.lift(session, HoldCause.CLOCK_JUMP, remark="已对时", by="0003", now=clocks.wall)
    clockwork.tick()
    clocks.pass_by(HOURS)

    came = clockwork.tick()

    assert {"fold", "rescue", "deliver"} <= set(came)


def test_a_clock_that_is_put_right_little_by_little_holds_nothing(store: Store) -> None:
    clocks = Clocks()
    clockwork = clockwork_of(store, clocks)
    for _ in range(10):
        clockwork.tick()
        clocks.pass_by(timedelta(seconds=40), 5)

    assert causes(store) == []


def test_a_machine_that_slept_holds_nothing(store: Store) -> None:
    clocks = Clocks()
    clockwork = clockwork_of(store, clocks)
    clockwork.tick()
    clocks.pass_by(timedelta(hours=8))
    clockwork.tick()

    assert causes(store) == []


def test_a_jump_while_no_clockwork_ran_is_noticed_by_the_next(store: Store) -> None:
    clocks = Clocks()
    clockwork_of(store, clocks).tick()
    clocks.pass_by(HOURS, 5)

    clockwork_of(store, clocks, owner="two").tick()

    assert causes(store) == [HoldCause.CLOCK_JUMP]


def test_a_clockwork_that_starts_during_a_hold_does_not_take_the_wrong_hour_for_right(
    store: Store,
) -> None:
    clocks = Clocks()
    first = clockwork_of(store, clocks)
    first.tick()
    clocks.pass_by(HOURS, 5)
    first.tick()

    second = clockwork_of(store, clocks, owner="two")
    for _ in range(3):
        clocks.pass_by(TICK)
        second.tick()

    assert causes(store) == [HoldCause.CLOCK_JUMP]


@pytest.mark.parametrize(("shows", "held"), [(-timedelta(days=400), True), (HOURS, False)])
def test_after_a_start_of_the_machine_time_may_not_have_gone_back(
    store: Store, shows: timedelta, held: bool
) -> None:
    clocks = Clocks()
    clockwork_of(store, clocks).tick()
    clocks.wall += shows
    clocks.start_anew()

    clockwork_of(store, clocks, owner="two").tick()

    assert (causes(store) != []) is held


def test_of_two_clockworks_one_places_the_hold_and_both_heed_it(store: Store) -> None:
    clocks = Clocks()
    both = [clockwork_of(store, clocks, Outbox(), owner=name) for name in ("one", "two")]
    for clockwork in both:
        clockwork.tick()
    given_batch(store, 3)
    clocks.pass_by(HOURS, 5)
    for clockwork in both * 2:
        clockwork.tick()

    assert states_of(store) == {NoticeState.DRAFTED: 3}
    with store.reading() as session:
        about = select(AuditEntry.act).where(AuditEntry.about == "hold:clock_jump")
        assert session.exec(about).all() == ["hold.place"]


spans = st.timedeltas(-timedelta(days=900), timedelta(days=900))


@given(wall=spans, boot=st.floats(0, 1e7))
def test_two_readings_agree_if_both_clocks_went_on_alike(wall: timedelta, boot: float) -> None:
    before = Reading(NOW, "first", 50.0)

    after = Reading(NOW + wall, "first", 50.0 + boot)

    assert after.agrees_with(before) is (abs(wall - timedelta(seconds=boot)) <= LEAP)


@pytest.mark.parametrize(("ago", "alive"), [(0, True), (60, True), (61, False), (-90, False)])
def test_a_clockwork_lives_by_its_newest_sign_of_life(store: Store, ago: int, alive: bool) -> None:
    clocks = Clocks()
    clockwork_of(store, clocks).tick()

    with store.reading() as session:
        state = clockwork_state(session, clocks.wall + timedelta(seconds=ago))

    assert state.alive is alive
    assert state.beat_at == clocks.wall


def test_a_clockwork_that_never_ran_does_not_live(store: Store) -> None:
    with store.reading() as session:
        state = clockwork_state(session, NOW)

    assert (state.alive, state.beat_at, state.failing) == (False, None, {})
