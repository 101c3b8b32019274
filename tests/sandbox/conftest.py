"""A stand-in for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.stand import Stand, standing


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with standing(tmp_path / "journal.jsonl", hold_s=5) as stand:
        yield stand
