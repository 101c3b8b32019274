"""A few of many, so that every kind is looked at, and the same again by the same seed."""

from hypothesis import given
from hypothesis import strategies as st

from pusher.matching.sample import stratified

ROWS = st.lists(st.tuples(st.integers(), st.sampled_from("abcdefgh")), max_size=60)


def kind(row: tuple[int, str]) -> str:
    return row[1]


@given(ROWS, st.integers(0, 99_999))
def test_every_kind_is_drawn_before_any_is_drawn_twice(rows, seed) -> None:
    drawn = stratified(rows, kind, seed=seed)

    kinds = {row[1] for row in rows}
    assert len(drawn) == min(10, len(rows))
    assert {row[1] for row in drawn} == kinds
    assert drawn == stratified(rows, kind, seed=seed)


def test_another_seed_draws_others() -> None:
    rows = [(n, "ab"[n % 2]) for n in range(200)]

    assert stratified(rows, kind, seed=1) != stratified(rows, kind, seed=2)
    assert [row[1] for row in stratified(rows, kind, seed=1)].count("a") == 5
