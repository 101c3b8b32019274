"""Words that make no sense, typed at a command or into a form: one line on what is wrong."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pusher.sending.compose import FARTHEST, TooFarAhead, TooLate, times
from pusher.store import Store
from tests.keeping.offices import environ_of, make_home
from tests.makers import NOW, make_office, make_policy


def test_an_hour_that_makes_no_sense_is_refused_with_a_word_on_it(store: Store) -> None:
    with store.writing() as session:
        policy = make_policy(session, make_office(session))

        first, latest = times(session, policy, send_after=NOW + FARTHEST, now=NOW)
        with pytest.raises(TooFarAhead, match="2027-02-23"):
            times(session, policy, send_after=NOW + FARTHEST + timedelta(seconds=1), now=NOW)
        policy.apply_until = NOW.date()
        with pytest.raises(TooLate):
            times(session, policy, send_after=NOW + timedelta(days=1), now=NOW)

    assert NOW < first < latest


@pytest.mark.parametrize(
    "words",
    [
        ["staff", "add", "wangli", "--role", "clerk", "--number", "1", "--password-stdin"],
        ["policy", "read", "-"],
    ],
    ids=" ".join,
)
def test_a_closed_input_is_one_clear_line(
    words: list[str], tmp_path: Path, sqlite_template: Path
) -> None:
    home = make_home(tmp_path / "var", sqlite_template)

    done = subprocess.run(
        [sys.executable, "-m", "pusher", *words],
        env=environ_of(home), capture_output=True, text=True, check=False,
        preexec_fn=lambda: os.close(0),
    )  # fmt: skip

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "内部错误" not in done.stderr
