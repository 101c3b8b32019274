"""Any order and any number of repeats of what vendors say come to the same."""

import json
import shutil
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from profiles.sealing import Sealer
from pusher.listening.inbox import take_in
from pusher.listening.receipts import fold
from pusher.model.notice import (
    Attempt,
    AttemptResult,
    Notice,
    NoticeState,
    Outcome,
)
from pusher.model.word import Inbox, Receipt
from pusher.store import Store
from tests.listening.callbacks import (
    GATEWAYS,
    folded,
    last_call,
    push,
    receipt,
    sent,
)
from tests.listening.inboxes import receipts_of, set_state
from tests.makers import NOW
from tests.sending.delivery_makers import (
    given_batch,
    notices_of,
    the_notice,
)


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
