"""The rules of codes: how they look, what is kept of them, how often a number gets one."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.codes import PACE, code_mac, new_code, next_send
from profiles.sealing import Keys, Sealer
from tests.makers import NOW

ONE, OTHER = UUID(int=1), UUID(int=2)
moments = st.lists(st.integers(0, 100_000).map(lambda s: NOW - timedelta(seconds=s)), max_size=14)


@pytest.mark.parametrize(("drawn", "code"), [(0, "000000"), (42, "000042"), (999_999, "999999")])
def test_a_code_is_six_digits_whatever_is_drawn(drawn: int, code: str) -> None:
    asked = []

    def draw(most: int) -> int:
        asked.append(most)
        return drawn

    assert new_code(draw) == code
    assert asked == [1_000_000]


def test_what_is_kept_depends_on_key_contact_salt_and_code(sealer: Sealer) -> None:
    other_keys = Sealer(Keys({1: b"s" * 32}, b"j" * 32, b"g" * 32))
    macs = {
        code_mac(sealer, ONE, "a", "123456"),
        code_mac(other_keys, ONE, "a", "123456"),
        code_mac(sealer, OTHER, "a", "123456"),
        code_mac(sealer, ONE, "b", "123456"),
        code_mac(sealer, ONE, "a", "123457"),
    }

    assert len(macs) == 5
    assert all("123456" not in mac for mac in macs)


@given(moments)
def test_a_number_never_gets_more_than_its_pace_allows(sent: list[datetime]) -> None:
    free = next_send(sent, NOW)

    assert free >= NOW
    for term, most in PACE:
        assert sum(at > free - term for at in sent) < most, term


@given(moments)
def test_nobody_waits_longer_than_the_pace_asks(sent: list[datetime]) -> None:
    free = next_send(sent, NOW)

    if free > NOW:
        early = free - timedelta(microseconds=1)
        assert any(sum(at > early - term for at in sent) >= most for term, most in PACE)
