"""What a new version of a policy says otherwise, as a page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from pusher.matching.turned import Turned, turned
from pusher.model.policy import Policy
from pusher.reading.changes import Change
from pusher.reading.succession import difference, version_before
from pusher.rules.language import parse
from pusher.rules.say import say


@dataclass(frozen=True, slots=True)
class Side:
    """One condition in one version: what it asks, and the clause that says so."""

    asks: str
    quote: str


@dataclass(frozen=True, slots=True)
class ChangedCondition:
    """One condition that was added, removed or changed.

    Attributes:
        how: added, removed or changed.
    """

    how: str
    was: Side | None
    now: Side | None


@dataclass(frozen=True, slots=True)
class VersionChange:
    """A version beside the one that stood before it.

    Attributes:
        turned: whose result changed; None until both versions were matched.
    """

    before: Policy
    conditions: Sequence[ChangedCondition]
    regrouped: bool
    turned: Turned | None


def version_change(session: Session, policy: Policy) -> VersionChange | None:
    """Compare *policy* with the version that stood before it; None for a first version."""
    before = version_before(session, policy)
    if before is None:
        return None
    found = difference(session, policy, before)
    return VersionChange(
        before,
        [shown(change) for change in found.changes],
        found.regrouped,
        turned(session, policy, before),
    )


def shown(change: Change) -> ChangedCondition:
    """Put a change into words."""
    was, now = _side(change.before), _side(change.after)
    return ChangedCondition("added" if not was else "removed" if not now else "changed", was, now)


def _side(condition: Mapping[str, Any] | None) -> Side | None:
    if condition is None:
        return None
    leaf = condition.get("not", condition)
    return Side("；".join(say(parse(condition))), leaf.get("quote") or "")
