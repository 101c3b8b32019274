"""A person asks for a copy, or to be forgotten: nothing of them is left out, nothing is left."""

import json
from datetime import UTC, timedelta

import pytest
from sqlalchemy import Table
from sqlmodel import col, func, select

from profiles.dossier import find, name_of
from profiles.model import Consent, Contact, EndReason, Erasure, OptOut, Profile, Subscription
from pusher.audit import verify
from pusher.listening.report import report
from pusher.model.all import METADATA
from pusher.model.batch import BatchState
from pusher.model.contact_code import ContactCode
from pusher.model.errors import IllegalMove
from pusher.model.notice import Attempt, Notice, NoticeState, Outcome, Reason
from pusher.model.staff import AuditEntry
from pusher.privacy.copy import export
from pusher.privacy.forget import BECOMES, OF_NOBODY, finish, forget
from pusher.store import Store
from tests.makers import NOW
from tests.privacy.someone import (
    CANARIES,
    NAME,
    NUMBER,
    OPENID,
    PHONE,
    WORDS,
    Someone,
    everything,
    indexes_of,
    make_someone,
    register,
    take_in,
)
from tests.profiles.people import resident_number
from tests.sending.code_makers import in_doubt, send
from tests.sending.delivery_makers import make_batch, make_notice, the_office
from tests.sending.outbox import Outbox


def forgotten(store: Store, someone: Someone) -> tuple[int, int]:
    with store.writing() as session:
        done = forget(session, session.get_one(Profile, someone.id), by="1001", now=NOW)
    return done.withheld, done.waiting


def test_every_table_says_what_becomes_of_a_forgotten_person() -> None:
    assert set(METADATA.tables) == set(BECOMES) | OF_NOBODY
    assert set(BECOMES) & OF_NOBODY == set()


def test_no_table_that_leads_to_a_profile_or_is_sealed_is_of_nobody() -> None:
    personal = {"profile"}
    while True:
        more = {t.name for t in METADATA.tables.values() if _refers(t, personal)} - personal
        if not more:
            break
        personal |= more
    sealed = {
        table.name
        for table in METADATA.tables.values()
        for column in table.columns
        if column.name.endswith(("_sealed", "_index"))
    }

    assert personal <= set(BECOMES)
    assert sealed - {"staff"} <= set(BECOMES), "a second factor is of the staff"


def _refers(table: Table, to: set[str]) -> bool:
    return any(key.column.table.name in to for key in table.foreign_keys)


def test_a_copy_has_everything_that_any_table_knows(store: Store) -> None:
    someone = make_someone(store)
    known = everything(store)
    for canary in CANARIES:
        assert any(canary in said for said in known.values()), f"{canary} stands nowhere to begin"

    with store.writing() as session:
        person = session.get_one(Profile, someone.id)
        copy = export(session, person, by="1001", now=NOW)

    text = json.dumps(copy, ensure_ascii=False)
    for canary in (NAME, PHONE, OPENID, NUMBER, WORDS, "腊山样例社区", "当面告知其女儿", "祖母"):
        assert canary in text, canary
    assert copy["profile"]["facts"]
    assert {c["address"] for c in copy["contact"]} == {PHONE, OPENID}
    assert [n["state"] for n in copy["notice"]] == ["accepted", "drafted"]
    assert all("高龄津贴" in n["text"] for n in copy["notice"])
    for table in ("guardianship", "consent", "optout", "subscription", "rosterrow", "match",
                  "question", "reply", "visit"):  # fmt: skip
        assert copy[table], table
    with store.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.act == "privacy.export")).one()
    assert entry.about == f"profile:{someone.id}"


def test_nothing_of_a_forgotten_person_is_left_anywhere(store: Store) -> None:
    someone = make_someone(store)
    indexes = indexes_of(store)

    assert forgotten(store, someone) == (1, 0)

    known = everything(store)
    for canary in CANARIES:
        for table, said in known.items():
            # a register's own words on welfare stand in the policy's rule, not on a person
            if table not in ("policy", "audiencerule", "policytag"):
                assert canary not in said, (table, canary)
    left = {(t, what) for t, said in known.items() for what, i in indexes.items() if i in said}
    assert left == {("profile", "number"), ("optout", "phone"), ("optout", "openid")}
    with store.reading() as session:
        assert verify(session) == []


def test_nothing_of_them_is_left_in_the_files_of_sqlite(store: Store) -> None:
    if not store.url.startswith("sqlite"):
        pytest.skip("PostgreSQL keeps dead rows until it vacuums; they are sealed")
    someone = make_someone(store)
    phone = indexes_of(store)["name"]
    forgotten(store, someone)
    store.close()

    from pathlib import Path

    file = Path(store.url.removeprefix("sqlite:///"))
    written = b"".join(
        f.read_bytes() for f in file.parent.iterdir() if f.name.startswith(file.name)
    )

    for clear in (*CANARIES[:5], phone):
        assert clear.encode() not in written


def test_what_was_counted_stays_counted(store: Store) -> None:
    someone = make_someone(store)
    with store.reading() as session:
        before = report(session)
        people = session.exec(select(func.count()).select_from(Profile)).one()

    forgotten(store, someone)

    with store.reading() as session:
        after = report(session)
        assert session.exec(select(func.count()).select_from(Profile)).one() == people
        sent = session.get_one(Notice, someone.sent)
        drafted = session.get_one(Notice, someone.drafted)
    assert after.planned == before.planned
    assert after.cost == before.cost
    assert sent.state is NoticeState.ACCEPTED
    assert sent.outcome is Outcome.DELIVERED
    assert (drafted.state, drafted.reason) == (NoticeState.WITHHELD, Reason.ERASED)


def test_consents_subscriptions_and_addresses_end(store: Store) -> None:
    someone = make_someone(store)

    forgotten(store, someone)

    with store.reading() as session:
        person = session.get_one(Profile, someone.id)
        assert person.ended_reason is EndReason.ERASED
        assert name_of(session, person) == ""
        assert find(session, NAME) == []
        assert find(session, PHONE) == []
        for table, over in (
            (Consent, col(Consent.withdrawn_at)),
            (Subscription, col(Subscription.ended_at)),
            (Contact, col(Contact.ended_at)),
        ):
            running = (
                select(func.count())
                .select_from(table)
                .where(
                    table.profile_id == someone.id,
                    over.is_(None),
                )
            )
            assert session.exec(running).one() == 0, table


def test_the_next_register_does_not_bring_them_back(store: Store) -> None:
    someone = make_someone(store)
    forgotten(store, someone)

    with store.writing() as session:
        told = take_in(session, the_office(session), register(社区="腊山第二样例社区"))

    assert (told.added, told.changed) == (0, 0)
    assert [r.code for r in told.rejected] == ["erased"]
    assert all(canary not in said for canary in CANARIES[:4] for said in everything(store).values())


def test_an_address_that_others_read_too_is_not_silenced_for_them(store: Store) -> None:
    someone = make_someone(store)
    with store.writing() as session:
        office = the_office(session)
        other = register(姓名="欧阳乙", 证件号码=NUMBER_OF_ANOTHER, 微信openid="")
        assert take_in(session, office, other).added == 1

    forgotten(store, someone)

    phone = indexes_of(store)["phone"]
    with store.reading() as session:
        silent = session.exec(select(OptOut).where(OptOut.address_index == phone)).all()
        (reader,) = find(session, PHONE)
    assert silent == []
    assert reader.id != someone.id


NUMBER_OF_ANOTHER = resident_number(NOW.date().replace(year=1961), 78)


def test_a_notice_that_is_being_handed_over_waits_for_its_outcome(store: Store) -> None:
    someone = make_someone(store)
    with store.writing() as session:
        person = session.get_one(Profile, someone.id)
        contact = session.exec(select(Contact).where(Contact.profile_id == person.id)).first()
        open_ = make_notice(session, make_batch(session), reader=person, contact=contact)
        open_.state, open_.gateway = NoticeState.HANDING, "aliyun"
        open_.lease_until = NOW + timedelta(minutes=1)
        session.add(Attempt(notice_id=open_.id, number=1, call="c" * 26, gateway="aliyun", at=NOW))

    assert forgotten(store, someone) == (1, 1)
    with store.writing() as session:
        assert finish(session, now=NOW) == 0
        assert session.get_one(Contact, open_.contact_id).address_sealed
        assert session.get_one(Notice, open_.id).text_sealed
        assert not session.get_one(Notice, someone.sent).text_sealed
        erasure = session.get_one(Erasure, someone.id)
        assert erasure.finished_at is None

    with store.writing() as session:
        notice = session.get_one(Notice, open_.id)
        notice.state, notice.accepted_at, notice.lease_until = NoticeState.ACCEPTED, NOW, None
        session.flush()
        assert finish(session, now=NOW + timedelta(hours=1)) == 1

    known = everything(store)
    assert all(PHONE not in said and OPENID not in said for said in known.values())


def test_they_are_forgotten_once(store: Store) -> None:
    someone = make_someone(store)
    forgotten(store, someone)

    with pytest.raises(IllegalMove, match="已经删除"):
        forgotten(store, someone)


def test_a_batch_in_review_is_void_once_one_of_its_people_was_forgotten(store: Store) -> None:
    from pusher.sending.review import Changed, approve, submit
    from tests.sending.makers import GATEWAYS, drafted_for, make_person

    with store.writing() as session:
        office = the_office(session)
        person = make_person(session, office)
        batch = drafted_for(session, office, [person, make_person(session, office)])
        submit(session, batch, by="1001", now=NOW)
        shown = batch.frozen_sha256 or ""
        forget(session, person, by="1001", now=NOW)

    with store.writing() as session, pytest.raises(Changed):
        found = session.get_one(type(batch), batch.id)
        assert found.state is BatchState.IN_REVIEW
        approve(session, found, by="1002", now=NOW, shown=shown, gateways=GATEWAYS)


def test_codes_that_were_sent_are_in_the_copy_and_gone_with_the_person(store: Store) -> None:
    contact = in_doubt(store)
    send(store, Outbox(), contact.id)

    with store.writing() as session:
        person = session.get_one(Profile, contact.profile_id)
        copy = export(session, person, by="1001", now=NOW)
        forget(session, person, by="1001", now=NOW)

    assert copy["contactcode"] == [{"at": NOW.astimezone(UTC).isoformat(), "used_at": None}]
    with store.reading() as session:
        assert session.exec(select(ContactCode)).all() == []
