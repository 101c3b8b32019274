"""Every family of phrases, and what they all read in a sentence."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from pusher.reading.grammar.findings import (
    Family,
    Finding,
    Scope,
    without_any,
    without_overlaps,
    without_told,
)
from pusher.reading.grammar.phrases import (
    ages,
    credit,
    employers,
    entities,
    figures,
    households,
    industries,
    ladders,
    periods,
    places,
    schooling,
    sizes,
    standing,
    veterans,
)
from pusher.reading.grammar.phrases.asides import find_past_asides
from pusher.reading.grammar.phrases.bykind import by_kind
from pusher.reading.grammar.phrases.tables import tables
from pusher.reading.grammar.records import qualifications
from pusher.reading.grammar.records.disability import read_disabilities
from pusher.reading.grammar.records.events import find_events
from pusher.reading.grammar.records.frame import frames
from pusher.reading.grammar.records.frames import read_records
from pusher.reading.grammar.records.hardships import read_hardships
from pusher.reading.grammar.records.kinds import read_listed
from pusher.reading.grammar.records.lists import find_lists
from pusher.reading.grammar.records.parents import read_parents
from pusher.reading.grammar.records.ventures import read_ventures
from pusher.reading.grammar.records.wards import is_of_guardians, read_orders

# 超过300亩的部分不予补助: how much is given, not to whom
_PART = re.compile("的?部分，?(?:不|停止)")
_READ_APART = (
    "adverse_events",
    "businesses",
    "credit_records",
    "deceased_on",
    "disability",
    "father_state",
    "father_state_since",
    "hardship_events",
    "mother_state",
    "mother_state_since",
    "new_hires",
    "wards",
)
"""Facts that a module of their own reads, by no rule of a family and by no frame."""


@cache
def families(area_code: str) -> tuple[Family, ...]:
    """Return every family, as the office of *area_code* reads."""
    return (
        places.family(area_code),
        ages.family(),
        periods.family(),
        figures.family(),
        credit.family(),
        households.family(),
        standing.family(),
        industries.family(),
        schooling.family(),
        sizes.family(),
        entities.family(),
        ladders.family(),
        employers.family(),
        veterans.family(),
        *tables(),
    )


def record_facts() -> frozenset[str]:
    """Return the facts whose records are read field by field, by no rule of a family."""
    told = frames()
    others = (frame.other.fact for frame in told if frame.other)
    return frozenset({*_READ_APART, *(frame.fact for frame in told), *others})


def find_all(text: str, scope: Scope, *, first: Sequence[Finding] = ()) -> list[Finding]:
    """Find every condition that *text*, a sentence, speaks of.

    Args:
        first: what is known of *text* already and wins over any phrase: words that the document
            defines, and phrases of the office.
    """
    found = [one for family in families(scope.area_code) for one in family.find(text, scope)]
    found = [one for one in found if not _PART.match(text, one.end)]
    found += find_past_asides(text, scope, figures.family())
    found = [*read_listed(text, scope), *read_ventures(text, scope), *found]
    found += [*read_parents(text, scope), *read_hardships(text, scope.whole)]
    found += [*find_events(text), *find_lists(text)]
    first = [one for one in first if not _is_counted(one, found)]
    kept = without_overlaps([*first, *_beside(found, first)])
    if not any(one.group == "area" for one in kept):
        kept = without_overlaps([*kept, *_beside(places.find_firms_of(text, scope), kept)])
    kept = without_overlaps([*kept, *_beside(read_disabilities(text), kept)])
    if is_of_guardians(scope.whole):
        kept = without_overlaps([*kept, *_beside(read_orders(text), kept)])
    kept = without_any(kept)
    kept = without_told(without_overlaps(read_records(text, scope, kept)))
    kept = without_overlaps([*kept, *qualifications.of_the_same(text, scope, kept)])
    return by_kind(text, scope, qualifications.finished(kept, text, scope), found)


def _is_counted(word: Finding, found: Iterable[Finding]) -> bool:
    """Whether a figure counts those whom a defined word names: 重点群体占比达到10%."""
    figures = (f for f in found if f.group == "figure")
    return any(f.start <= word.start and word.end < f.end for f in figures)


def _beside(found: Iterable[Finding], known: Sequence[Finding]) -> list[Finding]:
    return [f for f in found if all(f.end <= k.start or k.end <= f.start for k in known)]
