"""Which columns a register may have, and which ones this register has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from profiles.facts import Fact, vocabulary
from profiles.model import ProfileKind
from profiles.roster_reading import MOST_COLUMNS, BadRoster, Line, Rejected, squeezed

IDENTITY: Mapping[ProfileKind, tuple[str, str]] = {
    ProfileKind.RESIDENT: ("姓名", "证件号码"),
    ProfileKind.ENTERPRISE: ("企业名称", "统一社会信用代码"),
}
"""The columns of the name and of the number, without which nobody can be told apart."""
_OF_BOTH = (
    "街道", "社区", "手机号", "微信openid", "同意推送", "订阅", "订阅节奏", "退订",
    "数据来源", "数据日期",
)  # fmt: skip
_OF_RESIDENTS = (
    "监护人证件号码", "监护关系", "监护类型", "监护至", "同意敏感信息", "监护人同意", "迁出日期",
)  # fmt: skip
UNUSED = frozenset({"联系人", "联系人备注"})
"""Columns that registers have and that we keep nothing of: no purpose needs a name in clear."""
_OTHER_NAMES = {
    "身份证号": "证件号码", "身份证号码": "证件号码", "公民身份号码": "证件号码",
    "居民身份证号码": "证件号码", "社会信用代码": "统一社会信用代码", "主体名称": "企业名称",
    "单位名称": "企业名称", "联系电话": "手机号", "手机": "手机号", "手机号码": "手机号",
    "街道办事处": "街道", "社区居委会": "社区",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one register.

    Attributes:
        places: fixed column to position.
        facts: position, name and fact of each column of facts.
        width: how many cells a row should have.
        notices: columns that mean nothing to us.
    """

    places: Mapping[str, int]
    facts: Sequence[tuple[int, str, Fact]]
    width: int
    notices: Sequence[Rejected]


def score(cells: Sequence[str]) -> int:
    """How many of the cells are names of columns, of residents or of firms."""
    return sum(1 for cell in cells if any(_meaning(cell, kind) for kind in ProfileKind))


def read_header(line: Line, kind: ProfileKind) -> Header:
    """Find out what each column holds.

    Raises:
        BadRoster: no column of the name or number, one column twice, or far too many.
    """
    if len(line.cells) > MOST_COLUMNS:
        raise BadRoster("too_large", f"表头超过{MOST_COLUMNS}列，请检查文件")
    places: dict[str, int] = {}
    facts: list[tuple[int, str, Fact]] = []
    notices: list[Rejected] = []
    seen: set[str] = set()
    for position, cell in enumerate(line.cells):
        meaning = _meaning(cell, kind)
        if meaning is None:
            notices.extend(_unknown(line.row, position, cell))
            continue
        name = meaning if isinstance(meaning, str) else meaning.label
        if name in seen:
            raise BadRoster("twice_a_column", f"表头有两列“{name}”，请只留一列")
        seen.add(name)
        if isinstance(meaning, str):
            places[name] = position
        else:
            facts.append((position, name, meaning))
    _insist_on_identity(places, kind)
    return Header(places, facts, len(line.cells), notices)


def _insist_on_identity(places: Mapping[str, int], kind: ProfileKind) -> None:
    missing = [name for name in IDENTITY[kind] if name not in places]
    if missing:
        # what stands in the file's first row is not repeated: it may be somebody's row
        raise BadRoster(
            "missing_column",
            f"表头缺少“{'”和“'.join(missing)}”列；第一行应为列名，其中必须有"
            f"“{'”和“'.join(IDENTITY[kind])}”",
        )


def _unknown(row: int, position: int, cell: str) -> list[Rejected]:
    if not cell:
        return []
    shown = "" if re.search(r"\d{5}", cell) or len(cell) > 20 else cell
    name = shown or f"第{position + 1}列"
    return [Rejected(row, name, "unknown_column", "不认识这一列，已忽略；请对照列名说明")]


def _meaning(cell: str, kind: ProfileKind) -> str | Fact | None:
    name = squeezed(cell)
    return _names(kind).get(name) or _names(kind).get(re.sub(r"\(.*\)$", "", name))


@cache
def _names(kind: ProfileKind) -> Mapping[str, str | Fact]:
    facts = [
        fact
        for fact in vocabulary().values()
        if fact.applies_to in ("both", kind.value)
        and not fact.derived
        and fact.code != "entity_name"  # it follows the column of the name
    ]
    residents = _OF_RESIDENTS if kind is ProfileKind.RESIDENT else ()
    fixed = (*IDENTITY[kind], *_OF_BOTH, *residents, *UNUSED)
    others = {other: name for other, name in _OTHER_NAMES.items() if name in fixed}
    by_fact: dict[str, str | Fact] = {}
    for fact in facts:
        by_fact |= {squeezed(fact.label): fact, fact.code: fact}
    return by_fact | others | {name: name for name in fixed}
