"""Guardians of a register: linked when every row is in, for they may stand further down."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import ADULT, day_of, has_died, is_under
from profiles.dossier import birth_day, facts_on, number_index, read_dossier
from profiles.guardians import BadGuardian, link, withdraw_given
from profiles.model import (
    Consent,
    ConsentScope,
    GuardianKind,
    Guardianship,
    Profile,
    ProfileKind,
)
from profiles.reach import has_ended
from profiles.roster_entry import Entry, GuardianCells, is_child, needs_guardian
from profiles.roster_lines import Rejected
from profiles.roster_rows import CONSENTS
from profiles.roster_standing import consents_of
from profiles.roster_trace import LinkBefore
from profiles.roster_writing import Writer
from profiles.rows import in_chunks, links_of, profiles_by_id
from profiles.sealing import sealer_of

COLUMN = "监护人证件号码"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits for its guardian.

    Attributes:
        consents: those that a guardian gives; the person's own are written already.
        source: which register names the guardian.
        named_on: the day for which it vouches; None if it does not say.
    """

    row: int
    ward: UUID
    source: str
    named_on: date | None
    cells: GuardianCells | None
    child: bool
    consents: dict[ConsentScope, date]


def mark_of(number: str) -> bytes:
    """A digest of a number, for as long as a file is read."""
    return hashlib.blake2b(number.encode(), digest_size=16).digest()


@dataclass(slots=True)
class InFile:
    """Who stands in a file of which nothing is written: a dry run links to these.

    Attributes:
        new: by the digest of their number, who is not in the database.
        unable: why some of the file cannot read for anybody.
    """

    new: dict[bytes, UUID] = field(default_factory=dict)
    unable: dict[UUID, str] = field(default_factory=dict)

    def add(self, entry: Entry, profile: UUID, day: date, *, is_new: bool) -> None:
        """Note somebody of the file."""
        if is_new:
            self.new[mark_of(entry.number)] = profile
        if is_child(entry, day):
            self.unable[profile] = "guardian_is_child"
        elif has_died(entry.facts, day) or _left(entry.moved_out, day):
            self.unable[profile] = "guardian_gone"

    def stand_in(self, row: UUID, office: UUID, now: datetime) -> Profile:
        """An empty profile in the place of one that is not written."""
        return Profile(
            id=row, office_id=office, kind=ProfileKind.RESIDENT, name_index="", number_index="",
            created_at=now, changed_at=now,
        )  # fmt: skip


def _left(moved_out: date | bool | None, day: date) -> bool:
    return isinstance(moved_out, date) and moved_out <= day


def waiting_of(entry: Entry, ward: UUID, day: date) -> Waiting | None:
    """What of a row waits for a guardian; None for adults who name nobody."""
    child = is_child(entry, day)
    if entry.guardian is None and not child:
        return None
    all_of_them = needs_guardian(entry, day)
    given = {s: d for s, d in entry.consents.items() if all_of_them or s is ConsentScope.MINOR}
    named_on = entry.known_on if entry.dated else None
    return Waiting(entry.row, ward, entry.source, named_on, entry.guardian, child, given)


def link_guardians(
    writer: Writer, waiting: Sequence[Waiting], *, in_file: InFile | None
) -> set[int]:
    """Link the guardians that rows named, and write the consents that guardians gave.

    Args:
        waiting: some hundreds of rows.
        in_file: of a dry run.

    Returns:
        The rows at which anything changed.
    """
    linker = _Linker.read(writer, waiting, in_file)
    changed = {one.row for one in waiting if linker.link(one)}
    writer.session.flush()
    return changed


@dataclass(frozen=True, slots=True)
class _Linker:
    writer: Writer
    people: dict[UUID, Profile]
    guardians: dict[str, Profile]
    links: dict[UUID, list[Guardianship]]
    consents: dict[UUID, list[Consent]]
    today: date
    in_file: InFile | None

    @classmethod
    def read(cls, writer: Writer, waiting: Sequence[Waiting], in_file: InFile | None) -> "_Linker":
        session, wards = writer.session, [one.ward for one in waiting]
        numbers = {one.cells.number for one in waiting if one.cells}
        people = profiles_by_id(session, wards)
        guardians = _by_number(session, writer.office_id, numbers)
        if in_file is not None:
            office, now = writer.office_id, writer.now
            missing = [number for number in numbers if mark_of(number) in in_file.new]
            found = {number: in_file.new[mark_of(number)] for number in missing}
            people |= {w: in_file.stand_in(w, office, now) for w in wards if w not in people}
            guardians |= {
                number: in_file.stand_in(row, office, now) for number, row in found.items()
            }
        return cls(
            writer,
            people,
            guardians,
            links_of(session, wards),
            consents_of(session, wards),
            day_of(writer.now),
            in_file,
        )

    def link(self, one: Waiting) -> bool:
        """Link one row; whether anything changed."""
        linked = self._link(one, one.cells) if one.cells else False
        guardian = self._guardian(one)
        if one.child and guardian is None:
            reason = "未成年人需要填写监护人（个人信息保护法第三十一条）；本人已导入，通知转线下"
            if not one.cells:
                self._reject(one, COLUMN, "no_guardian", reason)
            for scope in one.consents:
                column = next(c for c, s in CONSENTS.items() if s is scope)
                self._reject(one, column, "no_guardian", "没有监护人，不能登记监护人的同意")
            return linked
        mine = self.consents.get(one.ward, [])
        added = self.writer.add_consents(one.row, one.ward, one.consents, mine, given_by=guardian)
        if added or linked:
            self.people[one.ward].changed_at = self.writer.now
        return added or linked

    def _guardian(self, one: Waiting) -> UUID | None:
        """Who consents for a child: whom the row names, or else whose link is the oldest."""
        links = [
            k
            for k in self.links.get(one.ward, ())
            if k.kind is GuardianKind.GUARDIAN and (not k.until_on or k.until_on >= self.today)
        ]
        named = self.guardians.get(one.cells.number) if one.cells else None
        links.sort(key=lambda k: named is None or k.guardian_id != named.id)
        return links[0].guardian_id if links else None

    def _link(self, one: Waiting, cells: GuardianCells) -> bool:
        ward, guardian = self.people[one.ward], self.guardians.get(cells.number)
        if guardian is None:
            reason = "监护人不在名册中；请先导入监护人，再导入这一行"
            self._reject(one, COLUMN, "unknown_guardian", reason)
            return False
        if not self._is_able(one, guardian):
            return False
        mine = self.links.setdefault(ward.id, [])
        old = next((k for k in mine if _is_same(k, guardian, cells)), None)
        relation = cells.relation or (old.relation if old else _DEFAULT[cells.kind])
        until = cells.until_on or (_standing_end(old, one.named_on) if old else None)
        if old and (old.relation, old.until_on) == (relation, until):
            self._name(one, old)
            return False
        before = LinkBefore.of(old, until_on=old.until_on) if old else None
        kind = cells.kind
        try:
            new = link(
                self.writer.session, ward, guardian, kind=kind, relation=relation, until_on=until
            )
        except BadGuardian as wrong:
            self._reject(one, COLUMN, wrong.code, str(wrong))
            return False
        if before is None:
            self._enter(one, new, mine)
        else:
            self.writer.traces[one.row].links.append(before)
            self._name(one, new)
        return True

    def _enter(self, one: Waiting, new: Guardianship, mine: list[Guardianship]) -> None:
        """Take a link that was not there before for the word of this register."""
        new.source, new.named_on = one.source, one.named_on
        self._replace(one, new, mine)
        mine.append(new)
        self.writer.traces[one.row].made.append(("guardianship", new.id))

    def _name(self, one: Waiting, standing: Guardianship) -> None:
        """Note which register names the guardian, and as of when."""
        if standing.source not in (None, one.source):
            return
        later = one.named_on or standing.named_on
        named = max(later, standing.named_on or later) if later else None
        if (standing.source, standing.named_on) != (one.source, named):
            before = LinkBefore.of(standing, until_on=standing.until_on)
            self.writer.traces[one.row].links.append(before)
            standing.source, standing.named_on = one.source, named
            self.writer.session.add(standing)

    def _replace(self, one: Waiting, new: Guardianship, mine: Sequence[Guardianship]) -> None:
        """End the guardian whom the same register named for an earlier day, and their consents.

        Two parents named by two registers, or by one that does not date its word, both stand.
        """
        if new.kind is GuardianKind.AGENT or one.named_on is None:
            return
        trace, last = self.writer.traces[one.row], one.named_on - timedelta(days=1)
        for old in mine:
            earlier = old.named_on is not None and old.named_on < one.named_on
            runs = old.until_on is None or old.until_on > last
            if old.kind is new.kind and old.source == one.source and earlier and runs:
                trace.links.append(LinkBefore.of(old, until_on=old.until_on))
                old.until_on = last
                self.writer.session.add(old)
                given = withdraw_given(
                    self.writer.session, old.guardian_id, ward=one.ward, now=self.writer.now
                )
                trace.withdrawn += [consent.id for consent in given]

    def _is_able(self, one: Waiting, guardian: Profile) -> bool:
        unable = self._why_unable(guardian)
        if unable:
            self._reject(one, COLUMN, unable, _UNABLE[unable])
        return not unable

    def _why_unable(self, guardian: Profile) -> str:
        session, known = self.writer.session, self.in_file.unable if self.in_file else {}
        if guardian.id in known or guardian.facts_sealed is None:
            return known.get(guardian.id, "")
        facts = facts_on(read_dossier(session, guardian), self.today)
        if is_under(ADULT, birth_day(session, guardian, facts), self.today):
            return "guardian_is_child"
        gone = has_died(facts, self.today) or has_ended(guardian, facts, self.today)
        return "guardian_gone" if gone else ""

    def _reject(self, one: Waiting, column: str, code: str, reason: str) -> None:
        self.writer.rejected.append(Rejected(one.row, column, code, reason))


_UNABLE = {
    "guardian_is_child": "监护人是未成年人，请核对证件号码",
    "guardian_gone": "监护人已去世或已迁出，请核对",
}
_DEFAULT = {
    GuardianKind.GUARDIAN: "监护人",
    GuardianKind.AGENT: "家属",
    GuardianKind.ADULT_GUARDIAN: "监护人",
}


def _standing_end(old: Guardianship, named_on: date | None) -> date | None:
    """The last day that stands; none if the register names somebody anew after it."""
    if old.until_on and named_on and old.until_on < named_on:
        return None
    return old.until_on


def _is_same(one: Guardianship, guardian: Profile, cells: GuardianCells) -> bool:
    return one.guardian_id == guardian.id and one.kind is cells.kind


def _by_number(session: Session, office: UUID, numbers: Collection[str]) -> dict[str, Profile]:
    indexes = {number_index(sealer_of(session), number): number for number in numbers}
    found: dict[str, Profile] = {}
    for chunk in in_chunks(indexes):
        asked = select(Profile).where(
            Profile.office_id == office, col(Profile.number_index).in_(chunk)
        )
        found |= {indexes[p.number_index]: p for p in session.exec(asked)}
    return found
