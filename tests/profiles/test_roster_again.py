"""Registers come again: the same changes nothing, a later one only what it says."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from profiles.consent import lift, withdraw
from profiles.dossier import address_of, name_of
from profiles.model import (
    Channel,
    ConsentScope,
    Contact,
    EndReason,
    OptOut,
    Pace,
    RosterImport,
)
from profiles.subscriptions import end, follow
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.registers import (
    CHILD,
    MOTHER,
    OLD,
    counts,
    everything,
    facts_of,
    person,
    running,
    table,
    take,
    the_one,
    told,
)


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    content = table(person(手机号="19900000001", 订阅="M01", 退订="微信", 同意推送="2026-09-01"))
    with store.writing() as session:
        office = make_office(session)
        take(session, office, content)
        before = everything(session)
        report = take(session, office, content, now=NOW + timedelta(days=40))

        assert counts(report) == (0, 0, 1)
        assert everything(session) == before
        assert len({i.file_sha256 for i in session.exec(select(RosterImport))}) == 1


def test_equal_rows_in_another_file_are_unchanged(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(社区="甲社区"), person(MOTHER)))

        other = table(person(MOTHER), person(社区="甲社区"), sep="\t")
        report = take(session, office, other, name="另一份.csv")

        assert counts(report) == (0, 0, 2)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [("2026-06-01", "2026-09-01", "丙"), ("2026-09-01", "2026-06-01", "乙")],
)
def test_the_later_day_of_a_source_holds_whatever_order_files_come_in(
    store: Store, first: str, second: str, kept: str
) -> None:
    words = {"乙": "已婚", "丙": "丧偶"}
    phones = {"乙": "19900000001", "丙": "19900000002"}
    with store.writing() as session:
        office = make_office(session)
        for day, word in ((first, "乙"), (second, "丙")):
            row = person(
                数据来源="民政",
                数据日期=day,
                婚姻状况=words[word],
                社区=word,
                手机号=phones[word],
            )
            report = take(session, office, table(row | {"姓名": word}))

        value = {"乙": "married", "丙": "widowed"}[kept]
        assert facts_of(session)["marital_status"] == value
        assert the_one(session).community == name_of(session, the_one(session)) == kept
        assert running(session) == [phones[kept]]
        codes = [r.code for r in report.rejected]
        assert codes == ([] if kept == "丙" else ["older", "older"])
        assert counts(report) == ((0, 1, 0) if kept == "丙" else (0, 0, 1))


def test_a_later_word_for_the_same_holds_against_an_older_file(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        for day, word in (("2026-03-01", "已婚"), ("2026-09-01", "已婚"), ("2026-06-01", "丧偶")):
            row = person(数据来源="民政", 数据日期=day, 婚姻状况=word)
            report = take(session, office, table(row))

        assert facts_of(session)["marital_status"] == "married"
        assert counts(report) == (0, 0, 1)


def test_a_new_phone_ends_the_registers_old_one_and_not_the_persons_own(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(手机号="19900000001", 微信openid="openid-1")))
        own = Contact(
            profile_id=the_one(session).id,
            channel=Channel.SMS,
            address_sealed=b"",
            address_index="own",
            source="本人登记",
            added_at=NOW,
        )
        session.add(own)
        session.flush()

        report = take(session, office, table(person(手机号="19900000002")))

        assert counts(report) == (0, 1, 0)
        ended = session.exec(select(Contact).where(col(Contact.ended_at).is_not(None))).all()
        assert [address_of(session, c) for c in ended] == ["19900000001"]


def test_a_number_found_dead_comes_back_only_with_a_younger_register(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(手机号="19900000001", 数据日期="2026-09-01")))
        session.exec(select(Contact)).one().ended_at = NOW - timedelta(days=10)
        session.flush()

        for day, code in (("2026-09-01", ["ended"]), ("", ["ended"]), ("2026-11-20", [])):
            row = person(手机号="19900000001", 数据日期=day)
            assert [r.code for r in take(session, office, table(row)).rejected] == code

        assert running(session) == ["19900000001"]


def test_nothing_in_a_file_lifts_an_opt_out(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(退订="全部")))
        report = take(session, office, table(person(退订="", 订阅="M01", 同意推送="2026-11-20")))
        take(session, office, table(person(退订="全部")))

        said = session.exec(select(OptOut)).one()
        assert (counts(report), said.lifted_at) == ((0, 1, 0), None)


def test_an_opt_out_that_was_lifted_after_the_registers_day_stays_lifted(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        content = table(person(退订="全部", 数据日期="2026-11-01"))
        take(session, office, content)
        lift(session, session.exec(select(OptOut)).one(), now=NOW)

        assert counts(take(session, office, content)) == (0, 0, 1)


def test_a_withdrawn_consent_comes_back_only_with_a_later_day(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(同意推送="2026-09-01")))
        withdraw(session, the_one(session), ConsentScope.GENERAL, now=NOW - timedelta(days=10))

        again = take(session, office, table(person(同意推送="2026-09-01")))
        later = take(session, office, table(person(同意推送="2026-11-20")))

        assert told(again) == [(2, "同意推送", "withdrawn")]
        assert (counts(again), counts(later)) == ((0, 0, 1), (0, 1, 0))


def test_what_people_changed_about_their_subscriptions_is_left_alone(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        content = table(person(订阅="M01；M02", 订阅节奏="每日"))
        take(session, office, content)
        end(session, the_one(session), "M01", now=NOW)
        follow(session, the_one(session), "M02", pace=Pace.WEEKLY, source="本人", now=NOW)

        report = take(session, office, content, now=NOW + timedelta(days=3))

        assert counts(report) == (0, 0, 1)


def test_who_moved_out_is_closed_and_opened_again_by_the_word_none(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(迁出日期="2026-10-15")))
        one = the_one(session)
        assert (one.ended_on, one.ended_reason) == (date(2026, 10, 15), EndReason.MOVED_OUT)

        take(session, office, table(person(迁出日期="")))
        assert one.ended_on == date(2026, 10, 15)
        take(session, office, table(person(迁出日期="无")))
        again = the_one(session)
        assert again.ended_on is None
        assert again.ended_reason is None


def test_who_asked_to_be_forgotten_does_not_come_in_again(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person()))
        one = the_one(session)
        one.ended_on, one.ended_reason, one.name_sealed = NOW.date(), EndReason.ERASED, None
        session.flush()

        report = take(session, office, table(person()))

        assert (counts(report), told(report)) == ((0, 0, 0), [(2, "", "erased")])
        assert one.name_sealed is None


def test_a_dry_run_reports_the_same_and_keeps_nothing(store: Store) -> None:
    content = table(person(手机号="19900000001"), person(CHILD, 监护人证件号码=OLD), person(""))
    with store.writing() as session:
        office = make_office(session)
        dry = take(session, office, content, dry_run=True)
        before = everything(session)
        wet = take(session, office, content)

        assert (counts(dry), dry.rejected) == (counts(wet), wet.rejected)
        assert before["Profile"] == before["Contact"] == []
        assert len(session.exec(select(RosterImport)).all()) == 1


def test_the_import_is_kept_with_what_it_could_not_take(store: Store) -> None:
    with store.writing() as session:
        take(session, make_office(session), table(person(手机号="1"), person(MOTHER)))

        kept = session.exec(select(RosterImport)).one()
        assert (kept.added, kept.changed, kept.unchanged) == (2, 0, 0)
        assert kept.rejected == [
            {"row": 2, "column": "手机号", "code": "wrong_length", "reason": "手机号应为11位"}
        ]
