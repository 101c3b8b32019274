"""A backup restores to what it was, held and doubted; and never sends what went out since."""

import json
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from profiles.model import EndReason, Profile
from pusher import audit, hold
from pusher.keeping.epoch import check_age, count_on, epoch_file, epoch_of, read_epoch
from pusher.keeping.running import door_open
from pusher.model.batch import BatchState
from pusher.model.clockwork import HoldCause
from pusher.model.notice import Doubt, NoticeState
from pusher.model.staff import AuditEntry
from pusher.privacy.forget import forget
from pusher.privacy.remembered import forgotten_file, keep_in_step
from pusher.sending.deliver import deliver
from pusher.store import Store
from tests.keeping.offices import AnOffice, make_home, open_home
from tests.makers import NOW
from tests.sending.delivery_makers import given_batch, make_settings, notices_of, states_of
from tests.sending.outbox import Outbox


def at_work(office: AnOffice, notices: int = 3, **given: Any) -> None:
    store = office.opened()
    given_batch(store, notices, **given)
    store.close()


def backed_up(office: AnOffice) -> Path:
    file = office.home.parent / "a.backup"
    office.told("backup", str(file))
    return file


def on_fresh_ground(office: AnOffice, fresh: Callable[[str], str]) -> AnOffice:
    """The same office with its database gone: on PostgreSQL a restore wants an empty one."""
    if office.url:
        return AnOffice(office.home, fresh("template0"))
    office.home.joinpath("pusher.db").unlink()
    return office


def sent(office: AnOffice) -> Outbox:
    """What leaves when everything that is due is handed over."""
    box, store = Outbox(), office.opened()
    deliver(store, {box.name: box}, settings=make_settings(), now=NOW, owner="one")
    store.close()
    return box


@pytest.fixture
def fresh(request: pytest.FixtureRequest, office: AnOffice) -> Callable[[str], str]:
    return request.getfixturevalue("fresh_database") if office.url else str


def test_what_was_backed_up_comes_back(office: AnOffice, fresh: Callable[[str], str]) -> None:
    at_work(office)
    store = office.opened()
    before = texts(store)
    store.close()
    file = backed_up(office)

    again = on_fresh_ground(office, fresh)
    again.told("restore", str(file))

    store = again.opened()
    assert texts(store) == before
    with store.reading() as session:
        assert audit.verify(session) == []
    store.close()


def test_a_restored_office_is_held_and_every_unfinished_notice_doubted(
    office: AnOffice, fresh: Callable[[str], str]
) -> None:
    at_work(office, 3, state=BatchState.SENDING)
    at_work(office, 2, state=BatchState.DRAFT)
    file = backed_up(office)

    again = on_fresh_ground(office, fresh)
    done = again.told("restore", str(file))

    assert (done["hold"], done["doubted"]) == ("restore", 5)
    store = again.opened()
    for notice in notices_of(store):
        assert notice.state is NoticeState.UNSURE
        assert notice.doubt is Doubt.RESTORED
        assert notice.left_to_staff_at is not None
    with store.reading() as session:
        assert [h.cause for h in hold.standing(session)] == [HoldCause.RESTORE]
    store.close()


def test_a_restored_backup_sends_nothing_even_when_the_hold_is_lifted(
    office: AnOffice, fresh: Callable[[str], str]
) -> None:
    at_work(office, 3)
    file = backed_up(office)
    assert len(sent(office).parcels) == 3

    again = on_fresh_ground(office, fresh)
    again.told("restore", str(file))
    assert sent(again).parcels == []
    store = again.opened()
    with store.writing() as session:
        hold.lift(session, HoldCause.RESTORE, remark="核对过", by="0002", now=NOW)
    store.close()

    assert sent(again).parcels == []


def test_who_asked_to_be_forgotten_since_is_forgotten_again(
    office: AnOffice, fresh: Callable[[str], str]
) -> None:
    at_work(office, 2)
    file = backed_up(office)
    store = office.opened()
    with store.writing() as session:
        person = session.exec(select(Profile).order_by(col(Profile.id))).first()
        assert person is not None
        forget(session, person, by="0001", now=NOW)
    with store.writing() as session:
        keep_in_step(session, forgotten_file(office.settings()), by="clockwork", now=NOW)
    store.close()
    kept = office.home.joinpath("forgotten").read_text()

    again = on_fresh_ground(office, fresh)
    again.told("restore", str(file))

    assert kept == f"{person.id}\n"
    store = again.opened()
    with store.reading() as session:
        ended = {p.id: p.ended_reason for p in session.exec(select(Profile))}
    assert ended.pop(person.id) is EndReason.ERASED
    assert set(ended.values()) == {None}
    store.close()


def test_a_copy_put_back_by_hand_is_noticed_and_sends_nothing(home: Path) -> None:
    office, box = AnOffice(home, ""), Outbox()
    at_work(office, 3)
    store, settings = office.opened(), office.settings()
    assert not check_age(store, settings, now=NOW)
    store.close()
    shutil.copy(home / "pusher.db", home.parent / "yesterday.db")
    assert len(sent(office).parcels) == 3
    store = office.opened()
    count_on(store, settings, now=NOW)
    store.close()

    shutil.copy(home.parent / "yesterday.db", home / "pusher.db")
    store = office.opened()

    assert check_age(store, settings, now=NOW)
    assert states_of(store) == Counter({NoticeState.UNSURE: 3})
    deliver(store, {box.name: box}, settings=make_settings(), now=NOW, owner="one")
    assert box.parcels == []
    assert not check_age(store, settings, now=NOW)
    store.close()


def test_a_database_without_the_file_beside_its_keys_is_not_trusted(home: Path) -> None:
    office = AnOffice(home, "")
    store, settings = office.opened(), office.settings()
    assert not check_age(store, settings, now=NOW)
    epoch_file(settings).unlink()

    assert check_age(store, settings, now=NOW)
    store.close()


def test_the_number_grows_with_every_door_and_with_what_is_sent(office: AnOffice) -> None:
    at_work(office, 2)
    store, settings = office.opened(), office.settings()
    numbers = []
    for act in (check_age, count_on, check_age):
        act(store, settings, now=NOW)
        numbers.append(read_epoch(epoch_file(settings)))
    sent(office)
    count_on(store, settings, now=NOW)
    count_on(store, settings, now=NOW)

    with store.reading() as session:
        assert epoch_of(session) == read_epoch(epoch_file(settings))
    assert numbers[0] == numbers[1] == 1
    assert numbers[2] == 2
    store.close()


def test_of_doors_that_open_at_once_each_counts_on(office: AnOffice) -> None:
    doors = [office.opened() for _ in range(6)]
    settings, together = office.settings(), threading.Barrier(len(doors))

    def open_one(store: Store) -> bool:
        together.wait()
        return check_age(store, settings, now=NOW)

    with ThreadPoolExecutor(len(doors)) as hands:
        older = list(hands.map(open_one, doors))

    assert older == [False] * len(doors)
    with doors[0].reading() as session:
        assert epoch_of(session) == len(doors)
    for store in doors:
        store.close()


def test_a_send_from_an_older_copy_is_held_with_one_line(home: Path) -> None:
    office = AnOffice(home, "")
    at_work(office, 1)
    epoch_file(office.settings()).write_text("99")

    done = office.typed("send", "--json", "--now", NOW.isoformat())

    assert "已全部停发" in done.stderr
    store = office.opened()
    assert states_of(store) == Counter({NoticeState.UNSURE: 1})
    store.close()


def test_a_backup_taken_during_writes_is_one_moment(office: AnOffice) -> None:
    store, stop = office.opened(), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with store.writing() as session:
                for part in range(3):
                    audit.note(session, "x", about=("x", f"{number}.{part}"), by="x", now=NOW)

    writer = threading.Thread(target=write)
    writer.start()
    files = [office.home.parent / f"{n}.backup" for n in range(3)]
    for file in files:
        office.told("backup", str(file))
    stop.set()
    writer.join()
    store.close()

    for file in files:
        assert office.typed("restore", "--check", str(file)).exit_code == 0
    if not office.url:
        office.told("restore", str(files[-1]), "--replace")
        store = office.opened()
        with store.reading() as session:
            assert audit.verify(session) == []
            entries = session.exec(select(AuditEntry).where(AuditEntry.act == "x"))
            assert len(entries.all()) % 3 == 0
        store.close()


def test_no_key_and_nothing_readable_is_in_a_backup(home: Path) -> None:
    office = AnOffice(home, "")
    at_work(office)
    file = backed_up(office)

    content = file.read_bytes()

    for secret in json.loads(home.joinpath("keys.json").read_text())["sealing"].values():
        assert secret.encode() not in content
    assert "样例".encode() not in content
    assert b"SQLite format 3" not in content
    assert file.stat().st_mode & 0o077 == 0


def test_without_the_keys_or_with_others_it_refuses_and_names_them(
    home: Path, tmp_path: Path, sqlite_template: Path
) -> None:
    file = backed_up(AnOffice(home, ""))
    mark = json.loads(file.read_bytes().splitlines()[1])["keys"]["sealing 1"]
    other = AnOffice(make_home(tmp_path / "other", sqlite_template), "")
    untouched = other.home.joinpath("pusher.db").read_bytes()

    wrong = other.typed("restore", str(file), "--replace")
    other.home.joinpath("keys.json").unlink()
    none = other.typed("restore", str(file), "--replace")

    assert wrong.exit_code == 1
    assert f"sealing 1（编号 {mark}）" in wrong.stderr
    assert none.exit_code == 2
    assert "keys.json" in none.stderr
    assert other.home.joinpath("pusher.db").read_bytes() == untouched


def spoilt(content: bytes, how: str) -> bytes:
    head, middle = content.index(b"\n", 30) + 1, len(content) // 2
    return {
        "cut": content[:-1],
        "cut in the middle": content[:middle],
        "cut after the head": content[:head],
        "a changed byte": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "a changed head": content.replace(b'"made_at": "2', b'"made_at": "1', 1),
        "longer": content + b"\0\0\0\1x",
        "empty": b"",
        "something else": b"PK\3\4" + content,
        "no head": b"policy-pusher backup 1\n{]\n" + content[head:],
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        "cut", "cut in the middle", "cut after the head", "a changed byte", "a changed head",
        "longer", "empty", "something else", "no head",
    ],
)  # fmt: skip
def test_a_spoilt_backup_is_refused_and_changes_nothing(home: Path, how: str) -> None:
    office = AnOffice(home, "")
    file = backed_up(office)
    file.write_bytes(spoilt(file.read_bytes(), how))
    untouched = home.joinpath("pusher.db").read_bytes()

    done = office.typed("restore", str(file), "--replace")

    assert done.exit_code == 1, done.output
    assert len(done.stderr.splitlines()) == 1
    assert home.joinpath("pusher.db").read_bytes() == untouched
    assert not list(home.glob("*.restoring*"))


def test_a_standing_database_is_replaced_only_when_asked_and_then_kept(home: Path) -> None:
    office = AnOffice(home, "")
    file = backed_up(office)
    at_work(office, 4)

    refused = office.typed("restore", str(file))
    done = office.told("restore", str(file), "--replace")

    assert refused.exit_code == 1
    assert "--replace" in refused.stderr
    store = office.opened()
    assert notices_of(store) == []
    store.close()
    home.joinpath("pusher.db").unlink()
    Path(done["kept"]).rename(home / "pusher.db")
    store = open_home(home)
    assert len(notices_of(store)) == 4
    store.close()


def test_a_damaged_database_is_replaced_from_the_backup(home: Path) -> None:
    office = AnOffice(home, "")
    at_work(office, 2)
    file = backed_up(office)
    home.joinpath("pusher.db").write_bytes(b"\xa5" * 40_960)

    office.told("restore", str(file), "--replace")

    assert json.loads(office.typed("doctor", "--json").stdout)["ok"]


def test_a_database_of_an_office_on_postgresql_is_not_filled_a_second_time(
    tmp_path: Path, sqlite_template: Path, fresh_database: Callable[[str], str]
) -> None:
    url = fresh_database("migrated")
    office = AnOffice(make_home(tmp_path / "var", sqlite_template, url=url), url)

    done = office.typed("restore", str(backed_up(office)), "--replace")

    assert done.exit_code == 1
    assert "空库" in done.stderr


def test_no_restore_while_a_door_is_open(home: Path) -> None:
    office = AnOffice(home, "")
    file = backed_up(office)

    with door_open(home):
        done = office.typed("restore", str(file), "--replace")

    assert done.exit_code == 1
    assert "请先停止" in done.stderr


def test_a_backup_overwrites_nothing_and_leaves_no_part(home: Path) -> None:
    office = AnOffice(home, "")
    file = backed_up(office)

    again = office.typed("backup", str(file))
    nowhere = office.typed("backup", str(home / "no" / "folder.backup"))

    assert (again.exit_code, nowhere.exit_code) == (1, 1)
    assert "已存在" in again.stderr
    assert len(nowhere.stderr.splitlines()) == 1
    assert [f.name for f in file.parent.iterdir() if "part" in f.name] == []


def texts(store: Store) -> dict[Any, Any]:
    return {n.id: (n.text_sealed, n.price, n.segments) for n in notices_of(store)}
