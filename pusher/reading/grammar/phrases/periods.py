"""Terms and days: 毕业3年内, 成立满1年且不满3年, 近三年内成立, 2024年1月1日以后退役, 2026届毕业生."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

from pusher.reading.counting import COUNT, read_count
from pusher.reading.dates import PATTERN, first_date
from pusher.reading.grammar.findings import Family, Finding, Make, Rule, Scope, all_or_one, leaf
from pusher.reading.grammar.phrases.days import find_days

_UNIT = r"(?P<unit>个?月|周?年|学年)"
_TERM = (
    rf"(?:之日起|之日|时间|后|的)?(?:，)?(?P<word>已满|不满|未满|不足|不超过|未超过|超过|满|达到|达|不少于|不低于|在)?"
    rf"\s*(?P<count>{COUNT}|半)\s*{_UNIT}(?P<side>（含）以上|及其?以上|以上|（含）以内|以内|之内|及?以下|内|的)?"
)
_THEN = rf"(?:[，、]?(?:且|并且|并|但|、)\s*(?P<word2>不满|未满|不足|不超过|未超过)\s*(?P<count2>{COUNT})\s*(?P<unit2>个?月|年)(?P<side2>以内|内)?)?"
_BEFORE = (
    rf"(?:近|最近)\s*(?P<count>{COUNT})\s*{_UNIT}(?P<word>)(?P<side>以内|内|来)(?:新)?(?:依法)?"
)
_SINCE = rf"(?P<on>{PATTERN})(?:[（(]含[^）)]{{0,6}}[）)])?(?P<how>及?以后|之后|起|及?以前|之前|前|后)(?:，)?(?:在[^，。；、]{{2,10}}?)?(?:新|首次)?(?:购置并)?"
_BETWEEN = rf"(?P<from>{PATTERN})\s*(?:起)?(?:至|到|—|-|－)+\s*(?P<to>{PATTERN}|\d{{1,2}}月\d{{1,2}}日)(?:期间|之间|间|内)?(?:新)?"
_UNPLACED = re.compile(
    rf"(?:毕业|离校)(?:后)?\s*(?P<count>{COUNT})\s*年(?:以)?内(?:尚)?未就业(?:的)?(?:普通)?(?:高校|高等学校|大学)?毕业生"
)
_GRADUATES = re.compile(
    r"(?P<first>20\d\d)?(?:[年届]?(?:、|和|或|至|—|-)20\d\d){0,4}(?:[年届]?(?:、|和|或|至|—|-))?(?P<year>20\d\d)(?:年(?:度)?(?:应届)?(?:普通)?(?:高校|高等学校|大学)?毕业|届(?:普通)?(?:高校|高等学校)?(?:应届)?(?:毕业生|毕业(?!学年|年级|班)))"
)
# events of which a year alone tells enough: 2026年度退出现役
_YEARLY = frozenset({"discharged", "converted", "settled"})
_LESS, _MORE = ("不满", "未满", "不足"), ("满", "已满", "达到", "达", "不少于", "不低于", "超过")


_NEAR = 14
"""Characters between an event and its day."""
_CUT = re.compile(r"[，,。；;：:、（）()]")


@dataclass(frozen=True, slots=True)
class _Dated(Rule):
    """An event with the day or the term that stands beside it, before it or behind it."""

    fact: str = ""

    def find(self, text: str, scope: Scope) -> Iterator[Finding]:
        days = find_days(text)
        for mark in self.pattern.finditer(text):
            for one in days:
                first, last = sorted([mark.span(), (one.start, one.end)])
                between = text[first[1] : last[0]]
                if len(between) > _NEAR or _CUT.search(between) or first[1] > last[0]:
                    continue
                op = one.op.replace("_lt", "_le") if one.kind == "recent" else one.op
                node = leaf(self.fact, op, one.value)
                yield Finding(first[0], last[1], node, self.group)


def family() -> Family:
    """Return the family of terms that are counted from a day."""
    rules = [rule for row in _rows() for rule in _rules(row)]
    rules.append(
        Rule(_GRADUATES, _of_year, "graduated",
             (("2026届高校毕业生", "graduated_on between_dates 2026-01-01,2026-12-31"),
              ("2026年应届毕业", "graduated_on between_dates 2026-01-01,2026-12-31")))
    )  # fmt: skip
    rules.append(
        Rule(_UNPLACED, _unplaced, "status",
             (("离校2年内未就业的高校毕业生", "graduated_on years_le 2"),
              ("毕业两年内尚未就业高校毕业生", "graduated_on years_le 2")))
    )  # fmt: skip
    return Family("periods", "期限和日期", ("年", "月", "届"), tuple(rules))


@cache
def _rows() -> tuple[Mapping[str, Any], ...]:
    text = (files("pusher.reading.grammar") / "nouns" / "events.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["event"])


def _rules(row: Mapping[str, Any]) -> list[Rule]:
    noun, fact = row["noun"], row["fact"]
    one, other = (tuple(said.split(" → ")) for said in row["examples"])
    forms: list[tuple[str, Make]] = [
        (rf"(?:自)?(?:{noun}){_TERM}{_THEN}", partial(_term, fact)),
        (rf"{_BEFORE}(?:{noun})", partial(_term, fact)),
        (rf"{_SINCE}(?:{noun})", partial(_since, fact)),
        (rf"{_BETWEEN}(?:{noun})", partial(_between, fact)),
        (
            rf"(?:{noun})(?:证书)?(?:落款)?(?:日期|时间)?(?:在|为|是)+{_SINCE}",
            partial(_since, fact),
        ),
    ]
    if row["group"] in _YEARLY:
        yearly = rf"(?P<year>20\d\d)年(?:度|内|期间)?(?:新)?(?:{noun})"
        forms.append((yearly, partial(_in_year, fact)))
    needs = re.compile(noun)
    if row.get("dated"):
        return [_Dated(needs, partial(_term, fact), row["group"], (one, other), fact=fact)]
    return [
        Rule(re.compile(form), make, row["group"], (one, other), needs=needs)
        for form, make in forms
    ]


def _term(fact: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    groups = mark.groupdict()
    first = _counted(fact, groups)
    if first is None:
        return None
    second = _counted(fact, groups, which="2") if groups.get("count2") else None
    return all_or_one([first, second] if second else [first])


def _counted(
    fact: str, groups: Mapping[str, str | None], *, which: str = ""
) -> dict[str, Any] | None:
    """Read one term: 满 and 以上 reach it, 不满 stays below, 内 ends with it."""
    said, unit = groups[f"count{which}"] or "", groups[f"unit{which}"] or ""
    half = said == "半"
    count = 6 if half else read_count(said)
    if count is None or not 0 < count <= 120:
        return None
    unit = "months" if half or "月" in unit else "years"
    word, side = groups[f"word{which}"] or "", groups[f"side{which}"] or ""
    if word in _LESS:
        return leaf(fact, f"{unit}_lt", count)
    if "上" in side or (word in _MORE and "内" not in side and "下" not in side):
        return leaf(fact, f"{unit}_ge", count)
    if "内" in side or "下" in side or side == "来" or word in ("不超过", "未超过"):
        return leaf(fact, f"{unit}_le", count)
    return None


def _since(fact: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    day = first_date(mark["on"])
    if day is None:
        return None
    return leaf(fact, "on_or_before" if "前" in mark["how"] else "on_or_after", day.isoformat())


def _between(fact: str, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    start = first_date(mark["from"])
    end = first_date(mark["to"]) or (start and first_date(f"{start.year}年{mark['to']}"))
    if not start or not end:
        return None
    return leaf(fact, "between_dates", [start.isoformat(), end.isoformat()])


def _in_year(fact: str, mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return leaf(fact, "between_dates", [f"{mark['year']}-01-01", f"{mark['year']}-12-31"])


def _unplaced(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    count = read_count(mark["count"])
    return leaf("graduated_on", "years_le", count) if count else None


def _of_year(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    first, year = mark["first"] or mark["year"], mark["year"]
    return leaf("graduated_on", "between_dates", [f"{first}-01-01", f"{year}-12-31"])
