"""The audit: nothing in it can be changed, and whoever changes it all the same is found out."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from pusher import audit
from pusher.looks import guarded, note_look
from pusher.model.staff import AuditEntry
from pusher.store import Store
from tests.makers import make_office
from tests.sending.makers import make_child, make_firm, make_person


def write(store: Store, acts: int, now: datetime) -> None:
    """A chain of so many acts."""
    with store.writing() as session:
        for number in range(1, acts + 1):
            audit.note(
                session,
                "batch.pause",
                about=("batch", f"b{number}"),
                by="1001",
                now=now + timedelta(minutes=number),
                reason="号码有误",
            )


def breaks(store: Store, *heads: audit.Head) -> list[str]:
    with store.reading() as session:
        return audit.verify(session, heads)


def head(store: Store) -> audit.Head:
    with store.reading() as session:
        return audit.head(session)


def unguard(session: Session) -> None:
    """What somebody with the database's own password can do: take the guard away."""
    if session.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            session.connection().execute(text(f"DROP TRIGGER auditentry_{act}"))
    else:
        session.connection().execute(text("ALTER TABLE auditentry DISABLE TRIGGER USER"))


def edit(session: Session) -> None:
    session.connection().execute(text("UPDATE auditentry SET \"by\" = '1002' WHERE number = 5"))


def edit_the_detail(session: Session) -> None:
    session.connection().execute(text("UPDATE auditentry SET detail = '{}' WHERE number = 5"))


def delete(session: Session) -> None:
    session.connection().execute(text("DELETE FROM auditentry WHERE number = 5"))


def delete_and_close_the_gap(session: Session) -> None:
    delete(session)
    for number in range(6, 11):
        session.connection().execute(
            text(f"UPDATE auditentry SET number = {number - 1} WHERE number = {number}")
        )


def insert(session: Session) -> None:
    for number in range(10, 4, -1):
        session.connection().execute(
            text(f"UPDATE auditentry SET number = {number + 1} WHERE number = {number}")
        )
    session.connection().execute(
        text(
            'INSERT INTO auditentry (number, at, "by", act, about, detail, previous, digest)'
            ' SELECT 5, at, "by", act, about, detail, previous, digest'
            " FROM auditentry WHERE number = 4"
        )
    )


def reorder(session: Session) -> None:
    for old, new in ((5, 99), (6, 5), (99, 6)):
        session.connection().execute(
            text(f"UPDATE auditentry SET number = {new} WHERE number = {old}")
        )


def cut_the_beginning(session: Session) -> None:
    session.connection().execute(text("DELETE FROM auditentry WHERE number < 3"))


@pytest.mark.parametrize(
    "tamper",
    [
        edit,
        edit_the_detail,
        delete,
        delete_and_close_the_gap,
        insert,
        reorder,
        cut_the_beginning,
    ],
)
def test_a_chain_that_was_tampered_with_does_not_verify(
    store: Store, now: datetime, tamper: Callable[[Session], None]
) -> None:
    write(store, 10, now)
    assert breaks(store) == []

    with store.writing() as session:
        unguard(session)
        tamper(session)

    assert breaks(store) != []


def test_a_cut_at_the_end_shows_against_a_head_that_was_kept(store: Store, now: datetime) -> None:
    write(store, 10, now)
    kept = head(store)

    with store.writing() as session:
        unguard(session)
        session.connection().execute(text("DELETE FROM auditentry WHERE number > 7"))

    assert breaks(store) == []
    assert breaks(store, kept) == ["第 8 条至第 10 条缺失（末尾被截去）"]


def test_a_chain_written_anew_shows_against_a_head_that_was_kept(
    store: Store, now: datetime
) -> None:
    write(store, 10, now)
    kept = head(store)
    with store.writing() as session:
        unguard(session)
        session.connection().execute(text("DELETE FROM auditentry"))

    write(store, 12, now + timedelta(hours=1))

    assert breaks(store) == []
    assert breaks(store, kept) == ["第 10 条与留存的核对凭据不符，记录被重写过"]


def test_a_head_stays_good_while_the_chain_grows(store: Store, now: datetime) -> None:
    write(store, 3, now)
    kept = head(store)

    write(store, 3, now)

    assert breaks(store, kept, head(store)) == []


@pytest.mark.parametrize("given", [{"digest": "a" * 64}, {"seal": "0" * 64}, {"number": 2}])
def test_a_head_without_the_offices_key_is_no_head(
    store: Store, now: datetime, given: dict[str, str | int]
) -> None:
    write(store, 3, now)

    forged = replace(head(store), **given)  # type: ignore[arg-type]

    assert breaks(store, forged) == [f"第 {forged.number} 条的核对凭据不是本单位签发的"]


@pytest.mark.parametrize(
    "statement", ["UPDATE auditentry SET act = 'x'", "DELETE FROM auditentry WHERE number = 2"]
)
def test_the_database_itself_refuses_to_change_an_entry(
    store: Store, now: datetime, statement: str
) -> None:
    write(store, 3, now)

    with pytest.raises(DBAPIError, match="append-only"), store.writing() as session:
        session.connection().execute(text(statement))

    assert breaks(store) == []


def test_an_act_that_is_undone_leaves_no_entry(store: Store, now: datetime) -> None:
    class Undone(Exception):
        pass

    def undo() -> None:
        with store.writing() as session:
            audit.note(session, "batch.pause", about=("batch", "x"), by="1", now=now)
            raise Undone

    with pytest.raises(Undone):
        undo()

    write(store, 1, now)
    assert breaks(store) == []
    assert head(store).number == 1


def test_heads_are_kept_in_a_file_a_line_each(store: Store, now: datetime, tmp_path: Path) -> None:
    file = tmp_path / audit.HEADS
    for _ in range(2):
        write(store, 2, now)
        audit.keep_head(file, head(store))

    kept = audit.read_heads(file.read_text().splitlines())

    assert [h.number for h in kept] == [2, 4]
    assert file.stat().st_mode & 0o077 == 0
    assert breaks(store, *kept) == []
    with pytest.raises(ValueError, match="第 2 行"):
        audit.read_heads([json.dumps({"number": 1, "digest": "", "at": "", "seal": ""}), "{}"])


def look(store: Store, *people: object, now: datetime) -> list[AuditEntry]:
    with store.writing() as session:
        seen = guarded(session, [p.id for p in people], now=now)  # type: ignore[attr-defined]
        note_look(session, seen, at="matches", by="1001", now=now)
    with store.reading() as session:
        return list(session.exec(select(AuditEntry).where(col(AuditEntry.act) == "look")))


def test_a_look_at_a_child_or_at_sensitive_facts_is_written_down_with_whose(
    store: Store, now: datetime
) -> None:
    with store.writing() as session:
        office = make_office(session)
        guardian = make_person(session, office)
        child = make_child(session, office, guardian)
        poor = make_person(session, office, facts={"welfare_status": ["dibao"]}, name="欧阳样例")

    (entry,) = look(store, guardian, child, poor, now=now)

    assert entry.about == "page:matches"
    assert entry.by == "1001"
    assert entry.detail == {"children": [str(child.id)], "sensitive": [str(poor.id)]}
    assert "欧阳" not in str(entry)
    assert breaks(store) == []


def test_a_look_at_anybody_else_is_nothing_to_write_down(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        adult, firm = make_person(session, office), make_firm(session, office)

    assert look(store, adult, firm, now=now) == []
