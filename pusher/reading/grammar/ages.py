"""Phrases of age: 年满80周岁, 未满18周岁, 18至35周岁, 女性满40周岁, 截至…年满6周岁."""

import re
from datetime import date
from functools import partial
from typing import Any

from pusher.reading.counting import COUNT, read_count
from pusher.reading.dates import PATTERN, first_date
from pusher.reading.grammar.findings import Family, Rule, Scope, all_or_one, leaf

_YEARS = r"\s*(?:周岁|岁)"
_IN = r"(?:\s*[（(]含[^）)]{0,6}[）)])?"
_SEX = r"(?:(?<![子儿])(?P<sex>男|女)(?:性|职工|方|子)?(?:居民|人员)?\s*)?"
_ON = rf"(?:(?:截至|截止到?|截止|到|至)\s*(?P<on>{PATTERN}|(?:入学)?(?:当年|本年)度?\d{{1,2}}月\d{{1,2}}日)[，]?\s*(?:时|前)?[，]?\s*)?"
_SPAN = re.compile(
    rf"{_SEX}(?:年龄)?(?:在|为)?(?P<low>{COUNT})(?:{_YEARS})?{_IN}\s*(?:至|到|-|—|－|~|～|–)+\s*(?P<high>{COUNT}){_YEARS}{_IN}(?P<open>以下)?"
)
_BELOW = re.compile(
    rf"{_SEX}{_ON}(?:年龄)?(?:未满|不满|未达到|不足|小于|低于)\s*(?P<age>{COUNT}){_YEARS}"
)
_ABOVE = re.compile(
    rf"{_SEX}{_ON}(?:年龄)?(?:在)?(?P<full>(?:年满|已满|满|达到|超过|大于|不低于|不小于)\s*)?(?P<age>{COUNT}){_YEARS}"
    rf"{_IN}\s*(?P<more>(?:及|及其|（含）)?以上)?(?:后)?"
)
_UP_TO = re.compile(
    rf"{_SEX}(?:年龄)?(?:在)?(?P<most>不超过|不大于|最高|未超过)?\s*(?P<age>{COUNT}){_YEARS}{_IN}\s*(?P<less>及?以下|以内|之内)?{_IN}"
)
_FIFTY = re.compile(r"[“\"]?4050[”\"]?(?:人员)?")
# What a person of an age receives is no condition by itself.
_MONEY_AFTER = re.compile(
    r"(?:的)?(?:次月|之日|当月)起?停|[^，。；]{0,8}每人每|[^，。；、]{0,10}\d+元"
)
# 直至年满3周岁 tells when a benefit ends; 自年满80周岁的当月 when it begins.
_UNTIL = re.compile(r"(?:(?<![\d截止])至|直至|发放至|发至|享受至|延续至|延长至|自)[^，。；]{0,4}$")
_OF_THE_YEAR = re.compile(r"(20\d\d)\s*年")
_OLDEST = 120


def ages_below(text: str) -> frozenset[int]:
    """Return the ages N of which *text* says 未满N周岁."""
    found = (read_count(mark["age"]) for mark in _BELOW.finditer(text))
    return frozenset(age for age in found if age is not None)


def months_counted(text: str) -> frozenset[int]:
    """Return the ages of which *text* says 自年满N周岁的当月起."""
    found = re.finditer(rf"(?P<age>{COUNT})\s*周?岁(?:的|之)?当月", text)
    counts = (read_count(mark["age"]) for mark in found)
    return frozenset(age for age in counts if age is not None)


def family() -> Family:
    """Return the family of ages."""
    return Family(
        "ages",
        "年龄",
        ("岁", "4050"),
        (
            Rule(_SPAN, _span, "age",
                 (("18至35周岁", "(birth_date age_ge 18 & birth_date age_le 35)"),
                  ("年龄在16周岁（含）到24周岁", "(birth_date age_ge 16 & birth_date age_le 24)"))),
            Rule(_BELOW, partial(_one, "age_lt"), "age",
                 (("未满18周岁", "birth_date age_lt 18"), ("不满十六周岁", "birth_date age_lt 16"))),
            Rule(_UP_TO, _up_to, "age",
                 (("45周岁以下", "birth_date age_le 45"), ("不超过40周岁", "birth_date age_le 40"))),
            Rule(_ABOVE, _above, "age",
                 (("年满八十周岁的", "birth_date age_ge 80"),
                  ("女性满40周岁", "(sex eq female & birth_date age_ge 40)"))),
            Rule(_RELAXED, _relaxed, "age",
                 (("年龄不超过35周岁，具有博士学位的放宽至40周岁", "birth_date age_le 40"),
                  ("年满60周岁，重度残疾人放宽至55周岁", "birth_date age_ge 55"))),
            Rule(_FIFTY, _of_fifty, "status",
                 (("4050人员", _SPELT_4050), ("“4050”人员", _SPELT_4050))),
        ),
    )  # fmt: skip


_RELAXED = re.compile(
    rf"(?:年龄)?(?:可)?(?:适当)?(?:放宽|延长|提高|降低)(?:至|到|为)\s*(?P<age>{COUNT}){_YEARS}(?:及?以[上下])?"
)
_BOUNDED = re.compile(
    r"(?P<most>(?:不超过|不大于|未满)\d{1,3}周?岁|\d周?岁(?:（含）)?(?:及?以下|以内)|[至—-]\d{1,2}周?岁)"
    r"|(?P<least>(?:年?满|不低于)\d{1,3}周?岁|\d周?岁(?:（含）)?及?以上)"
)


_OTHERS = re.compile(r"其他[^，。；\d]{0,8}(?:(?P<most>不超过|不大于)|(?P<least>不低于|年满))")


def _relaxed(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 放宽至40周岁 by the bound that stands before it."""
    before = scope.whole[: max(scope.whole.find(mark.group(0)), 0)] + mark.string[: mark.start()]
    bounds = list(_BOUNDED.finditer(before)) or list(_OTHERS.finditer(mark.string, mark.end()))
    age = read_count(mark["age"])
    if not bounds or age is None:
        return None
    return leaf("birth_date", "age_le" if bounds[-1]["most"] else "age_ge", age)


_SPELT_4050 = "((sex eq female & birth_date age_ge 40) | (sex eq male & birth_date age_ge 50))"


def _span(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    low, high = read_count(mark["low"]), read_count(mark["high"])
    if low is None or high is None or not low < high <= _OLDEST or not _counts(mark):
        return None
    least = [leaf("birth_date", "age_ge", low)] if low else []  # 0至6周岁
    return _sexed(mark, *least, leaf("birth_date", "age_le", high))


def _up_to(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    if not (mark["most"] or mark["less"]):
        return None
    # the document may define N周岁以下 as 未满N周岁
    return _one("age_lt" if read_count(mark["age"]) in scope.below else "age_le", mark, scope)


def _above(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    return _one("age_ge", mark, scope) if mark["full"] or mark["more"] else None


def _one(op: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    age = read_count(mark["age"])
    if age is None or age > _OLDEST or not _counts(mark):
        return None
    on = mark.groupdict().get("on")
    day = _day(on, scope) if on else None
    if day and op == "age_ge":
        return leaf("birth_date", "age_ge_on", {"age": age, "on": day.isoformat()})
    return _sexed(mark, leaf("birth_date", op, age))


def _day(on: str, scope: Scope) -> date | None:
    """Read 当年8月31日 by the year that the document names."""
    year = _OF_THE_YEAR.search(scope.whole)
    month = re.search(r"\d{1,2}月\d{1,2}日", on)
    if re.search(r"[当本]年", on):
        return first_date(f"{year[1]}年{month[0]}") if year and month else None
    return first_date(on)


def _sexed(mark: re.Match[str], *nodes: dict[str, Any]) -> dict[str, Any] | None:
    sex = mark["sex"]
    asked = [leaf("sex", "eq", "male" if sex == "男" else "female")] if sex else []
    return all_or_one([*asked, *nodes])


def _of_fifty(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    if "周岁" in mark.string:  # the ages are told beside it
        return None
    ways = (("female", 40), ("male", 50))
    return {
        "any": [
            {"all": [leaf("sex", "eq", sex), leaf("birth_date", "age_ge", age)]}
            for sex, age in ways
        ]
    }


def _counts(mark: re.Match[str]) -> bool:
    text = mark.string
    return not _UNTIL.search(text[: mark.start()]) and not _MONEY_AFTER.match(text, mark.end())
