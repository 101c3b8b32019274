"""A doubtful answer silences until staff decide what it meant."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from pusher.audit import verify
from pusher.listening.replies import (
    settle,
)
from pusher.model.errors import IllegalMove, Overtaken
from pusher.model.staff import AuditEntry
from pusher.model.word import Meaning, Reply
from pusher.store import Store
from tests.listening.answering import given_reader, is_silent, opt_outs_of, replies_of
from tests.listening.callbacks import answer, folded, push
from tests.makers import NOW
from tests.sending.delivery_makers import the_notice


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
