"""Folding the inbox: what the vendors told of our notices, and what people answered.

The fold keeps the highest outcome ever reported, so the order of receipts and their repeats make
no difference. Receipts never send anything.
"""

import base64
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, or_, select, update

from profiles.model import Channel, Doubt
from profiles.optouts import opt_out
from profiles.sealing import SealBroken, sealer_of
from profiles.signs import doubt, see_sign
from pusher.gateways.base import Callback, Forged, Gateway, Unreadable, Why
from pusher.gateways.base import Receipt as Told
from pusher.listening.calls import Call, call_of
from pusher.listening.inbox import BODY
from pusher.listening.plain import near, plain
from pusher.listening.replies import keep
from pusher.model.contact_code import ContactCode
from pusher.model.notice import (
    RISING,
    UNTOLD,
    Attempt,
    AttemptResult,
    Notice,
    NoticeState,
    Outcome,
)
from pusher.model.public import PublicCode
from pusher.model.word import Inbox, Meaning, Receipt
from pusher.settings import Settings

PATIENCE: Final = timedelta(minutes=10)
"""How long a receipt that names only the vendor's id may wait for our own record of that id: the
vendor can be quicker than our commit, and a repeated WeChat call may tell the id minutes later."""
LOST: Final = timedelta(hours=72)
"""How long after a call with a lost answer a receipt under an unheard id may still be its own."""
_LOOK_AT: Final = 5_000


@dataclass(frozen=True, slots=True)
class Folded:
    """What one fold came to.

    Attributes:
        bodies: inbox rows that are now done with.
        waiting: rows left for later, since a receipt in them may yet be recognised.
        receipts: that fit a notice of ours.
        strangers: that fit none; kept, without effect.
        elsewhere: that name a call of ours and another address; kept, without effect.
        codes: that fit a code which was sent to a number.
        replies: new ones.
        stops: of these, clear wishes to be silent.
        doubtful: of these, doubtful ones.
        unreadable: entries, or whole bodies, that made no sense.
    """

    bodies: int = 0
    waiting: int = 0
    receipts: int = 0
    strangers: int = 0
    elsewhere: int = 0
    codes: int = 0
    replies: int = 0
    stops: int = 0
    doubtful: int = 0
    unreadable: int = 0


def fold(
    session: Session, gateways: Mapping[str, Gateway], *, now: datetime, at_most: int = 200
) -> Folded:
    """Read stored callbacks and let them have their effect, the oldest first.

    Args:
        gateways: by name; callbacks of others stay in the inbox.
        at_most: bodies to finish in this call.

    Returns:
        Counts; ``bodies`` below *at_most* means that nothing more is ready.
    """
    counts: Counter[str] = Counter()
    for row in _unfolded(session, gateways):
        if counts["bodies"] >= at_most:
            break
        inbox = session.get(Inbox, row, with_for_update={"skip_locked": True})
        if inbox is None or inbox.folded_at is not None:
            continue  # another clockwork has it
        counts += _fold_one(session, inbox, gateways[inbox.gateway], now=now)
    session.flush()
    return Folded(**counts)


def silent(session: Session, *, settings: Settings, now: datetime) -> int:
    """Mark accepted notices that no receipt spoke of in ``receipt_term_s``; return how many.

    A late receipt still raises them.
    """
    term = timedelta(seconds=settings.receipt_term_s)
    hushed = session.exec(
        update(Notice)
        .where(
            col(Notice.state) == NoticeState.ACCEPTED,
            col(Notice.outcome) == Outcome.NONE,
            col(Notice.channel).not_in(UNTOLD),
            col(Notice.accepted_at) <= now - term,
        )
        .values(outcome=Outcome.SILENT)
        .execution_options(synchronize_session=False)
    )
    return hushed.rowcount


def _unfolded(session: Session, gateways: Mapping[str, Gateway]) -> Sequence[UUID]:
    return session.exec(
        select(Inbox.id)
        .where(col(Inbox.folded_at).is_(None), col(Inbox.gateway).in_(list(gateways)))
        .order_by(col(Inbox.received_at), col(Inbox.id))
        .limit(_LOOK_AT)
    ).all()


def _fold_one(session: Session, inbox: Inbox, gateway: Gateway, *, now: datetime) -> Counter[str]:
    callback = _read(session, inbox, gateway)
    if callback is None:
        inbox.folded_at, inbox.unreadable = now, 1
        session.add(inbox)
        return Counter(bodies=1, unreadable=1)
    channel = Channel(gateway.channel)
    lost_since = inbox.received_at - LOST if gateway.unknown == "never" else None
    calls = [
        call_of(session, told, gateway=inbox.gateway, channel=channel, lost_since=lost_since)
        for told in callback.receipts
    ]
    early = any(call.early for call in calls)
    if early and now < inbox.received_at + PATIENCE:
        return Counter(waiting=1)
    counts = Counter(bodies=1, unreadable=callback.unreadable)
    for position, (told, call) in enumerate(zip(callback.receipts, calls, strict=True)):
        _keep_receipt(session, inbox, position, told, call, now=now)
        counts[call.kind] += 1
    for position, said in enumerate(callback.replies):
        reply = keep(session, said, inbox=inbox, position=position, channel=channel)
        if reply:
            counts["replies"] += 1
            counts["stops"] += reply.meaning is Meaning.STOP
            counts["doubtful"] += reply.meaning is Meaning.MAYBE_STOP
    inbox.folded_at, inbox.unreadable = now, callback.unreadable
    session.add(inbox)
    return counts


def _read(session: Session, inbox: Inbox, gateway: Gateway) -> Callback | None:
    try:
        text = sealer_of(session).open_text(inbox.body_sealed, place=BODY, row=inbox.id)
        envelope = json.loads(text)
        body = base64.b64decode(envelope["body"])
        return gateway.read_callback(body, envelope["query"], envelope["headers"])
    except (SealBroken, Forged, Unreadable, ValueError):
        # one poisoned body must not hold up the opt-outs behind it
        return None


def _keep_receipt(
    session: Session, inbox: Inbox, position: int, told: Told, call: Call, *, now: datetime
) -> None:
    outcome = Outcome(told.outcome.value)
    session.add(
        Receipt(
            inbox_id=inbox.id,
            position=position,
            notice_id=call.notice.id if call.notice else None,
            outcome=outcome,
            code=plain(told.code, 80),
            at=near(told.reported_at, inbox.received_at),
        )
    )
    if call.code is not None:
        _prove_sent(session, call.code)
    if call.notice is not None and call.attempt is not None:
        _raise(session, call.notice.id, outcome)
        _prove_accepted(session, call.notice, call.attempt, plain(told.gateway_ref, 80), now=now)
    if call.address is not None:
        _weigh_address(session, *call.address, outcome, told.why, now=inbox.received_at)


def _weigh_address(
    session: Session, channel: Channel, index: str, outcome: Outcome, why: Why, *, now: datetime
) -> None:
    """A number out of service will be a stranger's; a notice that was opened was theirs."""
    if why is Why.OPT_OUT:
        how = "运营商回执：本人拒收"
        opt_out(session, address_index=index, channel=channel, how=how, now=now)
    if why is Why.RECIPIENT:
        doubt(session, channel=channel, address_index=index, why=Doubt.DEAD_NUMBER, now=now)
    elif outcome is Outcome.READ:
        see_sign(session, channel=channel, address_index=index, now=now)


def _prove_sent(session: Session, code: ContactCode | PublicCode) -> None:
    """A receipt proves that the vendor took the code, also where its own answer was lost."""
    kind = type(code)
    session.exec(
        update(kind)
        .where(
            col(kind.id) == code.id,
            or_(col(kind.result).is_(None), col(kind.result) == AttemptResult.UNSURE),
        )
        .values(result=AttemptResult.ACCEPTED)
    )


def _raise(session: Session, notice: UUID, outcome: Outcome) -> None:
    lower = RISING[: RISING.index(outcome)]
    session.exec(
        update(Notice)
        .where(col(Notice.id) == notice, col(Notice.outcome).in_(lower))
        .values(outcome=outcome)
    )


def _prove_accepted(
    session: Session, notice: Notice, attempt: Attempt, gateway_ref: str, *, now: datetime
) -> None:
    """A receipt proves that the vendor took it, whatever we thought of the call.

    A drafted notice with a receipt is one whose vendor denied it twice and spoke too late: it
    takes both its moves at once, so that it is not sent again.
    """
    for seen, to in (
        (NoticeState.DRAFTED, NoticeState.HANDING),
        (NoticeState.HANDING, NoticeState.ACCEPTED),
        (NoticeState.UNSURE, NoticeState.ACCEPTED),
    ):
        done = to is NoticeState.ACCEPTED
        session.exec(
            update(Notice)
            .where(col(Notice.id) == notice.id, col(Notice.state) == seen)
            .values(
                state=to,
                gateway=attempt.gateway,
                accepted_at=now if done else None,
                left_to_staff_at=None,
            )
        )
    if gateway_ref:
        session.exec(
            update(Notice)
            .where(col(Notice.id) == notice.id, col(Notice.gateway_ref).is_(None))
            .values(gateway_ref=gateway_ref)
        )
    session.exec(
        update(Attempt)
        .where(col(Attempt.id) == attempt.id, col(Attempt.result) == AttemptResult.UNSURE)
        .values(result=AttemptResult.ACCEPTED, gateway_ref=gateway_ref or None)
    )
