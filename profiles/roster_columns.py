"""Which columns a register may have, and which ones this register has."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import chain, islice

from profiles.facts import Fact, vocabulary
from profiles.model import ProfileKind
from profiles.roster_lines import MOST_COLUMNS, BadRoster, Line, Rejected, squeezed

IDENTITY: Mapping[ProfileKind, tuple[str, str]] = {
    ProfileKind.RESIDENT: ("姓名", "证件号码"),
    ProfileKind.ENTERPRISE: ("企业名称", "统一社会信用代码"),
}
"""The columns of the name and of the number, without which nobody can be told apart."""
_OF_BOTH = (
    "街道", "社区", "手机号", "微信openid", "同意推送", "订阅", "订阅节奏", "退订",
    "数据来源", "数据日期", "数据有效期至",
)  # fmt: skip
_OF_RESIDENTS = (
    "监护人证件号码", "监护关系", "监护类型", "监护至", "同意敏感信息", "监护人同意", "迁出日期",
)  # fmt: skip
_OF_FIRMS = ("企业微信账号",)
_OF_ONE = {ProfileKind.RESIDENT: _OF_RESIDENTS, ProfileKind.ENTERPRISE: _OF_FIRMS}
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


def find_header(
    lines: Iterable[Line], *, score: Callable[[Sequence[str]], int] = score
) -> tuple[Line, Iterator[Line]]:
    """Part the row of names from the rows of people; titles above it are passed over.

    Args:
        score: how many of the given cells are names of columns.

    Returns:
        The first of the first ten rows that names two columns or more, and what follows it; the
        first row where none does.

    Raises:
        BadRoster: there is no row at all.
    """
    rows = iter(lines)
    top = list(islice(rows, _TITLES))
    if not top:
        raise BadRoster("empty", "文件是空的，请检查是否选错文件")
    place = next((n for n, line in enumerate(top) if score(line.cells) > 1), 0)
    return top[place], chain(top[place + 1 :], rows)


_TITLES = 10


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
    seen: dict[str, int] = {}
    for position, cell in enumerate(line.cells):
        meaning = _meaning(cell, kind)
        if meaning is None:
            notices.extend(_unknown(line.row, position, cell, kind))
            continue
        name = meaning if isinstance(meaning, str) else meaning.label
        if name in seen:
            raise BadRoster(
                "twice_a_column",
                f"表头的第{seen[name] + 1}列和第{position + 1}列都是“{name}”，请只留一列",
            )
        seen[name] = position
        if isinstance(meaning, str):
            places[name] = position
        else:
            facts.append((position, name, meaning))
    _insist_on_identity(line, places, kind)
    return Header(places, facts, len(line.cells), notices)


def _insist_on_identity(line: Line, places: Mapping[str, int], kind: ProfileKind) -> None:
    missing = [name for name in IDENTITY[kind] if name not in places]
    if not missing:
        return
    other = next(k for k in ProfileKind if k is not kind)
    hint = ""
    if all(any(_meaning(cell, other) == name for cell in line.cells) for name in IDENTITY[other]):
        hint = f"；这像是一份{_KINDS[other]}名册，请核对名册种类"
    raise BadRoster(
        "missing_column",
        f"表头缺少“{'”和“'.join(missing)}”列；应有“{'”和“'.join(IDENTITY[kind])}”，"
        f"第{line.row}行读到的列名：{_found(line, kind)}{hint}",
    )


_KINDS = {ProfileKind.RESIDENT: "居民", ProfileKind.ENTERPRISE: "企业"}


def _found(line: Line, kind: ProfileKind) -> str:
    """The names that stand there; of a row that may be somebody's, only those that we know."""
    is_header = score(line.cells) > 1
    shown = [cell for cell in line.cells if _meaning(cell, kind) or (is_header and _shown(cell))]
    return "、".join(shown[:30]) or "没有认识的列名"


def _shown(cell: str) -> str:
    """What may be repeated of a name of a column: nothing that looks like a number or a text."""
    return "" if re.search(r"\d{5}", cell) or len(cell) > 20 else cell


def _unknown(row: int, position: int, cell: str, kind: ProfileKind) -> list[Rejected]:
    if not cell:
        return []
    near = get_close_matches(squeezed(cell), list(_names(kind)), n=1, cutoff=0.6)
    meant = _names(kind).get(near[0]) if near else None
    advice = "请对照列名说明"
    if meant is not None:
        advice = f"是不是“{meant if isinstance(meant, str) else meant.label}”？如是，请改列名"
    name = _shown(cell) or f"第{position + 1}列"
    return [Rejected(row, name, "unknown_column", f"不认识这一列，已忽略；{advice}")]


def _meaning(cell: str, kind: ProfileKind) -> str | Fact | None:
    name = squeezed(cell)
    bare = name.partition("(")[0] if name.endswith(")") else name
    return _names(kind).get(name) or _names(kind).get(bare)


def columns_of(kind: ProfileKind) -> Sequence[str | Fact]:
    """Every column that we keep something of: the fixed ones by name, then the facts."""
    return [*IDENTITY[kind], *_OF_BOTH, *_OF_ONE[kind], *_facts(kind)]


def _facts(kind: ProfileKind) -> Sequence[Fact]:
    return [
        fact
        for fact in vocabulary().values()
        if fact.applies_to in ("both", kind.value)
        and not fact.derived
        and fact.code != "entity_name"  # it follows the column of the name
    ]


@cache
def _names(kind: ProfileKind) -> Mapping[str, str | Fact]:
    facts = _facts(kind)
    fixed = (*IDENTITY[kind], *_OF_BOTH, *_OF_ONE[kind], *UNUSED)
    others = {other: name for other, name in _OTHER_NAMES.items() if name in fixed}
    by_fact: dict[str, str | Fact] = {}
    for fact in facts:
        by_fact |= {squeezed(fact.label): fact, fact.code: fact}
    return by_fact | others | {name: name for name in fixed}
