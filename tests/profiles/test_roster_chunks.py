"""A long register goes in chunk by chunk: killed in between it goes on, in bounded memory."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sqlmodel import col, func, select

from profiles.model import (
    Contact,
    Guardianship,
    ImportState,
    Office,
    Profile,
    ProfileKind,
    RosterFile,
    RosterImport,
    RosterRow,
)
from profiles.roster import Register, RosterReport, check_roster, import_in_chunks
from profiles.sealing import Keys, Sealer
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.people import resident_number
from tests.profiles.registers import counts, everything, table

ROWS = 120
KILLED = """
import os, signal, sys
from datetime import datetime
from sqlmodel import select
from profiles.model import Office, ProfileKind
from profiles.roster import Register, import_in_chunks
from profiles.sealing import Keys, Sealer
from pusher.store import Store

url, file, after = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = Store(url, sealer=Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32)))
with store.reading() as session:
    office = session.exec(select(Office)).one()

def stop(seen):
    if seen >= after:
        os.kill(os.getpid(), signal.SIGKILL)

import_in_chunks(
    store.writing,
    Register(open(file, "rb").read(), "样例.csv", ProfileKind.RESIDENT, office, "0001",
             datetime.fromisoformat("2026-11-25T09:30+08:00")),
    progress=stop, at_once=20,
)
"""


def register(rows: int = ROWS) -> bytes:
    return table(*_people(rows))


def _people(rows: int) -> Iterator[dict[str, str]]:
    """Every third row is a child whose guardian stands in the row after it; each tenth is bad."""
    numbers = [
        resident_number(date(2015, 1, 1) if n % 3 == 0 else date(1980, 1, 1), n)
        for n in range(rows)
    ]
    for n, number in enumerate(numbers):
        child = n % 3 == 0
        yield {
            "姓名": "王样例",
            "证件号码": number,
            "手机号": "" if child else ("123" if n % 10 == 1 else f"1990000{n:04}"),
            "监护人证件号码": numbers[n + 1] if child and n + 1 < rows else "",
            "监护人同意": "2026-09-01" if child else "",
        }


def take(store: Store, content: bytes) -> RosterReport:
    with store.reading() as session:
        office = session.exec(select(Office)).one()
    register = Register(content, "样例.csv", ProfileKind.RESIDENT, office, "0001", NOW)
    return import_in_chunks(store.writing, register, at_once=20)


def test_killed_between_chunks_the_same_file_goes_on_and_doubles_nothing(
    store: Store, tmp_path: Path
) -> None:
    content = register()
    (tmp_path / "r.csv").write_bytes(content)
    with store.writing() as session:
        make_office(session)

    for after in (40, 80):  # the second attempt is killed as well
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, store.url, str(tmp_path / "r.csv"), str(after)],
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL
        with store.reading() as session:
            half = session.exec(select(RosterImport)).one()
            assert half.state is ImportState.RUNNING
            assert session.exec(select(func.count()).select_from(Profile)).one() == after
    report = take(store, content)

    assert report.resumed
    assert counts(report) == (ROWS, 0, 0)
    with store.reading() as session:
        rows = session.exec(select(RosterRow.row).order_by(col(RosterRow.row))).all()
        assert rows == list(range(1, ROWS + 2))
        assert session.exec(select(func.count()).select_from(Guardianship)).one() == 40
        contacts = session.exec(select(func.count()).select_from(Contact)).one()
        assert contacts == sum(n % 3 != 0 and n % 10 != 1 for n in range(ROWS))
        assert session.exec(select(RosterImport)).one().state is ImportState.DONE
        assert session.exec(select(RosterFile)).all() == []
    fresh = take(store, content)
    assert (counts(fresh), fresh.resumed, fresh.rejected) == ((0, 0, ROWS), False, report.rejected)


def test_a_resumed_import_reports_what_one_in_a_single_run_reports(
    store: Store, tmp_path: Path
) -> None:
    content = register(60)
    (tmp_path / "r.csv").write_bytes(content)
    with store.writing() as session:
        make_office(session)
    with store.reading() as session:
        dry = _dry(session.exec(select(Office)).one(), store, content)

    subprocess.run(
        [sys.executable, "-c", KILLED, store.url, str(tmp_path / "r.csv"), "20"], check=False
    )
    report = take(store, content)

    assert (counts(report), report.rejected) == (counts(dry), dry.rejected)
    assert dry.rejected


def _dry(office: Office, store: Store, content: bytes) -> RosterReport:
    with store.reading() as session:
        register = Register(content, "样例.csv", ProfileKind.RESIDENT, office, "0001", NOW)
        return check_roster(session, register)


def test_a_dry_run_needs_no_right_to_write_and_writes_nothing(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)

    report = _dry(office, store, register(60))

    assert counts(report) == (60, 0, 0)
    with store.writing() as session:
        assert not any(everything(session).values())


def test_two_processes_at_one_file_come_to_what_one_comes_to(store: Store, tmp_path: Path) -> None:
    content = register()
    (tmp_path / "r.csv").write_bytes(content)
    with store.writing() as session:
        make_office(session)

    both = [
        subprocess.Popen(
            [sys.executable, "-c", KILLED, store.url, str(tmp_path / "r.csv"), "1000000"],
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    ends = sorted(one.wait() for one in both)

    # on PostgreSQL, where both may write at once, one of them may have had to give way
    assert ends[0] == 0
    with store.reading() as session:
        assert session.exec(select(func.count()).select_from(Profile)).one() == ROWS
        done = session.exec(select(RosterImport).where(RosterImport.added > 0)).all()
        assert {one.state for one in done} == {ImportState.DONE}
        assert sum(one.added for one in done) == ROWS


BIG = """
import resource, sys
from datetime import datetime
from tests.profiles.test_roster_chunks import long_register
from sqlmodel import select
from profiles.model import Office, ProfileKind
from profiles.roster import Register, import_in_chunks
from profiles.sealing import Keys, Sealer
from pusher.store import Store

store = Store(sys.argv[1], sealer=Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32)))
with store.reading() as session:
    office = session.exec(select(Office)).one()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
import_in_chunks(
    store.writing,
    Register(long_register(int(sys.argv[2])), "样例.csv", ProfileKind.RESIDENT, office, "0001",
             datetime.fromisoformat("2026-11-25T09:30+08:00")),
)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def long_register(rows: int) -> bytes:
    """People of whom the number, a phone and a few facts are known; no children."""
    lines = ["姓名,证件号码,街道,手机号,婚姻状况,同意推送,数据来源,数据日期"]
    for n in range(rows):
        number = resident_number(date(1940 + n % 60, 1 + n // 42_000, 1 + n // 60 % 28), n % 1000)
        lines.append(f"王样例,{number},腊山街道,199{n:08},已婚,2026-09-01,样例台账,2026-06-01")
    return "\n".join(lines).encode()


def growth_kb(store: Store, rows: int) -> int:
    """How much memory a process needs more after an import of so many rows."""
    done = subprocess.run(
        [sys.executable, "-c", BIG, store.url, str(rows)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path, sqlite_template: Path) -> None:
    grown = []
    for rows in (1_000, 4_000):
        file = tmp_path / f"{rows}.db"
        file.write_bytes(sqlite_template.read_bytes())
        store = Store(
            f"sqlite:///{file}", sealer=Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32))
        )
        with store.writing() as session:
            make_office(session)
        grown.append(growth_kb(store, rows))
        store.close()

    # a digest and the bytes of the file: well under two kilobytes a row
    assert grown[1] - grown[0] < 3_000 * 2
