"""Which call of ours a vendor's word speaks of: by our reference, or by the id the vendor gave."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from profiles.addresses import contact_index
from profiles.model import Channel, Contact
from profiles.sealing import sealer_of
from pusher.gateways.base import Receipt as Told
from pusher.listening.plain import plain
from pusher.model.contact_code import ContactCode
from pusher.model.notice import Attempt, AttemptResult, Notice
from pusher.model.public import PublicCode


@dataclass(frozen=True, slots=True)
class Call:
    """What a receipt speaks of.

    Attributes:
        kind: the count it goes to: receipts, codes, elsewhere (a call of ours to another
            address) or strangers.
        notice, attempt: of a receipt.
        code, contact: of a code, and to whom it went; somebody who asked for one on the public
            pages may be nobody's contact.
        early: it names only the vendor's id, and we do not know that id (yet).
    """

    kind: str
    notice: Notice | None = None
    attempt: Attempt | None = None
    code: ContactCode | PublicCode | None = None
    contact: Contact | None = None
    early: bool = False

    @property
    def address(self) -> tuple[Channel, str] | None:
        """Channel and blind index of the address that was called; None if none of ours was."""
        if isinstance(self.code, PublicCode):
            return Channel.SMS, self.code.address_index
        at = self.notice or self.contact
        if at is None or at.channel is None or at.address_index is None:
            return None
        return at.channel, at.address_index


_STRANGER = Call("strangers")
_ELSEWHERE = Call("elsewhere")


def call_of(
    session: Session,
    told: Told,
    *,
    gateway: str,
    channel: Channel,
    lost_since: datetime | None = None,
) -> Call:
    """Find the call that *told* speaks of.

    Args:
        gateway: whose word it is.
        lost_since: for a vendor that cannot be asked: a receipt under an id we never heard is that
            of the one call to its address, since then, whose answer was lost. None: it is not.
    """
    to = plain(told.to)
    index = contact_index(sealer_of(session), channel, to) if to else None
    reference, gateway_ref = plain(told.reference), plain(told.gateway_ref)
    found = _by_reference(session, reference, index, gateway) if reference else None
    if found is None and gateway_ref:
        found = _by_vendors_id(session, gateway_ref, index, gateway)
        if found is None and index is not None and lost_since is not None:
            found = _lost(session, index, gateway, lost_since)
        return found or Call("strangers", early=not reference)
    return found or _STRANGER


def _by_reference(session: Session, call: str, index: str | None, gateway: str) -> Call | None:
    asked = select(Attempt, Notice).where(Attempt.notice_id == Notice.id, Attempt.call == call)
    row = session.exec(asked.where(Attempt.gateway == gateway)).first()
    found = Call("receipts", row[1], row[0]) if row else _of_code(session, call, gateway)
    if found is None or index is None:
        return found
    ours = found.address[1] if found.address else None  # None: of somebody who was forgotten
    return found if ours == index else _ELSEWHERE


def _of_code(session: Session, call: str, gateway: str) -> Call | None:
    row = session.exec(
        select(ContactCode, Contact).where(
            ContactCode.contact_id == Contact.id,
            ContactCode.call == call,
            ContactCode.gateway == gateway,
        )
    ).first()
    if row is not None:
        return Call("codes", code=row[0], contact=row[1])
    asked = select(PublicCode).where(PublicCode.call == call, PublicCode.gateway == gateway)
    public = session.exec(asked).first()
    return Call("codes", code=public) if public else None


def _by_vendors_id(session: Session, ref: str, index: str | None, gateway: str) -> Call | None:
    candidates = session.exec(
        select(Attempt, Notice)
        .where(
            Attempt.notice_id == Notice.id,
            Attempt.gateway == gateway,
            Attempt.gateway_ref == ref,
        )
        .order_by(col(Attempt.id))
    ).all()
    # The vendor's id alone is not ours to trust: the address must be the notice's too.
    for attempt, notice in candidates:
        if index is not None and index == notice.address_index:
            return Call("receipts", notice, attempt)
    return _ELSEWHERE if candidates else None


def _lost(session: Session, index: str, gateway: str, since: datetime) -> Call | None:
    """The one call to an address whose answer was lost; None where there are two, or a code.

    It is early: our own record of the id may yet come and name another.
    """
    unsure = session.exec(
        select(Attempt, Notice)
        .where(
            Attempt.notice_id == Notice.id,
            Attempt.gateway == gateway,
            Attempt.result == AttemptResult.UNSURE,
            col(Attempt.at) >= since,
            Notice.address_index == index,
        )
        .limit(2)
    ).all()
    codes = select(ContactCode.id).where(
        ContactCode.contact_id == Contact.id,
        ContactCode.gateway == gateway,
        ContactCode.result == AttemptResult.UNSURE,
        Contact.address_index == index,
    )
    if len(unsure) != 1 or session.exec(codes).first() is not None:
        return None
    attempt, notice = unsure[0]
    return Call("receipts", notice, attempt, early=True)
