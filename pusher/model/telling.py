"""What becomes of a judged profile: told at once, in a digest, at the door, or not at all."""

from dataclasses import dataclass
from enum import StrEnum

from profiles.reach import OFFLINE, Refusal
from pusher.model.standing import Standing

COMMENTS = "L08"
"""The tag 政策征求意见: who follows it wishes to hear of drafts."""
TOLD_BEFORE = "told_before"


class Telling(StrEnum):
    """The way news of a policy takes to one person."""

    PUSH = "push"
    """A notice of its own."""
    DIGEST_ONLY = "digest_only"
    """A line among other news, for who may be meant, must wait, or only follows the subject."""
    OFFLINE_LIST = "offline_list"
    """The community walks there."""
    WITHHOLD = "withhold"


@dataclass(frozen=True, slots=True)
class Way:
    """The way, and the first thing that settled it.

    Attributes:
        because: a `Standing`, a `Refusal`, ``not``, `TOLD_BEFORE` or ``possible``; empty for
            an eligible person of whom nothing speaks against a notice.
    """

    telling: Telling
    because: str


def telling(
    *,
    decision: str,
    stands: Standing,
    refusal: Refusal | None,
    follows: bool,
    follows_drafts: bool,
    told_before: bool,
) -> Way:
    """Say what becomes of one judged profile: the first of these that applies.

    Args:
        decision: eligible, possible or not, by the rule alone.
        stands: where the policy stands on the day.
        refusal: the first refusal of `profiles.reach.may_reach`; its order is the same.
        follows: they follow a tag of the policy.
        follows_drafts: they follow `COMMENTS`, and the policy carries it.
        told_before: they had this very version; an earlier version does not count.

    Source:
        domain/conventions.md, push: 1 to 13, from the top.
    """
    if refusal in (Refusal.DECEASED, Refusal.ENDED):
        return _withheld(refusal)
    if stands in _OVER:
        return _withheld(stands)
    if refusal in (Refusal.NO_CONSENT, Refusal.OPTED_OUT):
        return _withheld(refusal)
    idle = stands is Standing.DRAFT or decision == "not"
    if refusal is Refusal.CAME_OF_AGE and idle:
        return _withheld(refusal)  # nobody walks to a door to ask leave for a digest
    if stands is Standing.DRAFT:
        return _followed(stands, follows_drafts)
    if decision == "not":
        return _followed("not", follows)
    return _meant(decision, stands, refusal, told_before)


def _meant(decision: str, stands: Standing, refusal: Refusal | None, told_before: bool) -> Way:
    """For who is or may be eligible under a policy that stands."""
    if refusal in (Refusal.MINOR, Refusal.MINOR_CONSENT):
        return Way(Telling.OFFLINE_LIST, refusal.value)
    if refusal is Refusal.NO_SENSITIVE_CONSENT:
        return _withheld(refusal)
    if told_before:
        return _withheld(TOLD_BEFORE)
    if refusal in OFFLINE:
        return Way(Telling.OFFLINE_LIST, refusal.value)
    if stands is Standing.UPCOMING:
        return Way(Telling.DIGEST_ONLY, stands.value)
    if decision == "possible":
        return Way(Telling.DIGEST_ONLY, decision)
    return Way(Telling.PUSH, "")


_OVER = frozenset(
    {
        Standing.INTERNAL,
        Standing.REPEALED,
        Standing.EXHAUSTED,
        Standing.EXPIRED,
        Standing.CLOSED,
    }
)


def _withheld(because: str) -> Way:
    return Way(Telling.WITHHOLD, str(because))


def _followed(because: str, follows: bool) -> Way:
    return Way(Telling.DIGEST_ONLY if follows else Telling.WITHHOLD, str(because))
