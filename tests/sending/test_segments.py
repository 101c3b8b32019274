"""Texts are counted and priced as the carriers bill them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.sending.segments import price, segments, signed


@pytest.mark.parametrize(
    ("characters", "expected"),
    [(0, 0), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (150, 3), (201, 3), (202, 4)],
)
def test_seventy_fit_into_one_and_sixty_seven_into_each_of_several(
    characters: int, expected: int
) -> None:
    assert segments("政" * characters) == expected


def test_the_signature_counts_with_its_brackets() -> None:
    body = "政" * 62

    assert segments(body) == 1
    assert len(signed(body, "槐荫政务公开")) == 70
    assert segments(signed(body, "槐荫政务公开")) == 1
    assert segments(signed(body + "策", "槐荫政务公开")) == 2


def test_a_character_beyond_the_basic_plane_counts_twice() -> None:
    assert segments("政" * 68 + "😀") == 1
    assert segments("政" * 69 + "😀") == 2


def test_a_price_is_exact() -> None:
    assert price(3, Decimal("0.045")) == Decimal("0.135")
    assert sum(price(1, Decimal("0.045")) for _ in range(1000)) == Decimal("45.000")


@given(st.text(max_size=400))
def test_the_segments_hold_the_text_and_none_is_empty(text: str) -> None:
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    parts = segments(text)

    assert units <= 70 if parts == 1 else units <= parts * 67
    assert parts <= 1 or units > (parts - 1) * 67
