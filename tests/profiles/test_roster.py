"""Registers come in: what is added, what changes, what is left out, and what never changes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from profiles.consent import lift, withdraw
from profiles.dossier import address_of, facts_on, find, name_of, read_dossier
from profiles.facts import areas
from profiles.model import (
    Channel,
    Consent,
    ConsentScope,
    Contact,
    EndReason,
    GuardianKind,
    Guardianship,
    Office,
    OptOut,
    Pace,
    Profile,
    ProfileKind,
    RosterImport,
    Street,
    Subscription,
)
from profiles.recipients import recipients
from profiles.roster import Rejected, RosterReport, import_roster
from profiles.subscriptions import change_pace, end
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.people import credit_code, resident_number

DISTRICT = Path(__file__).parents[2] / "pusher" / "demo" / "district"
OLD = resident_number(date(1940, 5, 6), 2)
MOTHER = resident_number(date(1988, 1, 2), 4)
CHILD = resident_number(date(2016, 5, 1), 6)
TEEN = resident_number(date(2010, 5, 1), 8)
FIRM = credit_code(1)


def table(*rows: Mapping[str, str], sep: str = ",") -> bytes:
    """A register of these rows; the columns are those of all rows together."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return "\n".join(sep.join(line) for line in lines).encode()


def person(number: str = OLD, **cells: str) -> dict[str, str]:
    return {"姓名": "王样例", "证件号码": number, **cells}


def take(
    session: Session,
    office: Office,
    content: bytes,
    *,
    kind: ProfileKind = ProfileKind.RESIDENT,
    name: str = "样例.csv",
    now: datetime = NOW,
    **more: Any,
) -> RosterReport:
    return import_roster(
        session, content, name=name, kind=kind, office=office, by="0001", now=now, **more
    )


def counts(report: RosterReport) -> tuple[int, int, int]:
    return report.added, report.changed, report.unchanged


def told(report: RosterReport) -> list[tuple[int, str, str]]:
    return [(r.row, r.column, r.code) for r in report.rejected]


def the_one(session: Session, number: str = OLD) -> Profile:
    return find(session, number)[0]


def facts_of(session: Session, number: str = OLD) -> dict[str, Any]:
    return facts_on(read_dossier(session, the_one(session, number)), NOW.date())


def running(session: Session, number: str = OLD) -> list[str]:
    asked = select(Contact).where(
        Contact.profile_id == the_one(session, number).id, col(Contact.ended_at).is_(None)
    )
    return sorted(address_of(session, c) for c in session.exec(asked))


# A row becomes a person


def test_a_full_row_becomes_a_person_with_everything_it_says(store: Store) -> None:
    row = person(
        街道="腊山",
        社区="腊山东社区",
        手机号="+86 199-0000-0001",
        微信openid="openid-1",
        **{"同意推送(日期)": "2026年9月1日", "同意敏感信息": "2026/9/2"},
        订阅="M01；m02",
        订阅节奏="每周",
        退订="短信；主题：M09",
        户籍地="腊山街道",
        社会救助身份="无",
    )
    with store.writing() as session:
        office = make_office(session)
        report = take(session, office, table(row))
        one = the_one(session)

        assert (counts(report), report.rejected) == ((1, 0, 0), [])
        assert (name_of(session, one), one.community) == ("王样例", "腊山东社区")
        assert one.street_code == "370104013"
        assert running(session) == ["19900000001", "openid-1"]
        assert facts_of(session) == {
            "household_area": "370104013",
            "welfare_status": [],
            "birth_date": "1940-05-06",
            "sex": "female",
        }
        given = {c.scope: c.given_at for c in session.exec(select(Consent))}
        assert given[ConsentScope.GENERAL] == datetime.fromisoformat("2026-09-01T00:00+08:00")
        assert given[ConsentScope.SENSITIVE] == datetime.fromisoformat("2026-09-02T00:00+08:00")
        wishes = {(s.tag_code, s.pace) for s in session.exec(select(Subscription))}
        assert wishes == {("M01", Pace.WEEKLY), ("M02", Pace.WEEKLY)}
        silences = {(o.channel, o.topic) for o in session.exec(select(OptOut))}
        assert silences == {(Channel.SMS, None), (None, "M09")}


def test_a_firm_comes_in_with_its_name_as_a_fact(store: Store) -> None:
    row = {
        "企业名称": "济南样例有限公司",
        "统一社会信用代码": FIRM.lower(),
        "联系人": "李样例",
        "手机号": "19900000001",
        "登记状态": "存续(在营)",
        "从业人员": "12人",
        "资质荣誉": "资质=高新技术企业，级别=国家级，批次年度=2025",
    }
    with store.writing() as session:
        report = take(session, make_office(session), table(row), kind=ProfileKind.ENTERPRISE)

        assert (counts(report), report.rejected) == ((1, 0, 0), [])
        assert the_one(session, FIRM).firm_name == "济南样例有限公司"
        assert facts_of(session, FIRM) == {
            "entity_name": "济南样例有限公司",
            "registration_status": "active",
            "employees": 12,
            "qualifications": [{"code": "high_tech", "level": "nation", "batch_year": 2025}],
        }
        assert running(session, FIRM) == ["19900000001"]


def test_a_blank_cell_says_nothing_and_keeps_what_is_known(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(社区="甲社区", 手机号="19900000001", 婚姻状况="丧偶")))

        report = take(session, office, table(person(社区="", 手机号="-", 婚姻状况="不详")))

        assert counts(report) == (0, 0, 1)
        assert the_one(session).community == "甲社区"
        assert facts_of(session)["marital_status"] == "widowed"
        assert running(session) == ["19900000001"]


# What is left out, and how it is told


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"手机号": "199000000012"}, "手机号", "wrong_length"),
        ({"手机号": "1.99E+10"}, "手机号", "not_text"),
        ({"手机号": "0531-00000001"}, "手机号", "landline"),
        ({"手机号": "19900000001、19900000002"}, "手机号", "two_numbers"),
        ({"微信openid": "有汉字"}, "微信openid", "wrong_character"),
        ({"街道": "槐树街道"}, "街道", "not_a_street"),
        ({"社区": "长" * 61}, "社区", "too_long"),
        ({"婚姻状况": "五级"}, "婚姻状况", "not_listed"),
        ({"毕业日期": "2026年2月30日"}, "毕业日期", "not_a_date"),
        ({"毕业日期": "44927"}, "毕业日期", "not_a_date"),
        ({"死亡日期": "2026-11-26"}, "死亡日期", "future"),
        ({"家庭机动车数量": "两辆"}, "家庭机动车数量", "not_a_number"),
        ({"同意推送": "11月18日"}, "同意推送", "not_a_date"),
        ({"同意推送": "2026-11-26"}, "同意推送", "future"),
        ({"监护人同意": "2026-11-20"}, "监护人同意", "not_a_child"),
        ({"订阅": "M01；主题"}, "订阅", "unknown_tag"),
        ({"订阅节奏": "每月"}, "订阅节奏", "not_listed"),
        ({"退订": "邮件"}, "退订", "not_listed"),
        ({"迁出日期": "去年"}, "迁出日期", "not_a_date"),
        ({"数据日期": "2027-01-01"}, "数据日期", "future"),
        ({"数据来源": "长" * 61}, "数据来源", "too_long"),
        ({"出生日期": "1941-05-06"}, "出生日期", "unlike_number"),
        ({"监护人证件号码": OLD[:-1]}, "监护人证件号码", "wrong_length"),
        ({"监护人证件号码": OLD}, "监护人证件号码", "bad_guardian"),
        ({"监护人证件号码": MOTHER}, "监护人证件号码", "unknown_guardian"),
        ({"监护人证件号码": MOTHER, "监护类型": "朋友"}, "监护类型", "not_listed"),
        ({"监护关系": "女儿"}, "监护人证件号码", "blank"),
        ({"社区": "甲\u202e社区"}, "社区", "cleaned"),
    ],
)
def test_a_bad_cell_is_left_out_and_told_of_and_the_row_comes_in(
    store: Store, cells: dict[str, str], column: str, code: str
) -> None:
    with store.writing() as session:
        report = take(session, make_office(session), table(person(**cells)))

        assert (counts(report), told(report)) == ((1, 0, 0), [(2, column, code)])
        text = str(report.rejected[0])
        assert not any(cell in text for cell in cells.values() if len(cell) > 3 and cell != column)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (person(OLD[:-1] + "Y"), "证件号码", "wrong_character"),
        (person(OLD[:-1] + ("1" if OLD[-1] != "1" else "2")), "证件号码", "wrong_check_digit"),
        (person("3.70199E+17"), "证件号码", "not_text"),
        (person(""), "证件号码", "blank"),
        (person(resident_number(date(2027, 1, 1), 1)), "证件号码", "wrong_birth_date"),
        (person(resident_number(date(1890, 1, 1), 1)), "证件号码", "wrong_birth_date"),
        (person() | {"姓名": " "}, "姓名", "blank"),
        (person() | {"姓名": "长" * 65}, "姓名", "too_long"),
    ],
)
def test_a_bad_identity_leaves_the_row_out_and_the_rest_goes_in(
    store: Store, row: dict[str, str], column: str, code: str
) -> None:
    with store.writing() as session:
        report = take(session, make_office(session), table(row, person(MOTHER)))

        assert (counts(report), told(report)) == ((1, 0, 0), [(2, column, code)])
        assert [p.id for p in session.exec(select(Profile))] == [the_one(session, MOTHER).id]


@pytest.mark.parametrize("name", ["𠮷样", "买买提·样例", "王", "王😀"])
def test_rare_names_are_kept_as_they_are(store: Store, name: str) -> None:
    with store.writing() as session:
        report = take(session, make_office(session), table(person() | {"姓名": name}))

        assert (report.rejected, name_of(session, the_one(session))) == ([], name)


def test_a_wrong_credit_code_leaves_the_firm_out(store: Store) -> None:
    wrong = FIRM[:-1] + ("0" if FIRM[-1] != "0" else "1")
    content = table({"企业名称": "济南样例有限公司", "统一社会信用代码": wrong})
    with store.writing() as session:
        report = take(session, make_office(session), content, kind=ProfileKind.ENTERPRISE)

        assert told(report) == [(2, "统一社会信用代码", "wrong_check_digit")]
        assert wrong not in report.rejected[0].reason


def test_one_number_twice_is_taken_once_and_both_rows_are_named(store: Store) -> None:
    rows = [person(社区="甲社区"), person(MOTHER), person(社区="乙社区")]
    with store.writing() as session:
        report = take(session, make_office(session), table(*rows))

        assert (counts(report), told(report)) == ((2, 0, 0), [(4, "证件号码", "twice")])
        assert "第2行与第4行" in report.rejected[0].reason
        assert the_one(session).community == "甲社区"


def test_a_row_with_too_few_or_too_many_cells_is_left_out(store: Store) -> None:
    short, long = f"\n王样例,{OLD}", f"\n王样例,{MOTHER},甲社区,多"
    spare = f"\n王样例,{CHILD},甲社区,,"
    content = f"姓名,证件号码,社区{short}{long}{spare}\n".encode()
    with store.writing() as session:
        report = take(session, make_office(session), content)

        assert counts(report) == (1, 0, 0)
        assert told(report)[:2] == [(2, "", "ragged"), (3, "", "ragged")]


def test_unknown_columns_are_told_of_and_left_alone(store: Store) -> None:
    with store.writing() as session:
        content = table(person(血型="A", **{"19900000001": "x", "企业规模": "大型"}))
        report = take(session, make_office(session), content)

        assert told(report) == [
            (1, "血型", "unknown_column"),
            (1, "第4列", "unknown_column"),
            (1, "企业规模", "unknown_column"),
        ]


def test_tags_can_be_held_against_the_list(store: Store) -> None:
    with store.writing() as session:
        content = table(person(订阅="M01；M99"))
        report = take(session, make_office(session), content, tags={"M01"})

        assert told(report) == [(2, "订阅", "unknown_tag")]
        assert [s.tag_code for s in session.exec(select(Subscription))] == ["M01"]


# The same again, and later


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    content = table(person(手机号="19900000001", 订阅="M01", 退订="微信", 同意推送="2026-09-01"))
    with store.writing() as session:
        office = make_office(session)
        take(session, office, content)
        before = _everything(session)
        report = take(session, office, content, now=NOW + timedelta(days=40))

        assert counts(report) == (0, 0, 1)
        assert _everything(session) == before
        assert len({i.file_sha256 for i in session.exec(select(RosterImport))}) == 1


def _everything(session: Session) -> dict[str, list[Any]]:
    session.flush()
    tables = (Profile, Contact, Consent, OptOut, Subscription, Guardianship)
    found = {
        table.__name__: [row.model_dump() for row in session.exec(select(table))]
        for table in tables
    }
    for rows in found.values():
        rows.sort(key=lambda row: row["id"])
    return found


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
    with store.writing() as session:
        office = make_office(session)
        for day, word in ((first, "乙"), (second, "丙")):
            row = person(
                数据来源="民政",
                数据日期=day,
                婚姻状况=words[word],
                社区=word,
                手机号=f"1990000000{'乙丙'.index(word)}",
            )
            report = take(session, office, table(row | {"姓名": word}))

        value = {"乙": "married", "丙": "widowed"}[kept]
        assert facts_of(session)["marital_status"] == value
        assert the_one(session).community == name_of(session, the_one(session)) == kept
        assert running(session) == [f"1990000000{'乙丙'.index(kept)}"]
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
        change_pace(session, the_one(session), "M02", pace=Pace.WEEKLY)

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
        before = _everything(session)
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


# Children and guardians


def test_a_guardian_may_stand_further_down_in_the_file(store: Store) -> None:
    child = person(CHILD, 监护人证件号码=MOTHER, 监护关系="母亲", 监护人同意="2026-09-01")
    child |= {"同意推送": "2026-09-01", "同意敏感信息": "2026-09-01", "监护至": "2034-05-01"}
    with store.writing() as session:
        office = make_office(session)
        content = table(child, person(MOTHER, 手机号="19900000001"))
        report = take(session, office, content)

        assert (counts(report), report.rejected) == ((2, 0, 0), [])
        ward, mother = the_one(session, CHILD), the_one(session, MOTHER)
        link = session.exec(select(Guardianship)).one()
        assert (link.ward_id, link.guardian_id) == (ward.id, mother.id)
        assert (link.kind, link.relation) == (GuardianKind.GUARDIAN, "母亲")
        assert link.until_on == date(2034, 5, 1)
        found = recipients(session, [ward], channels=[Channel.SMS], as_of=NOW.date())[ward.id]
        assert found.reader is mother and found.contact
        given = {(c.scope, c.given_by_id) for c in session.exec(select(Consent))}
        assert given == {(scope, mother.id) for scope in ConsentScope}
        assert counts(take(session, office, content)) == (0, 0, 2)


def test_a_guardian_who_is_known_already_is_found(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        take(session, office, table(person(MOTHER)))
        report = take(session, office, table(person(CHILD, 监护人证件号码=MOTHER)))
        silent = take(session, office, table(person(CHILD, 监护人同意="2026-09-01")))

        assert report.rejected == silent.rejected == []
        assert counts(silent) == (0, 1, 0)


def test_a_child_without_a_guardian_comes_in_and_is_told_of(store: Store) -> None:
    with store.writing() as session:
        content = table(person(CHILD, 监护人同意="2026-09-01"))
        report = take(session, make_office(session), content)

        assert counts(report) == (1, 0, 0)
        assert told(report) == [
            (2, "监护人证件号码", "no_guardian"),
            (2, "监护人同意", "no_guardian"),
        ]
        assert session.exec(select(Consent)).all() == []


def test_a_childs_own_phone_is_left_out(store: Store) -> None:
    with store.writing() as session:
        row = person(CHILD, 手机号="19900000001", 微信openid="openid-1", 监护人证件号码=MOTHER)
        report = take(session, make_office(session), table(row, person(MOTHER)))

        assert told(report) == [(2, "手机号", "child"), (2, "微信openid", "child")]
        assert running(session, CHILD) == []


def test_from_14_on_one_consents_for_oneself(store: Store) -> None:
    with store.writing() as session:
        row = person(TEEN, 同意推送="2026-09-01", 监护人证件号码=MOTHER)
        take(session, make_office(session), table(row, person(MOTHER)))

        assert [c.given_by_id for c in session.exec(select(Consent))] == [None]


@pytest.mark.parametrize(
    ("cells", "code"),
    [({"死亡日期": "2026-01-01"}, "guardian_gone"), ({"迁出日期": "2026-01-01"}, "guardian_gone")],
)
def test_a_guardian_who_died_or_left_is_not_linked(
    store: Store, cells: dict[str, str], code: str
) -> None:
    with store.writing() as session:
        rows = (person(CHILD, 监护人证件号码=MOTHER), person(MOTHER, **cells))
        report = take(session, make_office(session), table(*rows))

        assert told(report) == [(2, "监护人证件号码", code)]
        assert session.exec(select(Guardianship)).all() == []


def test_a_child_cannot_be_a_guardian_and_two_cannot_guard_each_other(store: Store) -> None:
    rows = (
        person(CHILD, 监护人证件号码=TEEN),
        person(TEEN, 监护人证件号码=MOTHER),
        person(MOTHER, 监护人证件号码=OLD),
        person(OLD, 监护人证件号码=MOTHER),
    )
    with store.writing() as session:
        report = take(session, make_office(session), table(*rows))

        assert told(report) == [
            (2, "监护人证件号码", "guardian_is_child"),
            (5, "监护人证件号码", "bad_guardian"),
        ]


@pytest.mark.parametrize("word", ["授权家属", "监护人", ""])
def test_who_reads_for_an_adult_is_an_agent(store: Store, word: str) -> None:
    with store.writing() as session:
        row = person(OLD, 监护人证件号码=MOTHER, 监护关系="女儿", 监护类型=word)
        report = take(session, make_office(session), table(row, person(MOTHER)))

        assert report.rejected == []
        assert session.exec(select(Guardianship)).one().kind is GuardianKind.AGENT


def test_a_child_has_no_agent(store: Store) -> None:
    with store.writing() as session:
        row = person(CHILD, 监护人证件号码=MOTHER, 监护类型="授权家属")
        report = take(session, make_office(session), table(row, person(MOTHER)))

        assert (2, "监护类型", "not_listed") in told(report)
        assert session.exec(select(Guardianship)).all() == []


# Anything at all


_cells = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "无", "是", "2026-01-02", "2026年2月30日", "M01；M02", "全部", "腊山街道", "1e9",
         "=1+1", "'0", "[{}]", "[" * 40, "类型=x，级别=1", "19900000001", MOTHER, CHILD, "每周"]
    ),
)  # fmt: skip
_columns = (
    "街道", "社区", "手机号", "微信openid", "监护人证件号码", "监护关系", "监护类型", "监护至",
    "同意推送", "同意敏感信息", "监护人同意", "订阅", "订阅节奏", "退订", "迁出日期", "数据来源",
    "数据日期", "出生日期", "死亡日期", "婚姻状况", "残疾情况", "家庭机动车数量", "户籍地",
    "社会救助身份", "被监护人", "联系人备注",
)  # fmt: skip
_rows = st.lists(
    st.tuples(
        st.sampled_from([OLD, MOTHER, CHILD, TEEN, OLD[:-1]]),
        st.lists(_cells, min_size=len(_columns), max_size=len(_columns)),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_rows)
def test_any_cells_come_in_or_are_told_of_and_coming_again_they_change_nothing(
    store: Store, rows: Sequence[tuple[str, Sequence[str]]]
) -> None:
    quoted = [
        [f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in ("王样例", number, *cells)]
        for number, cells in rows
    ]
    lines = [["姓名", "证件号码", *_columns], *quoted]
    text = "\n".join(",".join(line) for line in lines).replace("\0", "")
    content = text.encode("utf-8", errors="ignore")
    with store.writing() as session:
        point = session.begin_nested()
        office = make_office(session)
        first = take(session, office, content)
        before = _everything(session)
        second = take(session, office, content)

        assert _everything(session) == before
        assert counts(second) == (0, 0, first.added)
        assert second.rejected == first.rejected
        known_columns = {"姓名", "证件号码", *_columns, ""}
        assert all(r.column in known_columns for r in first.rejected)
        point.rollback()


# The district that the demonstration is set in


def _make_district(session: Session) -> Office:
    office = Office(name="样例区", area_code="370104", signature="样例政务", phone="0531-00000001")
    session.add(office)
    session.flush()
    for code, label in areas().items():
        if code.startswith("370104") and len(code) == 9:
            session.add(Street(code=code, office_id=office.id, name=label))
    session.flush()
    return office


@pytest.mark.parametrize(
    ("file", "kind"),
    [("residents.csv", ProfileKind.RESIDENT), ("enterprises.csv", ProfileKind.ENTERPRISE)],
)
def test_the_district_comes_in_whole_and_again_unchanged(
    store: Store, file: str, kind: ProfileKind
) -> None:
    content = (DISTRICT / file).read_bytes()
    with store.writing() as session:
        office = _make_district(session)
        first = take(session, office, content, kind=kind)
        second = take(session, office, content, kind=kind)

        assert first.rejected == second.rejected == []
        assert counts(second) == (0, 0, first.added)
        assert len(session.exec(select(Profile)).all()) == first.added > 50


def test_the_faulty_register_is_taken_as_far_as_it_goes(store: Store) -> None:
    content = (DISTRICT / "residents_with_errors.csv").read_bytes()
    with store.writing() as session:
        report = take(session, _make_district(session), content)

        assert counts(report) == (9, 0, 0)
        rows = {r.row for r in report.rejected}
        assert rows == {4, 5, 6, 7, 8, 9, 10, 11, 12, 13}
        assert _whole_rows(report) == {4, 7, 12}


def _whole_rows(report: RosterReport) -> set[int]:
    whole: list[Rejected] = [r for r in report.rejected if r.column in ("", "姓名", "证件号码")]
    return {r.row for r in whole}
