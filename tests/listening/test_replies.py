"""Whoever says stop is heard at once; whoever may have meant it is silent until staff looked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from profiles.consent import has_opted_out, lift
from profiles.model import Channel, OptOut
from pusher.audit import verify
from pusher.listening.replies import (
    DISSATISFIED,
    SATISFIED,
    STOP,
    YES,
    address_of,
    meaning_of,
    settle,
    text_of,
)
from pusher.model.errors import IllegalMove, Overtaken
from pusher.model.notice import NoticeState, Reason
from pusher.model.staff import AuditEntry
from pusher.model.word import Meaning, Reply
from pusher.store import Store
from tests.listening.callbacks import answer, folded, last_call, push, push_event, sent
from tests.makers import NOW
from tests.sending.delivery_makers import given_batch, the_notice
from tests.sending.outbox import Outbox, wechat_box

# ---- meanings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "TD",
        "td",
        "Td ",
        "ＴＤ",
        "t",
        "Ｔ",
        "R",
        "r。",
        "N",
        "0000",
        "００００",
        "退订",
        " 退 订 ",
        "退订。",
        "退订！！",
        "【退订】",
        "“退订”",
        "退\u200b订",
        "退订👍",
        "取消",
        "拒收",
        "不要再发",
        "不要再发了",
        "T D",
        "STOP",
    ],
)
def test_a_clear_stop_in_any_spelling(text: str) -> None:
    assert meaning_of(text) is Meaning.STOP


@pytest.mark.parametrize(
    "text",
    [
        "别发了",
        "你们别再给我发了",
        "怎么退",
        "停",
        "烦死了",
        "再发我投诉",
        "不要发了",
        "退订谢谢",
        "我要退订",
        "TD 谢谢",
        "回复T",
        "麻烦你们别发了",
        "我退休了,不要再发短信",
        "不需要",
        "垃圾短信",
        "unsubscribe me",
        "不要给我爸爸发",
        "离退订",
    ],
)
def test_what_may_mean_stop_is_doubtful(text: str) -> None:
    assert meaning_of(text) is Meaning.MAYBE_STOP


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "👍",
        "请问在哪里办理",
        "我退休了能领吗",
        "麻烦问一下要带什么",
        "要不要带身份证",
        "退役军人有吗",
        "不同意",
        "10",
        "谢谢",
        "19900000001",
        "社区电话多少",
    ],
)
def test_all_the_rest_goes_to_staff(text: str) -> None:
    assert meaning_of(text) is Meaning.OTHER


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("同意", Meaning.YES),
        ("TY", Meaning.YES),
        ("ｔｙ。", Meaning.YES),
        ("1", Meaning.SATISFIED),
        ("１", Meaning.SATISFIED),
        ("2", Meaning.DISSATISFIED),
        ("不满意", Meaning.DISSATISFIED),
    ],
)
def test_other_agreed_words(text: str, meaning: Meaning) -> None:
    assert meaning_of(text) is meaning


PUNCTUATION = st.text(alphabet=" \u3000\t\n。，！？.,!?~～…“”\"'()（）【】-—", max_size=4)


@given(
    word=st.sampled_from(sorted(STOP | YES | SATISFIED | DISSATISFIED)),
    before=PUNCTUATION,
    after=PUNCTUATION,
    upper=st.booleans(),
    wide=st.booleans(),
)
def test_width_case_and_punctuation_make_no_difference(
    word: str, before: str, after: str, upper: bool, wide: bool
) -> None:
    text = word.upper() if upper else word
    if wide:
        text = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)

    assert meaning_of(before + text + after) is meaning_of(word)


@given(
    before=st.text(max_size=20), after=st.text(max_size=20), word=st.sampled_from(["退订", "拒收"])
)
def test_a_stop_word_inside_a_sentence_is_never_overheard(
    before: str, after: str, word: str
) -> None:
    assert meaning_of(before + word + after) in (Meaning.STOP, Meaning.MAYBE_STOP)


@given(st.text())
def test_any_text_has_a_meaning(text: str) -> None:
    assert meaning_of(text) in Meaning


def test_a_very_long_answer_is_read_quickly_and_kept_whole(store: Store) -> None:
    push(store, [answer("19900000001", "长" * 10_000)])

    folded(store)

    with store.reading() as session:
        assert len(text_of(session, session.exec(select(Reply)).one())) == 10_000


# ---- what follows ---------------------------------------------------------------------------


def replies_of(store: Store) -> list[Reply]:
    with store.reading() as session:
        return list(session.exec(select(Reply).order_by(Reply.at, Reply.position)))  # type: ignore[arg-type]


def opt_outs_of(store: Store) -> list[OptOut]:
    with store.reading() as session:
        return list(session.exec(select(OptOut)))


def is_silent(store: Store, index: str | None, channel: Channel = Channel.SMS) -> bool:
    with store.reading() as session:
        return has_opted_out(
            session, profile_ids=[], address_index=index, channel=channel, topics=[]
        )


def given_reader(store: Store) -> str:
    """Somebody who got a notice; returns their phone."""
    given_batch(store, 1)
    sent(store)
    return last_call(store, the_notice(store))[1]


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


# ---- WeChat ---------------------------------------------------------------------------------


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


# ---- staff decide ---------------------------------------------------------------------------


def given_doubt(store: Store, *texts: str) -> list[UUID]:
    """Doubtful answers of one reader; returns their ids in order."""
    phone = given_reader(store)
    for text in texts or ("别发了",):
        push(store, [answer(phone, text)])
    folded(store)
    return [reply.id for reply in replies_of(store) if reply.meaning is Meaning.MAYBE_STOP]


def decide(store: Store, reply: UUID, *, stop: bool, **given: Any) -> None:
    with store.writing() as session:
        settle(
            session,
            session.get_one(Reply, reply),
            stop=stop,
            **{"by": "0001", "now": NOW, "remark": "电话问过", **given},
        )


def test_a_doubtful_answer_silences_until_staff_decide(store: Store) -> None:
    given_doubt(store)

    [said] = opt_outs_of(store)

    assert said.doubtful
    assert is_silent(store, the_notice(store).address_index)


def test_staff_find_that_it_was_no_stop(store: Store) -> None:
    [reply] = given_doubt(store)

    decide(store, reply, stop=False)

    assert not is_silent(store, the_notice(store).address_index)
    with store.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.act == "reply.settle")).one()
        settled = session.get_one(Reply, reply)
        assert verify(session) == []
    assert (entry.by, entry.detail) == ("0001", {"stop": False})
    assert (settled.settled_by, settled.settlement) == ("0001", "电话问过")


def test_staff_find_that_it_was_a_stop(store: Store) -> None:
    [reply] = given_doubt(store)

    decide(store, reply, stop=True)

    assert [o.doubtful for o in opt_outs_of(store)] == [False]


def test_one_of_two_doubtful_answers_does_not_end_the_silence(store: Store) -> None:
    first, second = given_doubt(store, "别发了", "烦死了")

    decide(store, first, stop=False)
    assert is_silent(store, the_notice(store).address_index)

    decide(store, second, stop=False)
    assert not is_silent(store, the_notice(store).address_index)


def test_a_clear_stop_beside_a_doubtful_answer_stands(store: Store) -> None:
    [reply] = given_doubt(store, "别发了", "退订")

    decide(store, reply, stop=False)

    assert is_silent(store, the_notice(store).address_index)


def test_staff_cannot_take_back_a_clear_stop(store: Store) -> None:
    phone = given_reader(store)
    push(store, [answer(phone, "退订")])
    folded(store)

    with pytest.raises(IllegalMove):
        decide(store, replies_of(store)[0].id, stop=False)


def test_an_answer_is_settled_once(store: Store) -> None:
    [reply] = given_doubt(store)
    decide(store, reply, stop=False)

    with pytest.raises(Overtaken):
        decide(store, reply, stop=True, by="0002")

    assert not is_silent(store, the_notice(store).address_index)


def test_staff_may_hear_a_stop_in_any_answer(store: Store) -> None:
    phone = given_reader(store)
    push(store, [answer(phone, "饶了我吧")])
    folded(store)
    [reply] = replies_of(store)
    assert reply.meaning is Meaning.OTHER

    decide(store, reply.id, stop=True)

    assert is_silent(store, reply.address_index)
