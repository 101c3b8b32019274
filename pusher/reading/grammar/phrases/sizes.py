"""Sizes of firms: 中小微企业, 小型、微型工业企业, 规模为中型、小型或微型, 中型及以下.

Source: 工信部联企业〔2011〕300号; 《中小企业促进法》第二条 (中小企业 holds the micro ones too).
"""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, leaf

_ORDER = ("micro", "small", "medium", "large")
_LETTERS = {"微": "micro", "小": "small", "中": "medium", "大": "large"}
_AND = r"(?:、|和|或者?|及|以及|与)"
# 中小企业发展局, 小微企业融资担保公司 name offices and trades
_NO_NAME = (
    r"(?!划型|服务(?!业)|发展|特色|公共|促进|主管|提供|局|融资|贷款|信贷|担保|主(?![体管营])|名录)"
)
_FIRM = rf"(?:企业{_NO_NAME}|主体|(?=工业|服务业|商贸|(?:外贸|科技|物流|文旅|文化|旅游|软件|出口|家政|涉农)企业|[\u4e00-\u9fff]{{2,8}}业企业))"
_SHORT = re.compile(
    rf"(?<!型)(?<!新)(?<!精)(?<!新”)(?P<listed>大中小微|中小微|大中|中小|小微)型?{_FIRM}"
)
# 营业收入300万元以上的为小型企业 says what a word means
_LONG = re.compile(
    rf"(?<!的为)(?<!的是)(?<!划)(?P<listed>[大中小微]型(?:企业)?(?:{_AND}[大中小微]型(?:企业)?){{1,3}}){_NO_NAME}(?:企业{_NO_NAME})?"
)
_BOUNDED = re.compile(
    r"(?P<listed>[中小]型)(?:企业)?(?:（含）)?(?:及|（含）)?以(?P<side>[上下])(?:规模|企业)?"
)
_SINGLE = re.compile(
    rf"(?<![大中小微]型[、和或及])(?<!的为)(?<!的是)(?P<listed>[小微]型)企业{_NO_NAME}"
)
_MEDIUM = re.compile(
    r"(?<![大中小微]型[、和或及])(?<!的为)(?P<listed>中型)企业(?=给予|可|除外|不|每|的|，|。|$|应|须)"
)
_LARGE = re.compile(r"(?<![大中小微]型[、和或及])(?P<listed>大型)企业")


def family() -> Family:
    """Return the family of sizes."""
    return Family(
        "sizes", "企业规模", ("型", "小微", "中小", "大中"),
        (
            Rule(_SHORT, _sizes, "size",
                 (("小微企业", "size_class in micro,small"),
                  ("中小微企业均可", "size_class in micro,small,medium"))),
            Rule(_LONG, _sizes, "size",
                 (("小型、微型工业企业", "size_class in micro,small"),
                  ("规模为中型、小型或微型", "size_class in micro,small,medium"))),
            Rule(_BOUNDED, _bounded, "size",
                 (("规模属于中型及以下", "size_class in micro,small,medium"),
                  ("小型以下企业", "size_class in micro,small"))),
            Rule(_SINGLE, _sizes, "size",
                 (("微型企业", "size_class in micro"), ("小型企业不少于10人", "size_class in small"))),
            Rule(_MEDIUM, _sizes, "size",
                 (("中型企业不适用", "size_class in medium"),
                  ("对中型企业给予补贴", "size_class in medium"))),
            Rule(_LARGE, _sizes, "size",
                 (("大型企业不适用", "size_class in large"), ("大型企业", "size_class in large")),
                 only_negated=True),
        ),
    )  # fmt: skip


def _sizes(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    said = mark["listed"]
    named = {code for letter, code in _LETTERS.items() if letter in said}
    if said == "中小":
        named.add("micro")
    return leaf("size_class", "in", [code for code in _ORDER if code in named])


def _bounded(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    place = _ORDER.index(_LETTERS[mark["listed"][0]])
    kept = _ORDER[place:] if mark["side"] == "上" else _ORDER[: place + 1]
    return leaf("size_class", "in", list(kept))
