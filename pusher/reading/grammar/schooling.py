"""Pupils by school: 在全日制普通高中、中等职业学校、高等学校就读的（不含研究生）."""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, all_or_one, leaf

_STAGES = (
    ("幼儿园", ["kindergarten"]), ("小学", ["primary"]), ("初中", ["junior"]),
    ("普通高中", ["senior"]), ("高中阶段", ["senior", "vocational"]), ("高中", ["senior"]),
    ("中等职业", ["vocational"]), ("中职", ["vocational"]), ("技工", ["vocational"]),
    ("高等学校", ["college", "bachelor", "master", "doctor"]),
    ("高等院校", ["college", "bachelor", "master", "doctor"]),
    ("高校", ["college", "bachelor", "master", "doctor"]),
    ("大学", ["bachelor", "master", "doctor"]), ("高职", ["college"]), ("专科", ["college"]),
    ("本科", ["bachelor"]), ("研究生", ["master", "doctor"]),
)  # fmt: skip
_SCHOOL = r"(?:幼儿园|小学|初中|普通高中|高中阶段(?:学校)?|高中|中等职业(?:学校|教育)|中职(?:学校)?|技工(?:院校|学校)|普通高等学校|高等学校|高等院校|普通高校|高校|大学|普通本科(?:院校)?|高职高专(?:院校)?|高职(?:院校)?|专科|本科(?:院校)?|研究生)"
_GOES_TO = re.compile(
    rf"(?:仍)?(?:在)?就读(?:于)?(?P<full>全日制)?(?P<schools>{_SCHOOL}(?:(?:、|和|或者?|及){_SCHOOL}){{0,6}})(?:阶段)?(?P<less>)(?=的|，|。|$)"
)
_PUPIL = re.compile(
    rf"(?:仍)?在?(?P<full>全日制)?(?P<schools>{_SCHOOL}(?:(?:、|或|和|或者|及){_SCHOOL}){{1,6}})(?:全日制)?(?:在校|在读|就读|在园|学习)(?:的)?(?:学生)?(?P<less>[（(](?:不含|不包括)研究生[）)])?"
)


def family() -> Family:
    """Return the family of pupils whose schools are listed."""
    return Family(
        "pupils", "在读学段", ("在校", "在读", "就读", "在园", "学习"),
        (
            Rule(_PUPIL, _pupils, "stage",
                 (("仍在全日制普通高中、中等职业学校、高等学校就读的（不含研究生）",
                   "(school_full_time is True & school_stage in senior,vocational,college,bachelor)"),
                  ("小学、初中在读学生", "school_stage in primary,junior"))),
            Rule(_GOES_TO, _pupils, "stage",
                 (("就读普通高中或者中等职业学校的", "school_stage in senior,vocational"),
                  ("就读于普通本科或者高职高专的学生", "school_stage in college,bachelor"))),
        ),
    )  # fmt: skip


def _pupils(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    said = mark["schools"]
    stages = [s for word, codes in _STAGES if word in said for s in codes]
    if "普通高中" in said and "高中阶段" not in said:
        stages = [s for s in stages if s != "vocational" or "职" in said or "技工" in said]
    if mark["less"]:
        stages = [stage for stage in stages if stage not in ("master", "doctor")]
    full = [leaf("school_full_time", "is", True)] if "全日制" in mark.group(0) else []
    return all_or_one([*full, leaf("school_stage", "in", list(dict.fromkeys(stages)))])
