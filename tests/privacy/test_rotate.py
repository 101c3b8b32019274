"""A key is changed while the office works: nothing is lost, whatever kills it, whenever."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import LargeBinary
from sqlmodel import select

from profiles.key_file import AES, SM4, add_key, drop_keys
from profiles.model import Contact, Profile
from profiles.sealing import (
    Keys,
    SealBroken,
    Sealer,
    key_number,
    make_keys,
    open_sealer,
    read_keys,
)
from pusher.audit import verify
from pusher.model.all import METADATA
from pusher.privacy.rotate import cells_under, retire, rotate, sealed_columns
from pusher.store import Store
from tests.forked import FORK
from tests.makers import NOW, make_office
from tests.privacy.someone import NAME, PHONE, everything, make_someone
from tests.sending.delivery_makers import the_office
from tests.sending.makers import make_person


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "keys.json"
    make_keys(file)
    return file


@pytest.fixture
def office(database_url: str, keys: Path) -> Iterator[Store]:
    """A store whose doors follow the key file."""
    store = Store(database_url, sealer=open_sealer(keys))
    yield store
    store.close()


def turned(store: Store, keys: Path, kind: str = AES) -> tuple[int, bool, int, int]:
    done = rotate(store, keys, kind=kind, by="cli", now=NOW, at_once=7)
    return done.key, done.resumed, done.resealed, done.left


def under(store: Store) -> dict[int, int]:
    with store.reading() as session:
        return dict(cells_under(session))


@pytest.mark.parametrize("kind", [AES, SM4])
def test_everything_is_sealed_anew_and_reads_the_same(office: Store, keys: Path, kind: str) -> None:
    make_someone(office)
    before, cells = everything(office), under(office)
    before.pop("auditentry")

    key, resumed, resealed, left = turned(office, keys, kind)

    assert (key, resumed, left) == (2, False, 0)
    assert under(office) == {2: resealed}
    assert resealed == sum(cells.values()) > 10
    after = everything(office)
    after.pop("auditentry")
    assert {t: said for t, said in after.items() if t != "profile"} == {
        t: said for t, said in before.items() if t != "profile"
    }
    assert NAME in after["profile"]
    with office.reading() as session:
        assert verify(session) == []


def test_a_key_with_cells_under_it_is_never_taken_away(office: Store, keys: Path) -> None:
    make_someone(office)
    add_key(keys, kind=AES)
    assert retire(office, keys, by="cli", now=NOW) == []

    turned(office, keys)

    assert set(read_keys(keys).sealing) == {1, 2}
    assert retire(office, keys, by="cli", now=NOW) == [1]
    assert set(read_keys(keys).sealing) == {2}
    fresh = Store(office.url, sealer=open_sealer(keys))
    assert PHONE in everything(fresh)["contact"]
    fresh.close()


def test_a_door_that_is_open_meanwhile_follows_by_itself(
    office: Store, database_url: str, keys: Path
) -> None:
    door = Store(database_url, sealer=open_sealer(keys))
    someone = make_someone(office)
    with door.reading() as session:
        assert session.get_one(Profile, someone.id)

    turned(office, keys)
    retire(office, keys, by="cli", now=NOW)

    assert PHONE in everything(door)["contact"], "it reads what was sealed anew"
    with door.writing() as session:
        make_person(session, the_office(session))
    assert set(under(office)) == {2}, "and seals with the new key"
    door.close()


def test_a_transaction_that_began_before_the_new_key_is_outlasted(
    office: Store, database_url: str, keys: Path
) -> None:
    """What it seals with the old key is sealed anew before the rotation says that it is done."""
    with office.writing() as session:
        make_office(session)
    slow = Store(database_url, sealer=open_sealer(keys))
    began, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with slow.writing() as session:
            began.set()
            assert go_on.wait(30)
            make_person(session, the_office(session))

    writer = threading.Thread(target=write)
    writer.start()
    assert began.wait(30)
    turning = threading.Thread(target=turned, args=(office, keys))
    turning.start()
    go_on.set()
    writer.join(60)
    turning.join(60)

    assert set(under(office)) == {2}
    slow.close()


def test_a_cell_that_opens_with_no_key_is_left_and_told_of(office: Store, keys: Path) -> None:
    make_someone(office)
    with office.writing() as session:
        contact = session.exec(select(Contact)).first()
        assert contact is not None
        contact.address_sealed = contact.address_sealed[:-1] + b"\0"
        session.add(contact)

    key, _, _, left = turned(office, keys)

    assert (key, left) == (2, 1)
    assert retire(office, keys, by="cli", now=NOW) == [], "its key stays, in case"


def test_an_unfinished_rotation_goes_on_instead_of_beginning_another(
    office: Store, keys: Path
) -> None:
    make_someone(office)
    add_key(keys, kind=AES)

    assert turned(office, keys)[:2] == (2, True)
    assert turned(office, keys)[:2] == (3, False)


def test_it_survives_being_killed_again_and_again(office: Store, keys: Path) -> None:
    """Killed after the key was made, and after each few chunks; each run goes on from there."""
    with office.writing() as session:
        made = make_office(session)
        names = {make_person(session, made, name=f"样例{n}").id: f"样例{n}" for n in range(25)}
    whole, left = sum(under(office).values()), []

    for lines in (1, 3, 4, 6, 1_000):
        ended = _run(office.url, keys, lines)
        cells = under(office)
        assert sum(cells.values()) == whole, "no cell is lost"
        left.append(cells.get(1, 0))
        reads = Store(office.url, sealer=open_sealer(keys))
        assert all(f"{name} " in everything(reads)["profile"] for name in names.values())
        reads.close()

    assert ended == "done"
    assert left == sorted(left, reverse=True), "it only ever goes forward"
    assert left[-1] == 0
    assert 0 < left[1] < whole, "and was really killed on its way"
    assert set(read_keys(keys).sealing) == {1, 2}, "one new key, however often it began"


def _run(url: str, keys: Path, lines: int) -> str:
    """Let it say so many words, then kill it within its next chunk; return its last word."""
    ours, theirs = FORK.Pipe()
    child = FORK.Process(target=_turn, args=(url, keys, theirs))
    child.start()
    theirs.close()
    said = ""
    with suppress(EOFError):
        for _ in range(lines):
            said = ours.recv()
            ours.send("go on")
        child.kill()
    child.join()
    ours.close()
    return said


def _turn(url: str, keys: Path, pipe: Connection) -> None:
    def say(word: object) -> None:
        pipe.send(word)
        pipe.recv()  # goes on when it is told to, so that it cannot outrun who kills it

    say("begun")
    store = Store(url, sealer=open_sealer(keys))
    rotate(store, keys, kind="aes", by="cli", now=NOW, at_once=5, progress=say)
    say("done")


def test_a_killed_change_of_the_key_file_leaves_a_whole_one(keys: Path) -> None:
    before = keys.read_text()
    keys.with_name("keys.json.new").write_text(before[:40])

    add_key(keys, kind=SM4)

    assert set(read_keys(keys).sealing) == {1, 2}
    assert keys.stat().st_mode & 0o077 == 0
    assert not keys.with_name("keys.json.new").exists()
    assert json.loads(keys.read_text())["sealing"]["2"].startswith("sm4:")


def test_the_key_that_seals_cannot_be_dropped(keys: Path) -> None:
    add_key(keys, kind=AES)

    drop_keys(keys, {1, 2})

    assert set(read_keys(keys).sealing) == {2}


def test_what_is_binary_is_sealed_unless_it_is_public() -> None:
    binary = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    sealed = {f"{table.name}.{column.name}" for table, column in sealed_columns()}

    assert binary - sealed == {"policyoriginal.content", "policyterms.packed"}
    assert all(len(table.primary_key.columns) == 1 for table, _ in sealed_columns())


def test_a_sealer_without_a_file_keeps_to_its_keys() -> None:
    one = Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32))
    two = Sealer(Keys({2: b"t" * 32}, b"i" * 32, b"g" * 32))
    blob = two.seal(b"x", place="a.b", row=UUID(int=1))

    assert key_number(blob) == 2
    with pytest.raises(SealBroken):
        one.open(blob, place="a.b", row=UUID(int=1))
