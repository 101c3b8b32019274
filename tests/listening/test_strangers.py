"""Numbers pass on to strangers: what they answer, what receipts say, and what a visit finds out."""

import pytest
from sqlmodel import select

from profiles.model import Contact, Doubt
from pusher.audit import verify
from pusher.listening.contacts import settle_contact
from pusher.listening.replies import meaning_of
from pusher.listening.visits import tick
from pusher.model.errors import IllegalMove
from pusher.model.staff import AuditEntry
from pusher.model.word import Meaning
from pusher.store import Store
from tests.listening.callbacks import answer, folded, last_call, push, receipt, sent
from tests.makers import NOW
from tests.sending.delivery_makers import (
    given_batch,
    make_batch,
    make_contact,
    make_person,
    make_visit,
    the_notice,
    the_office,
)


@pytest.mark.parametrize(
    "text",
    [
        "打错了",
        "你发错人了",
        "我不是本人",
        "不认识这个人",
        "查无此人",
        "已换号",
        "号码错了",
        "找错人了！",
    ],
)
def test_who_says_that_they_are_somebody_else_is_a_stranger(text: str) -> None:
    assert meaning_of(text) is Meaning.WRONG_PERSON


@pytest.mark.parametrize("text", ["没错", "有错别字", "请问打电话问谁", "本人已办", "不是很明白"])
def test_who_only_sounds_like_it_is_none(text: str) -> None:
    assert meaning_of(text) is Meaning.OTHER


@pytest.mark.parametrize(
    ("text", "doubted", "signed"),
    [("打错了", True, False), ("打错了，退订", True, False), ("请问在哪办", False, True)],
)
def test_a_strangers_answer_puts_the_address_in_doubt_and_another_is_a_sign(
    store: Store, text: str, doubted: bool, signed: bool
) -> None:
    given_batch(store, 1)
    sent(store)
    notice = the_notice(store)
    _, phone = last_call(store, notice)

    push(store, [answer(phone, text)])
    folded(store)

    with store.reading() as session:
        contact = session.get_one(Contact, notice.contact_id)
        assert (contact.doubt is Doubt.WRONG_PERSON) is doubted
        assert (contact.sign_at is not None) is signed


@pytest.mark.parametrize(
    ("code", "doubted"),
    [("MOBILE_NOT_ON_SERVICE", True), ("INVALID_NUMBER", True), ("EXPIRED", False)],
)
def test_a_receipt_of_a_dead_number_puts_the_address_in_doubt(
    store: Store, code: str, doubted: bool
) -> None:
    given_batch(store, 1)
    sent(store)
    notice = the_notice(store)

    push(store, [receipt(store, notice, delivered=False, err_code=code)])
    folded(store)

    with store.reading() as session:
        contact = session.get_one(Contact, notice.contact_id)
        assert contact.doubt is (Doubt.DEAD_NUMBER if doubted else None)
        assert contact.ended_at is None


@pytest.mark.parametrize("theirs", [True, False, None])
def test_a_ticked_visit_settles_what_was_in_doubt_if_somebody_asked(
    store: Store, theirs: bool | None
) -> None:
    with store.writing() as session:
        person = make_person(session, the_office(session))
        contact = make_contact(session, person)
        contact.doubt, contact.doubted_at = Doubt.DEAD_NUMBER, NOW
        visit = make_visit(session, make_batch(session), person=person, because="unconfirmed")

        tick(session, visit, done=True, by="0001", now=NOW, theirs=theirs)

        assert (contact.doubt is None) is (theirs is True)
        assert (contact.ended_at is not None) is (theirs is False)
        acts = [a for a in session.exec(select(AuditEntry.act)) if a.startswith("contact.")]
        assert acts == {True: ["contact.confirm"], False: ["contact.end"], None: []}[theirs]
        assert verify(session) == []


def test_nobody_at_home_settles_nothing(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, the_office(session))
        contact = make_contact(session, person)
        contact.doubt, contact.doubted_at = Doubt.DEAD_NUMBER, NOW
        visit = make_visit(session, make_batch(session), person=person)

        tick(session, visit, done=False, by="0001", now=NOW, theirs=True)

        assert contact.doubt is Doubt.DEAD_NUMBER


def test_an_ended_address_is_not_confirmed(store: Store) -> None:
    with store.writing() as session:
        contact = make_contact(session, make_person(session, the_office(session)))
        settle_contact(session, contact, theirs=False, by="0001", now=NOW, way="电话")

        with pytest.raises(IllegalMove, match="已停用"):
            settle_contact(session, contact, theirs=True, by="0001", now=NOW, way="电话")
