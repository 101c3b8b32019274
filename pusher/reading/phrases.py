"""What the office itself calls things: phrases it adds, what they would change, how they go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.model import Office
from pusher.audit import note
from pusher.model.errors import NotFound, Unwilling
from pusher.model.learning import OfficePhrase
from pusher.model.policy import Openness, Policy, PolicyState, Registered
from pusher.reading.changes import Change, changes
from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.words import OwnPhrase
from pusher.reading.understand import draft_shape, unread_warning
from pusher.rules.language import BadRule, parse
from pusher.rules.say import say

WORDS_LENGTH = 40
READS_LENGTH = 200
_SHORTEST = 2
_LOOKED_THROUGH = 500
"""The newest policies in which words are looked for."""
_READ_AGAIN = 30
"""So many policies are read again at once; a draft takes some 20 ms."""


class BadPhrase(Unwilling):
    """A phrase cannot be taken; the text says why.

    Attributes:
        field: words, reads or condition.
    """

    code = "bad_phrase"

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Effect:
    """What a phrase changes in the reading of one policy.

    Attributes:
        changes: conditions that are read otherwise with it.
        settled: clauses that need a person without it and not with it.
    """

    policy: Policy
    changes: Sequence[Change]
    settled: Sequence[str]


def phrases_of(session: Session, office_id: UUID, *, dropped: bool = False) -> list[OfficePhrase]:
    """Return the phrases of an office that are read, or those that were dropped, by their words."""
    ended = col(OfficePhrase.dropped_at)
    return list(
        session.exec(
            select(OfficePhrase)
            .where(
                OfficePhrase.office_id == office_id,
                ended.is_not(None) if dropped else ended.is_(None),
            )
            .order_by(OfficePhrase.words)
        )
    )


def own_phrases(session: Session, office: Office) -> tuple[OwnPhrase, ...]:
    """Return the phrases of *office* as the grammar takes them, the longest first."""
    found = [_own(one.words, one.condition) for one in phrases_of(session, office.id)]
    return tuple(sorted(found, key=lambda one: -len(one.words)))


def meaning_of(condition: Mapping[str, Any]) -> str:
    """What a phrase stands for, in words."""
    if "reads" in condition:
        return str(condition["reads"])
    return "；".join(say(parse(condition)))


def checked(
    session: Session, *, office_id: UUID, words: str, condition: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the words and what they stand for as they would be kept.

    Args:
        condition: a leaf of the contract's RULE; or ``{"reads": …}``, other words that are read
            in their place: the streets of a 片区, the full name of a register.

    Raises:
        BadPhrase: too short or long, known already, or what it stands for is nothing.
    """
    plain = words.strip()
    if not _SHORTEST <= len(plain) <= WORDS_LENGTH:
        raise BadPhrase("words", f"说法应有 {_SHORTEST} 至 {WORDS_LENGTH} 个字")
    if any(one.words == plain for one in phrases_of(session, office_id)):
        raise BadPhrase("words", f"已经有“{plain}”；要改，请先去掉原来的")
    if "reads" in condition:
        return plain, {"reads": _checked_reads(plain, str(condition["reads"]).strip())}
    leaf = {name: condition.get(name) for name in ("fact", "op", "value")}
    try:
        parse(leaf)
    except BadRule as wrong:
        raise BadPhrase("condition", f"这个条件不能使用：{wrong}") from None
    return plain, leaf


def effects(
    session: Session, office: Office, *, words: str, condition: Mapping[str, Any]
) -> list[Effect]:
    """Show what a phrase would change in the policies that say its words; nothing is kept.

    Returns:
        One for each such policy, the newest first, also where nothing changes; at most thirty.
    """
    own = own_phrases(session, office)
    more = tuple(sorted([*own, _own(words, condition)], key=lambda one: -len(one.words)))
    found = []
    for policy in _saying(session, office, words, (PolicyState.READ, PolicyState.CONFIRMED)):
        old, new = (_drafted(policy, office, phrases) for phrases in (own, more))
        settled = [q for q in old["needs_person"] if q not in new["needs_person"]]
        found.append(Effect(policy, changes(old["rule"], new["rule"]), settled))
    return found


def add_phrase(
    session: Session, *, office_id: UUID, words: str, condition: Mapping[str, Any], by: str,
    now: datetime,
) -> OfficePhrase:  # fmt: skip
    """Let *words* stand for *condition* in every document that nobody confirmed yet.

    Raises:
        BadPhrase: see `checked`.
    """
    plain, leaf = checked(session, office_id=office_id, words=words, condition=condition)
    before = next(
        (p for p in phrases_of(session, office_id, dropped=True) if p.words == plain), None
    )
    phrase = before or OfficePhrase(
        office_id=office_id, words=plain, condition=leaf, added_by=by, added_at=now
    )
    phrase.condition, phrase.added_by, phrase.added_at = leaf, by, now
    phrase.dropped_by = phrase.dropped_at = None
    told = _kept(session, phrase)
    note(session, "phrase.add", about=("phrase", phrase.id), by=by, now=now, **told)
    return phrase


def drop_phrase(
    session: Session, phrase_id: UUID, *, office_id: UUID, by: str, now: datetime
) -> None:
    """Read a phrase of the office no more; it can be restored.

    Raises:
        NotFound: this office reads no such phrase.
    """
    phrase = _phrase(session, phrase_id, office_id, dropped=False)
    phrase.dropped_by, phrase.dropped_at = by, now
    told = _kept(session, phrase)
    note(session, "phrase.drop", about=("phrase", phrase.id), by=by, now=now, **told)


def restore_phrase(
    session: Session, phrase_id: UUID, *, office_id: UUID, by: str, now: datetime
) -> None:
    """Read a phrase again that was dropped.

    Raises:
        NotFound: this office dropped no such phrase.
    """
    phrase = _phrase(session, phrase_id, office_id, dropped=True)
    phrase.dropped_by = phrase.dropped_at = None
    told = _kept(session, phrase)
    note(session, "phrase.restore", about=("phrase", phrase.id), by=by, now=now, **told)


def _kept(session: Session, phrase: OfficePhrase) -> dict[str, Any]:
    """Write the phrase, read again what waits for staff and says it; what to note of both."""
    session.add(phrase)
    session.flush()
    office = session.get_one(Office, phrase.office_id)
    again = _read_again(session, office, phrase.words)
    meaning = meaning_of(phrase.condition)
    return {"words": phrase.words, "meaning": meaning, "read_again": again}


def _read_again(session: Session, office: Office, words: str) -> int:
    """Draft anew what nobody confirmed yet and says *words*; how many drafts changed."""
    own, changed = own_phrases(session, office), 0
    for policy in _saying(session, office, words, (PolicyState.READ,)):
        drafted = _drafted(policy, office, own)
        if drafted != policy.draft:
            kept = [line for line in policy.warnings if line not in unread_warning(policy.draft)]
            policy.draft, policy.warnings = drafted, [*kept, *unread_warning(drafted)]
            session.add(policy)
            changed += 1
    session.flush()
    return changed


def _drafted(policy: Policy, office: Office, own: Sequence[OwnPhrase]) -> dict[str, Any]:
    """The draft of a policy by these phrases; nobody can apply under what is closed or a draft."""
    if policy.registered is Registered.DRAFT or policy.openness is Openness.CLOSED:
        return {"needs_person": [], "rule": None, **policy.draft}
    return draft_shape(draft(policy.body, area_code=office.area_code, own=own))


def _saying(
    session: Session, office: Office, words: str, states: Sequence[PolicyState]
) -> list[Policy]:
    """The newest policies in these states whose text has the words."""
    rows = session.exec(
        select(Policy)
        .where(Policy.office_id == office.id, col(Policy.state).in_(states))
        .order_by(col(Policy.read_at).desc(), col(Policy.id).desc())
        .limit(_LOOKED_THROUGH)
    )
    return [one for one in rows if any(words in line for line in one.body)][:_READ_AGAIN]


def _phrase(session: Session, phrase_id: UUID, office_id: UUID, *, dropped: bool) -> OfficePhrase:
    phrase = session.get(OfficePhrase, phrase_id)
    if phrase is None or phrase.office_id != office_id or (phrase.dropped_at is None) is dropped:
        raise NotFound("没有这个说法")
    return phrase


def _own(words: str, condition: Mapping[str, Any]) -> OwnPhrase:
    reads = condition.get("reads")
    return OwnPhrase(words, {}, reads=str(reads)) if reads else OwnPhrase(words, condition)


def _checked_reads(words: str, reads: str) -> str:
    if not _SHORTEST <= len(reads) <= READS_LENGTH:
        raise BadPhrase("reads", f"另一种写法应有 {_SHORTEST} 至 {READS_LENGTH} 个字")
    if reads == words:
        raise BadPhrase("reads", "另一种写法和这个说法一样，不用记")
    return reads
