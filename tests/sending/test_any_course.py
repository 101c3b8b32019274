"""Whatever happens in whatever order: the plan adds up, and nobody gets two messages."""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col, select

from profiles.addresses import address_of
from profiles.model import Channel, Contact
from profiles.sealing import Sealer
from pusher.gateways.base import Answer, Gateway, Parcel, Result, Why
from pusher.listening.inbox import take_in
from pusher.listening.receipts import fold
from pusher.listening.report import report
from pusher.model.batch import Batch, BatchState
from pusher.model.clockwork import Pause
from pusher.model.notice import Attempt, AttemptResult, Notice, NoticeState
from pusher.sending.claim import claim
from pusher.sending.deliver import deliver
from pusher.sending.release import release
from pusher.sending.rescue import rescue
from pusher.sending.review import cancel
from pusher.sending.route import open_ways, pause_gateway
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import given_batch, make_settings, notices_of
from tests.sending.outbox import UNSURE, Outbox, accepts, says

_ALIYUN = make_settings(quiet_hours=False)
SETTINGS = replace(_ALIYUN, gateways={**_ALIYUN.gateways, "tencent": _ALIYUN.gateways["aliyun"]})
"""Of an office that registered its templates with two vendors."""
NAMES = ("aliyun", "tencent")
NOTICES = 5


class Died(Exception):
    """The worker is gone; nothing it knew is left but what it committed."""


class Vendor(Outbox):
    """Counts the messages it really took, whatever it answered; both vendors share the books."""

    def __init__(self, name: str, taken: Counter[str], ways: list[str]) -> None:
        super().__init__(name)
        self.taken = taken
        self.ways = ways

    def hand_over(self, parcels: Sequence[Parcel], *, deadline: float) -> list[Answer]:
        return [self._take(parcel) for parcel in parcels]

    def _take(self, parcel: Parcel) -> Answer:
        way = self.ways.pop(0) if self.ways else "accept"
        if way in ("accept", "taken, no answer", "taken, then death"):
            self.taken[parcel.to] += 1
            self.knows.add(parcel.reference)
            self.parcels.append(parcel)
        if way in ("taken, then death", "death"):
            raise Died
        answers = {
            "accept": accepts,
            "taken, no answer": UNSURE,
            "lost": UNSURE,
            "not sent": says(Result.NOT_SENT, Why.TRANSIENT, "connect_failed"),
            "refused": says(Result.REFUSED, Why.RECIPIENT),
            "no money": says(Result.NOT_SENT, Why.QUOTA),
        }
        return answers[way](parcel)


WAYS = st.sampled_from(
    ["accept", "taken, no answer", "lost", "not sent", "refused", "no money", "taken, then death",
     "death"]
)  # fmt: skip


class AnyCourse(RuleBasedStateMachine):
    """One batch, two queryable vendors that are honest when asked, and much bad luck."""

    template: Path
    sealer: Sealer

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "pusher.db")
        self.store = Store(f"sqlite:///{self.folder / 'pusher.db'}", sealer=self.sealer)
        self.batch = given_batch(self.store, NOTICES)
        self.taken: Counter[str] = Counter()
        self.ways: list[str] = []
        self.vendors = {name: Vendor(name, self.taken, self.ways) for name in NAMES}
        self.gateways: dict[str, Gateway] = {**self.vendors}
        self.now = NOW
        self.hushed: dict[str, int] = {}

    @rule(ways=st.lists(WAYS, max_size=NOTICES), limit=st.sampled_from([None, 1, 2]))
    def send(self, ways: list[str], limit: int | None) -> None:
        self.ways[:] = ways
        try:
            deliver(self.store, self.gateways, settings=SETTINGS, now=self.now, limit=limit,
                    owner="test", jitter=lambda: 1.0)  # fmt: skip
        except Died:
            self.ways.clear()

    @rule()
    def die_after_the_claim(self) -> None:
        with self.store.writing() as session:
            release(session, now=self.now)
            for way in open_ways(
                session, self.gateways, Channel.SMS, settings=SETTINGS, now=self.now
            ):
                claim(session, way, settings=SETTINGS, now=self.now, at_most=2)

    @rule(minutes=st.sampled_from([1, 2, 6, 16, 60]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def clear_up(self) -> None:
        rescue(self.store, self.gateways, settings=SETTINGS, now=self.now, jitter=lambda: 1.0)

    @precondition(lambda self: self.taken)
    @rule(which=st.integers(0, 20), delivered=st.booleans())
    def hear(self, which: int, delivered: bool) -> None:
        took = [(name, parcel) for name in NAMES for parcel in self.vendors[name].parcels]
        name, parcel = took[which % len(took)]
        self._push(
            name,
            {"phone_number": parcel.to, "success": delivered, "err_code": "DELIVERED",
             "out_id": parcel.reference, "biz_id": f"biz-{parcel.reference}"},
        )  # fmt: skip

    @rule(which=st.integers(0, NOTICES - 1))
    def say_stop(self, which: int) -> None:
        notice = notices_of(self.store)[which]
        with self.store.reading() as session:
            phone = address_of(session, session.get_one(Contact, notice.contact_id))
            attempts = len(
                session.exec(select(Attempt).where(Attempt.notice_id == notice.id)).all()
            )
        self._push("aliyun", {"phone_number": phone, "content": "TD", "sequence_id": "1"})
        self.hushed.setdefault(str(notice.id), attempts)

    @rule(name=st.sampled_from(NAMES))
    def pause(self, name: str) -> None:
        with self.store.writing() as session:
            pause_gateway(session, name, because="样例", now=self.now)

    @rule()
    def resume(self) -> None:
        with self.store.writing() as session:
            for pause in session.exec(select(Pause)).all():
                session.delete(pause)

    @rule()
    def cancel_the_batch(self) -> None:
        with self.store.writing() as session:
            batch = session.get_one(Batch, self.batch)
            if batch.state in (BatchState.APPROVED, BatchState.SENDING):
                cancel(session, batch, by="0001", now=self.now, reason="样例")

    def _push(self, name: str, entry: dict[str, Any]) -> None:
        take_in(self.store, name, json.dumps([entry]).encode(), now=self.now)
        with self.store.writing() as session:
            fold(session, self.gateways, now=self.now)

    @invariant()
    def the_plan_adds_up(self) -> None:
        with self.store.reading() as session:
            found = report(session)
        assert found.planned == NOTICES
        assert found.balanced

    @invariant()
    def nobody_got_two(self) -> None:
        # neither of one vendor nor one of each
        assert max(self.taken.values(), default=0) <= 1

    @invariant()
    def nobody_changes_vendor_after_a_doubt(self) -> None:
        doubted: dict[UUID, str] = {}
        with self.store.reading() as session:
            attempts = session.exec(select(Attempt).order_by(col(Attempt.number))).all()
        for attempt in attempts:
            assert doubted.get(attempt.notice_id, attempt.gateway) == attempt.gateway
            if attempt.result is AttemptResult.UNSURE:
                doubted[attempt.notice_id] = attempt.gateway

    @invariant()
    def every_state_is_true(self) -> None:
        for phone, notice in self._by_phone():
            taken = self.taken[phone]
            if notice.state is NoticeState.ACCEPTED:
                assert taken == 1
            elif notice.state in (NoticeState.DRAFTED, NoticeState.FAILED, NoticeState.WITHHELD):
                assert taken == 0, notice.state

    @invariant()
    def nothing_starts_after_a_stop(self) -> None:
        with self.store.reading() as session:
            for notice, before in self.hushed.items():
                made = session.exec(select(Attempt.notice_id)).all()
                assert sum(str(m) == notice for m in made) == before

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        self.resume()
        for _ in range(6):
            self.now += timedelta(minutes=20)
            self.clear_up()
            self.send([], None)
        self.nobody_got_two()
        self.every_state_is_true()
        with self.store.reading() as session:
            open_states = session.exec(
                select(Notice.state).where(
                    col(Notice.state).in_((NoticeState.HANDING, NoticeState.DRAFTED))
                    | ((col(Notice.state) == NoticeState.UNSURE)
                       & col(Notice.left_to_staff_at).is_(None))
                )
            ).all()  # fmt: skip
        assert open_states == []
        self.store.close()
        shutil.rmtree(self.folder)

    def _by_phone(self) -> list[tuple[str, Notice]]:
        notices = notices_of(self.store)
        with self.store.reading() as session:
            return [
                (address_of(session, session.get_one(Contact, n.contact_id)), n) for n in notices
            ]


def test_any_course_of_events_leaves_the_books_true(sqlite_template: Path, sealer: Sealer) -> None:
    AnyCourse.template, AnyCourse.sealer = sqlite_template, sealer

    run_state_machine_as_test(  # type: ignore[no-untyped-call,unused-ignore]
        AnyCourse,
        settings=settings(
            max_examples=20,
            phases=(Phase.generate,),  # shrinking whole courses takes minutes
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
