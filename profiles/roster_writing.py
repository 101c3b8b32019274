"""What a row says is held against what stands, and only the difference is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from profiles.addresses import contact_index, new_contact
from profiles.ages import day_of, read_day, start_of
from profiles.columns import new_id
from profiles.dossier import (
    Known,
    give_number,
    name_of,
    new_profile,
    number_index,
    read_dossier,
    rename,
    write_dossier,
)
from profiles.guardians import end_links, withdraw_given
from profiles.model import (
    Channel,
    Consent,
    ConsentScope,
    Contact,
    EndReason,
    OptOut,
    Profile,
    ProfileKind,
    RowWord,
    Subscription,
)
from profiles.precedence import Verdict, weigh
from profiles.roster_entry import Entry, needs_guardian
from profiles.roster_lines import Rejected
from profiles.roster_rows import CHANNELS, CONSENTS
from profiles.roster_standing import Standing
from profiles.roster_trace import LinkBefore, Trace
from profiles.rows import in_chunks
from profiles.sealing import sealer_of

REGISTER = "登记册："
"""How the source of a contact or a wish begins that came from a register; only such contacts end
when the register gives another number."""
TEXT_VERSION = "登记册"
_DIED = "deceased_on"
UNDONE = "登记册：导入已撤销"
"""The source of a contact whose import was undone while a notice refers to it already."""
_LISTED_AGAIN = (EndReason.UNLISTED, EndReason.UNDONE)
"""Who was ended for want of a register is there again as soon as one lists them."""
_NOT_TAKEN = {
    Verdict.OLDER: "已有更新的数据，这一格没有采用，留作参考",
    Verdict.OUTRANKED: "登记部门已有数据，本人所述没有采用，留作参考",
}
_WORDS = {True: RowWord.CHANGED, False: RowWord.UNCHANGED}
_SCOPE_COLUMNS = {scope: column for column, scope in CONSENTS.items()}
Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes entries of one register.

    Attributes:
        how: by which way consents and opt-outs came, without personal data.
        rejected: grows with what was not taken.
        traces: what each row changed, so that it can be undone.
    """

    session: Session
    office_id: UUID
    kind: ProfileKind
    how: str
    now: datetime
    rejected: list[Rejected]
    traces: dict[int, Trace] = field(default_factory=lambda: defaultdict(Trace))

    def write(self, entries: Sequence[Entry]) -> dict[int, tuple[RowWord, UUID]]:
        """Write a chunk of rows, each about somebody else.

        Returns:
            Row number to added, changed or unchanged, and the profile's id; rows that
            cannot be written (forgotten people) are missing.
        """
        indexes = {e.row: number_index(sealer_of(self.session), e.number) for e in entries}
        known = self._profiles(list(indexes.values()))
        welcome = [e for e in entries if self._may_write(e, known.get(indexes[e.row]))]
        fresh = {e.row for e in welcome if _is_new(known.get(indexes[e.row]))}
        changed = {e.row: self._update_known(e, indexes[e.row], known) for e in welcome}
        self.session.flush()  # what refers to a profile is written after it
        standing = Standing.read(self.session, [p.id for p in known.values()])
        result = {}
        for entry in welcome:
            profile = known[indexes[entry.row]]
            self._end_with_life(entry, profile)
            if self._add_to(entry, profile, standing) or changed[entry.row]:
                profile.changed_at = self.now
                changed[entry.row] = True
            word = RowWord.ADDED if entry.row in fresh else _WORDS[changed[entry.row]]
            result[entry.row] = (word, profile.id)
        self.session.flush()
        return result

    def _profiles(self, indexes: Sequence[str]) -> dict[str, Profile]:
        found: dict[str, Profile] = {}
        for chunk in in_chunks(indexes):
            asked = select(Profile).where(
                Profile.office_id == self.office_id, col(Profile.number_index).in_(chunk)
            )
            found |= {profile.number_index: profile for profile in self.session.exec(asked)}
        return found

    def _may_write(self, entry: Entry, profile: Profile | None) -> bool:
        if profile is None:
            return True
        if profile.ended_reason is EndReason.ERASED:
            self._reject(entry, "", "erased", "此人已要求删除资料，不能再导入")
            return False
        if profile.kind is not self.kind:
            self._reject(entry, "", "other_kind", "此号码已登记为另一种对象，请核对名册种类")
            return False
        return True

    def _update_known(self, entry: Entry, index: str, known: dict[str, Profile]) -> bool:
        """The row of the profile itself and its facts; a new one where there is none."""
        profile = known.get(index)
        if profile is None:
            profile = known[index] = new_profile(
                self.session,
                self.office_id,
                self.kind,
                name=entry.name,
                number=entry.number,
                now=self.now,
            )
        elif _is_new(profile):
            give_number(self.session, profile, entry.number)
        dossier = read_dossier(self.session, profile)
        changed = not self._is_stale(entry, dossier) and self._update_profile(entry, profile)
        return self._update_facts(entry, profile, dossier) or changed

    def _is_stale(self, entry: Entry, dossier: Mapping[str, Known]) -> bool:
        """Whether the same source vouched for a later day already; then staff are told."""
        stale = any(
            known.source == entry.source and known.known_on > entry.known_on
            for known in dossier.values()
        )
        if stale:
            entry.addresses.clear()
            reason = "此来源已有更新的数据，这一行的姓名、住址、电话和迁出日期没有采用"
            self._reject(entry, "数据日期", "older", reason)
        return stale

    def _end_with_life(self, entry: Entry, profile: Profile) -> None:
        """With a death that is news, guardianships end, and the consents that were given by it."""
        trace = self.traces[entry.row]
        died = read_day(trace.facts[_DIED][1][0]) if _DIED in trace.facts else None
        if died is None:
            return
        trace.links += [
            LinkBefore.of(one, until_on=before)
            for one, before in end_links(self.session, profile, last=died)
        ]
        given = withdraw_given(self.session, profile.id, ward=None, now=self.now)
        trace.withdrawn += [consent.id for consent in given]

    def _add_to(self, entry: Entry, profile: Profile, standing: Standing) -> bool:
        """Everything that refers to the profile; whether any of it was new."""
        changes = [
            self._update_contacts(entry, profile, standing.contacts[profile.id]),
            self._add_silences(entry, profile, standing.opt_outs[profile.id]),
            self._add_wishes(entry, profile, standing.wishes[profile.id]),
            self._add_own_consents(entry, profile, standing.consents[profile.id]),
        ]
        return any(changes)

    def _update_profile(self, entry: Entry, profile: Profile) -> bool:
        trace = self.traces[entry.row]
        before = _fields(self.session, profile)
        if before["name"] != entry.name:
            rename(self.session, profile, entry.name)
        profile.street_code = entry.street_code or profile.street_code
        profile.community = entry.community or profile.community
        if isinstance(entry.moved_out, date):
            profile.ended_on, profile.ended_reason = entry.moved_out, EndReason.MOVED_OUT
        elif entry.moved_out is False or profile.ended_reason in _LISTED_AGAIN:
            profile.ended_on, profile.ended_reason = None, None
        after = _fields(self.session, profile)
        trace.fields |= {
            name: (before[name], value) for name, value in after.items() if before[name] != value
        }
        return before != after

    def _update_facts(self, entry: Entry, profile: Profile, dossier: dict[str, Known]) -> bool:
        changed = kept = False
        trace = self.traces[entry.row]
        for code, value in entry.facts.items():
            old = dossier.get(code)
            new = Known(value, entry.source, entry.known_on, entry.valid_until)
            if code in entry.derived and old is not None and old.value != value:
                continue
            stands, verdict = weigh(old, new, dated=entry.dated)
            if verdict in _NOT_TAKEN:
                self._reject(entry, entry.labels.get(code, ""), verdict.value, _NOT_TAKEN[verdict])
            if stands != old:
                trace.fact(code, old, stands)
                dossier[code] = stands
                kept, changed = True, changed or verdict is Verdict.TAKEN
        if kept:
            write_dossier(self.session, profile, dossier)
        return changed

    def _update_contacts(self, entry: Entry, profile: Profile, mine: list[Contact]) -> bool:
        taken = [
            self._update_contact(entry, profile, channel, address, mine)
            for channel, address in entry.addresses.items()
        ]
        return any(taken)

    def _update_contact(
        self,
        entry: Entry,
        profile: Profile,
        channel: Channel,
        address: str,
        mine: list[Contact],
    ) -> bool:
        index = contact_index(sealer_of(self.session), channel, address)
        here = [c for c in mine if c.channel is channel]
        same = next((c for c in here if c.address_index == index), None)
        if same is not None and same.ended_at is None:
            self._vouch_for(entry, same)
            return False
        source, trace = _from_register(entry), self.traces[entry.row]
        if same is None:
            made = new_contact(self.session, profile, channel, address, source=source, now=self.now)
            trace.made.append(("contact", made.id))
        elif same.source == UNDONE or _is_later(entry, same.ended_at or self.now):
            trace.revived.append((same.id, same.ended_at, same.source, same.added_at))
            same.ended_at, same.source, same.added_at = None, source, self.now
        else:
            column = next(name for name, way in CHANNELS.items() if way is channel)
            self._reject(
                entry, column, "ended", "此联系方式已停用，没有恢复；核实后请在人员页面添加"
            )
            return False
        for contact in here:
            if contact is not same and contact.source.startswith(REGISTER):
                if contact.ended_at is None:
                    trace.ended.append(contact.id)
                contact.ended_at = contact.ended_at or self.now
        return True

    def _vouch_for(self, entry: Entry, contact: Contact) -> None:
        """A register that dates its word says that the address was theirs on that day."""
        said = start_of(entry.known_on)
        if entry.dated and said > (contact.sign_at or contact.added_at):
            self.traces[entry.row].signs.append((contact.id, contact.sign_at))
            contact.sign_at = said

    def _add_silences(self, entry: Entry, profile: Profile, mine: list[OptOut]) -> bool:
        added = False
        for channel, topic in entry.silences:
            equal = [
                o
                for o in mine
                if o.channel is channel and o.topic == topic and o.address_index is None
            ]
            if any(o.lifted_at is None or day_of(o.lifted_at) >= entry.known_on for o in equal):
                continue
            self._make(
                entry.row,
                OptOut(
                    id=new_id(),
                    profile_id=profile.id,
                    channel=channel,
                    topic=topic,
                    said_at=self.now,
                    how=self.how,
                ),
            )
            added = True
        return added

    def _add_wishes(self, entry: Entry, profile: Profile, mine: list[Subscription]) -> bool:
        added = False
        for tag in entry.tags:
            ends = [s.ended_at for s in mine if s.tag_code == tag]
            if any(end is None or not _is_later(entry, end) for end in ends):
                continue
            self._make(
                entry.row,
                Subscription(
                    id=new_id(),
                    profile_id=profile.id,
                    tag_code=tag,
                    pace=entry.pace,
                    source=_from_register(entry),
                    since=self.now,
                ),
            )
            added = True
        return added

    def _add_own_consents(self, entry: Entry, profile: Profile, mine: list[Consent]) -> bool:
        if needs_guardian(entry, day_of(self.now)):
            return False
        wanted = dict(entry.consents)
        wanted.pop(ConsentScope.MINOR, None)
        return self.add_consents(entry.row, profile.id, wanted, mine, given_by=None)

    def add_consents(
        self,
        row: int,
        profile_id: UUID,
        wanted: Mapping[ConsentScope, date],
        mine: Sequence[Consent],
        *,
        given_by: UUID | None,
    ) -> bool:
        """Write consents that do not stand yet; what was withdrawn later stays withdrawn.

        Returns:
            Whether any was new.
        """
        added = False
        for scope, day in wanted.items():
            equal = [c for c in mine if c.scope is scope and c.given_by_id == given_by]
            if any(c.withdrawn_at is None for c in equal):
                continue
            if any(c.withdrawn_at and day_of(c.withdrawn_at) >= day for c in equal):
                reason = "已撤回同意，没有恢复；再次同意的请填新的日期"
                self.rejected.append(Rejected(row, _SCOPE_COLUMNS[scope], "withdrawn", reason))
                continue
            self._make(
                row,
                Consent(
                    id=new_id(),
                    profile_id=profile_id,
                    scope=scope,
                    given_by_id=given_by,
                    text_version=TEXT_VERSION,
                    how=self.how,
                    given_at=start_of(day),
                ),
            )
            added = True
        return added

    def _make(self, row: int, thing: OptOut | Subscription | Consent) -> None:
        self.session.add(thing)
        self.traces[row].made.append((type(thing).__name__.lower(), thing.id))

    def _reject(self, entry: Entry, column: str, code: str, reason: str) -> None:
        self.rejected.append(Rejected(entry.row, column, code, reason))


def _is_new(profile: Profile | None) -> bool:
    """Whether nothing is known of somebody, or nothing any more: their import was undone."""
    if profile is None:
        return True
    return profile.ended_reason is EndReason.UNDONE and profile.name_index == ""


def _fields(session: Session, profile: Profile) -> dict[str, str | None]:
    """What a row can change of the profile itself, as plain words."""
    return {
        "name": name_of(session, profile),
        "street_code": profile.street_code,
        "community": profile.community,
        "ended_on": profile.ended_on.isoformat() if profile.ended_on else None,
        "ended_reason": profile.ended_reason.value if profile.ended_reason else None,
    }


def _is_later(entry: Entry, moment: datetime) -> bool:
    """Whether the row itself says that it is younger than *moment*; an undated row never is."""
    return entry.dated and entry.known_on > day_of(moment)


def _from_register(entry: Entry) -> str:
    return (REGISTER + entry.source)[:60]
