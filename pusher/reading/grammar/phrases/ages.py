"""Phrases of age: 年满80周岁, 未满18周岁, 18至35周岁, 女性满40周岁, 截至…年满6周岁."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pusher.reading.counting import COUNT, read_count
from pusher.reading.dates import PATTERN, first_date
from pusher.reading.grammar.findings import Family, Finding, Rule, Scope, leaf
from pusher.reading.grammar.joining import all_of

_YEARS = r"\s*(?:周岁|岁)"
_IN = r"(?:\s*[（(]含[^）)]{0,6}[）)])?"
_ON = rf"(?:(?:截至|截止到?|截止|到|至)\s*(?P<on>{PATTERN}|(?:入学)?(?:当年|本年)度?\d{{1,2}}月\d{{1,2}}日)[，]?\s*(?:时|前)?[，]?\s*)?"
_LESS = r"未满|不满|未达到|不足|小于|低于"
_MOST = r"不(?:得|能|应|可)?(?:超过|大于|高于)|未超过|最高(?:不超过)?"
_FULL = r"年满|已满|满|达到|超过|大于|高于|不(?:得|能|应)?(?:低于|小于)|至少"
_MENTION = re.compile(
    rf"(?:(?<![子儿])(?P<sex>男|女)(?:性|职工|方|子)?(?:居民|人员|申请人)?\s*)?{_ON}(?:年龄)?(?:应当?|须|必须|需|原则上|一般)?(?:在|为)?"
    rf"(?:(?P<from>{COUNT})(?:{_YEARS})?{_IN}(?:以上)?\s*(?:至|到|-|—|－|~|～|–)+\s*)?"
    rf"(?P<word>{_MOST}|{_FULL}|{_LESS})?\s*(?P<age>{COUNT}){_YEARS}{_IN}\s*(?P<side>及?其?以上|后|及?以下|以内|之内)?{_IN}(?:之间)?"
)
_AND = re.compile(r"(?:的)?(?:、|，|,)?(?:且|并且|并|但|而|至|到|同时)?(?:应当?|须)?")
_SHARED = re.compile(r"(?:、|，|,|和|或|以及)?")
_FIFTY = re.compile(r"[“\"]?4050[”\"]?(?:人员)?")
# What a person of an age receives is no condition by itself.
_MONEY_AFTER = re.compile(
    r"(?:的)?(?:次月|之日|当月)起?停|[^，。；]{0,8}每人每|[^，。；、]{0,10}\d+元"
)
# 直至年满3周岁 tells when a benefit ends; 自年满80周岁的当月 when it begins.
_UNTIL = re.compile(r"(?:(?<![\d截止])至|直至|发放至|发至|享受至|延续至|延长至|自)[^，。；]{0,4}$")
_OF_THE_YEAR = re.compile(r"(20\d\d)\s*年")
_OLDEST = 120
# 45周岁以下（1981年1月1日以后出生）: the day says it exactly
_BORN = re.compile(
    rf"[（(](?:即|指|含)?(?:出生日期)?(?:在|为|系)?(?P<on>{PATTERN})(?:[（(]含[^）)]{{0,4}}[）)])?(?P<how>及?其?以后|之后|后|起|及?其?以前|之前|前)(?:期间)?(?:出生)(?:的)?[）)]"
)


def ages_below(text: str) -> frozenset[int]:
    """Return the ages N of which *text* says 未满N周岁."""
    marks = (m for m in _MENTION.finditer(text) if re.fullmatch(_LESS, m["word"] or ""))
    found = (read_count(mark["age"]) for mark in marks if not mark["from"])
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
            _Told(_MENTION, _nothing, "age",
                  (("18至35周岁", "(birth_date age_ge 18 & birth_date age_le 35)"),
                   ("不满十六周岁", "birth_date age_lt 16"))),
            _Told(_MENTION, _nothing, "age",
                  (("不得超过40周岁", "birth_date age_le 40"),
                   ("女性满40周岁", "(sex eq female & birth_date age_ge 40)"))),
            Rule(_RELAXED, _relaxed, "age",
                 (("年龄不超过35周岁，具有博士学位的放宽至40周岁", "birth_date age_le 40"),
                  ("年满60周岁，重度残疾人放宽至55周岁", "birth_date age_ge 55"))),
            Rule(_FIFTY, _of_fifty, "status",
                 (("4050人员", _SPELT_4050), ("“4050”人员", _SPELT_4050))),
        ),
    )  # fmt: skip


_RELAXED = re.compile(
    rf"(?:(?<![子儿妇])(?P<sex>男|妇?女)(?:性|职工|方)?(?:申请人|人员|学员)?)?(?:年龄)?(?:可)?(?:适当)?(?:放宽|延长|提高|降低)(?:至|到|为)\s*(?P<age>{COUNT}){_YEARS}(?:及?以[上下])?"
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
    eased = leaf("birth_date", "age_le" if bounds[-1]["most"] else "age_ge", age)
    if not mark["sex"]:
        return eased
    return all_of([leaf("sex", "eq", "male" if mark["sex"] == "男" else "female"), eased])


_SPELT_4050 = "((sex eq female & birth_date age_ge 40) | (sex eq male & birth_date age_ge 50))"


@dataclass(frozen=True, slots=True)
class _Age:
    """One age that a text tells: whose, and its bounds as (operator, years)."""

    mark: re.Match[str]
    sex: str | None
    bounds: tuple[tuple[str, int], ...]

    @property
    def upper(self) -> bool:
        return self.bounds[-1][0] != "age_ge"

    def node(self, scope: Scope, sex: str | None = None) -> dict[str, Any]:
        told = [leaf("birth_date", op, age) for op, age in self.bounds]
        day = _day(self.mark["on"], scope) if self.mark["on"] else None
        if day and [op for op, _ in self.bounds] == ["age_ge"]:
            on = {"age": self.bounds[0][1], "on": day.isoformat()}
            told = [leaf("birth_date", "age_ge_on", on)]
        sex = self.sex or sex
        return all_of([*([leaf("sex", "eq", sex)] if sex else []), *told])


class _Told(Rule):
    """Ages read one by one and joined: 18周岁以上、60周岁以下; 男60周岁、女55周岁以上."""

    def find(self, text: str, scope: Scope) -> Iterator[Finding]:
        yield from _born(text)
        ages = _ages(text, scope)
        while ages:
            taken, node = _first(ages, text, scope)
            end = ages[taken - 1].mark.end()
            closes = taken > 1 and text.startswith("）", end)
            yield Finding(ages[0].mark.start(), end + closes, node, self.group)
            ages = ages[taken:]


def _born(text: str) -> Iterator[Finding]:
    """Read 45周岁以下（1981年1月1日以后出生） by its day, which says it exactly."""
    for mark in _MENTION.finditer(text):
        told = _BORN.match(text, mark.end())
        day = first_date(told["on"]) if told else None
        if told and day:
            op = "on_or_before" if "前" in told["how"] else "on_or_after"
            node = leaf("birth_date", op, day.isoformat())
            yield Finding(mark.start(), told.end(), node, "age")


def _nothing(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    return None


def _ages(text: str, scope: Scope) -> list[_Age]:
    """Return the ages of *text* that bound something; 男60周岁、女55周岁以上 shares its last word."""
    found: list[_Age] = []
    for mark in reversed(list(_MENTION.finditer(text))):
        sex = {"男": "male", "女": "female"}.get(mark["sex"] or "")
        then = found[-1] if found else None
        gap = text[mark.end() : then.mark.start()] if then else ""
        bounds = _bounds(mark, scope)
        if not bounds and then and then.sex and sex and _SHARED.fullmatch(gap):
            age = read_count(mark["age"])
            bounds = ((then.bounds[-1][0], age),) if age else ()
        elif not bounds and then and then.sex and not sex and gap in ("至", "到", "-", "—"):
            age = read_count(mark["age"])
            bounds = (("age_ge", age),) if age else ()
        if bounds and _counts(mark):
            found.append(_Age(mark, sex, bounds))
    return found[::-1]


def _bounds(mark: re.Match[str], scope: Scope) -> tuple[tuple[str, int], ...]:
    age, low = read_count(mark["age"]), read_count(mark["from"]) if mark["from"] else None
    word, side = mark["word"] or "", mark["side"] or ""
    if age is None or age > _OLDEST or (mark["from"] and (low is None or low >= age)):
        return ()
    less = bool(re.fullmatch(_LESS, word))
    if low is not None:
        top = ("age_lt" if less else "age_le", age)
        return (("age_ge", low), top) if low else (top,)  # 0至6周岁
    if less:
        return (("age_lt", age),)
    if re.fullmatch(_MOST, word) or re.search("下|内", side):
        # the document may define N周岁以下 as 未满N周岁
        return (("age_lt" if not word and age in scope.below else "age_le", age),)
    return (("age_ge", age),) if word or side else ()


def _first(ages: list[_Age], text: str, scope: Scope) -> tuple[int, dict[str, Any]]:
    """Join the first of *ages* with those that go with it; give how many were taken."""
    one = ages[0]
    node, taken = one.node(scope), 1
    if len(ages) > 1 and _goes_on(one, ages[1], text):
        taken, one = 2, ages[1]
        node = all_of([node, one.node(scope)])
    then = ages[taken] if len(ages) > taken else None
    if then is None or not _is_of_the_other(one, then, text):
        return taken, node
    other = "male" if then.sex == "female" else "female"
    ways = {"any": [one.node(scope, other), then.node(scope)]}
    lower = [ages[0].node(scope)] if taken == 2 else []
    return taken + 1, all_of([*lower, ways])


def _is_of_the_other(one: _Age, then: _Age, text: str) -> bool:
    """Whether a bracket tells the age of one sex, so that the age before is the other's."""
    opens = text[one.mark.end() : then.mark.start()] in ("（", "（其中")
    return opens and bool(then.sex) and not one.sex and then.upper == one.upper


def _goes_on(one: _Age, then: _Age, text: str) -> bool:
    """Whether an upper bound goes with the lower one before it: 18周岁以上、不满60周岁."""
    near = _AND.fullmatch(text[one.mark.end() : then.mark.start()])
    below = not one.upper and then.upper and len(then.bounds) == 1
    return bool(near) and below and not then.sex and one.bounds[0][1] < then.bounds[0][1]


def _day(on: str, scope: Scope) -> date | None:
    """Read 当年8月31日 by the year that the document names."""
    year = _OF_THE_YEAR.search(scope.whole)
    month = re.search(r"\d{1,2}月\d{1,2}日", on)
    if re.search(r"[当本]年", on):
        return first_date(f"{year[1]}年{month[0]}") if year and month else None
    return first_date(on)


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
    if _BORN.match(text, mark.end()):
        return False
    return not _UNTIL.search(text[: mark.start()]) and not _MONEY_AFTER.match(text, mark.end())
