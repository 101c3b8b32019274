"""A code goes out once, when it may, and what is not sure of it is said."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from profiles.model import Channel, Contact, Doubt, OptOut
from profiles.optouts import opt_out
from profiles.signs import confirm, end
from pusher.gateways.base import Answer, Parcel, Result, Why
from pusher.hold import place
from pusher.model.clockwork import HoldCause, Pause
from pusher.model.contact_code import ContactCode
from pusher.model.errors import IllegalMove, NotFound, Unwilling
from pusher.model.notice import AttemptResult
from pusher.model.staff import AuditEntry
from pusher.sending.code import NotSent, TooSoon, send_code
from pusher.sending.wording import BadWording
from pusher.settings import Settings
from pusher.store import Store
from tests.makers import NOW
from tests.sending.code_makers import PHONE, SETTINGS, doubt_of, in_doubt, send, silent
from tests.sending.delivery_makers import make_contact, make_person, the_office
from tests.sending.outbox import NOT_SENT, UNSURE, Mood, Outbox, accepts, says


def kept(store: Store) -> list[ContactCode]:
    with store.reading() as session:
        return list(session.exec(select(ContactCode).order_by(col(ContactCode.id))))


def test_a_code_is_written_down_before_it_leaves_and_stands_nowhere_in_clear(store: Store) -> None:
    contact = in_doubt(store)
    before: list[AttemptResult | None] = []

    def looks(parcel: Parcel) -> Answer:
        before.extend(row.result for row in kept(store) if row.call == parcel.reference)
        return accepts(parcel)

    box = Outbox(mood=looks)
    sent = send(store, box, contact.id)

    (row,), (parcel,) = kept(store), box.parcels
    assert before == [None], "committed, without an answer, while the vendor was called"
    assert (sent.unsure, sent.until) == (False, NOW + timedelta(minutes=5))
    assert (parcel.to, dict(parcel.params)) == (PHONE, {"code": "020304"})
    assert row.result is AttemptResult.ACCEPTED
    assert "020304" not in repr(row.model_dump())
    with store.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.act == "contact.code")).one()
    assert (entry.by, entry.about) == ("1001", f"contact:{contact.id}")
    assert "020304" not in repr(entry.detail) and PHONE not in repr(entry.detail)


def test_a_number_gets_codes_at_its_pace_whoever_gave_it(store: Store) -> None:
    one, other, box = in_doubt(store), in_doubt(store), Outbox()

    send(store, box, one.id)
    with pytest.raises(TooSoon, match="09:31:00"):
        send(store, box, other.id, 59)
    for minutes in (1, 2, 3, 4):
        send(store, box, other.id, 60 * minutes)
    with pytest.raises(TooSoon, match="10:30:00"):
        send(store, box, one.id, 60 * 30)
    elsewhere = in_doubt(store, "19900000002")
    send(store, box, elsewhere.id, 60 * 30)

    assert len(box.parcels) == 6


def test_of_clerks_who_send_at_once_one_does(store: Store) -> None:
    contacts, box = [in_doubt(store), in_doubt(store)], Outbox()
    refused: list[str] = []

    def try_it(number: int) -> None:
        try:
            send(store, box, contacts[number % 2].id)
        except TooSoon as error:
            refused.append(error.code)

    threads = [threading.Thread(target=try_it, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(box.parcels) == 1
    assert refused == ["too_soon"] * 3


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        (NOT_SENT, "暂时不通"),
        (says(Result.REFUSED, Why.RECIPIENT), "收不到短信"),
        (says(Result.REFUSED, Why.OPT_OUT), "拒收"),
        (says(Result.REFUSED, Why.CONTENT, "isv.SMS_TEMPLATE_ILLEGAL"), "isv.SMS_TEMPLATE_ILLEGAL"),
    ],
)
def test_what_surely_did_not_go_is_said_and_may_be_tried_again_at_once(
    store: Store, mood: Mood, said: str
) -> None:
    contact, box = in_doubt(store), Outbox(mood=mood)

    with pytest.raises(NotSent, match=said) as caught:
        send(store, box, contact.id)
    box.mood = accepts
    send(store, box, contact.id, 1)

    assert PHONE not in str(caught.value)
    assert [row.result for row in kept(store)][1] is AttemptResult.ACCEPTED


@pytest.mark.parametrize(
    ("why", "doubted"), [(Why.RECIPIENT, Doubt.DEAD_NUMBER), (Why.CONTENT, None)]
)
def test_a_number_that_takes_no_text_comes_into_doubt(
    store: Store, why: Why, doubted: Doubt | None
) -> None:
    contact = silent(store)

    with pytest.raises(NotSent):
        send(store, Outbox(mood=says(Result.REFUSED, why)), contact.id)

    assert doubt_of(store, contact) is doubted


def test_who_blocks_us_at_the_vendor_has_opted_out(store: Store) -> None:
    contact = silent(store)

    with pytest.raises(NotSent, match="拒收"):
        send(store, Outbox(mood=says(Result.REFUSED, Why.OPT_OUT)), contact.id)

    with store.reading() as session:
        said = session.exec(select(OptOut)).one()
    assert (said.address_index, said.channel) == (contact.address_index, Channel.SMS)


@pytest.mark.parametrize("result", [Result.REFUSED, Result.NOT_SENT])
@pytest.mark.parametrize("why", [Why.AUTH, Why.QUOTA])
def test_a_gateway_with_a_wrong_key_or_no_money_is_paused_and_the_next_one_sends(
    store: Store, result: Result, why: Why
) -> None:
    contact, spent, other = in_doubt(store), Outbox(mood=says(result, why)), Outbox(name="tencent")

    assert not send(store, [spent, other], contact.id).unsure

    with store.reading() as session:
        pause = session.exec(select(Pause)).one()
    assert (pause.gateway, pause.by) == ("aliyun", "clockwork")
    assert [len(box.parcels) for box in (spent, other)] == [1, 1]
    assert [row.gateway for row in kept(store)] == ["aliyun", "tencent"]


def test_without_another_gateway_a_code_is_sent_once_staff_have_resumed_it(store: Store) -> None:
    contact, box = in_doubt(store), Outbox(mood=says(Result.REFUSED, Why.QUOTA))

    for _ in range(2):
        with pytest.raises(NotSent, match="欠费"):
            send(store, box, contact.id)
    assert len(box.parcels) == 1, "a paused gateway is not called"
    with store.writing() as session:
        session.delete(session.exec(select(Pause)).one())
    box.mood = accepts
    send(store, box, contact.id, 1)

    assert len(box.parcels) == 2


def test_an_unsure_one_is_told_and_counts_as_sent(store: Store) -> None:
    contact, box = in_doubt(store), Outbox(mood=UNSURE)

    assert send(store, box, contact.id).unsure
    with pytest.raises(TooSoon):
        send(store, box, contact.id, 30)

    assert len(box.parcels) == 1


@pytest.mark.parametrize("stop", ["hold", "pause", "no gateway"])
def test_holds_and_paused_gateways_stop_it(store: Store, stop: str) -> None:
    contact, box = in_doubt(store), Outbox()
    if stop == "no gateway":
        box.channel = "wechat"
    with store.writing() as session:
        if stop == "hold":
            place(session, HoldCause.STAFF, because="演练", by="1001", now=NOW)
        if stop == "pause":
            session.add(Pause(gateway="aliyun", by="1001", because="演练", since=NOW))

    with pytest.raises(NotSent, match="全部停发" if stop == "hold" else "没有可用的短信通道"):
        send(store, box, contact.id)

    assert (box.parcels, kept(store)) == ([], [])


def test_an_opt_out_from_notices_does_not_stop_a_code_that_was_asked_for(store: Store) -> None:
    contact, box = in_doubt(store), Outbox()
    with store.writing() as session:
        opt_out(session, address_index=contact.address_index, how="短信", now=NOW)

    send(store, box, contact.id)

    assert len(box.parcels) == 1


@pytest.mark.parametrize("state", ["confirmed", "ended", "wechat", "another office"])
def test_who_needs_none_gets_none(store: Store, state: str) -> None:
    contact, box = in_doubt(store), Outbox()
    with store.writing() as session:
        contact = session.merge(contact)
        contact_id = _changed(session, state, contact)
        office = contact.profile_id if state == "another office" else the_office(session).id
    expected: type[Unwilling] = NotFound if state == "another office" else IllegalMove

    with pytest.raises(expected):
        send_code(
            store, {"aliyun": box}, contact_id, office_id=office, settings=SETTINGS, by="1001",
            now=NOW,
        )  # fmt: skip

    assert (box.parcels, kept(store)) == ([], [])


def _changed(session: Session, state: str, contact: Contact) -> UUID:
    if state == "confirmed":
        confirm(session, contact, now=NOW)
    if state == "ended":
        end(session, contact, now=NOW)
    if state == "wechat":
        person = make_person(session, the_office(session))
        return make_contact(session, person, Channel.WECHAT).id
    return contact.id


def test_without_a_registered_template_nothing_is_begun(store: Store) -> None:
    contact, box = in_doubt(store), Outbox()
    bare = Settings(home=SETTINGS.home, gateways={"aliyun": {}})
    with store.reading() as session:
        office = the_office(session).id

    with pytest.raises(BadWording, match="sms_code"):
        send_code(
            store, {"aliyun": box}, contact.id, office_id=office, settings=bare, by="1001", now=NOW
        )

    assert (box.parcels, kept(store)) == ([], [])
