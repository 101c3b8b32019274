"""How many worksheets find their policy: invented ones, written before anything was tuned."""

from pathlib import Path

import pytest

from profiles.sealing import Sealer
from pusher.listening.nearest import Nearest
from pusher.reading.taxonomy import keywords
from pusher.store import Store
from tests.listening.asked import asked, district
from tests.makers import make_office


@pytest.mark.parametrize(
    ("sheet", "least", "most_wrong"),
    [
        # measured: 78 of 80 right, none missed, none of the six about something else tied
        ("hotline_rows.csv", 76, 2),
        # never tuned to: 32 of 35, one missed, one of four tied that should not be
        ("hotline_rows_kept_aside.csv", 31, 3),
    ],
)
def test_most_worksheets_find_their_policy_and_few_others_find_one(
    tmp_path: Path, sqlite_template: Path, sealer: Sealer, sheet: str, least: int, most_wrong: int
) -> None:
    file = tmp_path / "pusher.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", sealer=sealer)
    with store.writing() as session:
        office = make_office(session)
        stems = {policy.id: stem for stem, policy in district(session, office).items()}
        nearest = Nearest.of(session, office.id, keywords())
    store.close()

    found = [(one, nearest.to(one.text)) for one in asked(sheet)]
    right = [stems[near.policy_id] == one.policy for one, near in found if near and one.policy]
    missed = [one.text for one, near in found if one.policy and near is None]
    strange = [one.text for one, near in found if near and not one.policy]

    assert sum(right) >= least
    assert len(missed) + len(strange) <= most_wrong
