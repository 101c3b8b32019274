"""Phrases of age: 年满80周岁, 未满18周岁, 18至35周岁, 女性满40周岁, 截至…年满6周岁."""

import re
from collections.abc import Iterator

from pusher.reading.counting import COUNT, read_count
from pusher.reading.dates import PATTERN, first_date
from pusher.reading.findings import Finding, leaf

_YEARS = r"\s*(?:周岁|岁)"
_SPAN = re.compile(
    rf"(?P<low>{COUNT})(?:{_YEARS})?\s*(?:（含）)?\s*(?:至|到|-|—|－|~|～|–)+\s*(?P<high>{COUNT}){_YEARS}"
    r"(?:（含）)?(?P<open>以下)?"
)
_BELOW = re.compile(rf"(?P<not>未满|不满|未达到|不足|小于|低于)\s*(?P<age>{COUNT}){_YEARS}")
_ABOVE = re.compile(
    rf"(?P<full>(?:年满|已满|满|达到|超过|大于|不低于|不小于)\s*)?(?P<age>{COUNT}){_YEARS}"
    r"(?:[（(]含[^）)]{0,6}[）)])?\s*(?P<more>(?:及|及其)?以上)?"
)
_UP_TO = re.compile(
    rf"(?P<most>不超过|不大于|最高)?\s*(?P<age>{COUNT}){_YEARS}(?:[（(]含[^）)]{{0,6}}[）)])?\s*(?P<less>及?以下|以内|之内)?"
)
_ON = re.compile(rf"(?:截至|截止到?|到|至)\s*(?P<on>{PATTERN})\s*(?:时|前)?\s*(?:年满|已满|满)\s*$")
_SEX = re.compile(r"(?P<sex>男|女)(?:性|职工|方)?\s*(?:年满|已满|满|年龄)?\s*$")
# What a person of an age receives is no condition by itself; nor is an age of retirement.
_MONEY_AFTER = re.compile(r"[^，。；]{0,8}每人每|[^，。；]{0,10}\d+元")
_DEFINED = re.compile(r"[“\"「]")
# 直至年满3周岁 tells when a benefit ends.
_UNTIL = re.compile(r"(?:直至|发放至|发至|享受至|延续至)[^，。；]{0,4}$")
_OLDEST = 120


def ages_below(text: str) -> frozenset[int]:
    """Return the ages N of which *text* says 未满N周岁."""
    found = (read_count(mark["age"]) for mark in _BELOW.finditer(text))
    return frozenset(age for age in found if age is not None)


def find_ages(text: str, *, below: frozenset[int] = frozenset()) -> Iterator[Finding]:
    """Find conditions of age in *text*, a clause.

    Args:
        text: the clause.
        below: the ages of which the document says 未满N周岁 (`ages_below`); for any other
            N周岁以下 counts the year of age N.
    """
    taken: list[tuple[int, int]] = []
    for found in _found(text, below):
        if all(found.end <= start or end <= found.start for start, end in taken):
            taken.append((found.start, found.end))
            yield found


def _found(text: str, below: frozenset[int]) -> Iterator[Finding]:
    for mark in _SPAN.finditer(text):
        low, high = read_count(mark["low"]), read_count(mark["high"])
        if low is not None and high is not None and low < high <= _OLDEST and _counts(text, mark):
            both = [leaf("birth_date", "age_ge", low), leaf("birth_date", "age_le", high)]
            yield Finding(mark.start(), mark.end(), {"all": both}, "age")
    for mark in _BELOW.finditer(text):
        yield from _one(text, mark, "age_lt")
    for mark in _UP_TO.finditer(text):
        if mark["most"] or mark["less"]:
            yield from _one(text, mark, _meant_below(mark, below))
    for mark in _ABOVE.finditer(text):
        if mark["full"] or mark["more"]:
            yield from _one(text, mark, "age_ge")


def _one(text: str, mark: re.Match[str], op: str) -> Iterator[Finding]:
    age = read_count(mark["age"])
    if age is None or age > _OLDEST or not _counts(text, mark):
        return
    node = leaf("birth_date", op, age)
    start = mark.start()
    on = _ON.search(text[: mark.start("age")])
    sex = _SEX.search(text[: mark.start("age")])
    day = first_date(on["on"]) if on else None
    if on and day and op == "age_ge":
        node = leaf("birth_date", "age_ge_on", {"age": age, "on": day.isoformat()})
        start = on.start()
    elif sex:
        code = "male" if sex["sex"] == "男" else "female"
        node, start = {"all": [leaf("sex", "eq", code), node]}, sex.start()
    yield Finding(start, mark.end(), node, "sexed age" if sex else "age")


def _meant_below(mark: re.Match[str], below: frozenset[int]) -> str:
    """Return age_lt when the document defines N周岁以下 as 未满N周岁."""
    return "age_lt" if read_count(mark["age"]) in below else "age_le"


def _counts(text: str, mark: re.Match[str]) -> bool:
    if _UNTIL.search(text[: mark.start()]):
        return False
    if _MONEY_AFTER.match(text[mark.end() :]):
        return False
    return not (mark.start() and _DEFINED.match(text[mark.start() - 1]))
