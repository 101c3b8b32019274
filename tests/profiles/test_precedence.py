"""Two words about one fact: a register over one's own word, the later day over the earlier."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from profiles.dossier import Known, facts_on, known_of, read_dossier, row_of
from profiles.model import RosterRow
from profiles.precedence import MOST_OTHERS, Verdict, is_own_word, weigh
from pusher.store import Store
from tests.makers import make_office
from tests.profiles.registers import facts_of, person, table, take, the_one, told

EARLY, LATE = date(2026, 3, 1), date(2026, 9, 1)


def said(value: str, source: str, day: date, until: date | None = None) -> Known:
    return Known(value, source, day, until)


@pytest.mark.parametrize(
    ("old", "new", "holds", "verdict"),
    [
        (said("a", "民政", LATE), said("b", "本人申报", LATE), "a", Verdict.OUTRANKED),
        (said("a", "民政", EARLY), said("b", "本人申报", LATE), "a", Verdict.OUTRANKED),
        (said("a", "本人申报", LATE), said("b", "民政", EARLY), "b", Verdict.TAKEN),
        (said("a", "民政", EARLY), said("b", "民政", LATE), "b", Verdict.TAKEN),
        (said("a", "民政", LATE), said("b", "民政", EARLY), "a", Verdict.OLDER),
        (said("a", "民政", EARLY), said("b", "人社", LATE), "b", Verdict.TAKEN),
        (said("a", "民政", LATE), said("b", "人社", EARLY), "a", Verdict.OLDER),
        (said("a", "本人申报", EARLY), said("b", "本人申报", LATE), "b", Verdict.TAKEN),
        # a register whose term is over has nothing left to outrank with
        (said("a", "民政", EARLY, EARLY), said("b", "本人申报", LATE), "b", Verdict.TAKEN),
    ],
)
def test_which_word_holds(old: Known, new: Known, holds: str, verdict: Verdict) -> None:
    stands, found = weigh(old, new, dated=True)

    assert (stands.value, found) == (holds, verdict)
    loser = old if holds == new.value else new
    assert [(o.value, o.source) for o in stands.others] == [(loser.value, loser.source)]


def test_an_equal_word_of_more_weight_or_a_later_day_is_named() -> None:
    own, register = said("a", "本人申报", LATE), said("a", "民政", EARLY)

    assert weigh(own, register, dated=True)[0].source == "民政"
    assert weigh(register, own, dated=True) == (register, Verdict.SAME)
    assert weigh(register, said("a", "民政", LATE), dated=True)[0].known_on == LATE
    assert weigh(register, said("a", "民政", LATE), dated=False) == (register, Verdict.SAME)


_words = st.builds(
    said,
    st.sampled_from("abc"),
    st.sampled_from(["民政", "人社", "残联", "本人申报", "本人登记"]),
    st.dates(date(2026, 1, 1), date(2026, 1, 9)),
)


@given(st.lists(_words, max_size=8))
def test_a_register_always_outranks_ones_own_word_and_nothing_is_told_twice(
    words: list[Known],
) -> None:
    stands: Known | None = None
    for word in words:
        stands, _ = weigh(stands, word, dated=True)
        assert weigh(stands, word, dated=True)[0] == stands

    if stands is not None:
        assert is_own_word(stands) == all(map(is_own_word, words))
        sources = [o.source for o in stands.others]
        assert len(sources) == len(set(sources)) <= MOST_OTHERS
        assert all(o.others == () for o in stands.others)
        assert known_of(row_of(stands)) == stands


@given(st.lists(_words, max_size=4, unique_by=lambda w: (is_own_word(w), w.known_on)))
def test_the_order_in_which_files_come_does_not_matter(words: list[Known]) -> None:
    held = set()
    for order in permutations(words):
        stands: Known | None = None
        for word in order:
            stands, _ = weigh(stands, word, dated=True)
        held.add(stands.value if stands else None)

    assert len(held) == 1


def test_both_words_are_kept_and_the_outranked_one_is_told_of(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        register = person(数据来源="区民政局台账", 婚姻状况="丧偶", 数据有效期至="2027-06-30")
        take(session, office, table(register | {"数据日期": "2026-03-01"}))
        own = person(数据来源="本人申报", 数据日期="2026-09-01", 婚姻状况="已婚")
        report = take(session, office, table(own), name="网上申报.csv")

        assert told(report) == [(2, "婚姻状况", "outranked")]
        assert "留作参考" in report.rejected[0].reason
        assert facts_of(session)["marital_status"] == "widowed"
        known = read_dossier(session, the_one(session))["marital_status"]
        assert (known.source, known.valid_until) == ("区民政局台账", date(2027, 6, 30))
        assert [(o.value, o.source) for o in known.others] == [("married", "本人申报")]
        again = take(session, office, table(own), name="网上申报.csv")
        assert told(again) == told(report)
        rows = session.exec(select(RosterRow).where(RosterRow.import_id == again.import_id)).all()
        assert all(row.trace_sealed is None for row in rows)


def test_what_is_not_to_be_used_stays_unused_whatever_a_register_says_later() -> None:
    old = Known(1, "民政", date(2026, 1, 1), unused=True)

    for new in (Known(2, "民政", date(2026, 2, 1)), Known(1, "公安", date(2026, 2, 1))):
        stands, _ = weigh(old, new, dated=True)
        assert stands.unused
        assert not any(other.unused for other in stands.others)
    assert known_of(row_of(old)) == old
    assert facts_on({"household_area": old}, date(2026, 1, 2)) == {}
