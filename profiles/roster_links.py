"""Guardians of a register: linked when every row is in, for they may stand further down."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import ADULT, day_of, has_died, is_under
from profiles.dossier import birth_day, facts_on, number_index, read_dossier
from profiles.guardians import BadGuardian, link
from profiles.model import Consent, ConsentScope, GuardianKind, Guardianship, Profile
from profiles.reach import has_ended
from profiles.roster_reading import Rejected
from profiles.roster_rows import CONSENTS, Entry, GuardianCells, is_child, needs_guardian
from profiles.roster_writing import Writer, consents_of
from profiles.rows import in_chunks, links_of, profiles_by_id
from profiles.sealing import sealer_of

COLUMN = "监护人证件号码"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits for its guardian.

    Attributes:
        consents: those that a guardian gives; the person's own are written already.
    """

    row: int
    ward: UUID
    cells: GuardianCells | None
    child: bool
    consents: dict[ConsentScope, date]


def waiting_of(entry: Entry, ward: UUID, day: date) -> Waiting | None:
    """What of a row waits for a guardian; None for adults who name nobody."""
    child = is_child(entry, day)
    if entry.guardian is None and not child:
        return None
    all_of_them = needs_guardian(entry, day)
    given = {s: d for s, d in entry.consents.items() if all_of_them or s is ConsentScope.MINOR}
    return Waiting(entry.row, ward, entry.guardian, child, given)


def link_guardians(writer: Writer, waiting: Sequence[Waiting]) -> set[int]:
    """Link the guardians that rows named, and write the consents that guardians gave.

    Returns:
        The rows at which anything changed.
    """
    changed: set[int] = set()
    for chunk in in_chunks(waiting, 1_000):
        linker = _Linker.read(writer, chunk)
        changed |= {one.row for one in chunk if linker.link(one)}
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

    @classmethod
    def read(cls, writer: Writer, waiting: Sequence[Waiting]) -> "_Linker":
        session, wards = writer.session, [one.ward for one in waiting]
        numbers = {one.cells.number for one in waiting if one.cells}
        return cls(
            writer,
            profiles_by_id(session, wards),
            _by_number(session, writer.office_id, numbers),
            links_of(session, wards),
            consents_of(session, wards),
            day_of(writer.now),
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
        until = cells.until_on or (old.until_on if old else None)
        if old and (old.relation, old.until_on) == (relation, until):
            return False
        try:
            new = link(
                self.writer.session,
                ward,
                guardian,
                kind=cells.kind,
                relation=relation,
                until_on=until,
            )
        except BadGuardian as wrong:
            self._reject(one, COLUMN, wrong.code, str(wrong))
            return False
        if old is None:
            mine.append(new)
        return True

    def _is_able(self, one: Waiting, guardian: Profile) -> bool:
        session = self.writer.session
        facts = facts_on(read_dossier(session, guardian), self.today)
        if is_under(ADULT, birth_day(session, guardian, facts), self.today):
            self._reject(one, COLUMN, "guardian_is_child", "监护人是未成年人，请核对证件号码")
            return False
        if has_died(facts, self.today) or has_ended(guardian, facts, self.today):
            self._reject(one, COLUMN, "guardian_gone", "监护人已去世或已迁出，请核对")
            return False
        return True

    def _reject(self, one: Waiting, column: str, code: str, reason: str) -> None:
        self.writer.rejected.append(Rejected(one.row, column, code, reason))


_DEFAULT = {GuardianKind.GUARDIAN: "监护人", GuardianKind.AGENT: "家属"}


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
