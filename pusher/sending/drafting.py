"""From what was sorted out to rows of one batch: the words, their cost, sealed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from profiles.ages import day_of
from profiles.links import WHY_PAGE, make_link_token
from profiles.model import Channel, Office
from profiles.sealing import Sealer, sealer_of
from pusher.model.batch import Batch, BatchKind, Visit
from pusher.model.errors import NotFound
from pusher.model.match import Decision
from pusher.model.notice import Basis, Notice, NoticeState, Reason
from pusher.model.policy import Policy
from pusher.model.standing import Standing, standing
from pusher.sending.doors import door_of
from pusher.sending.particulars import Particulars, particulars
from pusher.sending.segments import price, segments, signed
from pusher.sending.sort_out import Meeting
from pusher.sending.tell import Told
from pusher.sending.wording import LINKED, BadWording, Filled, Wording, choose, fill, wordings

TEXT = "notice.text_sealed"
"""The place of a notice's text, for `Sealer.seal` and `Sealer.open`."""
_FOLLOW_UPS = {
    BatchKind.REMINDER: {Basis.MATCH: "reminder", Basis.SUBSCRIPTION: "reminder_subscription"},
    BatchKind.CORRECTION: dict.fromkeys(Basis, "correction"),
    BatchKind.INTERPRETATION: dict.fromkeys(Basis, "interpretation"),
}


@dataclass(slots=True)
class Drafter:
    """Makes the rows of one batch; nothing is written yet.

    Attributes:
        prices: yuan for an SMS segment and for a notice of the other channels.
        public_url: where the pages for recipients are.
        as_of: the office's day.
    """

    batch: Batch
    policy: Policy
    office: Office
    sealer: Sealer
    prices: Mapping[Channel, Decimal]
    public_url: str
    as_of: date
    _filled: dict[tuple[str, bool], Filled] = field(default_factory=dict)
    _says: dict[bool, Particulars] = field(default_factory=dict)

    def notice(self, meeting: Meeting) -> Notice:
        """The one notice for all who meet at an address.

        Raises:
            BadWording: no template, or no price for an SMS.
        """
        channel, told = meeting.contact.channel, meeting.told
        row = self._row(_reader_of(told), told)
        wording, filled = self._words(channel, row.basis, told)
        return self._written(row, meeting, wording, filled)

    def _written(self, row: Notice, meeting: Meeting, wording: Wording, filled: Filled) -> Notice:
        """*row* with its address, its words, their price and their seal."""
        channel = meeting.contact.channel
        row.channel, row.contact_id = channel, meeting.contact.id
        row.address_index, row.wording = meeting.contact.address_index, wording.key
        row.segments = segments(filled.text) if channel is Channel.SMS else 0
        row.price = price(row.segments or 1, self._price(channel))
        row.text_sha256 = hashlib.sha256(filled.text.encode()).hexdigest()
        row.text_sealed = self._sealed(row.id, channel, filled)
        return row

    def reader(self, meeting: Meeting) -> UUID:
        """Whose the one notice at an address is."""
        return _reader_of(meeting.told)

    def left_out(self, told: Sequence[Told], reason: Reason) -> Notice:
        """A row for somebody who hears nothing, so that the plan adds up."""
        row = self._row(told[0].reader.id, told)
        row.state, row.reason = NoticeState.WITHHELD, reason
        return row

    def visit(self, told: Sequence[Told], because: str) -> Visit:
        """The door of one reader."""
        return door_of(self.batch.id, told[0].reader, told[0].recipient.concerned, because)

    def _row(self, reader: UUID, told: Sequence[Told]) -> Notice:
        meant = any(one.match.decision is not Decision.SUBSCRIBED for one in told)
        return Notice(
            batch_id=self.batch.id,
            policy_id=self.policy.id,
            kind=self.batch.kind,
            profile_id=reader,
            basis=Basis.MATCH if meant else Basis.SUBSCRIPTION,
        )

    def _words(
        self, channel: Channel, basis: Basis, told: Sequence[Told]
    ) -> tuple[Wording, Filled]:
        """Choose and fill; the same words are filled once a batch."""
        firms = all(one.of_firm for one in told)
        says = self._particulars(firms)
        draft = standing(self.policy, self.as_of) is Standing.DRAFT
        wording = choose(
            wordings(phone=self.office.phone),
            channel,
            _about(self.batch.kind, basis, told, draft=draft),
            benefit=says.benefit is not None,
            deadline=says.until is not None,
        )
        known = (wording.key, firms)
        if known not in self._filled:
            values = says.values(channel, self.office.name) | self._days_left(says)
            filled = fill(wording, values)
            if channel is Channel.SMS:
                filled = replace(filled, text=signed(filled.text, self.office.signature))
            self._filled[known] = filled
        return wording, self._filled[known]

    def _days_left(self, says: Particulars) -> dict[str, str]:
        """Days until the deadline from the first on which the batch may leave; on the last, 1."""
        if says.until is None:
            return {}
        return {"days": str(max(1, (says.until - day_of(self.batch.send_after)).days))}

    def _particulars(self, firms: bool) -> Particulars:
        if firms not in self._says:
            self._says[firms] = particulars(self.policy, as_of=self.as_of, to_people=not firms)
        return self._says[firms]

    def _price(self, channel: Channel) -> Decimal:
        if channel is Channel.SMS and channel not in self.prices:
            raise BadWording("尚未设置短信单价，无法算出费用；请在通道设置中填写 price")
        return self.prices.get(channel, Decimal(0))

    def _sealed(self, row: UUID, channel: Channel, filled: Filled) -> bytes:
        url = None
        if channel in LINKED:
            token = make_link_token(self.sealer, WHY_PAGE, row)
            url = f"{self.public_url.rstrip('/')}/p/why/{token}"
        book = {"text": filled.text, "params": dict(filled.params), "url": url}
        text = json.dumps(book, ensure_ascii=False, sort_keys=True)
        return self.sealer.seal_text(text, place=TEXT, row=row)


def text_of(session: Session, notice: Notice) -> Filled:
    """Open what *notice* says; the text is what is read, an SMS's signature included.

    Raises:
        NotFound: it has no text: somebody left out, or forgotten since.
    """
    if not notice.text_sealed:
        raise NotFound("该通知没有正文（未列入发送，或已按本人要求删除）")
    book = json.loads(sealer_of(session).open(notice.text_sealed, place=TEXT, row=notice.id))
    return Filled(book["text"], book["params"], book["url"])


def _reader_of(told: Sequence[Told]) -> UUID:
    """Whose notice it is where several read at one address: first who is meant themselves."""
    own = (one.reader.id for one in told if one.recipient.relation is None)
    return next(own, told[0].reader.id)


def _about(kind: BatchKind, basis: Basis, told: Sequence[Told], *, draft: bool) -> str:
    """Which wording: by the kind of batch, then by why they are written to, then by who is
    meant."""
    if kind is not BatchKind.FIRST:
        return _FOLLOW_UPS[kind][basis]
    if basis is Basis.SUBSCRIPTION:
        return "subscription_draft" if draft else "subscription"
    meant = [one for one in told if one.match.decision is not Decision.SUBSCRIBED]
    firms, people = ([one for one in meant if one.of_firm is firm] for firm in (True, False))
    if firms:
        return "match_mixed" if people else "match_enterprise"
    selves, wards = any(not one.of_ward for one in people), any(one.of_ward for one in people)
    if selves and wards:
        return "match_household"
    return "match_family" if wards else "match_resident"
