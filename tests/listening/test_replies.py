"""An answer binds from when it was received, by text message and on WeChat."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from profiles.consent import lift
from profiles.model import Channel, OptOut
from pusher.listening.questions import text_of as question_text
from pusher.listening.replies import address_of, settle, text_of
from pusher.model.notice import NoticeState, Reason
from pusher.model.question import Question, QuestionSource
from pusher.model.word import Meaning, Reply
from pusher.store import Store
from tests.listening.answering import given_reader, is_silent, opt_outs_of, replies_of
from tests.listening.callbacks import answer, folded, last_call, push, push_event, sent
from tests.makers import NOW
from tests.sending.delivery_makers import given_batch, the_notice
from tests.sending.outbox import Outbox, wechat_box


def test_a_stop_binds_from_when_it_was_received_also_for_approved_batches(store: Store) -> None:
    phone = given_reader(store)
    reader = the_notice(store)
    received = NOW + timedelta(minutes=10)
    push(store, [answer(phone, "退订")], received)

    came = folded(store, received + timedelta(hours=1))

    [said], [reply] = opt_outs_of(store), replies_of(store)
    assert (came.replies, came.stops) == (1, 1)
    assert (said.address_index, said.channel) == (reader.address_index, Channel.SMS)
    assert (said.said_at, said.doubtful) == (received, False)
    assert (reply.meaning, reply.notice_id) == (Meaning.STOP, reader.id)


def test_after_a_stop_the_next_batch_is_withheld(store: Store) -> None:
    with_batch = given_batch(store, 1)
    phone = _phone_of_drafted(store)
    push(store, [answer(phone, "TD")])
    folded(store)

    outbox = Outbox()
    sent(store, outbox)

    notice = the_notice(store)
    assert with_batch == notice.batch_id
    assert (notice.state, notice.reason) == (NoticeState.WITHHELD, Reason.OPTED_OUT)
    assert outbox.parcels == []


def _phone_of_drafted(store: Store) -> str:
    from profiles.addresses import address_of as address
    from profiles.model import Contact

    with store.reading() as session:
        return address(session, session.get_one(Contact, the_notice(store).contact_id))


def test_the_same_answer_in_two_bodies_is_one(store: Store) -> None:
    phone = given_reader(store)
    push(store, [answer(phone, "退订")])
    push(store, [answer(phone, "退订"), answer(phone, "谢谢")])

    folded(store)

    assert sorted(r.meaning for r in replies_of(store)) == [Meaning.OTHER, Meaning.STOP]
    assert len(opt_outs_of(store)) == 1


def test_an_old_stop_pushed_again_does_not_silence_who_came_back(store: Store) -> None:
    phone = given_reader(store)
    push(store, [answer(phone, "退订")])
    folded(store)
    with store.writing() as session:
        lift(session, session.exec(select(OptOut)).one(), now=NOW)

    push(store, [answer(phone, "退订"), answer("19900000002", "1")])
    folded(store)
    assert not is_silent(store, the_notice(store).address_index)

    push(store, [answer(phone, "退订", sequence_id="another")])
    folded(store)
    assert is_silent(store, the_notice(store).address_index)


def test_what_strangers_answer_is_kept_sealed_and_heeded(store: Store) -> None:
    push(store, [answer("19900000077", "退订")])

    folded(store)

    [reply] = replies_of(store)
    assert reply.notice_id is None
    assert is_silent(store, reply.address_index)
    assert b"19900000077" not in reply.address_sealed
    with store.reading() as session:
        assert (address_of(session, reply), text_of(session, reply)) == ("19900000077", "退订")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("1", Meaning.SATISFIED), ("同意", Meaning.YES), ("哪里办", Meaning.OTHER)],
)
def test_other_answers_silence_nobody(store: Store, text: str, meaning: Meaning) -> None:
    phone = given_reader(store)
    push(store, [answer(phone, text)])

    folded(store)

    assert [r.meaning for r in replies_of(store)] == [meaning]
    assert opt_outs_of(store) == []


def event(openid: str, kind: str, at: str = "1764034205") -> dict[str, str]:
    return {
        "ToUserName": "gh_sample",
        "FromUserName": openid,
        "CreateTime": at,
        "MsgType": "event",
        "Event": kind,
    }


def given_follower(store: Store) -> str:
    given_batch(store, 1, channel=Channel.WECHAT)
    sent(store, wechat_box())
    return last_call(store, the_notice(store))[1]


def test_leaving_the_account_is_a_stop_on_wechat(store: Store) -> None:
    openid = given_follower(store)
    push_event(store, event(openid, "unsubscribe"))

    came = folded(store)

    [said] = opt_outs_of(store)
    assert came.stops == 1
    assert (said.address_index, said.channel) == (the_notice(store).address_index, Channel.WECHAT)
    assert said.how == "取消关注公众号"


def test_a_text_to_the_account_is_an_answer(store: Store) -> None:
    openid = given_follower(store)
    text = event(openid, "") | {"MsgType": "text", "Content": "退订", "MsgId": "77"}
    push_event(store, text)

    folded(store)

    assert [o.how for o in opt_outs_of(store)] == ["微信回复"]


def test_a_new_follower_is_no_matter_for_staff(store: Store) -> None:
    push_event(store, event("oSampleNew", "subscribe"))

    folded(store)

    [reply] = replies_of(store)
    assert (reply.meaning, reply.settlement) == (Meaning.OTHER, "关注公众号")


def test_somebody_who_left_and_follows_again_goes_to_staff(store: Store) -> None:
    openid = given_follower(store)
    push_event(store, event(openid, "unsubscribe"))
    folded(store)
    push_event(store, event(openid, "subscribe", "1764034300"))
    folded(store)

    follow = next(r for r in replies_of(store) if r.meaning is Meaning.OTHER)
    assert follow.settled_at is None
    assert is_silent(store, follow.address_index, Channel.WECHAT)


def test_an_answer_that_asks_something_is_a_question_until_staff_settle_it(store: Store) -> None:
    phone = given_reader(store)
    push(store, [answer(phone, "我电话19900004321，高龄津贴怎么领？")])
    push(store, [answer(phone, "谢谢")])
    folded(store)

    with store.writing() as session:
        kept = session.exec(select(Question)).one()
        reply = session.get_one(Reply, UUID(kept.external_number or ""))
        assert (kept.source, kept.answered) == (QuestionSource.REPLY, False)
        assert kept.notice_id == reply.notice_id and kept.policy_id is not None
        assert question_text(session, kept) == "我电话****，高龄津贴怎么领？"
        settle(session, reply, stop=False, by="1001", now=NOW, remark="已电话答复")

    with store.reading() as session:
        kept = session.exec(select(Question)).one()
        assert (kept.handled_by, kept.remark) == ("1001", "已电话答复")
