"""Two words about one fact: which holds, and that the other stays to be seen.

A register outranks what people say of themselves; of two registers, and of two words of one
source, the later day holds.
"""

from dataclasses import replace
from enum import StrEnum

from profiles.dossier import Known

OWN_WORD = ("本人", "自报", "自述")
"""How the name of a source begins whose facts are somebody's own word: 本人申报, 本人登记."""
MOST_OTHERS = 5


class Verdict(StrEnum):
    """What became of a new word."""

    TAKEN = "taken"
    """It holds now."""
    CONFIRMED = "confirmed"
    """It says what stood already, with more weight or of a later day."""
    SAME = "same"
    OLDER = "older"
    """A later day is known; kept beside it."""
    OUTRANKED = "outranked"
    """Somebody's own word against a register; kept beside it."""


def weigh(old: Known | None, new: Known, *, dated: bool) -> tuple[Known, Verdict]:
    """Hold a new word against what stands.

    Args:
        new: without `others`.
        dated: whether the source says for which day it vouches; otherwise `known_on` is only the
            day on which we read it, and makes nothing younger that says the same.

    Returns:
        What stands from now on, with what it outranks beside it; not to be used if the old word
        was not.
    """
    if old is None:
        return new, Verdict.TAKEN
    stands, verdict = _weigh(old, new, dated=dated)
    return replace(stands, unused=old.unused), verdict


def _weigh(old: Known, new: Known, *, dated: bool) -> tuple[Known, Verdict]:
    if old.value == new.value:
        return _agree(old, new, dated=dated)
    expired = old.valid_until is not None and old.valid_until < new.known_on
    if is_own_word(new) and not is_own_word(old) and not expired:
        return _beside(old, new, dated=dated), Verdict.OUTRANKED
    if is_own_word(new) == is_own_word(old) and new.known_on < old.known_on:
        return _beside(old, new, dated=dated), Verdict.OLDER
    rest = (o for o in old.others if o.source not in (old.source, new.source))
    return replace(new, others=_newest(replace(old, others=(), unused=False), *rest)), Verdict.TAKEN


def is_own_word(known: Known) -> bool:
    """Whether people said it of themselves."""
    return known.source.startswith(OWN_WORD)


def _agree(old: Known, new: Known, *, dated: bool) -> tuple[Known, Verdict]:
    if is_own_word(new) and not is_own_word(old):
        return old, Verdict.SAME
    weightier = is_own_word(old) and not is_own_word(new)
    until = new.valid_until or old.valid_until
    if not weightier and until == old.valid_until and not (dated and new.known_on > old.known_on):
        return old, Verdict.SAME
    rest = tuple(o for o in old.others if o.source != new.source)
    later = new.known_on if dated or weightier else old.known_on
    return replace(new, known_on=later, valid_until=until, others=rest), Verdict.CONFIRMED


def _beside(old: Known, new: Known, *, dated: bool) -> Known:
    """*old* still holds, and *new* is kept with it, in place of what its source said before."""
    before = next((o for o in old.others if o.source == new.source), None)
    if before is not None:
        stands = before.value == new.value and not (dated and new.known_on > before.known_on)
        if stands or new.known_on < before.known_on:
            return old
    rest = (o for o in old.others if o.source != new.source)
    return replace(old, others=_newest(new, *rest))


def _newest(*others: Known) -> tuple[Known, ...]:
    return tuple(sorted(others, key=lambda o: o.known_on, reverse=True)[:MOST_OTHERS])
