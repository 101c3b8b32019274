"""Somebody who was told, what they answered, and whether it silenced us."""

from sqlmodel import select

from profiles.consent import has_opted_out
from profiles.model import Channel, OptOut
from pusher.model.word import Reply
from pusher.store import Store
from tests.listening.callbacks import last_call, sent
from tests.sending.delivery_makers import given_batch, the_notice


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
