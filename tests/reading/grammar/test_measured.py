"""How much of the measured policies is read: figures printed, and floors that only rise.

Some of the policies are set aside: nobody reads them, they are measured as a whole
(`tests/reading/gold/split.py`).
"""

from pathlib import Path

import pytest

from tests.reading.gold.measure import Figures, measure
from tests.reading.gold.other_hands import measured, policies


@pytest.fixture(scope="module")
def looked_at(shared: Path) -> Figures:
    return measure(shared / "domain", parts=["looked_at"])


@pytest.fixture(scope="module")
def set_aside(shared: Path) -> Figures:
    return measure(shared / "domain", parts=["set_aside"])


def test_what_was_looked_at_is_read_nearly_whole(looked_at: Figures) -> None:
    print("\n".join(looked_at.lines()))

    assert looked_at.right >= 0.95 * looked_at.cases
    assert looked_at.wrong_eligible == 0
    assert looked_at.leaves.precision >= 0.95
    assert looked_at.leaves.recall >= 0.93
    assert looked_at.all_elements.f1 >= 0.85


def test_what_was_set_aside_is_read_well_and_honestly(set_aside: Figures) -> None:
    print("\n".join(set_aside.lines()))

    assert set_aside.right >= 0.70 * set_aside.cases
    assert set_aside.wrong_eligible <= 1
    assert set_aside.decided >= 0.65 * set_aside.cases
    assert set_aside.decided_right >= 0.90 * set_aside.decided
    assert set_aside.leaves.precision >= 0.75
    assert set_aside.leaves.recall >= 0.65
    assert set_aside.all_elements.f1 >= 0.85


def test_nine_in_ten_of_all_answers_are_right(looked_at: Figures, set_aside: Figures) -> None:
    right, cases = looked_at.right + set_aside.right, looked_at.cases + set_aside.cases

    assert right >= 0.90 * cases


def test_nobody_is_called_eligible_or_told_wrongly_where_it_hurts(
    looked_at: Figures, set_aside: Figures
) -> None:
    parts = (looked_at, set_aside)

    eligible = [f for part in parts for f in part.wrong_eligible_by_family]
    told = [family for part in parts for family in part.wrong_push_by_family]

    assert not {"NEG", "CHD", "CRD", "CMP"} & set(eligible)
    assert not {"EXP", "PER", "CHD", "CMP"} & set(told)


@pytest.mark.parametrize(
    ("part", "precision", "recall"),
    [("open", 0.87, 0.85), ("sealed", 0.72, 0.62), ("plain", 0.79, 0.77)],
)
def test_policies_by_other_hands_are_read(part: str, precision: float, recall: float) -> None:
    hits = measured(policies(part))

    print(part, hits)
    assert hits.precision >= precision
    assert hits.recall >= recall
