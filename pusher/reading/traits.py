"""Phrases of the tables: who people are, what firms are, their figures and their industries."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pusher.reading.counting import read_count
from pusher.reading.findings import Finding, leaf
from pusher.reading.wordbook import firms, people

_LEVELS = {"国家": "nation", "省": "province", "市": "city", "区": "district"}
_YEAR = re.compile(r"(?P<year>20\d\d)\s*年度?\s*(?:新|首次)?(?:获)?(?:认定|获评|评定|入选)")
_NEW = re.compile(r"(?:新|首次)(?:获得?)?(?:认定|获评|评定)?(?:为|的)?[^，。；]{0,4}$")

_TYPES = {"视力": "visual", "听力": "hearing", "言语": "speech", "肢体": "physical"}
_TYPES |= {"智力": "intellectual", "精神": "mental", "多重": "multiple"}
_TYPE = "|".join(_TYPES)
_GRADE = "[一二三四1-4]"
_GRADED = re.compile(
    rf"(?:残疾等级(?:被)?(?:评定)?为)?(?P<grades>{_GRADE}(?:级)?(?:、|和|或|及|以及|-|至)*(?:{_GRADE})?级)"
    rf"(?P<up>及?以上)?(?:的)?(?P<types>(?:(?:{_TYPE})(?:、|和|或|及)?)*)(?:残疾|的人员)"
    rf"|残疾等级(?:被)?(?:评定)?为(?P<grades2>{_GRADE}级(?:、{_GRADE}级)*)"
)
_GRADES = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}

_NUMBER = (
    r"(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>亿元|万元|元|％|%|人|个月|月|间|平方米|亩|名)?"
)
_MORE, _LESS = (
    r"不低于|不少于|不小于|达到|超过|高于|大于|满",
    r"不高于|不超过|不大于|低于|少于|不足|小于|未达到",
)
_FIGURE = (
    rf"(?:\s*(?:为|的|在|须|应|应当|需|达)*\s*(?P<word>{_MORE}|{_LESS})?\s*(?:[^，。；、\d]{{2,20}}?)?{_NUMBER}"
    r"\s*(?:[（(]含[^）)]{0,6}[）)])?\s*(?P<side>(?:[（(]含[）)])?及?以上|及?以下|以内)?)"
)
_OPS = {
    "超过": "gt",
    "高于": "gt",
    "大于": "gt",
    "低于": "lt",
    "少于": "lt",
    "不足": "lt",
    "小于": "lt",
}
_OPS |= {"未达到": "lt", "不高于": "le", "不超过": "le", "不大于": "le"}
# Units as facts keep them: money in 万元.
_SCALE = {"money": {"亿元": 10_000.0, "万元": 1.0, "元": 0.0001}, "percent": {"%": 1.0, "％": 1.0}}
_SCALE |= {"count": {"人": 1.0, "名": 1.0}, "months": {"个月": 1.0, "月": 1.0}}
_SCALE |= {"rooms": {"间": 1.0}, "square": {"平方米": 1.0}, "mu": {"亩": 1.0}}

# 不少于5间且不超过14间: the second bound of the same figure.
_THEN = re.compile(
    rf"\s*(?:且|并|，)\s*(?P<word>{_MORE}|{_LESS})\s*(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>亿元|万元|元|％|%|人|个月|间|平方米|亩)"
)
_DEFINES = re.compile(r"的为(?:大|中|小|微)型|的为规模")
_OF_OTHERS = re.compile(r"为其[^，。；]{0,12}$")
_TAX_GRADE = re.compile(
    r"纳税信用(?:等级|级别|评价)?[^，。；]{0,8}?(?P<grade>[ABCDM])级?(?:[（(]含[）)])?(?:及?以上)"
)

_ESTABLISHED = re.compile(
    r"(?:成立|设立|注册|运营)(?:时间)?(?:已)?(?P<full>满|不满|未满|超过|不超过)\s*(?P<years>[一二三四五六七八九十\d]{1,2})\s*年"
    r"(?:且(?P<then>不满|未满|不超过)\s*(?P<most>[一二三四五六七八九十\d]{1,2})\s*年)?"
)


def find_traits(text: str) -> Iterator[Finding]:
    """Find what the tables of phrases know in *text*: statuses, entities, qualifications."""
    for pattern, row in _phrases():
        for mark in pattern.finditer(text):
            group = row.get("group", row["fact"])
            only = row.get("only") == "not"
            yield Finding(mark.start(), mark.end(), _node(row, mark, text), group, only)
    yield from _disability(text)
    yield from _blacklists(text)
    for mark in _TAX_GRADE.finditer(text):
        yield Finding(*mark.span(), leaf("tax_credit_grade", "ge", mark["grade"]), "tax")


def find_figures(text: str) -> Iterator[Finding]:
    """Find figures that must be reached or not passed: 年营业收入2000万元及以上."""
    if _DEFINES.search(text):
        return
    for pattern, row in _figures():
        for mark in pattern.finditer(text):
            node = _compared(row, mark)
            if node and not _OF_OTHERS.search(text[: mark.start()]):
                then = _THEN.match(text, mark.end())
                second = _compared(row, then) if then else None
                both = {"all": [node, second]} if second else node
                end = then.end() if then and second else mark.end()
                yield Finding(mark.start(), end, both, "figure")
    for mark in _ESTABLISHED.finditer(text):
        yield Finding(mark.start(), mark.end(), _established(mark), "figure")


def _blacklists(text: str) -> Iterator[Finding]:
    """Find lists of the dishonest: one finding for all that a clause names, of those still on."""
    marks = [(mark, code) for pattern, code in _lists() for mark in pattern.finditer(text)]
    if marks:
        codes = sorted({code for _, code in marks})
        on = {"field": "list", "op": "in", "value": codes}
        still = {"field": "removed_on", "op": "null", "value": None}
        start = min(mark.start() for mark, _ in marks)
        end = max(mark.end() for mark, _ in marks)
        yield Finding(
            start, end, leaf("credit_records", "has", {"all": [on, still]}), "record", True
        )


def find_industries(text: str) -> Iterator[Finding]:
    """Find industries by name or by code in *text*: 制造业企业, 大类65, 行业小类5292, C门类."""
    for mark in _industry().finditer(text):
        code = mark["code"] or mark["section"]
        value = [code] if code else list(firms()["industries"][mark["name"]])
        yield Finding(mark.start(), mark.end(), leaf("industry", "prefix", value), "industry")


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], Mapping[str, Any]], ...]:
    rows = (*people()["phrases"], *firms()["phrases"])
    return tuple((re.compile(row["phrase"]), row) for row in rows)


@cache
def _lists() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(phrase), code) for phrase, code in firms()["lists"].items())


@cache
def _figures() -> tuple[tuple[re.Pattern[str], Mapping[str, Any]], ...]:
    return tuple((re.compile(row["phrase"] + _FIGURE), row) for row in firms()["figures"])


@cache
def _industry() -> re.Pattern[str]:
    names = sorted(firms()["industries"], key=len, reverse=True)
    kind = r"(?:国民经济)?(?:行业)?(?:分类)?(?:大类|中类|小类|代码)?"
    coded = rf"[”\"]?[（(]{kind}\s*(?P<code>\d{{2,4}})[）)]"
    section = r"(?:企业)?[（(]国民经济行业分类(?P<section>[A-T])门类[）)]"
    follows = r"(?=[^，。；]{0,6}(?:企业|法人|单位|、|，|[（(])|$)"
    return re.compile(
        rf"(?P<name>{'|'.join(map(re.escape, names))})(?:{coded}|{section}|{follows})"
    )


def _node(row: Mapping[str, Any], mark: re.Match[str], text: str) -> dict[str, Any]:
    if row["fact"] != "qualifications":
        return leaf(row["fact"], row["op"], row["value"])
    where: list[dict[str, Any]] = [{"field": "code", "op": "eq", "value": row["code"]}]
    level = next((m for name, m in mark.groupdict().items() if m), None)
    if level:
        where.append({"field": "level", "op": "eq", "value": _LEVELS[level.removesuffix("级")]})
    year = _YEAR.search(text[max(mark.start() - 24, 0) : mark.start()])
    if year:
        where.append({"field": "batch_year", "op": "eq", "value": int(year["year"])})
    if _NEW.search(text[: mark.start()]):
        where.append({"field": "review", "op": "eq", "value": "new"})
    where.append({"field": "valid_to", "op": "on_or_after_as_of", "value": None})
    return leaf("qualifications", "has", {"all": where})


def _disability(text: str) -> Iterator[Finding]:
    for mark in _GRADED.finditer(text):
        said = mark["grades"] or mark["grades2"]
        grades = sorted({_GRADES[character] for character in said if character in _GRADES})
        if mark["grades"] and mark["up"]:
            grades = list(range(1, grades[-1] + 1))
        where: list[dict[str, Any]] = [{"field": "grade", "op": "in", "value": grades}]
        types = [code for name, code in _TYPES.items() if name in (mark["types"] or "")]
        if types:
            where.append({"field": "type", "op": "in", "value": types})
        yield Finding(mark.start(), mark.end(), leaf("disability", "has", {"all": where}), "status")


def _compared(row: Mapping[str, Any], mark: re.Match[str]) -> dict[str, Any] | None:
    scale = _SCALE[row["kind"]].get(mark["unit"] or "")
    side = mark.groupdict().get("side") or ""
    if scale is None or not (mark["word"] or side):
        return None
    op = "ge" if "上" in side else "le" if side else _OPS.get(mark["word"], "ge")
    amount = round(float(mark["number"].replace(",", "")) * scale, 6)
    return leaf(row["fact"], op, int(amount) if amount == int(amount) else amount)


def _established(mark: re.Match[str]) -> dict[str, Any]:
    ops = {"满": "years_ge", "超过": "years_ge", "不满": "years_lt", "未满": "years_lt"}
    parts = [
        leaf("established_on", ops.get(mark[word], "years_le"), read_count(mark[years]))
        for word, years in (("full", "years"), ("then", "most"))
        if mark[word]
    ]
    return parts[0] if len(parts) == 1 else {"all": parts}
