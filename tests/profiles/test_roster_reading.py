"""The bytes of a register: every spelling of a table is read, everything else is refused."""

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from profiles.model import ProfileKind
from profiles.roster_columns import read_header, score
from profiles.roster_reading import MOST_ROWS, BadRoster, Line, read_lines

TABLE = "姓名,证件号码,社区\n王样例,1,甲社区\n"


def lines(content: bytes) -> list[Line]:
    return list(read_lines(content, score=score))


def cells(content: bytes) -> list[list[str]]:
    return [line.cells for line in lines(content)]


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        codecs.BOM_UTF8 + TABLE.encode(),
        TABLE.encode("gb18030"),
        TABLE.encode("utf-16"),
        codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode("gb18030"),
        TABLE.replace("甲社区", '"甲社区"').encode(),
        TABLE.replace("甲社区", "'甲社区").encode(),
        TABLE.replace("甲社区", '="甲社区"').encode(),
        TABLE.replace("甲社区", " 甲社区\u200b ").encode(),
        TABLE.rstrip("\n").encode(),
    ],
)
def test_one_table_is_read_alike_in_every_spelling(content: bytes) -> None:
    assert cells(content) == [["姓名", "证件号码", "社区"], ["王样例", "1", "甲社区"]]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    content = '姓名,证件号码\n甲,"1\n2"\n\n , \n乙,2\n'.encode()

    assert [line.row for line in lines(content)] == [1, 2, 5]


def test_cells_that_were_cleaned_are_named() -> None:
    content = "姓名,证件号码\n甲\u202e,\x071\n".encode()

    assert lines(content)[1].cleaned == [0, 1]


@pytest.mark.parametrize(
    ("content", "code", "advice"),
    [
        (b"", "empty", "空的"),
        (b" \n\r\n\t", "empty", "空的"),
        (b"PK\x03\x04rest", "broken", "另存为 XLSX 或 CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0rest", "xls", "另存为 XLSX 或 CSV UTF-8"),
        (b"%PDF-1.7", "not_a_table", "PDF"),
        (b"\x89PNG\r\n", "not_a_table", "图片"),
        (b"\xff\xd8\xff\xe0", "not_a_table", "图片"),
        (b"\x1f\x8b\x08", "not_a_table", "压缩"),
        ("姓名,证件号码\n王\0,1".encode(), "nul", "空字符"),
        ("姓名,证件号码\n\0王,1".encode("utf-16"), "nul", "空字符"),
        ("姓名,证件号码\n".encode() + b"\xff\xff\xff", "unknown_encoding", "第2行"),
        ('姓名,证件号码\n甲,1\n"乙,2\n丙,3\n'.encode(), "open_quote", "第3行"),
        ('姓名,证件号码\n甲,1\n"乙,2\n"丙",3\n'.encode(), "open_quote", "第3行"),
        (('姓名,证件号码\n"' + "长" * 200_000).encode(), "long_cell", "第2行"),
    ],
)
def test_what_is_no_table_is_refused_with_advice(content: bytes, code: str, advice: str) -> None:
    with pytest.raises(BadRoster, match=advice) as refused:
        lines(content)

    assert refused.value.code == code


def test_too_many_rows_are_refused() -> None:
    content = "姓名,证件号码\n".encode() + b"a,1\n" * (MOST_ROWS + 1)

    with pytest.raises(BadRoster, match="分成几个文件"):
        for _ in read_lines(content, score=score):
            pass


def header(text: str, kind: ProfileKind = ProfileKind.RESIDENT) -> Line:
    return Line(1, text.split(","), ())


@pytest.mark.parametrize(
    ("text", "kind", "missing"),
    [
        ("姓名,手机号", ProfileKind.RESIDENT, "证件号码"),
        ("张样例,19900000001", ProfileKind.RESIDENT, "姓名"),
        ("姓名,证件号码", ProfileKind.ENTERPRISE, "统一社会信用代码"),
    ],
)
def test_a_header_without_the_identity_is_refused_and_not_repeated(
    text: str, kind: ProfileKind, missing: str
) -> None:
    with pytest.raises(BadRoster, match=missing) as refused:
        read_header(header(text), kind)

    assert refused.value.code == "missing_column"
    assert "张样例" not in str(refused.value) and "199" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["姓名,证件号码,姓名", "姓名,证件号码,身份证号", "姓名,证件号码,性别,sex"]
)
def test_a_column_twice_is_refused(text: str) -> None:
    with pytest.raises(BadRoster) as refused:
        read_header(header(text), ProfileKind.RESIDENT)

    assert refused.value.code == "twice_a_column"


def test_a_header_of_a_thousand_columns_is_refused() -> None:
    with pytest.raises(BadRoster, match="列"):
        read_header(Line(1, ["x"] * 1000, ()), ProfileKind.RESIDENT)


def test_columns_go_by_other_names_and_with_remarks_in_brackets() -> None:
    found = read_header(
        header("姓 名,身份证号,联系电话,同意推送（日期）,性别,age"), ProfileKind.RESIDENT
    )

    assert found.places == {"姓名": 0, "证件号码": 1, "手机号": 2, "同意推送": 3}
    assert [(place, fact.code) for place, _, fact in found.facts] == [(4, "sex")]
    assert [n.column for n in found.notices] == ["age"]


@given(st.binary(max_size=400))
@example(b'"')
@example(b"\xef\xbb\xbf\x00")
@example(b"\xfe\xff\xd8")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read = lines(content)
    except BadRoster as refused:
        assert refused.code and str(refused)
    else:
        assert all(line.row >= 1 and line.cells for line in read)


@given(
    st.lists(
        st.lists(st.text(alphabet="ab,;\t\"' \n中文=", max_size=6), min_size=3, max_size=3),
        max_size=5,
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_is_quoted_comes_back_as_it_was(rows: list[list[str]], mark: str) -> None:
    quoted = [mark.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    content = "\n".join([mark.join(("姓名", "证件号码", "社区")), *quoted]).encode()

    read = lines(content)[1:]

    plain = [row for row in rows if any(cell.strip() for cell in row)]
    assert len(read) == len(plain)
    for line, row in zip(read, plain, strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            assert cell == text.strip() or text.strip()[:1] in ("=", "'")
