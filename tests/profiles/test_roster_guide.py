"""What whoever prepares a register is told: every column is one that the import understands."""

import pytest

from profiles.model import ProfileKind
from profiles.roster_columns import IDENTITY, read_header
from profiles.roster_guide import guide
from profiles.roster_lines import Line


@pytest.mark.parametrize("kind", list(ProfileKind))
def test_the_empty_table_is_understood_column_by_column(kind: ProfileKind) -> None:
    columns = guide(kind)

    header = read_header(Line(1, [column.name for column in columns]), kind)

    assert header.notices == []
    assert len(header.places) + len(header.facts) == len(columns)


@pytest.mark.parametrize("kind", list(ProfileKind))
def test_every_column_says_how_it_is_filled_and_the_needed_ones_come_first(
    kind: ProfileKind,
) -> None:
    columns = guide(kind)

    assert [column.name for column in columns if column.needed] == list(IDENTITY[kind])
    assert all(column.needed for column in columns[:2])
    assert all(column.filled for column in columns)
    assert [c.name for c in columns if c.filled == "文字"] == list(IDENTITY[kind])[:1]
