"""Whom a policy is for, over whole tables: the answers of `pusher.rules.judge.decide`, by row."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from pusher.matching.columns import MISSING, Table
from pusher.matching.truths import Judged, Mask, Sight, Truths, best_of, judged, missing
from pusher.rules.evaluate import day
from pusher.rules.nodes import All, Node, Not
from pusher.rules.truth import Truth

NOT, POSSIBLE, ELIGIBLE = (np.uint8(truth) for truth in (Truth.NO, Truth.UNKNOWN, Truth.YES))
"""Answers by row; in the order of better."""


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Profiles by row.

    Attributes:
        table: their facts.
        firms: rows that are firms; the others are people.
        wards: rows that are wards of somebody we know: asked for themselves.
    """

    table: Table
    firms: Mask
    wards: Mask


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One role in which rows are judged: themselves, those they act for, their wards.

    Attributes:
        found: the rule over the rows, or over the records.
        answers: by row or record, as good as its role allows.
        best: by row.
    """

    found: Judged
    sight: Sight
    answers: Truths
    best: Truths


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """What a rule says of a crowd.

    Attributes:
        answers: `NOT`, `POSSIBLE` or `ELIGIBLE` by row.
        barred: rows that are out before any condition is read.
    """

    crowd: Crowd
    answers: Truths
    barred: Mask
    _parts: tuple[_Part, ...]

    def missing(self) -> dict[str, Mask]:
        """Fact code → the possible rows it would decide."""
        open_rows = self.answers == POSSIBLE
        found: dict[str, Mask] = {}
        for part in self._parts:
            rows = open_rows & (part.best == POSSIBLE)
            open_rows = open_rows & ~rows
            for code, lack in _missing(part, rows).items():
                found[code] = found[code] | lack if code in found else lack
        return found


def decide_all(
    node: Node, crowd: Crowd, as_of: date, *, audience_kind: str, subject: str
) -> Decided:
    """Decide for every row; as `pusher.rules.judge.decide` does for one profile."""
    barred = _barred(crowd, as_of, audience_kind)
    selves = crowd.firms | crowd.wards | (subject != "ward")
    kin = ~(crowd.firms | crowd.wards) & (subject != "self")
    parts = tuple(_parts(node, crowd.table, as_of, selves=selves & ~barred, kin=kin & ~barred))
    answers = np.zeros(crowd.table.size, np.uint8)
    for part in parts:
        np.maximum(answers, part.best, out=answers)
    return Decided(crowd, answers, barred, parts)


def without_exclusions(node: Node) -> Node | None:
    """A rule without the cases it leaves out; None where it leaves none out."""
    if not isinstance(node, All):
        return All(()) if isinstance(node, Not) else None
    kept = tuple(child for child in node.children if not isinstance(child, Not))
    return All(kept) if len(kept) < len(node.children) else None


def _parts(node: Node, table: Table, as_of: date, *, selves: Mask, kin: Mask) -> Iterator[_Part]:
    own = Sight(table, as_of)
    found = judged(node, own)
    answers = np.where(selves, found.truths, NOT)
    yield _Part(found, own, answers, answers)
    for role, rows in (("acts_for", selves), ("wards", kin)):
        records = table.children.get(role)
        if records is not None and records.size and rows.any():
            yield _of_records(node, role, records, as_of, rows & _held(table, role, as_of))


def _of_records(node: Node, role: str, records: Table, as_of: date, rows: Mask) -> _Part:
    sight = Sight(records, as_of)
    found = judged(node, sight)
    at_best = _at_best(role, records)
    alive = ~_died(records, as_of) & ~records.odd & rows[records.parents]
    answers = np.where(alive, np.minimum(found.truths, at_best), NOT)
    return _Part(found, sight, answers, best_of(answers, records, len(rows)))


def _held(table: Table, role: str, as_of: date) -> Mask:
    """Rows whose list of records has not lapsed."""
    column = table.columns[role]
    return np.asarray(column.on(as_of) == column.codes)


def _at_best(role: str, records: Table) -> Truths:
    """Acting needs a leave that stands: withdrawn is out, not recorded is to be asked."""
    if role != "acts_for":
        return np.full(records.size, ELIGIBLE, np.uint8)
    leave = records.columns.get("authorized")
    if leave is None:
        return np.full(records.size, POSSIBLE, np.uint8)
    levels = [POSSIBLE, NOT, *(ELIGIBLE if value else NOT for value in leave.values[2:])]
    return np.asarray(levels, np.uint8)[leave.codes]


def _barred(crowd: Crowd, as_of: date, audience_kind: str) -> Mask:
    kinds: Mapping[str, Mask] = {
        "both": np.zeros(crowd.table.size, np.bool_),
        "resident": crowd.firms,
        "enterprise": ~crowd.firms,
    }
    barred = kinds.get(audience_kind, np.ones(crowd.table.size, np.bool_))
    return barred | _died(crowd.table, as_of) | _struck_off(crowd.table, as_of)


def _died(table: Table, as_of: date) -> Mask:
    def dead(value: object) -> bool:
        died_on = day(value) if isinstance(value, str) else None
        return died_on is not None and died_on <= as_of

    return _where(table, "deceased_on", as_of, dead)


def _struck_off(table: Table, as_of: date) -> Mask:
    return _where(
        table, "registration_status", as_of, lambda value: value in ("cancelled", "revoked")
    )


def _where(table: Table, code: str, as_of: date, holds: Callable[[object], bool]) -> Mask:
    column = table.columns.get(code)
    if column is None:
        return np.zeros(table.size, np.bool_)
    said = [n > MISSING and holds(value) for n, value in enumerate(column.values)]
    return np.asarray(said, np.bool_)[column.on(as_of)]


def _missing(part: _Part, rows: Mask) -> dict[str, Mask]:
    """What left the part open for these rows; of several records the first of the best."""
    if not rows.any():
        return {}
    if part.sight.table.parents.size == 0:
        return missing(part.found, part.sight, rows)
    parents = part.sight.table.parents
    good = np.flatnonzero(rows[parents] & (part.answers == POSSIBLE))
    _, firsts = np.unique(parents[good], return_index=True)
    chosen = np.zeros(len(parents), np.bool_)
    chosen[good[firsts]] = True
    found = {}
    for code, lack in missing(part.found, part.sight, chosen).items():
        found[code] = np.zeros(len(rows), np.bool_)
        found[code][parents[lack]] = True
    return found
