"""The cases of recipient files and of phone cells that a district's registers bring.

The measure is GOV.UK Notify's recipient check: row numbers as in the spreadsheet, each cell's own
message, nothing silently skipped. Here each case is one file and what staff are told of it.
"""

import codecs
from dataclasses import dataclass

import pytest

from profiles.identity import BadIdentity, read_phone
from profiles.model import ProfileKind
from profiles.roster import BadRoster
from pusher.store import Store
from tests.makers import make_office
from tests.profiles.registers import (
    FIRM,
    MOTHER,
    OLD,
    counts,
    person,
    running,
    table,
    take,
    told,
)
from tests.profiles.workbooks import workbook

HEAD = "姓名,证件号码,手机号"
ONE = f"{HEAD}\n王样例,{OLD},19900000001\n"


@dataclass(frozen=True)
class Case:
    """One file: how many come in, what is told by row, column and code, and whose phone stands."""

    file: bytes
    added: int
    told: list[tuple[int, str, str]]
    phones: list[str]
    says: str = ""


P = ["19900000001"]
FILES = {
    "1 a mark of UTF-8 in front": Case(codecs.BOM_UTF8 + ONE.encode(), 1, [], P),
    "2 GB18030": Case(ONE.encode("gb18030"), 1, [], P),
    "3 UTF-16 with its mark": Case(ONE.encode("utf-16"), 1, [], P),
    "4 semicolons and Windows line ends": Case(
        ONE.replace(",", ";").replace("\n", "\r\n").encode(), 1, [], P
    ),
    "5 tabs": Case(ONE.replace(",", "\t").encode(), 1, [], P),
    "6 a title above the names": Case(f"某街道名册,,\n{ONE}".encode(), 1, [], P),
    "7 blank rows are counted": Case(
        f"{HEAD}\n,,\n\n王样例,{OLD},1\n".encode(), 1, [(4, "手机号", "wrong_length")], []
    ),
    "8 a line break inside a cell": Case(
        f'{HEAD}\n"王\n样例",{OLD},1\n'.encode(), 1, [(2, "手机号", "wrong_length")], []
    ),
    "9 blanks and case in the names of columns": Case(
        f" 姓 名 ,身份证号 ,联系电话（手机）\n王样例,{OLD},19900000001\n".encode(), 1, [], P
    ),
    "10 an unknown column, with a guess": Case(
        f"姓名,证件号码,手机号吗\n王样例,{OLD},1\n".encode(),
        1,
        [(1, "手机号吗", "unknown_column")],
        [],
        "是不是“手机号”",
    ),
    "11 a row too short": Case(f"{ONE}李样例,{MOTHER}\n".encode(), 1, [(3, "", "ragged")], P),
    "12 a row too long": Case(f"{ONE}李样例,{MOTHER},,多\n".encode(), 1, [(3, "", "ragged")], P),
    "13 the same person twice": Case(
        f"{ONE}王样例,{OLD},19900000002\n".encode(),
        1,
        [(3, "证件号码", "twice")],
        P,
        "第2行与第3行",
    ),
    "14 full width throughout": Case(
        f"{HEAD}\n王样例,{OLD.translate({n: n + 65248 for n in range(48, 91)})},"
        "１９９０００００００１\n".encode(),
        1,
        [],
        P,
    ),
    "15 signs that nobody sees": Case(
        f"{HEAD}\n王样例,{OLD},199\u200b00000001\n".encode(), 1, [(2, "手机号", "cleaned")], P
    ),
    "16 wrapped to stay a text": Case(
        f'{HEAD}\n王样例,\'{OLD},="19900000001"\n'.encode(), 1, [], P
    ),
    "17 a formula that failed": Case(
        f"{HEAD}\n王样例,{OLD},#REF!\n".encode(), 1, [(2, "手机号", "formula")], []
    ),
    "18 a number made a float by a spreadsheet": Case(
        f"{HEAD}\n王样例,{OLD},1.38E+10\n".encode(), 1, [(2, "手机号", "not_text")], [], "文本"
    ),
    "19 a workbook's own number": Case(
        workbook(HEAD.split(","), ("王样例", OLD, 19900000001)), 1, [], P
    ),
    "20 a workbook's short rows are blank cells": Case(
        workbook(HEAD.split(","), ("王样例", OLD)), 1, [], []
    ),
    "21 good and bad rows together": Case(
        f"{HEAD}\n王样例,{OLD[:-1]},\n李样例,{MOTHER},19900000001\n".encode(),
        1,
        [(2, "证件号码", "wrong_length")],
        [],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_comes_in_as_far_as_it_can_and_the_rest_is_told(store: Store, name: str) -> None:
    case = FILES[name]
    with store.writing() as session:
        report = take(session, make_office(session), case.file, name="样例")

        assert (counts(report)[0], told(report)) == (case.added, case.told)
        assert case.says in "".join(r.reason for r in report.rejected)
        if case.phones:
            assert running(session) == case.phones


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (
            "姓名,联系电话",
            ("缺少“证件号码”", "应有“姓名”和“证件号码”", "读到的列名：姓名、联系电话"),
        ),
        ("姓名,手机号,证件号,备注", ("缺少“证件号码”", "证件号、备注")),
        ("姓名,证件号码,手机号,手机", ("第3列和第4列都是“手机号”",)),
        ("企业名称,统一社会信用代码", ("像是一份企业名册",)),
        ("张样例,19900000001", ("没有认识的列名",)),
    ],
)
def test_what_is_wrong_with_the_names_of_columns_is_told_as_expected_and_found(
    store: Store, names: str, words: tuple[str, ...]
) -> None:
    with store.writing() as session, pytest.raises(BadRoster) as refused:
        take(session, make_office(session), f"{names}\na,b,c,d\n".encode())

    assert all(word in str(refused.value) for word in words), str(refused.value)
    assert "张样例" not in str(refused.value) and "199" not in str(refused.value)


def test_a_firm_without_the_column_of_its_code_is_told_of_both_columns(store: Store) -> None:
    content = table({"企业名称": "样例公司", "信用代码": FIRM})
    with store.writing() as session, pytest.raises(BadRoster, match="统一社会信用代码"):
        take(session, make_office(session), content, kind=ProfileKind.ENTERPRISE)


# The phone cell

MOBILES = [
    *("19900000001", "１９９０００００００１", "+86 199 0000 0001", "0086-199-0000-0001"),
    *("(86)19900000001".replace("(", "").replace(")", ""), "199.0000.0001", " 19900000001\t"),
    # virtual operators and every range that was opened since
    *(f"{prefix}00000001" for prefix in (162, 165, 167, 170, 171, *range(190, 200))),
]


@pytest.mark.parametrize("cell", MOBILES)
def test_a_mobile_in_any_spelling_and_of_any_range_is_read(cell: str) -> None:
    read = read_phone(cell)

    assert read.isascii() and len(read) == 11 and read[0] == "1"


@pytest.mark.parametrize(
    ("cell", "code", "says"),
    [
        ("0531-00000001", "landline", "不能接收短信"),
        ("(0531) 0000 0001", "landline", "不能接收短信"),
        ("95588", "landline", "不能接收短信"),
        ("1069000000001", "landline", "不能接收短信"),
        ("400-000-0001", "landline", "不能接收短信"),
        ("12345", "landline", "不能接收短信"),
        ("19900000001、19900000002", "two_numbers", "一格只能填一个"),
        ("19900000001 19900000002", "two_numbers", "一格只能填一个"),
        ("1990000000119900000002", "two_numbers", "一格只能填一个"),
        ("199000000011", "wrong_length", "11位"),
        ("1990000000", "wrong_length", "11位"),
        ("+1 202 555 0100", "wrong_character", "数字"),
        ("12900000001", "not_mobile", "境内"),
        ("1.38E+10", "not_text", "文本"),
        ("19900000001.0", "not_text", "文本"),
        ("无", "wrong_character", "数字"),
        ("", "blank", "为空"),
    ],
)
def test_what_is_no_mobile_is_told_apart(cell: str, code: str, says: str) -> None:
    with pytest.raises(BadIdentity, match=says) as wrong:
        read_phone(cell)

    assert wrong.value.code == code
    assert cell == "" or cell not in str(wrong.value)


def test_one_phone_of_two_people_stands_for_both(store: Store) -> None:
    with store.writing() as session:
        rows = (person(手机号="19900000001"), person(MOTHER, 手机号="+86 19900000001"))
        report = take(session, make_office(session), table(*rows))

        assert report.rejected == []
        assert running(session) == running(session, MOTHER) == P
