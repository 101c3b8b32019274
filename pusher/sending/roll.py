"""The roll of a batch: every recipient and every exclusion, with reasons, page by page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import false
from sqlmodel import Session, col, func, select

from profiles.model import Channel, Contact, Profile, Street
from profiles.rows import in_chunks, profiles_by_id
from profiles.shown import shown_address, shown_name
from pusher.model.batch import Batch, BatchKind, Visit, VisitMatch
from pusher.model.match import Decision, Match, MatchRun, readable, reasons_of
from pusher.model.notice import Notice, NoticeMatch, Reason
from pusher.model.policy import PolicyTag
from pusher.sending.drafting import text_of

"""The place of a match's reasons, for `Sealer.open`."""
OFFLINE = "offline"
"""State of a row that is a visit."""
_RESULTS = {"yes": "是", "no": "否", "unknown": "未登记"}
_HIDDEN = "（另有涉及敏感信息的条件，按权限隐藏）"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the roll: a notice, or a visit.

    Attributes:
        who: whom it is about; several names where they meet at one address.
        reader: who reads it, or whose door it is.
        street: name of the street office; empty if unknown.
        channel: the way; None for who is left out and for visits.
        address: phone number or openid; None as `channel`.
        decision: the strongest of its matches.
        why: one line for each condition, or for each tag that they follow.
        state: of the notice, or ``offline``.
        reason: why it is withheld, or why somebody walks there.
        text: as it will be read; None where nothing is sent.
        id: of the notice or the visit.
    """

    who: str
    reader: str
    street: str
    channel: Channel | None
    address: str | None
    decision: Decision | None
    why: list[str]
    state: str
    reason: str | None
    text: str | None
    segments: int
    price: Decimal
    id: UUID


def recipients(
    session: Session,
    batch: Batch,
    *,
    unmasked: bool,
    offset: int,
    limit: int,
    street: str | None = None,
    reason: str | None = None,
) -> list[Row]:
    """List who is told and who is not: notices first, then the offline list.

    Args:
        unmasked: the caller may see names, addresses and sensitive conditions; the caller
            checks and notes that.
        offset: lines to skip.
        limit: lines at most.
        street: code of a street; only its readers.
        reason: only those left out, or visited, for this reason.
    """
    notices = select(Notice).where(Notice.batch_id == batch.id)
    visits = select(Visit).where(Visit.batch_id == batch.id)
    if street is not None:
        notices = notices.join(Profile, col(Profile.id) == Notice.profile_id)
        notices = notices.where(Profile.street_code == street)
        visits = visits.where(Visit.street_code == street)
    if reason is not None:
        withheld = col(Notice.reason) == reason if reason in list(Reason) else false()
        notices, visits = notices.where(withheld), visits.where(Visit.because == reason)
    there = session.exec(select(func.count()).select_from(notices.subquery())).one()
    sheet = _Sheet(session, batch, unmasked)
    ours = session.exec(notices.order_by(col(Notice.id)).offset(offset).limit(limit)).all()
    rows = sheet.of_notices(ours)
    rest = visits.order_by(col(Visit.id)).offset(max(offset - there, 0)).limit(limit - len(rows))
    return rows + sheet.of_visits(session.exec(rest).all())


def concerned(session: Session, lines: Collection[UUID]) -> list[UUID]:
    """Ids of the profiles that lines of the roll name: whom they are about, and who reads.

    Args:
        lines: ids of notices and visits, as `Row.id` has them.
    """
    people: set[UUID] = set()
    for ids in in_chunks(lines):
        for asked in (
            select(Match.profile_id)
            .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
            .where(col(NoticeMatch.notice_id).in_(ids)),
            select(Match.profile_id)
            .join(VisitMatch, col(VisitMatch.match_id) == Match.id)
            .where(col(VisitMatch.visit_id).in_(ids)),
            select(Notice.profile_id).where(col(Notice.id).in_(ids)),
            select(Visit.profile_id).where(col(Visit.id).in_(ids)),
        ):
            people.update(session.exec(asked))
    return sorted(people)


class _Sheet:
    """Looks up what the lines of one page need, in a handful of queries."""

    def __init__(self, session: Session, batch: Batch, unmasked: bool) -> None:
        self._session = session
        self._unmasked = unmasked
        self._people: dict[UUID, Profile] = {}
        told = select(MatchRun.policy_id).where(MatchRun.id == batch.run_id)
        if batch.kind is BatchKind.DIGEST:
            told = (
                select(Match.policy_id)
                .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
                .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
                .where(Notice.batch_id == batch.id)
            )
        tags = session.exec(select(PolicyTag).where(col(PolicyTag.policy_id).in_(told)))
        self._tags = {tag.tag_code: tag.name for tag in tags}
        self._streets = {street.code: street.name for street in session.exec(select(Street))}

    def of_notices(self, notices: Sequence[Notice]) -> list[Row]:
        matches: dict[UUID, list[Match]] = {}
        for ids in in_chunks([n.id for n in notices]):
            linked = select(col(NoticeMatch.notice_id), Match).join(
                Match, col(Match.id) == NoticeMatch.match_id
            )
            found = linked.where(col(NoticeMatch.notice_id).in_(ids)).order_by(col(Match.id))
            for notice, match in self._session.exec(found):
                matches.setdefault(notice, []).append(match)
        contacts: dict[UUID, Contact] = {}
        for ids in in_chunks({n.contact_id for n in notices if n.contact_id}):
            for contact in self._session.exec(select(Contact).where(col(Contact.id).in_(ids))):
                contacts[contact.id] = contact
        self._meet({n.profile_id for n in notices}, matches)
        return [self._notice(n, matches.get(n.id, []), contacts) for n in notices]

    def of_visits(self, visits: Sequence[Visit]) -> list[Row]:
        matches: dict[UUID, list[Match]] = {}
        for ids in in_chunks([v.id for v in visits]):
            linked = select(col(VisitMatch.visit_id), Match).join(
                Match, col(Match.id) == VisitMatch.match_id
            )
            found = linked.where(col(VisitMatch.visit_id).in_(ids)).order_by(col(Match.id))
            for visit, match in self._session.exec(found):
                matches.setdefault(visit, []).append(match)
        self._meet({v.profile_id for v in visits}, matches)
        return [self._visit(v, matches.get(v.id, [])) for v in visits]

    def _meet(self, readers: Collection[UUID], matches: Mapping[UUID, Sequence[Match]]) -> None:
        concerned = {match.profile_id for found in matches.values() for match in found}
        self._people |= profiles_by_id(self._session, concerned.union(readers))

    def _notice(
        self, notice: Notice, matches: Sequence[Match], contacts: Mapping[UUID, Contact]
    ) -> Row:
        contact = contacts.get(notice.contact_id) if notice.contact_id else None
        reader = self._people[notice.profile_id]
        return Row(
            who=self._names(matches),
            reader=self._name(reader.id),
            street=self._streets.get(reader.street_code or "", ""),
            channel=notice.channel,
            address=shown_address(self._session, contact, unmasked=self._unmasked)
            if contact
            else None,
            decision=strongest(matches),
            why=self._why(matches),
            state=notice.state.value,
            reason=notice.reason.value if notice.reason else None,
            text=text_of(self._session, notice).text if notice.text_sealed else None,
            segments=notice.segments,
            price=notice.price,
            id=notice.id,
        )

    def _visit(self, visit: Visit, matches: Sequence[Match]) -> Row:
        return Row(
            who=self._names(matches),
            reader=self._name(visit.profile_id),
            street=self._streets.get(visit.street_code or "", ""),
            channel=None,
            address=None,
            decision=strongest(matches),
            why=self._why(matches),
            state=OFFLINE,
            reason=visit.because,
            text=None,
            segments=0,
            price=Decimal(0),
            id=visit.id,
        )

    def _names(self, matches: Sequence[Match]) -> str:
        return "、".join(self._name(match.profile_id) for match in matches)

    def _name(self, profile_id: UUID) -> str:
        return shown_name(self._session, self._people[profile_id], unmasked=self._unmasked)

    def _address(self, contact: Contact) -> str:
        return shown_address(self._session, contact, unmasked=self._unmasked)

    def _why(self, matches: Sequence[Match]) -> list[str]:
        """One line a condition; said once where several meet, with whom it is said of."""
        many = len(matches) > 1
        lines = []
        for match in matches:
            whose = f"{self._name(match.profile_id)}：" if many else ""
            lines += [f"{whose}{line}" for line in self._lines(match)]
        return lines

    def _lines(self, match: Match) -> list[str]:
        reasons = reasons_of(self._session, match)
        shown = readable(reasons, unmasked=self._unmasked)
        lines = [f"{r['condition']}：{_RESULTS.get(r['result'], r['result'])}" for r in shown]
        if len(shown) < len(reasons):
            lines.append(_HIDDEN)
        return lines + [f"订阅了“{self._tags.get(code, code)}”" for code in match.followed]


def strongest(matches: Sequence[Match]) -> Decision | None:
    """The decision that weighs most: eligible, then possible, then subscribed."""
    ranks = list(Decision)
    return min((match.decision for match in matches), key=ranks.index, default=None)
