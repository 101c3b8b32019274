"""When a benefit ends: with its holder, or with what its holder comes to have."""

import re
from collections.abc import Iterator
from datetime import date

from pusher.reading.dates import PATTERN, first_date
from pusher.reading.grammar.findings import Scope
from pusher.reading.grammar.joining import Node, is_place
from pusher.reading.grammar.sentences.sentence import read_sentence
from pusher.reading.grammar.words import Words

_STOPS = r"起?，?(?:停发|停止(?:发放|享受|保障)|终止(?:发放|享受)?|不再(?:发放|享受))"
# 去世次月起停发
_ON_DEATH = re.compile(
    r"(?:去世|死亡|亡故)[^。；]{0,14}?(?:次月|次日|当月|之日)"
    r"起?(?:停发|停止(?:发放|享受|保障)|终止)"
    r"|(?:去世|死亡|亡故)(?:、[^，。；]{2,30})?(?:的)?，(?:应当?)?(?:终止|停止|停发|不再)(?:供养|救助|发放|享受|保障|补贴|服务|待遇)?"
)
# 入住养老机构的，自入住次月起停发
_ON_CHANGE = re.compile(
    rf"(?:^|(?<=[，。；：\n]))(?P<who>[^，。；：\n]{{3,24}}的)，(?:自|从)?[^，。；]{{0,14}}(?:次月|次日|当月|之日){_STOPS}"
)


# 10月31日前死亡的，不再发放; 特困人员死亡的，终止供养
_DEAD_BY = re.compile(
    rf"(?P<on>{PATTERN}|\d{{1,2}}月\d{{1,2}}日)(?:（含）)?(?:以|之)?前(?:已)?(?:去世|死亡|亡故)的[^。；]{{0,12}}?(?:不再|不予|停止|停发)"
)
_ENDS_WITH = re.compile(
    r"(?:去世|死亡|亡故)(?:或者?|、)?[^。；，]{0,30}的，(?:应当?|即|及时|一律)?(?:终止|停止|停发|注销|取消)"
)


def endings(scope: Scope, words: Words) -> Iterator[Node]:
    """Give whom the end of a benefit shuts out; a change that is not read whole shuts out nobody.

    A move is left out: 户籍迁出本区的 ends what the condition on places asks already.
    """
    by = _DEAD_BY.search(scope.whole)
    day = _day(by["on"], scope) if by else None
    if by and day:
        gone = {"fact": "deceased_on", "op": "before", "value": day.isoformat()}
        yield {**gone, "quote": by.group(0)}
    died = _ON_DEATH.search(scope.whole) or _ENDS_WITH.search(scope.whole)
    if died:
        over = {"fact": "deceased_on", "op": "before_as_of", "value": None}
        yield {**over, "quote": died.group(0)}
    for mark in _ON_CHANGE.finditer(scope.whole):
        told = read_sentence(mark["who"], scope, words, shuts=True)
        if not told.unread and not told.checks:
            yield from (node for node in told.excluded if not is_place(node))


def _day(said: str, scope: Scope) -> date | None:
    """Read a day; one without a year is of the year that the document names first."""
    year = re.search(r"20\d\d(?=\s*年)", scope.whole)
    return first_date(said) or (first_date(f"{year[0]}年{said}") if year else None)
