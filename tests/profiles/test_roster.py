"""Registers come in: what is taken, what is left out, and how that is told."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from profiles.dossier import name_of
from profiles.facts import areas
from profiles.model import (
    Channel,
    Consent,
    ConsentScope,
    Office,
    OptOut,
    Pace,
    Profile,
    ProfileKind,
    Street,
    Subscription,
)
from profiles.roster import Rejected, RosterReport
from pusher.store import Store
from tests.makers import make_office
from tests.profiles.people import resident_number
from tests.profiles.registers import (
    CHILD,
    FIRM,
    MOTHER,
    OLD,
    TEEN,
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

DISTRICT = Path(__file__).parents[2] / "pusher" / "demo" / "district"


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
        "企业微信账号": "Li.Yangli_01",
        "退订": "企业微信",
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
        assert running(session, FIRM) == ["19900000001", "Li.Yangli_01"]
        assert [o.channel for o in session.exec(select(OptOut))] == [Channel.WECOM]


@pytest.mark.parametrize("account", ["@all", "zhangsan|lisi", "张三", "a" * 65])
def test_what_is_no_single_member_is_no_account_of_wecom(store: Store, account: str) -> None:
    row = {"企业名称": "济南样例有限公司", "统一社会信用代码": FIRM, "企业微信账号": account}
    with store.writing() as session:
        report = take(session, make_office(session), table(row), kind=ProfileKind.ENTERPRISE)

        assert told(report) == [(2, "企业微信账号", "wrong_character")]
        assert running(session, FIRM) == []


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
        before = everything(session)
        second = take(session, office, content)

        assert everything(session) == before
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
