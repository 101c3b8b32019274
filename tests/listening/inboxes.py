"""What the inbox holds, and the receipts that came of it."""

from typing import Any

from sqlmodel import select

from pusher.model.notice import (
    Notice,
)
from pusher.model.word import Inbox, Receipt
from pusher.store import Store


def inbox_of(store: Store) -> list[Inbox]:
    with store.reading() as session:
        return list(session.exec(select(Inbox)))


def receipts_of(store: Store) -> list[Receipt]:
    with store.reading() as session:
        return list(session.exec(select(Receipt)))


def set_state(store: Store, notice: Notice, **to: Any) -> None:
    with store.writing() as session:
        found = session.get_one(Notice, notice.id)
        for name, value in to.items():
            setattr(found, name, value)
