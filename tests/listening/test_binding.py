"""An openid is bound at the counter: by staff, or by whoever sends the code they were given."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from profiles.model import Channel, Contact, Doubt, Profile
from pusher.listening.binding import BadAddress, bind, bind_by_word, give_code, unbind
from pusher.model.binding import BindingCode
from pusher.model.errors import IllegalMove, NotFound
from pusher.model.staff import AuditEntry
from pusher.model.word import Reply
from pusher.store import Store
from tests.listening.answering import replies_of
from tests.listening.callbacks import folded, push_event
from tests.makers import NOW
from tests.sending.delivery_makers import a_phone, make_contact, make_person, the_office

OPENID = "oSampleFollower000000000001"
SEEN = {"evidence": "本人持身份证到窗口", "by": "1001"}


def a_person(store: Store, **given: object) -> Profile:
    with store.writing() as session:
        return make_person(session, the_office(session), **given)


def contacts(store: Store) -> list[Contact]:
    with store.reading() as session:
        return list(session.exec(select(Contact)))


def a_code(store: Store, person: Profile, number: int = 31_415_926) -> str:
    with store.writing() as session:
        return give_code(
            session, person.id, Channel.WECHAT, office_id=person.office_id, now=NOW,
            draw=lambda _: number, **SEEN,
        )  # fmt: skip


def message(text: str, openid: str = OPENID, number: int = 1) -> dict[str, str]:
    return {
        "ToUserName": "gh_sample", "FromUserName": openid, "CreateTime": "1764034200",
        "MsgType": "text", "Content": text, "MsgId": f"240000{number}",
    }  # fmt: skip


def test_staff_bind_what_they_have_seen_and_can_take_it_back(store: Store) -> None:
    person = a_person(store)
    other = a_person(store)
    with store.writing() as session:
        make_contact(session, other, Channel.WECHAT, OPENID)

    with store.writing() as session:
        first, again = (
            bind(
                session, person.id, Channel.WECHAT, OPENID, office_id=person.office_id, now=NOW,
                **SEEN,
            )
            for _ in range(2)
        )  # fmt: skip
        assert (first.fresh, first.others, again.fresh) == (True, 1, False)
    with store.writing() as session:
        one = session.get_one(Contact, first.contact.id)
        unbind(session, one, reason="绑错", by="1001", now=NOW)
        with pytest.raises(IllegalMove):
            unbind(session, one, reason="绑错", by="1001", now=NOW)

    with store.reading() as session:
        acts = [e.act for e in session.exec(select(AuditEntry)) if e.act.startswith("contact.")]
        told = "".join(repr(entry.detail) for entry in session.exec(select(AuditEntry)))
    assert acts == ["contact.bind", "contact.bind", "contact.unbind"]
    assert OPENID not in told
    ended = {c.profile_id: c.ended_at is not None for c in contacts(store)}
    assert ended == {person.id: True, other.id: False}


def test_a_binding_settles_a_doubt_and_only_what_was_bound_is_unbound(store: Store) -> None:
    person = a_person(store)
    with store.writing() as session:
        phone = make_contact(session, person, address=a_phone(7))
        phone.doubt, phone.doubted_at = Doubt.WRONG_PERSON, NOW

    with store.writing() as session:
        bind(
            session, person.id, Channel.SMS, a_phone(7), office_id=person.office_id, now=NOW, **SEEN
        )
        found = session.get_one(Contact, phone.id)
        with pytest.raises(IllegalMove, match="contact end"):
            unbind(session, found, reason="绑错", by="1001", now=NOW)

    assert [c.doubt for c in contacts(store)] == [None]


@pytest.mark.parametrize(
    ("given", "address", "error"),
    [
        ({"born": date(2018, 6, 1)}, OPENID, IllegalMove),
        ({}, "不是 openid", BadAddress),
        ({"facts": {"deceased_on": "2026-01-01"}}, OPENID, IllegalMove),
    ],
)
def test_who_cannot_be_bound_is_not(
    store: Store, given: dict[str, object], address: str, error: type[Exception]
) -> None:
    person = a_person(store, **given)

    with pytest.raises(error) as caught, store.writing() as session:
        bind(
            session, person.id, Channel.WECHAT, address, office_id=person.office_id, now=NOW, **SEEN
        )

    assert address not in str(caught.value)
    assert contacts(store) == []


def test_another_office_has_no_such_person(store: Store) -> None:
    person = a_person(store)

    with pytest.raises(NotFound), store.writing() as session:
        bind(session, person.id, Channel.WECHAT, OPENID, office_id=person.id, now=NOW, **SEEN)


def test_whoever_sends_the_code_is_bound_and_no_matter_for_staff(store: Store) -> None:
    person = a_person(store)
    code = a_code(store, person)
    push_event(store, message(f"绑定 {code}"), NOW + timedelta(minutes=5))

    folded(store, NOW + timedelta(minutes=6))

    (contact,), (reply,) = contacts(store), replies_of(store)
    assert (contact.profile_id, contact.channel) == (person.id, Channel.WECHAT)
    assert reply.settlement == "已按绑定码绑定"
    with store.reading() as session:
        (row,) = session.exec(select(BindingCode)).all()
        assert row.contact_id == contact.id
        assert code not in repr(row.model_dump())


def test_a_code_is_good_once_for_half_an_hour_and_not_to_be_guessed(store: Store) -> None:
    person = a_person(store)
    first, second = a_code(store, person), a_code(store, person, 27_182_818)

    def bound(text: str, after: timedelta = timedelta(), openid: str = OPENID) -> bool:
        with store.writing() as session:
            now = NOW + after
            return bind_by_word(session, Channel.WECHAT, openid, text, now=now) is not None

    assert not bound(first), "a newer one was given out"
    assert not bound(f"绑定{second}", timedelta(minutes=30))
    assert not bound(f"我的号是{second}吗")
    assert bound(f"绑定{second}")
    assert not bound(f"绑定{second}", openid="oSampleFollower000000000002")

    third = a_code(store, person, 16_180_339)
    for number in range(6):
        push_event(store, message(f"绑定0000000{number}", number=number), NOW)
    folded(store)
    assert not bound(third), "this address has guessed enough for an hour"
    assert bound(third, openid="oSampleFollower000000000003")
    assert _waiting(store) == 6, "staff see who guesses"


def _waiting(store: Store) -> int:
    with store.reading() as session:
        return _count(session)


def _count(session: Session) -> int:
    return len([one for one in session.exec(select(Reply)) if one.settled_at is None])
