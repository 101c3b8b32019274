"""Workbooks: typed cells come as they are meant, and what is no workbook is told plainly."""

from collections.abc import Generator
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.model import ProfileKind
from profiles.roster_columns import score
from profiles.roster_reading import BadRoster, Line, read_lines
from profiles.workbook import read_workbook, weigh
from pusher.store import Store
from tests.makers import make_office
from tests.profiles.registers import (
    MOTHER,
    OLD,
    counts,
    facts_of,
    person,
    running,
    take,
    the_one,
    told,
)
from tests.profiles.workbooks import saved, with_part, workbook

SHEET = "xl/worksheets/sheet1.xml"
# a sheet knows no zones
MORNING = datetime.fromisoformat("2026-01-02T08:30:00")
NAMES = ("姓名", "证件号码", "手机号")


def lines(content: bytes) -> list[Line]:
    return list(read_lines(content, score=score))


def cells(content: bytes) -> list[list[str]]:
    return [line.cells for line in lines(content)]


def test_typed_cells_come_as_they_are_meant() -> None:
    content = workbook(
        ("日", "时", "数", "钱", "真", "假", "比", "号", "长", "空", "尾"),
        (
            *(date(2026, 1, 2), MORNING, 12, 0.1 + 0.2, True, False),
            *(0.155, 19900000001, int(OLD[:17] + "0"), None, "x"),
        ),
        G2="0.0%",
    )

    assert cells(content)[1] == [
        *("2026-01-02", "2026-01-02 08:30:00", "12", "0.3", "是", "否"),
        *("15.5%", "19900000001", f"{int(OLD[:17] + '0'):.14E}", "", "x"),
    ]


def test_rows_are_numbered_as_the_sheet_numbers_them_and_blank_ones_are_passed_over() -> None:
    book = openpyxl.Workbook()
    book.active.append(NAMES)
    book.active["A5"] = "王样例"

    assert [(line.row, line.cells) for line in lines(saved(book))] == [
        (1, list(NAMES)),
        (5, ["王样例"]),
    ]


def test_a_hidden_sheet_is_passed_over() -> None:
    book = openpyxl.Workbook()
    book.active.append(("旧",))
    book.active.sheet_state = "hidden"
    book.create_sheet("名册").append(NAMES)

    assert cells(saved(book)) == [list(NAMES)]


def test_a_workbook_comes_in_like_its_table_of_text(store: Store) -> None:
    content = workbook(
        ("槐荫区某街道名册（样例）",),
        (*NAMES, "毕业日期", "婚姻状况", "社区"),
        ("王样例", OLD, 19900000001, date(1960, 7, 1), "丧偶"),
        ("张样例", MOTHER, "1.99E+10", 44927, "#N/A", "甲社区"),
        ("李样例", int(MOTHER[:17] + "0"), None, None, None),
    )
    with store.writing() as session:
        report = take(session, make_office(session), content, name="样例.xlsx")

        assert counts(report) == (2, 0, 0)
        assert told(report) == [
            (4, "婚姻状况", "formula"),
            (4, "毕业日期", "not_a_date"),
            (4, "手机号", "not_text"),
            (5, "证件号码", "not_text"),
        ]
        assert "日期序号" in report.rejected[1].reason
        assert "文本" in report.rejected[2].reason
        assert running(session) == ["19900000001"]
        assert facts_of(session)["graduated_on"] == "1960-07-01"
        assert the_one(session, MOTHER).community == "甲社区"


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"\x89PNG\r\n\x1a\n", "not_a_table", "图片"),
        (b"PK\x03\x04" + b"\0" * 60, "broken", "损坏"),
        (workbook(NAMES)[:-200], "broken", "损坏"),
        (b"\xd0\xcf\x11\xe0" + "Workbook".encode("utf-16-le"), "xls", "旧式 XLS"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted", "密码"),
        (with_part(workbook(NAMES), "xl/vbaProject.bin", lambda _: b"x"), "xlsm", "含宏"),
        (with_part(workbook(NAMES), SHEET, lambda _: b"<broken"), "broken", "损坏"),
        (with_part(workbook(NAMES), SHEET, lambda _: b"0" * 40_000_000), "bomb", "压缩比"),
        (
            with_part(
                workbook(NAMES),
                "xl/workbook.xml",
                lambda part: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + part,
            ),
            "broken",
            "不允许",
        ),
        (
            with_part(workbook(NAMES), SHEET, lambda p: p.replace(b"A1:C1", b"A1:XFD1048576")),
            "range",
            "新的工作表",
        ),
    ],
    ids=[
        "png", "stub", "cut", "xls", "encrypted", "macros", "no sheet", "bomb", "entities", "range",
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_at_once(content: bytes, code: str, word: str) -> None:
    with pytest.raises(BadRoster, match=word) as refused:
        lines(content)

    assert refused.value.code == code


WHOLE = workbook(("姓名", "证件号码"))


@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=4))
def test_whatever_bytes_are_damaged_it_passes_or_is_refused_in_words(
    places: list[tuple[float, int]],
) -> None:
    content = bytearray(WHOLE)
    for where, change in places:
        content[int(where * (len(content) - 1))] ^= change

    try:
        weigh(bytes(content))
    except BadRoster as refused:
        assert refused.code in ("broken", "bomb", "encrypted", "not_a_table", "range")


def test_a_cell_in_the_last_corner_of_a_sheet_is_found_out_though_the_file_denies_it() -> None:
    book = openpyxl.Workbook()
    book.active.append(NAMES)
    book.active["XFD1048576"] = "x"
    content = with_part(saved(book), SHEET, lambda part: part.replace(b"A1:XFD1048576", b"A1:C2"))

    with pytest.raises(BadRoster) as refused:
        lines(content)

    assert refused.value.code in ("range", "too_large")


def test_what_takes_too_much_memory_is_stopped_and_told() -> None:
    content = workbook(*([tuple(range(30))] * 1_000))

    with pytest.raises(BadRoster, match="占用的内存或时间过多") as refused:
        list(read_workbook(content, memory_mb=20))

    assert refused.value.code == "too_heavy"


def test_a_reader_who_stops_leaves_no_process_behind() -> None:
    rows = read_lines(workbook(NAMES, *([("王样例", OLD)] * 2_000)), score=score)

    assert next(rows).cells == list(NAMES)
    assert isinstance(rows, Generator)
    rows.close()  # returns once the child is gone


def test_the_wrong_kind_of_register_is_recognised(store: Store) -> None:
    with store.writing() as session, pytest.raises(BadRoster, match="居民名册") as refused:
        take(
            session,
            make_office(session),
            workbook(("姓名", "证件号码"), ("王样例", OLD)),
            kind=ProfileKind.ENTERPRISE,
        )

    assert refused.value.code == "missing_column"
    assert person()["证件号码"] not in str(refused.value)
