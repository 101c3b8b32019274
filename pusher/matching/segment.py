"""One range of an office's profiles, judged as a whole; segments' counts add up."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import numpy as np
import numpy.typing as npt

from pusher.matching.columns import Table, joined, picked
from pusher.matching.decisions import ELIGIBLE, NOT, POSSIBLE, Crowd, Decided, decide_all
from pusher.matching.truths import Mask, Truths
from pusher.rules.nodes import Node


@dataclass(slots=True, eq=False)
class Segment:
    """Profiles by row.

    Attributes:
        marks: what of the sealed facts, kind, street and end tells one state of a profile from
            the next; no two are alike.
        firms: rows that are firms.
        streets: by row, the place of its street among *street_codes*.
        street_codes: empty for an unknown street.
    """

    table: Table
    ids: Sequence[UUID]
    marks: Sequence[bytes]
    firms: Mask
    streets: npt.NDArray[np.int32]
    street_codes: Sequence[str]
    places: Mapping[UUID, int] = field(init=False)
    """Row by id."""

    def __post_init__(self) -> None:
        """Number the rows."""
        self.places = {one: row for row, one in enumerate(self.ids)}


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A segment and which of its rows stand: closed or since changed profiles do not."""

    segment: Segment
    alive: Mask


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to find: a rule, of whose facts, on which day."""

    tree: Node
    audience: str
    subject: str
    as_of: date


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The answers of one part.

    Attributes:
        answers: by row; `NOT` for rows that do not stand.
    """

    part: Part
    decided: Decided
    answers: Truths

    def ids(self, answer: np.uint8) -> Iterator[UUID]:
        """Who got this answer."""
        return (
            self.part.segment.ids[row] for row in np.flatnonzero(self.answers == answer).tolist()
        )

    def among(self, ids: Collection[UUID], answer: np.uint8) -> int:
        """How many of *ids* stand in this part and got this answer."""
        places = self.part.segment.places
        rows = np.fromiter((places[one] for one in ids if one in places), np.intp)
        return int(((self.answers[rows] == answer) & self.part.alive[rows]).sum())

    def by_street(self, answer: np.uint8) -> Counter[str]:
        """How many got this answer, by street."""
        segment = self.part.segment
        streets = segment.streets[self.answers == answer]
        numbers = np.bincount(streets, minlength=len(segment.street_codes)).tolist()
        return Counter(
            {code: n for code, n in zip(segment.street_codes, numbers, strict=True) if n}
        )

    def missing(self) -> Counter[str]:
        """Fact code → how many of the possible it would decide."""
        stands = self.part.alive
        return Counter(
            {c: int((lack & stands).sum()) for c, lack in self.decided.missing().items()}
        )


def ask(part: Part, question: Question, wards: Collection[UUID]) -> Found:
    """Put a question to one part.

    Args:
        wards: whoever has somebody who reads for them; they are asked for themselves.
    """
    segment = part.segment
    crowd = Crowd(segment.table, segment.firms, rows_of(segment, wards))
    decided = decide_all(
        question.tree,
        crowd,
        question.as_of,
        audience_kind=question.audience,
        subject=question.subject,
    )
    return Found(part, decided, np.where(part.alive, decided.answers, NOT))


def together(one: Segment, two: Segment) -> Segment:
    """Both segments, the rows of *two* behind those of *one*."""
    codes = list(dict.fromkeys([*one.street_codes, *two.street_codes]))
    moved = np.asarray([codes.index(code) for code in two.street_codes], np.int32)
    return Segment(
        joined(one.table, two.table),
        [*one.ids, *two.ids],
        [*one.marks, *two.marks],
        np.concatenate([one.firms, two.firms]),
        np.concatenate([one.streets, moved[two.streets]]),
        codes,
    )


def standing(part: Part) -> Segment:
    """Only the rows that stand."""
    segment, rows = part.segment, np.flatnonzero(part.alive).tolist()
    return Segment(
        picked(segment.table, part.alive),
        [segment.ids[row] for row in rows],
        [segment.marks[row] for row in rows],
        segment.firms[part.alive],
        segment.streets[part.alive],
        segment.street_codes,
    )


def rows_of(segment: Segment, people: Iterable[UUID]) -> Mask:
    """The rows of these people; who is not here is passed over."""
    rows = np.zeros(len(segment.ids), np.bool_)
    rows[[segment.places[one] for one in people if one in segment.places]] = True
    return rows


__all__ = [
    "ELIGIBLE",
    "NOT",
    "POSSIBLE",
    "Found",
    "Part",
    "Question",
    "Segment",
    "ask",
    "rows_of",
    "standing",
    "together",
]
