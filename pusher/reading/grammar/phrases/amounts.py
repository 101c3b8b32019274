"""Amounts and bounds: 不低于5%, 2000万元及以上, 30人（含）以下, 不少于5间且不超过14间.

以上, 以下, 以内, 满, 不低于, 不超过, 不少于 include the number; 超过, 不满, 未满, 不足, 低于, 高于
do not (Civil Code art. 1259; the document's own words win).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pusher.reading.counting import read_count

NUMBER = r"(?:\d[\d,，]{0,17}(?:\.\d{1,12})?|[一二三四五六七八九十百千两]{1,6}|半(?=年))"
UNITS = r"(?:元/(?:人[·/])?月|万人次|万吨标准?煤|万吨|亿元|亿美元|亿|万元|万美元|千元|万|元|％|%|人次|人|名|户|个月|年期|月|间|平方米|㎡|亩|公顷|吨标准?煤|吨|辆|次|个|年)"
_MORE = r"不得(?:低于|少于|小于)|不低于|不少于|不小于|达到|达|超过|高于|大于|多于|突破|满|至少"
_LESS = r"不得(?:高于|超过|大于|多于)|不高于|不超过|不大于|不多于|低于|少于|不足|小于|未达到|未达|未超过|不满"
_IN = r"(?:[（(]\s*(?:含|包含|包括)(?:本数)?[^（）()]{0,6}[）)])?"
WORD = rf"(?:{_LESS}|{_MORE})"
COMPARED = re.compile(WORD)
SIDE = rf"(?:人民币)?{_IN}\s*(?:及其?以上|（含）以上|以上|及以下|以下|以内|之内|起(?=$|[，。；、）)]))?{_IN}"
THEN = rf"(?:\s*(?:(?:[，、]?(?:且|并且|并|但|，)|、)\s*(?P<word2>{WORD})(?:[本我]?[省市区]?(?:规定|法定)的)?|(?<=以上)(?:[，、](?={NUMBER}\s*{UNITS}\s*{_IN}(?:及?以下|以内)))?)\s*(?P<number2>{NUMBER})\s*(?P<unit2>{UNITS})\s*(?P<side2>{SIDE}))?"
SPAN = rf"(?P<low>{NUMBER})\s*(?P<unit1>{UNITS})?\s*{_IN}\s*(?:至|到|-|—|－|~|～)+\s*(?P<high>{NUMBER})\s*(?P<unit3>{UNITS})"
_OPS = {"超过": "gt", "高于": "gt", "大于": "gt", "多于": "gt",
        "低于": "lt", "少于": "lt", "不足": "lt", "小于": "lt", "未达到": "lt", "未达": "lt",
        "不满": "lt", "不高于": "le", "不超过": "le", "不大于": "le", "不多于": "le",
        "未超过": "le"}  # fmt: skip
# Units as facts keep them: money in 万元, shares in %.
SCALES: dict[str, dict[str, float]] = {
    "money": {"亿元": 10_000.0, "亿": 10_000.0, "万元": 1.0, "万": 1.0, "千元": 0.1, "元": 0.0001},
    "percent": {"%": 1.0, "％": 1.0},
    "count": {"人": 1.0, "名": 1.0, "个": 1.0},
    "trips": {"人次": 1.0, "万人次": 10_000.0, "人": 1.0},
    "households": {"户": 1.0, "名": 1.0, "个": 1.0},
    "months": {"个月": 1.0, "月": 1.0},
    "rooms": {"间": 1.0},
    "square": {"平方米": 1.0, "㎡": 1.0},
    "mu": {"亩": 1.0, "公顷": 15.0},
    "coal": {
        "吨标准煤": 1.0,
        "吨标煤": 1.0,
        "吨": 1.0,
        "万吨标准煤": 10_000.0,
        "万吨标煤": 10_000.0,
        "万吨": 10_000.0,
    },
    "vehicles": {"辆": 1.0},
    # terms that facts keep in months
    "years": {"年": 12.0, "年期": 12.0, "个月": 1.0, "月": 1.0},
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A number that must be reached or not passed, in the unit that facts keep."""

    op: str
    value: int | float


def read_number(text: str) -> float | None:
    """Read digits with or without commas, or a Chinese number."""
    if text == "半":
        return 0.5
    plain = text.replace(",", "").replace("，", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return float(plain)
    thousands, mark, rest = text.partition("千")
    if mark:
        high, low = read_count(thousands or "一"), read_count(rest.lstrip("零")) if rest else 0
        return None if high is None or low is None else high * 1000.0 + low
    count = read_count(text)
    return None if count is None else float(count)


def read_span(low: re.Match[str], kind: str) -> list[Bound]:
    """Read 5至14间, both ends included; nothing where the units do not suit."""
    first = scaled(low["low"], low["unit1"] or low["unit3"], kind)
    last = scaled(low["high"], low["unit3"], kind)
    if first is None or last is None or first >= last:
        return []
    return [Bound("ge", first), Bound("le", last)]


def bound_of(groups: Mapping[str, str | None], kind: str, *, which: str = "") -> Bound | None:
    """Read the groups word, number, unit and side (*which* at their ends); None without a bound."""
    word, number = groups.get(f"word{which}"), groups.get(f"number{which}")
    side = groups.get(f"side{which}") or ""
    if not number or (not word and not re.search(r"[上下内起]", side)):
        return None
    value = scaled(number, groups.get(f"unit{which}"), kind)
    if value is None:
        return None
    op = "ge" if "上" in side else "le" if re.search("[下内]", side) else _op_of(word or "")
    if "含" in side and op in ("gt", "lt"):
        op = {"gt": "ge", "lt": "le"}[op]
    return Bound(op, value)


def _op_of(word: str) -> str:
    """Return what *word* asks; 不得 leaves of 超过 and 少于 what they deny."""
    if word.startswith("不得"):
        return "le" if word[2:] in ("高于", "超过", "大于", "多于") else "ge"
    return _OPS.get(word, "ge")


def scaled(number: str, unit: str | None, kind: str) -> int | float | None:
    """Return *number* in the unit that facts of *kind* keep; None where the unit is another."""
    scale = SCALES[kind].get((unit or "").split("/")[0])  # 4000元/月
    read = read_number(number)
    if scale is None or read is None:
        return None
    amount = round(read * scale, 6)
    return int(amount) if amount == int(amount) else amount
