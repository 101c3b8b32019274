"""A firm's contact person reads it in WeCom: drafted as a card, sent, refused, and looked at."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from profiles.addresses import add_contact
from profiles.model import Channel, ConsentScope, Contact, Doubt
from pusher.gateways.post import Post
from pusher.listening.receipts import silent
from pusher.listening.report import report
from pusher.model.batch import BatchState
from pusher.model.notice import Notice, NoticeState, Outcome
from pusher.sandbox.credentials import WECOM_MEMBERS
from pusher.sending.drafting import text_of
from pusher.store import Store
from tests.gateways.conftest import wecom_at
from tests.makers import NOW, make_office
from tests.profiles.people import agree, make_firm
from tests.sandbox.stand import Stand, served, stand
from tests.sending.delivering import SETTINGS, send
from tests.sending.delivery_makers import (
    make_batch,
    make_contact,
    make_notice,
    states_of,
    the_office,
)
from tests.sending.makers import drafted_for

__all__ = ["served", "stand"]


@pytest.fixture
def post() -> Post:
    return Post(call_timeout=timedelta(seconds=10))


def test_a_firm_with_a_member_is_drafted_a_card_with_a_link_of_its_own(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        firms = [make_firm(session, office, street="370104013") for _ in range(2)]
        for firm, name in zip(firms, WECOM_MEMBERS, strict=False):
            agree(session, firm, ConsentScope.GENERAL)
            add_contact(session, firm, Channel.SMS, "19900000077", source="样例", now=NOW)
            add_contact(session, firm, Channel.WECOM, name, source="样例", now=NOW)

        batch = drafted_for(session, office, firms)

        assert batch.state is BatchState.DRAFT
        notices = session.exec(select(Notice).where(Notice.batch_id == batch.id)).all()
        assert [n.channel for n in notices] == [Channel.WECOM] * 2
        assert {(n.segments, n.price) for n in notices} == {(0, Decimal(0))}
        filled = [text_of(session, notice) for notice in notices]
        assert all("贵单位可能符合条件" in one.params["description"] for one in filled)
        assert len({one.url for one in filled}) == 2


def test_who_is_no_member_is_refused_and_comes_into_doubt(
    store: Store, stand: Stand, post: Post
) -> None:
    with store.writing() as session:
        batch, office = make_batch(session), the_office(session)
        for name in ("nobody", WECOM_MEMBERS[0]):
            firm = make_firm(session, office, street="370104013")
            agree(session, firm, ConsentScope.GENERAL)
            contact = make_contact(session, firm, Channel.WECOM, name)
            make_notice(session, batch, reader=firm, contact=contact)

    send(store, wecom_at(stand.address, post))

    assert states_of(store) == {NoticeState.ACCEPTED: 1, NoticeState.FAILED: 1}
    [message] = stand.messages()
    assert (message["to"], message["template"]) == (WECOM_MEMBERS[0], "textcard")
    assert message["url"].startswith("http://127.0.0.1:8000/p/why/")
    with store.reading() as session:
        doubted = session.exec(select(Contact).where(Contact.doubt == Doubt.DEAD_NUMBER)).all()
    assert len(doubted) == 1


def test_a_refused_token_is_nobodys_loss_and_nobody_waits_for_a_receipt(
    store: Store, stand: Stand, post: Post
) -> None:
    gateway = wecom_at(stand.address, post)
    with store.writing() as session:
        batch = make_batch(session)
        for _ in range(3):
            make_notice(session, batch, channel=Channel.WECOM)
    stand.order("faults", provider="wecom", kind="auth_expired", **{"for": 1})

    assert send(store, gateway).accepted == 3
    assert len(stand.messages()) == 3
    with store.writing() as session:
        assert silent(session, settings=SETTINGS, now=NOW + timedelta(hours=73)) == 0
        told = report(session)
    assert (told.untold, told.awaited[Outcome.NONE], told.by_outcome[Outcome.NONE]) == (3, 0, 3)
    assert told.balanced
