"""The log: one JSON line for each event, nobody named, and never a reason to stop working."""

import json
import logging
import os
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.identity import masked_text
from pusher.clock import OFFICE_ZONE
from pusher.log import KEPT, Log, _DailyFile, _Sink, json_line


def event(text: str, *args: Any, error: BaseException | None = None) -> Any:
    caught = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("room", logging.ERROR, "f.py", 1, text, args, caught)
    line = json_line(record)
    assert len(line.splitlines()) == 1
    return json.loads(line)


@given(st.text())
def test_whatever_is_logged_is_one_line_that_says_the_same(text: str) -> None:
    said = event("%s", text)["says"]

    assert said == masked_text(text)[:4000]


@given(st.sampled_from("\r\n\x85\u2028\u2029\x1b\u202e\x9b\0"))
def test_what_would_forge_a_line_or_steer_a_terminal_is_encoded(character: str) -> None:
    record = logging.LogRecord("room", logging.INFO, "f", 1, f"a{character}b", (), None)

    assert character not in json_line(record)


@given(st.integers(0, 9999))
def test_a_phone_is_masked_however_it_is_written(number: int) -> None:
    tail = f"{number:04}"

    for phone in (f"1990000{tail}", f"+861990000{tail}", f"199 0000 {tail}", f"199-0000-{tail}"):
        assert f"0000{tail}" not in masked_text(f"to={phone},x").replace(" ", "").replace("-", "")


@pytest.mark.parametrize(
    "number", ["370199199001010017", "37019919900101001X", "91370199MA3ABCD12X", "a.b@example.com"]
)
def test_numbers_and_addresses_of_people_and_firms_are_masked(number: str) -> None:
    assert number not in masked_text(f"about {number}.")


@pytest.mark.parametrize(
    "text", ["2026-11-25 09:30", "port 18080", "0193a1b2-0000-7000-8000-199000000001", "1700000000"]
)
def test_what_names_nobody_is_left(text: str) -> None:
    assert masked_text(text) == text


def test_of_an_exception_only_its_class_and_places_are_kept() -> None:
    try:
        raise ValueError("王样例 19900000001")
    except ValueError as error:
        found = event("failed", error=error)

    assert found["error"] == "ValueError"
    assert found["where"][0].startswith("test_log.py:")
    assert "样例" not in json.dumps(found, ensure_ascii=False)


def test_a_file_belongs_to_a_day_and_old_ones_go(tmp_path: Path) -> None:
    day = datetime(2026, 11, 25, 23, 59, tzinfo=OFFICE_ZONE)
    old = (day - KEPT).date()
    for name in (f"console-{old - timedelta(days=1)}", f"console-{old}", f"clockwork-{old}"):
        tmp_path.joinpath(f"{name}.jsonl").touch()
    file = _DailyFile(tmp_path, "console")

    file.write("{}", day.timestamp())
    file.write("{}", (day + timedelta(minutes=2)).timestamp())

    assert sorted(f.stem for f in tmp_path.iterdir()) == [
        f"clockwork-{old}", "console-2026-11-25", "console-2026-11-26",
    ]  # fmt: skip
    assert tmp_path.joinpath("console-2026-11-26.jsonl").stat().st_mode & 0o077 == 0


def test_lines_that_cannot_be_written_are_counted_and_stop_nobody() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        sink = _Sink(lambda line, _: print(os.write(full.fileno(), line.encode())))
        log = Log(sink)

        log.handle(logging.LogRecord("room", logging.INFO, "f", 1, "hello", (), None))
        log.finish()

    assert log.dropped == 1


def test_a_pipe_that_nobody_reads_holds_nobody_up() -> None:
    nobody_reads = threading.Event()

    def write(*_: object) -> None:
        nobody_reads.wait()

    log = Log(_Sink(write))

    for _ in range(6_000):
        log.handle(logging.LogRecord("room", logging.INFO, "f", 1, "hello", (), None))

    assert log.dropped >= 999
    nobody_reads.set()
