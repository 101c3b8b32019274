"""What has served its purpose is emptied by its term; what was counted stays counted."""

from datetime import timedelta

import pytest
from sqlmodel import select

from jobs import run
from profiles.model import ImportState, ProfileKind, RosterFile, RosterImport
from profiles.roster_import import keep_for_later
from profiles.roster_register import Register
from pusher import staff as accounts
from pusher.listening.report import report
from pusher.model.notice import Notice
from pusher.model.staff import AuditEntry, Invitation, Role, StaffSession
from pusher.model.word import Inbox, Reply
from pusher.privacy.retention import Purged, purge
from pusher.store import Store
from tests.makers import NOW, make_staff
from tests.privacy.someone import PHONE, WORDS, everything, make_someone
from tests.sending.code_makers import in_doubt, send
from tests.sending.delivery_makers import make_settings, the_office
from tests.sending.outbox import Outbox

SETTINGS = make_settings()
DAY = timedelta(days=1)


def purged(store: Store, after: timedelta) -> Purged:
    with store.writing() as session:
        return purge(session, settings=SETTINGS, now=NOW + after)


def test_each_thing_goes_by_its_own_term_and_once(store: Store) -> None:
    make_someone(store)

    assert purged(store, 29 * DAY) == Purged()
    assert purged(store, 31 * DAY) == Purged(bodies=2)
    assert purged(store, 179 * DAY) == Purged()
    assert purged(store, 181 * DAY) == Purged(texts=1, replies=1, questions=1)
    assert purged(store, 400 * DAY) == Purged()


def test_a_text_that_is_still_to_go_out_is_not_emptied(store: Store) -> None:
    someone = make_someone(store)

    purged(store, 400 * DAY)

    with store.reading() as session:
        assert session.get_one(Notice, someone.drafted).text_sealed
        assert session.get_one(Notice, someone.sent).text_sealed is None


def test_counts_outcomes_and_meanings_stay(store: Store) -> None:
    make_someone(store)
    with store.reading() as session:
        before = report(session)

    purged(store, 400 * DAY)

    with store.reading() as session:
        assert report(session) == before
        reply = session.exec(select(Reply)).one()
        assert reply.meaning
        assert {row.body_sealed for row in session.exec(select(Inbox))} == {b""}
    known = everything(store)
    assert WORDS not in known["reply"] + known["inbox"] + known["question"]
    assert PHONE not in known["reply"] + known["inbox"]


def test_links_and_sessions_go_a_day_after_their_end(store: Store) -> None:
    with store.writing() as session:
        office = the_office(session)
        clerk = make_staff(session, office, Role.CLERK)
        token = accounts.open_session(session, clerk, now=NOW)
        accounts.reset(session, clerk, by="0001", now=NOW)

    assert purged(store, timedelta(hours=23)) == Purged()
    assert purged(store, timedelta(hours=25)) == Purged(codes=1)
    with store.reading() as session:
        assert session.exec(select(StaffSession)).all() == []
        assert session.exec(select(Invitation)).all() != []
    assert token
    assert purged(store, 9 * DAY) == Purged(codes=1)


def test_codes_to_numbers_go_after_a_day(store: Store) -> None:
    send(store, Outbox(), in_doubt(store).id)

    assert purged(store, timedelta(hours=23)) == Purged()
    assert purged(store, timedelta(hours=25)) == Purged(codes=1)


def test_a_register_that_nobody_confirmed_is_dropped(store: Store) -> None:
    with store.writing() as session:
        office = the_office(session)
        content, kind = "姓名,证件号码\n欧阳样例,x\n".encode(), ProfileKind.RESIDENT
        keep_for_later(session, Register(content, "样例.csv", kind, office, "1001", NOW))

    assert purged(store, 6 * DAY) == Purged()
    assert purged(store, 8 * DAY) == Purged(files=1)
    with store.reading() as session:
        assert session.exec(select(RosterFile)).all() == []
        assert session.exec(select(RosterImport)).one().state is ImportState.DROPPED


def test_what_was_emptied_is_told_by_the_audit_and_the_audit_is_never_emptied(
    store: Store,
) -> None:
    make_someone(store)
    with store.reading() as session:
        before = len(session.exec(select(AuditEntry)).all())

    purged(store, 4000 * DAY)

    with store.reading() as session:
        entries = session.exec(select(AuditEntry)).all()
    assert len(entries) == before + 1
    told = next(entry for entry in entries if entry.act == "privacy.purge")
    assert told.detail == {"bodies": 2, "texts": 1, "replies": 1, "questions": 1, "codes": 0,
                           "photos": 0, "files": 0}  # fmt: skip


@pytest.mark.parametrize("again", [False, True])
def test_the_clockwork_does_it_every_night(store: Store, again: bool) -> None:
    make_someone(store)
    late = NOW + 31 * DAY
    if again:
        run("purge", store=store, gateways={}, settings=SETTINGS, now=late)

    counted = run("purge", store=store, gateways={}, settings=SETTINGS, now=late)

    assert counted["bodies"] == (0 if again else 2)
