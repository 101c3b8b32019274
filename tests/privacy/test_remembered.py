"""A backup knows people who were forgotten since; restored, it does not bring them back."""

from pathlib import Path

from sqlmodel import select

from jobs import run
from profiles.model import EndReason, Erasure, Profile
from pusher.audit import HEADS, head, keep_head, kept_heads, set_heads_aside, verify
from pusher.model.staff import AuditEntry
from pusher.privacy.forget import forget
from pusher.privacy.remembered import forgotten_file, keep_in_step
from pusher.store import Store
from tests.makers import NOW
from tests.privacy.someone import CANARIES, everything, make_someone
from tests.sending.delivery_makers import make_settings


def stepped(store: Store, home: Path) -> int:
    with store.writing() as session:
        return keep_in_step(session, home / "forgotten", by="clockwork", now=NOW)


def test_who_was_forgotten_is_forgotten_again_after_an_older_database_came_back(
    store: Store, tmp_path: Path
) -> None:
    someone = make_someone(store)
    tmp_path.joinpath("forgotten").write_text(f"{someone.id}\n0192-cut-sho", encoding="ascii")

    assert stepped(store, tmp_path) == 1
    assert stepped(store, tmp_path) == 0

    with store.reading() as session:
        assert session.get_one(Profile, someone.id).ended_reason is EndReason.ERASED
        acts = session.exec(select(AuditEntry.act)).all()
    assert acts.count("privacy.forget") == 1
    known = everything(store)
    assert all(canary not in said for canary in CANARIES[:5] for said in known.values())


def test_the_clockwork_notes_outside_of_the_database_who_was_forgotten(
    store: Store, tmp_path: Path
) -> None:
    someone = make_someone(store)
    settings = make_settings(home=tmp_path)
    with store.writing() as session:
        forget(session, session.get_one(Profile, someone.id), by="1001", now=NOW)

    for _ in range(2):
        run("forget", store=store, gateways={}, settings=settings, now=NOW)

    file = forgotten_file(settings)
    assert file.read_text("ascii") == f"{someone.id}\n"
    assert file.stat().st_mode & 0o077 == 0
    with store.reading() as session:
        assert session.exec(select(Erasure)).one().finished_at is not None


def test_after_a_restore_the_chain_is_held_against_new_heads_and_the_old_ones_stay(
    store: Store, tmp_path: Path
) -> None:
    make_someone(store)
    with store.reading() as session:
        keep_head(tmp_path / HEADS, head(session))

    set_heads_aside(tmp_path, now=NOW)
    set_heads_aside(tmp_path, now=NOW)

    assert kept_heads(tmp_path) == []
    assert [f.name for f in tmp_path.glob("audit-heads-*")] == ["audit-heads-20261125T013000.jsonl"]
    with store.reading() as session:
        assert verify(session, kept_heads(tmp_path)) == []
