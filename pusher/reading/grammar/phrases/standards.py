"""Incomes bounded by the standard of 低保 that a document sets: 人均收入低于低保标准的1.5倍."""

import re
from typing import Any

from pusher.reading.grammar.findings import Scope, leaf

_A_MONTH = (
    r"(?:即|为)?(?:每人)?(?:每月)?(?:\d{4}年)?(?P<amount>\d[\d,.]{1,8})元(?:[/每]?人?[·/每]?月)?"
)
_BASE = _A_MONTH.replace("amount", "base")
STANDARD = re.compile(
    rf"(?:家庭)?(?:人均)?(?:月)?(?:人均)?(?:可支配)?收入(?:原则上|应当?|须)?(?:在)?(?P<word>低于|不超过|不高于|未超过|不足)?(?:当地|我市|我区|我省|本市|本区|同期|上述|新|城乡|城市|农村|现行)*(?:居民)?(?:最低生活保障|低保)?(?:月)?标准(?:线)?(?:（{_BASE}）)?(?:的)?(?:(?P<times>\d(?:\.\d+)?|一|两|二|三|一点五)倍)?(?:（含）)?(?P<side>以下|以内|及以下)?"
)
_THAT_IS = re.compile(rf"(?:，即|，为|（|，每人)?{_A_MONTH}")
_TIMES = {"一": 1.0, "两": 2.0, "二": 2.0, "三": 3.0, "一点五": 1.5}
_SET = re.compile(r"标准(?:提高|调整|确定)?(?:至|到|为)(?:每人)?每月(?P<amount>\d[\d,]*)元")


def read_standard(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    """Read 收入低于新标准 by the standard that the document sets, there or elsewhere."""
    if not (mark["word"] or mark["side"]):
        return None
    op = "lt" if mark["word"] in ("低于", "不足") else "le"
    exact = _THAT_IS.match(mark.string, mark.end())
    if exact:
        return leaf("household_income_month", op, _monthly(exact["amount"], 1.0))
    times = mark["times"] or "一"
    factor = _TIMES.get(times) or float(times)
    told = _SET.search(scope.whole)
    base = mark["base"] or (told and told["amount"])
    return leaf("household_income_month", op, _monthly(base, factor)) if base else None


def _monthly(said: str, times: float) -> float:
    return round(float(said.replace(",", "")) * times / 10_000, 6)
