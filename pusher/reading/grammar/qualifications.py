"""Qualifications with level, batch, term and kind of award: 2025年新认定的省级专精特新中小企业."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from typing import Any

from pusher.reading.dates import PATTERN, first_date
from pusher.reading.grammar.findings import Family, Finding, Rule, Scope, field, has

_LEVELS = {"国家": "nation", "全国": "nation", "省": "province", "市": "city", "区": "district",
           "山东": "province", "济南": "city"}  # fmt: skip
_LEVEL = r"(?:(?P<level>(?:(?:国家|全国|省|市|区)级(?:、|和|或|及)?){1,4}|国家|(?<=获)市|(?<=的)[省市区](?=示范|级))(?P<up>及?以上)?(?:的)?)?"
_RANKS = ("district", "city", "province", "nation")
_VERB = r"(?:获得|取得|(?:获得?|被)?(?:通过(?:国家|省级?)?认定|纳入|列入|认定|获评|评定|入选|评为|获批|授予|公布|入库|通过))"
_AWARDED = rf"(?:(?P<year0>20\d\d)\s*年度?(?:、|和|或|及))?(?:(?P<year>20\d\d)\s*年度?\s*)?(?:期间|以来)?(?P<new>首次|新)?(?:被|获)?(?P<verb>{_VERB})?(?P<new2>为)?(?:的)?"
_SINCE = rf"(?:(?P<on>{PATTERN})(?:[（(]含[^）)]{{0,4}}[）)])?(?:及?以后|之后|起)(?:，)?)?"
_VALID = re.compile(
    r"(?:认定|证书|资格|处于|在)[^，。；]{0,6}有效(?:期|内|$)|有效(?:期内)?的[^，。；]{0,8}(?:企业|证书|资格)|当年有效"
)
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_STARS = {"丙": 3, "乙": 4, "甲": 5, "三": 3, "四": 4, "五": 5}
_HIGHEST = 5
_NEW_IN = re.compile(
    r"(?:(?P<other>20\d\d)\s*年度?(?:、|和|或|及))?(?P<year>20\d\d)\s*年度?(?:首次|新)(?:被|获)?(?:认定|获评|评定|入选|评为|获批|获授|通过)"
)


def family() -> Family:
    """Return the family of qualifications."""
    rules = tuple(_rule(row) for row in _rows())
    anchors = (
        "专精特新", "小巨人", "高新技术", "科技型", "创新型", "单项冠军", "瞪羚", "绿色", "备案",
        "星级", "等级", "托育", "托位", "老字号", "名特优新", "成熟度", "CMMI", "示范", "有机",
        "民宿", "旅行社", "首店", "见习", "级养老", "级的养老",
    )  # fmt: skip
    return Family("qualifications", "资质荣誉", anchors, rules)


_LISTED_WITH = re.compile(r"[、和及或与“”\"]*(?:以及|或者)?[、]?")
_BATCH = frozenset({"batch_year", "review", "granted_on"})


def of_one_batch(found: Sequence[Finding], text: str, scope: Scope) -> list[Finding]:
    """Let a list share its batch: 2026年新认定的创新型中小企业、省级专精特新中小企业."""
    kept: list[Finding] = []
    place = max(scope.whole.find(text), 0)
    before = scope.whole[max(place - _NEAR, 0) : place]
    for one in found:
        last = kept[-1] if kept else None
        same = last and last.group == one.group == "qualification"
        listed = last and _LISTED_WITH.fullmatch(text[last.end : one.start])
        node = _in_batch(one.node, last.node) if last and same and listed else one.node
        headed = _HEADED.search(before + text[: one.start])
        if headed and one.group == "qualification":
            node = _in_batch(node, _headed(headed))
        kept.append(replace(one, node=node))
    return kept


_AGAIN = re.compile(
    r"(?:对)?(?:(?P<again>重新认定|再次认定|复审通过|复核通过)(?:（[^（）]{0,30}）)?的?|(?<![\u4e00-\u9fff])(?P<level>国家级|省级|市级|区级)的?)(?=，?(?:分别|一次性)?(?:给予|奖励|补助|资助))"
)
_NEAR = 120
"""Characters before an elliptic grant in which its award is looked for."""


def of_the_same(text: str, scope: Scope) -> list[Finding]:
    """Find grants that leave out the award named before: …奖励15万元；对重新认定的，奖励5万元."""
    found = []
    for mark in _AGAIN.finditer(text):
        place = scope.whole.find(text) + mark.start()
        named = _last_named(scope.whole[max(place - _NEAR, 0) : place])
        if named is None:
            continue
        where = [field("code", "eq", named["code"])]
        if mark["again"]:
            where.append(field("review", "eq", "renewed"))
        else:
            where.append(field("level", "eq", _LEVELS[mark["level"].removesuffix("级")]))
        found.append(
            Finding(mark.start(), mark.end(), has("qualifications", *where), "qualification")
        )
    return found


def _last_named(before: str) -> Mapping[str, Any] | None:
    ends = [(m.end(), n) for n, row in enumerate(_rows()) for m in re.finditer(row["says"], before)]
    return _rows()[max(ends)[1]] if ends else None


_HEADED = re.compile(
    r"(?P<year>20\d\d)年度?(?:首次|新)(?:通过|获得|取得|被)?(?:认定|评定|入选|获评)(?:的)?(?:企业)?：[^。；]*$"
)


def _headed(mark: re.Match[str]) -> dict[str, Any]:
    """The batch that a heading tells of all behind it: 2025年度首次通过认定的：…."""
    batch = field("batch_year", "eq", int(mark["year"]))
    return has("qualifications", batch, field("review", "eq", "new"))


def _in_batch(node: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
    where, before = node["value"]["all"], last["value"]["all"]
    shared = [part for part in before if part["field"] in _BATCH]
    if not shared or any(part["field"] in _BATCH for part in where):
        return node
    mine = [part for part in where if part["field"] != "valid_to"]
    still = [part for part in before if part["field"] == "valid_to"]
    return has("qualifications", *mine, *shared, *still)


@cache
def _rows() -> tuple[Mapping[str, Any], ...]:
    text = (files("pusher.reading.grammar") / "nouns" / "qualifications.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["qualification"])


def _rule(row: Mapping[str, Any]) -> Rule:
    pattern = rf"{_SINCE}{_AWARDED}{_LEVEL}(?:{row['says']})"
    one, other = (tuple(said.split(" → ")) for said in row["examples"])
    return Rule(
        re.compile(pattern), partial(_make, row), row.get("group", "qualification"), (one, other)
    )


def _make(row: Mapping[str, Any], mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    groups = mark.groupdict()
    where = [field("code", "eq", row["code"])]
    where += _level(groups) or _named_level(row, mark.group(0))
    where += _batch(groups, scope)
    where += _grade(groups)
    # an award of a year or a first award is an event; else it must stand today
    pinned = any(one["field"] in ("batch_year", "review", "granted_on") for one in where)
    if _VALID.search(scope.whole) or (row.get("expires") and not pinned):
        where.append(field("valid_to", "on_or_after_as_of", None))
    return has("qualifications", *where)


def _level(groups: Mapping[str, str | None]) -> list[dict[str, Any]]:
    said = groups["level"] or ""
    levels = [code for word, code in _LEVELS.items() if word in said]
    if not levels or said == "国家":  # 国家高新技术企业 is its whole name
        return []
    if groups["up"]:
        return [field("level", "in", list(_RANKS[min(map(_RANKS.index, levels)) :]))]
    one = len(levels) == 1
    return [field("level", "eq" if one else "in", levels[0] if one else levels)]


def _named_level(row: Mapping[str, Any], said: str) -> list[dict[str, Any]]:
    """Read the level that a name tells: 中华老字号, 山东老字号."""
    named: Mapping[str, str] = row.get("named", {})
    return [field("level", "eq", level) for word, level in named.items() if word in said][:1]


def _batch(groups: Mapping[str, str | None], scope: Scope) -> Iterator[dict[str, Any]]:
    """Say when it was awarded, and whether for the first time."""
    new = groups["new"] and (groups["verb"] or groups["new"] == "新")
    other = groups["year0"]
    year = groups["year"] if groups["verb"] or new else None
    if new and not year:  # the year stands beside another of the same list
        told = _NEW_IN.search(scope.whole)
        year = told["year"] if told else None
        other = told["other"] if told else None
    if year:
        years = [int(other), int(year)] if other else [int(year)]
        yield field("batch_year", "in" if other else "eq", years if other else years[0])
    if new:
        yield field("review", "eq", "new")
    day = first_date(groups["on"]) if groups["on"] else None
    if day:
        yield field("granted_on", "on_or_after", day.isoformat())


def _grade(groups: Mapping[str, str | None]) -> Iterator[dict[str, Any]]:
    stars = [_STARS[one] for one in groups.get("stars") or "" if one in _STARS]
    grades = [_NUMBERS[one] for one in groups.get("grades") or "" if one in _NUMBERS]
    listed = sorted({*stars, *grades})
    if len(listed) > 1 and listed[-1] < _HIGHEST:  # 二级、三级: who is of the fourth gets nothing
        yield field("grade", "in", listed)
    elif listed:
        yield field("grade", "ge", listed[0])
    said = groups.get("grade") or groups.get("grade2")
    if said:
        yield field("grade", "ge", _NUMBERS.get(said) or int(said))
