"""Pupils by school: 在全日制普通高中、中等职业学校、高等学校就读的（不含研究生）."""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, all_or_one, leaf

_HIGHER = ("college", "bachelor", "master", "doctor")
_STAGES = (
    ("托育机构|婴幼儿照护(?:服务)?机构|托班", ("nursery",)),
    ("幼儿园|托幼机构|学前教育(?:阶段)?", ("kindergarten",)),
    ("义务教育(?:阶段)?(?:学校)?|中小学(?!教师)", ("primary", "junior")),
    ("小学", ("primary",)), ("初级中学|初中", ("junior",)),
    ("高中阶段(?:学校|教育)?", ("senior", "vocational")), ("(?:普通)?高中|高级中学", ("senior",)),
    ("中等职业(?:技术)?(?:学校|教育)?|职业高中|职高|中职(?:学校)?|中专|技工(?:院校|学校)|技校", ("vocational",)),
    ("(?<![中高]等)职业院校", ("vocational", "college")),
    ("高等职业(?:技术)?(?:学校|院校)?|高职高专(?:院校)?|高职(?:院校)?|大专|专科(?:院校|学校)?", ("college",)),
    ("本专科", ("college", "bachelor")), ("(?:普通)?本科(?:院校|学校)?", ("bachelor",)),
    ("(?:普通)?(?:高等学校|高等院校|高校)|高等教育", _HIGHER), ("大学", _HIGHER[1:]),
    ("硕士(?:研究生)?", ("master",)), ("博士(?:研究生)?", ("doctor",)),
    ("研究生", ("master", "doctor")),
)  # fmt: skip
_SCHOOL = "(?:" + "|".join(words for words, _ in _STAGES) + ")"
_WORDS = tuple((re.compile(words), codes) for words, codes in _STAGES)
_ALSO = r"(?:学校|院校|教育|阶段|[（(](?:含|包括)?|[）)]|、|和|或者|或|及|以及|等|与|学生|各类|全日制|普通|公办|民办){1,5}"
_LIST = rf"{_SCHOOL}(?:{_ALSO}{_SCHOOL}){{0,8}}"
_TAIL = r"(?:[（(][^（）()，。；]{0,14}[）)]|[）)]|学校|院校|阶段|教育|内|的|全日制){0,4}"
_STUDIES = r"(?:就读|在读|在校|在籍|学籍|在园|入园|入托|学习)"
_WHO = r"(?:残疾|困难|贫困|家庭经济|随迁|全日制|在籍|的){0,3}"
_LESS = r"(?P<less>[（(](?:不含|不包括)研究生[）)])?"
_AT_SCHOOL = re.compile(
    rf"(?:仍)?在?(?P<full>全日制)?(?P<schools>{_LIST})(?P<tail>{_TAIL}){_STUDIES}(?:生(?!活))?(?:的)?(?:(?P<named>{_LIST})?(?:{_WHO}学生|生(?![活产育])|(?=，|。|；|$))|(?:学生)?){_LESS}"
)
_GOES_TO = re.compile(
    rf"(?:仍)?(?:在)?就读(?:于)?(?:[^，。；、]{{2,4}}[区市省])?(?P<full>全日制)?(?P<schools>{_LIST})(?P<tail>)(?:阶段|学校)?(?:的(?:全日制)?(?P<named>{_LIST})学生)?{_LESS}"
)
_PUPILS = re.compile(
    rf"(?P<full>全日制)?(?P<schools>{_LIST})(?P<tail>)(?P<named>)(?<!大学)(?:阶段)?{_WHO}(?:学生(?!会|公寓)|(?<=[科园])生(?![活产育])){_LESS}"
)
# 需在本区就读小学: what is wished is in no register
_WISHED = re.compile(r"(?:需|拟|计划|要求|希望|准备)(?:要)?(?:在[^，。；、]{0,10})?$")
_IN_BRACKET = re.compile(r"[（(](?!含|包括|不)([^（）()]{2,14})[）)]")


def family() -> Family:
    """Return the family of pupils whose schools are named."""
    return Family(
        "pupils", "在读学段", ("在校", "在读", "就读", "在园", "学习", "学籍", "在籍", "入托", "入园", "学生", "科生"),
        (
            Rule(_AT_SCHOOL, _pupils, "stage",
                 (("仍在全日制普通高中、中等职业学校、高等学校就读的（不含研究生）",
                   "(school_full_time is True & school_stage in senior,vocational,college,bachelor)"),
                  ("在高等院校（专科、本科）就读的学生", "school_stage in college,bachelor"))),
            Rule(_GOES_TO, _pupils, "stage",
                 (("就读普通高中或者中等职业学校的", "school_stage in senior,vocational"),
                  ("就读于普通本科或者高职高专的学生", "school_stage in bachelor,college"))),
            Rule(_PUPILS, _pupils, "stage",
                 (("义务教育阶段残疾学生", "school_stage in primary,junior"),
                  ("中等职业学校全日制学生", "(school_full_time is True & school_stage in vocational)"))),
        ),
    )  # fmt: skip


def _pupils(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    if _WISHED.search(mark.string[: mark.start()]):
        return None
    stages = _stages(mark["named"] or "") or _narrowed(mark["schools"] + mark["tail"])
    if mark["less"]:
        stages = [stage for stage in stages if stage not in ("master", "doctor")]
    full = [leaf("school_full_time", "is", True)] if "全日制" in mark.group(0) else []
    return all_or_one([*full, leaf("school_stage", "in", stages)]) if stages else None


def _narrowed(text: str) -> list[str]:
    """Read 高等院校（专科、本科）: the bracket tells which of the schools before it."""
    bracket = _IN_BRACKET.search(text)
    if bracket is None:
        return _stages(text)
    inside, outside = _stages(bracket[1]), _stages(text.replace(bracket[0], "；"))
    last = _stages(text[: bracket.start()])
    told = inside if set(inside) < set(last) == set(outside) else [*outside, *inside]
    return list(dict.fromkeys(told))


def _stages(text: str) -> list[str]:
    """Return the stages of the schools that *text* names; a longer name hides the shorter in it."""
    found = sorted(
        ((m.span(), codes) for word, codes in _WORDS for m in word.finditer(text)),
        key=lambda f: (f[0][0] - f[0][1], f[0][0]),
    )
    kept: list[tuple[tuple[int, int], tuple[str, ...]]] = []
    for span, codes in found:
        if all(span[1] <= other[0] or other[1] <= span[0] for other, _ in kept):
            kept.append((span, codes))
    kept.sort()
    return list(dict.fromkeys(code for _, codes in kept for code in codes))
