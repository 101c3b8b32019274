"""Callbacks as the vendors word them."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import select

from profiles.addresses import address_of
from profiles.model import Contact
from pusher.gateways.base import Gateway
from pusher.listening.inbox import take_in
from pusher.listening.receipts import Folded, fold
from pusher.model.notice import Attempt, Notice
from pusher.sending.deliver import deliver
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import make_settings
from tests.sending.outbox import SECRETS, Outbox, wechat_box

SMS, WECHAT = Outbox(), wechat_box()
GATEWAYS: dict[str, Gateway] = {"aliyun": SMS, "wechat": WECHAT}


def sent(store: Store, *boxes: Outbox) -> None:
    """Send all that is due."""
    gateways: dict[str, Gateway] = {box.name: box for box in boxes or (Outbox(), wechat_box())}
    deliver(store, gateways, settings=make_settings(), now=NOW, owner="test")


def last_call(store: Store, notice: Notice) -> tuple[Attempt, str]:
    """The last attempt of a notice, and the address it went to, in clear."""
    with store.reading() as session:
        asked = select(Attempt).where(Attempt.notice_id == notice.id)
        attempt = session.exec(asked.order_by(Attempt.number.desc())).first()  # type: ignore[attr-defined]
        assert attempt is not None
        contact = session.get_one(Contact, notice.contact_id)
        return attempt, address_of(session, contact)


def receipt(
    store: Store, notice: Notice, *, delivered: bool = True, **given: Any
) -> dict[str, Any]:
    """Aliyun's word on the last call of a notice."""
    attempt, phone = last_call(store, notice)
    return {
        "phone_number": phone,
        "send_time": "2026-11-25 09:30:01",
        "report_time": "2026-11-25 09:30:05",
        "success": delivered,
        "err_code": "DELIVERED" if delivered else "UNDELIV",
        "sms_size": "1",
        "biz_id": f"biz-{attempt.call}",
        "out_id": attempt.call,
        **given,
    }


def answer(phone: str, text: str, **given: Any) -> dict[str, Any]:
    """A text message to the office, as Aliyun tells it."""
    return {
        "phone_number": phone,
        "content": text,
        "send_time": "2026-11-25 09:40:00",
        "dest_code": "1069",
        "sequence_id": hashlib.sha256(f"{phone}{text}".encode()).hexdigest()[:12],
        **given,
    }


def push(store: Store, entries: Sequence[Any], now: datetime = NOW) -> bool:
    """Aliyun pushes *entries*."""
    return take_in(store, "aliyun", json.dumps(entries, ensure_ascii=False).encode(), now=now)


def push_event(store: Store, fields: dict[str, str], now: datetime = NOW) -> bool:
    """WeChat pushes an event or a text, signed in its address."""
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    parts = "".join(sorted([SECRETS.token, "1764034200", "nonce"]))
    signature = hashlib.sha1(parts.encode()).hexdigest()
    query = {"timestamp": "1764034200", "nonce": "nonce", "signature": signature}
    return take_in(store, "wechat", f"<xml>{inner}</xml>".encode(), query=query, now=now)


def folded(store: Store, now: datetime = NOW) -> Folded:
    with store.writing() as session:
        return fold(session, GATEWAYS, now=now)
