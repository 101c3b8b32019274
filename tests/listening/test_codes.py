"""A code that is read back confirms one number, once, in time, within five tries."""

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from profiles.model import Contact, Doubt
from pusher.listening.codes import Checked, NoCode, check_code, read_code
from pusher.listening.receipts import Folded
from pusher.listening.tries import Verdict
from pusher.model.contact_code import ContactCode
from pusher.model.errors import IllegalMove
from pusher.model.notice import AttemptResult
from pusher.model.staff import AuditEntry
from pusher.store import Store
from tests.listening.callbacks import folded, push
from tests.makers import NOW
from tests.sending.code_makers import PHONE, doubt_of, in_doubt, send, silent
from tests.sending.outbox import UNSURE, Outbox

RIGHT, WRONG = "020304", "020305"
DEAD = "MOBILE_NOT_ON_SERVICE"


def check(store: Store, contact: Contact, code: str, after_s: float = 1) -> Checked:
    with store.writing() as session:
        return check_code(
            session, session.get_one(Contact, contact.id), code, by="1001",
            now=NOW + timedelta(seconds=after_s),
        )  # fmt: skip


def is_confirmed(store: Store, contact: Contact) -> bool:
    with store.reading() as session:
        return session.get_one(Contact, contact.id).doubt is None


def acts(store: Store) -> list[tuple[str, object]]:
    with store.reading() as session:
        found = session.exec(select(AuditEntry).order_by(col(AuditEntry.number)))
        return [(one.act, one.detail.get("way")) for one in found]


def test_the_right_code_confirms_and_is_good_for_once(store: Store) -> None:
    contact = in_doubt(store)
    send(store, Outbox(), contact.id)

    assert check(store, contact, RIGHT).verdict is Verdict.RIGHT
    assert is_confirmed(store, contact)
    assert check(store, contact, RIGHT).verdict is Verdict.NONE
    assert acts(store) == [("contact.code", None), ("contact.confirm", "验证码")]


@pytest.mark.parametrize(
    ("after_s", "verdict"),
    [(299.9, Verdict.RIGHT), (300, Verdict.EXPIRED), (86_399, Verdict.EXPIRED)],
)
def test_a_code_is_good_for_five_minutes(store: Store, after_s: float, verdict: Verdict) -> None:
    contact = in_doubt(store)
    send(store, Outbox(), contact.id)

    assert check(store, contact, RIGHT, after_s).verdict is verdict
    assert is_confirmed(store, contact) is (verdict is Verdict.RIGHT)


def test_after_five_wrong_ones_the_right_one_is_wrong_too(store: Store) -> None:
    contact = in_doubt(store)
    send(store, Outbox(), contact.id)

    said = [check(store, contact, WRONG) for _ in range(5)]

    assert [one.left for one in said] == [4, 3, 2, 1, 0]
    assert said[0].said == "验证码不对，还可再试 4 次"
    assert "重新发" in said[4].said
    assert check(store, contact, RIGHT).verdict is Verdict.USED_UP
    assert not is_confirmed(store, contact)
    assert acts(store)[1:] == [("contact.code_refused", None)] * 5


def test_a_code_is_for_one_contact_even_of_the_same_number(store: Store) -> None:
    one, other, box = in_doubt(store), in_doubt(store), Outbox()
    send(store, box, one.id)
    send(store, box, other.id, 60, code=777_777)

    assert check(store, other, RIGHT, 61) == Checked(Verdict.WRONG, 4)
    assert check(store, in_doubt(store), RIGHT, 61).verdict is Verdict.NONE
    assert check(store, one, RIGHT, 61).verdict is Verdict.RIGHT


def test_a_later_code_takes_the_place_of_the_one_before(store: Store) -> None:
    contact, box = in_doubt(store), Outbox()
    send(store, box, contact.id)
    send(store, box, contact.id, 60, code=777_777)

    assert check(store, contact, RIGHT, 61).verdict is Verdict.WRONG
    assert check(store, contact, "777777", 61).verdict is Verdict.RIGHT


def test_one_that_came_though_it_was_unsure_counts(store: Store) -> None:
    contact = in_doubt(store)
    send(store, Outbox(mood=UNSURE), contact.id)

    assert check(store, contact, RIGHT).verdict is Verdict.RIGHT


def test_an_address_that_ended_meanwhile_is_not_confirmed(store: Store) -> None:
    contact = in_doubt(store)
    send(store, Outbox(), contact.id)
    with store.writing() as session:
        session.get_one(Contact, contact.id).ended_at = NOW

    with pytest.raises(IllegalMove):
        check(store, contact, RIGHT)


def test_of_guesses_made_at_once_no_more_than_five_are_heard(store: Store) -> None:
    contact = in_doubt(store)
    send(store, Outbox(), contact.id)
    heard: list[Checked] = []
    start = threading.Barrier(12)

    def guess() -> None:
        start.wait()
        heard.append(check(store, contact, WRONG))

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    tried = sorted(one.left for one in heard if one.verdict is Verdict.WRONG)
    assert tried == [0, 1, 2, 3, 4]
    assert sum(one.verdict is Verdict.USED_UP for one in heard) == 7
    with store.reading() as session:
        assert session.exec(select(ContactCode.tries)).one() == 5
    assert check(store, contact, RIGHT).verdict is Verdict.USED_UP


def test_of_two_who_read_it_back_at_once_one_is_right(store: Store) -> None:
    contact = in_doubt(store)
    send(store, Outbox(), contact.id)
    heard: list[Verdict] = []
    threads = [
        threading.Thread(target=lambda: heard.append(check(store, contact, RIGHT).verdict))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert heard.count(Verdict.RIGHT) == 1
    assert acts(store).count(("contact.confirm", "验证码")) == 1


@pytest.mark.parametrize("typed", ["020304", " 020 304 ", "０２０３０４", "02\u30000304"])
def test_digits_are_read_however_they_were_typed(typed: str) -> None:
    assert read_code(typed) == RIGHT


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=12))
def test_what_is_read_is_six_plain_digits_or_refused(typed: str) -> None:
    try:
        code = read_code(typed)
    except NoCode:
        return
    assert len(code) == 6 and set(code) <= set("0123456789")


def told(store: Store, **given: object) -> Folded:
    """Aliyun's word on the last code."""
    with store.reading() as session:
        newest = select(ContactCode).order_by(col(ContactCode.id).desc())
        code = session.exec(newest).first()
    assert code is not None
    entry = {
        "phone_number": PHONE, "success": True, "err_code": "DELIVERED", "biz_id": "b",
        "out_id": code.call, "report_time": "2026-11-25 09:30:05", **given,
    }  # fmt: skip
    push(store, [entry])
    return folded(store)


def test_a_receipt_of_a_code_proves_that_it_went(store: Store) -> None:
    contact = in_doubt(store)
    send(store, Outbox(mood=UNSURE), contact.id)

    assert told(store) == Folded(bodies=1, codes=1)

    with store.reading() as session:
        assert session.exec(select(ContactCode)).one().result is AttemptResult.ACCEPTED


def test_a_receipt_of_a_code_that_names_another_number_changes_nothing(store: Store) -> None:
    contact = silent(store)
    send(store, Outbox(mood=UNSURE), contact.id)

    came = told(store, phone_number="19900000002", success=False, err_code=DEAD)

    assert (came.elsewhere, came.codes) == (1, 0)
    assert doubt_of(store, contact) is None


def test_a_receipt_of_a_dead_number_puts_it_in_doubt_also_by_a_code(store: Store) -> None:
    contact = silent(store)
    send(store, Outbox(), contact.id)

    told(store, success=False, err_code=DEAD)

    assert doubt_of(store, contact) is Doubt.DEAD_NUMBER
