"""Receipts are kept before they are answered, and any order of them comes to the same."""

import json
import shutil
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from profiles.model import Channel, OptOut
from profiles.sealing import Sealer
from pusher.gateways.base import Answer, Parcel
from pusher.listening.inbox import take_in
from pusher.listening.receipts import PATIENCE, fold, silent
from pusher.model.notice import (
    RISING,
    Attempt,
    AttemptResult,
    Notice,
    NoticeState,
    Outcome,
    Reason,
)
from pusher.model.word import Inbox, Receipt
from pusher.store import Store
from tests.listening.callbacks import (
    GATEWAYS,
    folded,
    last_call,
    push,
    push_event,
    receipt,
    sent,
)
from tests.makers import NOW
from tests.sending.delivery_makers import (
    attempts_of,
    given_batch,
    make_settings,
    notices_of,
    the_notice,
)
from tests.sending.outbox import UNSURE, Outbox, accepts, wechat_box


def inbox_of(store: Store) -> list[Inbox]:
    with store.reading() as session:
        return list(session.exec(select(Inbox)))


def receipts_of(store: Store) -> list[Receipt]:
    with store.reading() as session:
        return list(session.exec(select(Receipt)))


def set_state(store: Store, notice: Notice, **to: Any) -> None:
    with store.writing() as session:
        found = session.get_one(Notice, notice.id)
        for name, value in to.items():
            setattr(found, name, value)


# ---- the inbox -------------------------------------------------------------------------------


def test_a_callback_is_stored_sealed_and_a_repeat_is_harmless(store: Store) -> None:
    body = b'[{"phone_number":"19900000001","success":true,"out_id":"x"}]'

    assert take_in(store, "aliyun", body, now=NOW)
    assert not take_in(store, "aliyun", body, now=NOW + timedelta(minutes=1))
    assert take_in(store, "tencent", body, now=NOW)

    rows = inbox_of(store)
    assert len(rows) == 2
    assert all(b"19900000001" not in row.body_sealed for row in rows)
    assert {row.received_at for row in rows} == {NOW}


def test_the_same_body_pushed_at_once_by_many_is_one_row(store: Store) -> None:
    new: list[bool] = []

    def push_it() -> None:
        new.append(take_in(store, "aliyun", b"[]", now=NOW))

    threads = [threading.Thread(target=push_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sum(new), len(inbox_of(store))) == (1, 1)


def test_a_callback_is_folded_once(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    push(store, [receipt(store, the_notice(store))])

    assert folded(store).receipts == 1
    assert folded(store).bodies == 0

    assert the_notice(store).outcome is Outcome.DELIVERED
    assert len(receipts_of(store)) == 1


def test_callbacks_of_a_gateway_that_is_off_wait(store: Store) -> None:
    take_in(store, "tencent", b"[]", now=NOW)

    assert folded(store).bodies == 0
    assert inbox_of(store)[0].folded_at is None


def test_a_fold_finishes_no_more_than_it_is_asked_to(store: Store) -> None:
    for number in range(5):
        push(store, [{"number": number}])

    with store.writing() as session:
        came = fold(session, GATEWAYS, now=NOW, at_most=3)

    assert came.bodies == 3
    assert sum(row.folded_at is None for row in inbox_of(store)) == 2


@pytest.mark.parametrize("body", [b"{}", b"\xff\xfe", b"", b"[" * 5000, b"null"])
def test_a_body_that_makes_no_sense_is_kept_and_holds_nobody_up(store: Store, body: bytes) -> None:
    given_batch(store, 1)
    sent(store)
    take_in(store, "aliyun", body, now=NOW - timedelta(minutes=1))
    push(store, [receipt(store, the_notice(store))])

    came = folded(store)

    assert (came.bodies, came.receipts, came.unreadable) == (2, 1, 1)


def test_a_body_moved_to_another_row_is_unreadable(store: Store) -> None:
    push(store, [{"a": 1}])
    push(store, [{"b": 2}])
    with store.writing() as session:
        first, second = session.exec(select(Inbox)).all()
        first.body_sealed = second.body_sealed

    assert folded(store).unreadable >= 1


def test_good_entries_count_beside_bad_ones(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    push(store, [17, {}, receipt(store, the_notice(store)), {"phone_number": None}])

    came = folded(store)

    assert (came.receipts, came.unreadable) == (1, 3)
    assert inbox_of(store)[0].unreadable == 3


# ---- whose receipt ---------------------------------------------------------------------------


def test_a_receipt_of_nobody_is_kept_and_changes_nothing(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    strange = receipt(store, the_notice(store)) | {"out_id": "0" * 26, "biz_id": "other"}
    push(store, [strange])

    came = folded(store)

    assert (came.strangers, came.receipts) == (1, 0)
    assert the_notice(store).outcome is Outcome.NONE
    assert [row.notice_id for row in receipts_of(store)] == [None]


@pytest.mark.parametrize("without", [set(), {"out_id"}])
def test_a_receipt_for_another_address_changes_nothing(store: Store, without: set[str]) -> None:
    given_batch(store, 1)
    sent(store)
    forged = receipt(store, the_notice(store), phone_number="19900009999")
    push(store, [{name: value for name, value in forged.items() if name not in without}])

    came = folded(store)

    assert (came.elsewhere, the_notice(store).outcome) == (1, Outcome.NONE)


def test_a_receipt_is_known_by_the_vendors_id_and_the_address_alone(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    told = receipt(store, the_notice(store))
    del told["out_id"]
    push(store, [told])

    assert folded(store).receipts == 1


def test_another_gateways_receipt_cannot_speak_of_our_call(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    body = json.dumps([receipt(store, the_notice(store))]).encode()
    take_in(store, "tencent", body, now=NOW)

    with store.writing() as session:
        came = fold(session, {"tencent": Outbox("tencent")}, now=NOW)

    assert (came.strangers, the_notice(store).outcome) == (1, Outcome.NONE)


def test_a_wechat_receipt_that_outruns_our_own_record_is_not_lost(store: Store) -> None:
    given_batch(store, 1, channel=Channel.WECHAT)
    box = wechat_box()

    def receipt_first(parcel: Parcel) -> Answer:
        push_event(store, finish_event(parcel.to, f"biz-{parcel.reference}"))
        assert folded(store).waiting == 1
        return accepts(parcel)

    box.mood = receipt_first
    sent(store, box)

    assert folded(store, NOW + timedelta(seconds=5)).receipts == 1
    assert the_notice(store).outcome is Outcome.DELIVERED


def test_a_wechat_receipt_of_somebody_elses_message_waits_no_longer_than_that(
    store: Store,
) -> None:
    push_event(store, finish_event("oSampleStranger", "123"))

    assert folded(store, NOW + timedelta(minutes=1)).waiting == 1
    came = folded(store, NOW + PATIENCE)

    assert (came.waiting, came.strangers) == (0, 1)


def finish_event(openid: str, number: str, status: str = "success") -> dict[str, str]:
    return {
        "ToUserName": "gh_sample",
        "FromUserName": openid,
        "CreateTime": "1764034205",
        "MsgType": "event",
        "Event": "TEMPLATESENDJOBFINISH",
        "MsgID": number,
        "Status": status,
    }


# ---- what it proves --------------------------------------------------------------------------


@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.parametrize("left", [None, NOW])
def test_a_receipt_for_an_unsure_notice_proves_that_it_was_taken(
    store: Store, delivered: bool, left: datetime | None
) -> None:
    given_batch(store, 1)
    sent(store, Outbox(mood=UNSURE))
    notice = the_notice(store)
    set_state(store, notice, left_to_staff_at=left)
    push(store, [receipt(store, notice, delivered=delivered)])

    folded(store)

    notice, [attempt] = the_notice(store), attempts_of(store)
    assert notice.state is NoticeState.ACCEPTED
    assert notice.accepted_at == NOW
    assert notice.gateway_ref == f"biz-{attempt.call}"
    assert notice.left_to_staff_at is None
    assert attempt.result is AttemptResult.ACCEPTED


def test_a_receipt_while_the_call_is_open_proves_it_too(store: Store) -> None:
    given_batch(store, 1)

    def receipt_first(parcel: Parcel) -> Answer:
        push(store, [receipt(store, the_notice(store))])
        folded(store)
        assert the_notice(store).state is NoticeState.ACCEPTED
        return accepts(parcel)

    sent(store, Outbox(mood=receipt_first))

    notice = the_notice(store)
    assert (notice.state, notice.outcome) == (NoticeState.ACCEPTED, Outcome.DELIVERED)
    assert notice.gateway_ref == f"biz-{attempts_of(store)[0].call}"


def test_a_receipt_that_comes_after_two_denials_stops_the_second_message(store: Store) -> None:
    given_batch(store, 1)
    sent(store, Outbox(mood=UNSURE))
    notice = the_notice(store)
    set_state(store, notice, state=NoticeState.DRAFTED)
    push(store, [receipt(store, notice)])

    folded(store)
    again = Outbox()
    sent(store, again)

    assert (again.parcels, the_notice(store).state) == ([], NoticeState.ACCEPTED)


@pytest.mark.parametrize(
    ("state", "reason"),
    [(NoticeState.FAILED, None), (NoticeState.WITHHELD, Reason.CANCELLED)],
)
def test_a_receipt_for_a_notice_that_was_given_up_is_kept_and_reopens_nothing(
    store: Store, state: NoticeState, reason: Reason | None
) -> None:
    given_batch(store, 1)
    sent(store)
    notice = the_notice(store)
    set_state(store, notice, state=state, reason=reason)
    push(store, [receipt(store, notice)])

    folded(store)

    assert (the_notice(store).state, the_notice(store).outcome) == (state, Outcome.DELIVERED)


def test_a_receipt_by_opt_out_is_kept_as_one(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    notice = the_notice(store)
    push(store, [receipt(store, notice, delivered=False, err_code="MOBILE_IN_BLACK")])

    folded(store, NOW + timedelta(hours=1))

    with store.reading() as session:
        said = session.exec(select(OptOut)).one()
    assert (said.address_index, said.channel) == (notice.address_index, Channel.SMS)
    assert said.said_at == NOW


@pytest.mark.parametrize("told", ["1970-01-01 00:00:00", "2099-01-01 00:00:00", "soon", ""])
def test_an_impossible_time_is_replaced_by_ours(store: Store, told: str) -> None:
    given_batch(store, 1)
    sent(store)
    push(store, [receipt(store, the_notice(store), report_time=told)])

    folded(store)

    assert receipts_of(store)[0].at == NOW


# ---- order and repeats -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def sent_store(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, sealer: Sealer
) -> Store:
    """Three notices, one accepted, one unsure, one whose worker died; on SQLite."""
    file = tmp_path_factory.mktemp("orders") / "pusher.db"
    shutil.copy(sqlite_template, file)
    store = Store(f"sqlite:///{file}", sealer=sealer)
    given_batch(store, 3)
    sent(store)
    first, second, third = notices_of(store)
    set_state(store, second, state=NoticeState.UNSURE, unsure_since=NOW, gateway_ref=None)
    set_state(store, third, state=NoticeState.HANDING, gateway_ref=None)
    with store.writing() as session:
        for notice, result in ((second, AttemptResult.UNSURE), (third, None)):
            attempt = session.exec(select(Attempt).where(Attempt.notice_id == notice.id)).one()
            attempt.result, attempt.gateway_ref = result, None
    assert first.state is NoticeState.ACCEPTED
    return store


words = st.lists(
    st.tuples(st.integers(0, 2), st.booleans(), st.sampled_from(["", "UNDELIV", "EXPIRED"])),
    min_size=1,
    max_size=6,
)


def end_state(store: Store, said: list[list[dict[str, Any]]]) -> dict[UUID, tuple[Any, ...]]:
    """What all notices come to when these bodies are folded; nothing is committed."""
    with store._session(store._writer) as session:
        session.connection()
        rows = [
            Inbox(gateway="aliyun", digest=f"{number:064}", body_sealed=b"", received_at=NOW)
            for number in range(len(said))
        ]
        sealer = session.info["sealer"]
        for row, entries in zip(rows, said, strict=True):
            body = json.dumps({"body": _b64(json.dumps(entries)), "query": {}, "headers": {}})
            row.body_sealed = sealer.seal_text(body, place="inbox.body_sealed", row=row.id)
            session.add(row)
        session.flush()
        fold(session, GATEWAYS, now=NOW)
        session.expire_all()
        found = {
            n.id: (n.state, n.outcome, n.gateway_ref) for n in session.exec(select(Notice)).all()
        }
        session.rollback()
        return found


def _b64(text: str) -> str:
    import base64

    return base64.b64encode(text.encode()).decode()


def test_the_same_receipt_fifty_times_at_once_is_one(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    body = json.dumps([receipt(store, the_notice(store))]).encode()
    kept: list[bool] = []

    def push_it() -> None:
        kept.extend(take_in(store, "aliyun", body, now=NOW) for _ in range(10))

    def fold_it() -> None:
        with store.writing() as session:
            fold(session, GATEWAYS, now=NOW)

    work = [threading.Thread(target=push_it) for _ in range(5)]
    work += [threading.Thread(target=fold_it) for _ in range(2)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    folded(store)

    assert (len(kept), kept.count(True)) == (50, 1)
    assert the_notice(store).outcome is Outcome.DELIVERED
    with store.reading() as session:
        assert len(session.exec(select(Inbox)).all()) == 1
        assert len(session.exec(select(Receipt)).all()) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=words, data=st.data())
def test_any_order_and_any_number_of_repeats_come_to_the_same(
    sent_store: Store, told: list[tuple[int, bool, str]], data: st.DataObject
) -> None:
    notices = notices_of(sent_store)
    entries = [
        receipt(sent_store, notices[which], delivered=delivered, err_code=code)
        for which, delivered, code in told
    ]
    once = end_state(sent_store, [[entry] for entry in entries])

    mixed = data.draw(st.permutations(entries + data.draw(st.lists(st.sampled_from(entries)))))
    cut = data.draw(st.integers(0, len(mixed)))
    again = end_state(sent_store, [part for part in (mixed[:cut], mixed[cut:]) if part])

    assert again == once
    for number, notice in enumerate(notices):
        best = [d for which, d, _ in told if which == number]
        state, outcome, _ = once[notice.id]
        if best:
            assert state is NoticeState.ACCEPTED
            assert outcome is (Outcome.DELIVERED if any(best) else Outcome.UNDELIVERED)
        else:
            assert (state, outcome) == (notice.state, Outcome.NONE)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = ("phone_number", "success", "err_code", "out_id", "biz_id", "content", "sequence_id",
         "report_time", "send_time")  # fmt: skip
odd_text = st.text(alphabet=st.characters()) | st.sampled_from(["\0", "\ud800", "x" * 5000, "退订"])
entry = st.fixed_dictionaries({}, optional=dict.fromkeys(names, anything | odd_text))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(entries=st.lists(entry, max_size=4))
def test_whatever_a_vendor_pushes_the_fold_goes_through(
    sent_store: Store, entries: list[Any]
) -> None:
    end_state(sent_store, [entries])


def test_what_no_database_takes_is_cleaned_before_it_is_kept(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    _, phone = last_call(store, the_notice(store))
    odd = "\0\ud800" + "长" * 300
    told = {"phone_number": phone, "success": True, "err_code": odd, "out_id": odd, "biz_id": odd}
    said = {"phone_number": "\0", "content": "\0退订" + "长" * 300, "sequence_id": "\0"}
    body = json.dumps([told, said]).encode()
    take_in(store, "aliyun", body, now=NOW)

    came = folded(store)

    assert (came.strangers, came.replies) == (1, 1)


def test_receipts_pushed_by_many_at_once_have_one_effect(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    body = [receipt(store, the_notice(store))]

    def push_and_fold() -> None:
        push(store, body)
        folded(store)

    threads = [threading.Thread(target=push_and_fold) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(receipts_of(store)) == 1
    assert the_notice(store).outcome is Outcome.DELIVERED


# ---- silence ---------------------------------------------------------------------------------


def hush(store: Store, now: datetime) -> int:
    with store.writing() as session:
        return silent(session, settings=make_settings(), now=now)


def test_a_notice_without_a_word_for_three_days_is_silent_and_a_late_word_counts(
    store: Store,
) -> None:
    given_batch(store, 1)
    sent(store)

    assert hush(store, NOW + timedelta(hours=71)) == 0
    assert hush(store, NOW + timedelta(hours=73)) == 1
    assert the_notice(store).outcome is Outcome.SILENT
    assert hush(store, NOW + timedelta(hours=74)) == 0

    push(store, [receipt(store, the_notice(store), delivered=False)], NOW + timedelta(hours=75))
    folded(store, NOW + timedelta(hours=75))
    assert the_notice(store).outcome is Outcome.UNDELIVERED


def test_only_accepted_notices_without_a_word_fall_silent(store: Store) -> None:
    given_batch(store, 3)
    sent(store)
    delivered, unsure, _ = notices_of(store)
    set_state(store, delivered, outcome=Outcome.DELIVERED)
    set_state(store, unsure, state=NoticeState.UNSURE)

    assert hush(store, NOW + timedelta(hours=73)) == 1
    assert list(Outcome) == list(RISING)
