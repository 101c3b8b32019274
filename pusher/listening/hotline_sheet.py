"""A sheet of the 12345 hotline becomes worksheets; each cell that cannot be read is named."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from profiles.identity import BadIdentity, read_phone
from profiles.roster_columns import find_header
from profiles.roster_lines import MOST_COLUMNS, BadRoster, Line, Rejected, squeezed
from profiles.roster_reading import read_lines
from pusher.clock import OFFICE_ZONE

MOST_CALLS: Final = 20_000
"""Rows of one file; a district has a few thousand a month."""
NUMBER, TIME, TEXT, CATEGORY, AREA, ANSWERED = (
    "工单编号", "来电时间", "诉求内容", "诉求类别", "所属区域", "是否办结",
)  # fmt: skip
COLUMNS: Final = (NUMBER, TIME, TEXT, CATEGORY, AREA, ANSWERED)
NEEDED: Final = (NUMBER, TIME, TEXT)
_NAMES: Final[Mapping[str, str]] = {
    **{name: name for name in COLUMNS},
    **dict.fromkeys(("工单号", "编号", "诉求编号", "受理编号", "工单流水号", "流水号"), NUMBER),
    **dict.fromkeys(("时间", "受理时间", "诉求时间", "创建时间", "登记时间", "反映时间"), TIME),
    **dict.fromkeys(("内容", "工单内容", "反映内容", "诉求描述", "问题描述", "主要内容"), TEXT),
    **dict.fromkeys(("类别", "分类", "诉求分类", "问题分类", "工单分类", "事项分类"), CATEGORY),
    **dict.fromkeys(("区域", "街道", "所属街道", "事发区域", "诉求区域", "镇街"), AREA),
    **dict.fromkeys(("办结", "是否答复", "办理状态", "工单状态", "答复情况", "状态"), ANSWERED),
}
_DONE = frozenset({"是", "已办结", "办结", "已答复", "已回复", "已完成", "1", "true", "y"})
_NOT_DONE = frozenset(
    {"否", "未办结", "办理中", "未答复", "未回复", "待办", "待办理", "0", "false", "n", ""}
)
_LONGEST_NUMBER: Final = 64
_LONGEST_WORD: Final = 60
_OLDEST: Final = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Call:
    """One worksheet.

    Attributes:
        row: as a spreadsheet numbers it.
        area: a street or a community.
        answered: the sheet says that it is dealt with.
    """

    row: int
    number: str
    at: datetime
    text: str
    category: str | None = None
    area: str | None = None
    answered: bool = False


def score(cells: Sequence[str]) -> int:
    """How many of the cells are names of columns of a hotline's sheet."""
    return sum(_meaning(cell) is not None for cell in cells)


def read_calls(content: bytes, *, now: datetime) -> tuple[list[Call], list[Rejected]]:
    """Read a sheet (XLSX, or CSV as registers come).

    Args:
        now: no call came after it.

    Returns:
        The worksheets in the order of the file, each number once, and what was left out: cells,
        and rows (`column` names what is missing) whole.

    Raises:
        BadRoster: no table, a column that is needed is not there, nothing in it, too many rows.
    """
    first, rest = find_header(read_lines(content, score=score), score=score)
    places = _places(first)
    calls: dict[str, Call] = {}
    told: list[Rejected] = []
    rows = 0
    for rows, line in enumerate(rest, start=1):
        if rows > MOST_CALLS:
            raise BadRoster("too_large", f"超过{MOST_CALLS}行，请按月份分成几个文件导入")
        call = _call(line, places, told, now)
        if call is not None and call.number in calls:
            told.append(_twice(call, calls[call.number]))
        elif call is not None:
            calls[call.number] = call
    if not rows:
        raise BadRoster("no_rows", "只有表头，没有工单，请检查是否选错文件")
    return list(calls.values()), told


def _places(first: Line) -> dict[str, int]:
    if len(first.cells) > MOST_COLUMNS:
        raise BadRoster("too_large", f"表头超过{MOST_COLUMNS}列，请检查文件")
    places: dict[str, int] = {}
    for position, cell in enumerate(first.cells):
        name = _meaning(cell)
        if name in places:
            raise BadRoster(
                "twice_a_column",
                f"表头的第{places[name] + 1}列和第{position + 1}列都是“{name}”，请只留一列",
            )
        if name is not None:
            places[name] = position
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise BadRoster(
            "missing_column",
            f"表头缺少“{'”和“'.join(missing)}”列；工单表应有“{'”“'.join(COLUMNS)}”，后三列可以没有",
        )
    return places


def _meaning(cell: str) -> str | None:
    return _NAMES.get(squeezed(cell))


def _call(
    line: Line, places: Mapping[str, int], told: list[Rejected], now: datetime
) -> Call | None:
    cells = {n: line.cells[at] if at < len(line.cells) else "" for n, at in places.items()}
    wrong = [*_number_wrong(line, cells[NUMBER]), *_text_wrong(line, cells[TEXT])]
    at = _moment(cells[TIME])
    if at is None:
        reason = "没有时间" if not cells[TIME] else "应为日期和时间，如2026-11-02 09:30"
        wrong.append(Rejected(line.row, TIME, "bad_time", f"{reason}，这一行没有导入"))
    elif not now - _OLDEST <= at <= now:
        wrong.append(
            Rejected(line.row, TIME, "far_time", "时间在今天以后或三年以前，这一行没有导入")
        )
    told += wrong
    if wrong or at is None:
        return None
    return Call(
        line.row, cells[NUMBER], at, cells[TEXT],
        _word(line, CATEGORY, cells, told), _word(line, AREA, cells, told),
        _answered(line, cells, told),
    )  # fmt: skip


def _number_wrong(line: Line, number: str) -> Iterator[Rejected]:
    if not number:
        yield Rejected(line.row, NUMBER, "no_number", "没有编号，认不出是不是导过，这一行没有导入")
    elif len(number) > _LONGEST_NUMBER or not re.fullmatch(r"[\w./-]+", number):
        yield Rejected(
            line.row, NUMBER, "bad_number", "编号应为字母、数字和横线，不超过64位，这一行没有导入"
        )
    elif _is_mobile(number):
        yield Rejected(
            line.row, NUMBER, "bad_number", "这像手机号，不是工单编号，这一行没有导入；请核对列名"
        )


def _is_mobile(number: str) -> bool:
    try:
        read_phone(number)
    except BadIdentity:
        return False
    return True


def _text_wrong(line: Line, text: str) -> Iterator[Rejected]:
    if len(text) < 4:
        yield Rejected(line.row, TEXT, "no_text", "没有写诉求内容，这一行没有导入")


def _word(line: Line, name: str, cells: Mapping[str, str], told: list[Rejected]) -> str | None:
    """A category or an area; what holds digits may be somebody's door."""
    said = cells.get(name, "")
    if not said:
        return None
    if len(said) > _LONGEST_WORD or re.search(r"\d", said):
        told.append(
            Rejected(
                line.row, name, "not_a_word", "应为类别、街道或社区名，不写门牌号码；这一格没有采纳"
            )
        )
        return None
    return said


def _answered(line: Line, cells: Mapping[str, str], told: list[Rejected]) -> bool:
    said = squeezed(cells.get(ANSWERED, "")).lower()
    if said not in _DONE | _NOT_DONE:
        told.append(
            Rejected(line.row, ANSWERED, "bad_answered", "应为是或否；这一格没有采纳，按未办结记")
        )
    return said in _DONE


def _twice(call: Call, first: Call) -> Rejected:
    return Rejected(
        call.row, NUMBER, "twice", f"与第{first.row}行是同一个编号，只导入了第{first.row}行"
    )


_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]{0,3}(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2})(?:\.\d{1,6})?)?[分秒]?)?",
    re.ASCII,
)


def _moment(cell: str) -> datetime | None:
    """A day, with or without a time, on the office's clock."""
    found = _TIME.fullmatch(" ".join(unicodedata.normalize("NFKC", cell).split()))
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=OFFICE_ZONE)
    except ValueError:
        return None
