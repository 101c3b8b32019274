"""Since when what befell a firm counts: 近三年, 上年度, 自处罚之日起未满两年."""

import re
from typing import Any, NamedTuple

from pusher.reading.grammar.findings import field
from pusher.reading.grammar.phrases.days import Days, find_days

_BEGINS = re.compile(r"[。；：\n】]")
_LAST_YEAR = re.compile(r"上一?(?:个)?(?:自然)?年度?内?|去年")
# figures and dates of other things, which a term before them counts
_OF_OTHERS = re.compile(
    r"\d|收入|营业额|销售|研发|利润|产值|注册|成立|登记|入库|纳统|增长|投资|获得|认定|评为|毕业"
)
# what else is said of the standing of a firm, so that one term holds for all of it
_OF_STANDING = re.compile(
    r"违法|违规|失信|处罚|事故|事件|查处|行为|问题|投诉|信用|犯罪|欺诈|骗|套取|欠|偷|虚|刷单|名录|名单|不良"
)
_EVER = re.compile(r"曾经|历史上|自成立以来")
_FARTHEST = 100
_WIDEST = 34
"""Characters between a term and what it counts, in one clause."""
# 骗取资金的，三年内不得申报
_BARRED = re.compile(r"(?:一律)?(?:不得|不予|不再|取消|暂停|不能)(?!低于|超过)")
_SUFFERED = re.compile(r"(?:之?内)?曾?(?:经)?(?:受到?|被|遭)")
# 因偷税在近两年内受过处罚
_SINCE = re.compile(r"(?:之日|之后|日|后)?(?:起|后)(?:计算|算|，)?$")


class Since(NamedTuple):
    """A term: the operator and the value for a day, where its words stand, whether it is carried.

    Attributes:
        carried: whether it counts something else first, and holds for what is listed behind it.
    """

    op: str
    value: object
    span: tuple[int, int]
    carried: bool = False

    def of(self, code: str) -> dict[str, Any]:
        """Return the condition over the day *code* of a record."""
        return field(code, self.op, self.value)


def since_before(text: str, start: int) -> Since | None:
    """Find the term that counts what stands at *start*: of its clause, or of a list before it."""
    begin = max(start - _FARTHEST, *(m.end() for m in _BEGINS.finditer(text, 0, start)), 0)
    told = text[begin:start]
    days = [_as_since(one, begin) for one in find_days(told) if one.kind != "term"]
    years = [
        Since("years_lt", 1, (m.start() + begin, m.end() + begin))
        for m in _LAST_YEAR.finditer(told)
    ]
    for one in sorted([*days, *years], key=lambda s: s.span, reverse=True):
        between = text[one.span[1] : start]
        if "，" in between and _EVER.search(text, one.span[1] + between.rindex("，"), start + 4):
            return None
        if _counts(between):
            return one._replace(carried=bool(_OF_STANDING.search(between)))
        if _OF_OTHERS.search(between):
            return None
    return None


def _counts(between: str) -> bool:
    """Whether *between* leads from a term to what it counts."""
    clauses = between.lstrip("，、").split("，")
    if any(_OF_OTHERS.search(one) for one in clauses):
        return False
    return len(clauses[-1]) <= _WIDEST and all(_OF_STANDING.search(one) for one in clauses[:-1])


def _as_since(days: Days, at: int) -> Since:
    return Since(days.op, days.value, (days.start + at, days.end + at))


def since_within(text: str, start: int, end: int) -> Since | None:
    """Find a term between the words of an event: 安全生产方面近三年无违法行为."""
    told = (one for one in find_days(text[start:end]) if one.kind != "term")
    return next((_as_since(one, start) for one in told), None)


def since_behind(text: str, end: int, stop: int) -> Since | None:
    """Find a term that has not passed since: 被查处未满三年, 自处罚之日起两年内."""
    told = text[end:stop]
    for one in find_days(told):
        before = told[: one.start]
        if before.endswith("，") and one.kind == "recent" and _BARRED.match(told, one.end):
            return _as_since(one, end)
        if "，" in before and not re.search(
            r"，且?(?:距|至|已|尚)[^，。；]{0,8}$|(?:自|从)[^，。；]{0,16}$|，且?$", before
        ):
            return None
        if one.kind == "term" and one.op.endswith(("_lt", "_le")):
            return _as_since(one, end)
        if one.kind == "recent" and (_SINCE.search(before) or _SUFFERED.match(told, one.end)):
            return _as_since(one, end)
    return None
