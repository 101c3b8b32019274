"""Where a policy stands on a day: from its registered status and its dates, never stored."""

from datetime import date
from enum import StrEnum

from pusher.model.policy import Openness, Policy, PolicyState, Registered


class Standing(StrEnum):
    """The first that applies, in this order."""

    INTERNAL = "internal"
    """Not 主动公开: nobody outside is told."""
    DRAFT = "draft"
    """A draft for comment: nobody is eligible under it."""
    REPEALED = "repealed"
    EXHAUSTED = "exhausted"
    """The money or the places are gone."""
    EXPIRED = "expired"
    """Past its validity."""
    CLOSED = "closed"
    """Past its application window."""
    UPCOMING = "upcoming"
    """Not yet in force, or applications not yet open."""
    OPEN = "open"


def standing(policy: Policy, as_of: date) -> Standing:
    """Say where *policy* stands on *as_of*; the last day of a term still belongs to it."""
    if policy.openness is not Openness.OPEN:
        return Standing.INTERNAL
    if policy.registered is Registered.DRAFT:
        return Standing.DRAFT
    gone = (PolicyState.REPEALED, PolicyState.SUPERSEDED)
    if policy.state in gone or policy.registered is Registered.REPEALED:
        return Standing.REPEALED
    if policy.registered is Registered.EXHAUSTED:
        return Standing.EXHAUSTED
    if policy.expires_on and policy.expires_on < as_of:
        return Standing.EXPIRED
    if policy.apply_until and policy.apply_until < as_of:
        return Standing.CLOSED
    begins = [day for day in (policy.effective_on, policy.apply_from) if day]
    if begins and max(begins) > as_of:
        return Standing.UPCOMING
    return Standing.OPEN
