"""A number in doubt, and codes sent to it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from profiles.model import Contact, Doubt
from pusher.sending.code import Sent, send_code
from pusher.sending.wording import wordings
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import make_contact, make_person, make_settings, the_office
from tests.sending.outbox import Outbox

_ALIYUN = make_settings()
SETTINGS = replace(_ALIYUN, gateways={**_ALIYUN.gateways, "tencent": _ALIYUN.gateways["aliyun"]})
"""Of an office that registered its template with two vendors."""
PHONE = "19900000001"


def in_doubt(store: Store, address: str = PHONE) -> Contact:
    with store.writing() as session:
        contact = make_contact(session, make_person(session, the_office(session)), address=address)
        contact.doubt, contact.doubted_at = Doubt.WRONG_PERSON, NOW
        session.add(contact)
    return contact


def silent(store: Store) -> Contact:
    """A number without a sign for more than a year; nobody doubted it."""
    with store.writing() as session:
        contact = make_contact(session, make_person(session, the_office(session)), address=PHONE)
        contact.added_at = NOW - timedelta(days=400)
        session.add(contact)
    return contact


def doubt_of(store: Store, contact: Contact) -> Doubt | None:
    with store.reading() as session:
        return session.get_one(Contact, contact.id).doubt


def send(
    store: Store, boxes: Outbox | Sequence[Outbox], contact: UUID, after_s: float = 0,
    code: int = 20_304,
) -> Sent:  # fmt: skip
    """By the only gateway, or by the first of several that will."""
    boxes = [boxes] if isinstance(boxes, Outbox) else boxes
    with store.reading() as session:
        office = the_office(session).id
    return send_code(
        store, {box.name: box for box in boxes}, contact, office_id=office, settings=SETTINGS,
        by="1001", now=NOW + timedelta(seconds=after_s), draw=lambda _: code,
    )  # fmt: skip


def code_in(text: str) -> str:
    """The code in a text as a phone shows it."""
    pattern = re.escape(wordings()["sms_code"].text).replace(re.escape("${code}"), r"(\d{6})")
    found = re.search(pattern, text)
    assert found, "the text is not the registered one"
    return found[1]
