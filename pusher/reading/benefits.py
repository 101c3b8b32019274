"""What a policy gives: amounts with unit and cap, each with its clause."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pusher.reading.sentences import sentences

_PER = (
    r"人次|人|户|孩|亩|件|家|个|套|台|辆|次|床|张|间|年|月|季度|季|日|天|餐|学期|学年|吨"
    r"|平方米|千瓦时"
)
_AMOUNT = re.compile(
    rf"(?P<number>\d[\d,]{{0,17}}(?:\.\d{{1,12}})?)\s*(?P<unit>亿元|万元|千元|元|％|%|个百分点)"
    rf"(?P<each>(?:\s*[/／·]\s*(?:每)?(?:{_PER}))*)"
)
# 每人每月100元, 每招用1人…1500元, 每亩60元
_EACH = re.compile(rf"每(?:[\u4e00-\u9fff]{{0,4}}?1)?\s*(?:一)?(?:名|位|个)?(?P<per>{_PER})")
_SLASHED = re.compile(_PER)

_GIVES = re.compile(
    r"给予|减半|发放|补贴|补助|奖励|奖补|津贴|资助|救助|贴息|返还|减免|减征|补偿|扶持|支持|限额|额度|标准"
    r"|报销|支付|享受|工资|待遇|供养|慰问|抵扣|立减|优惠|每人每月|每人每年|每户每月|每孩每年"
)
# Figures that a firm or a family must reach are conditions, not gifts.
_MEASURED = re.compile(
    r"(?:营业收入|销售收入|销售额|零售额|产值|营收|投资额?|注册资本|资产总额|资产|应纳税所得额|所得额|收入"
    r"|研发费用|费用占|比例|增长|增速|增幅|占比|进出口额?|出口额|贷款|融资额|裁员率|费率|失业率|达到|面积)"
    r"[^，。；、]{0,14}$"
)
_REACHED = re.compile(r"^\s*(?:[（(]含[^）)]{0,4}[）)])?\s*(?:及?以上|及?以下|以内|（含）以上)")
_CAP = re.compile(r"(?:最高|至多|不超过|不高于|不得超过|封顶|上限|总额|累计)[^，。；\d]{0,8}$")
_AT_MOST = re.compile(r"(?:最高|至多|上限|封顶)[^，。；\d]{0,4}$")
_SHORT = re.compile(r"[\s、和及]*[\u4e00-\u9fff]{1,6}")
_HALF = re.compile(r"减半征收")
_MOST = 30


@dataclass(frozen=True, slots=True)
class Benefit:
    """One thing a policy gives.

    Attributes:
        amount: a decimal number in *unit*, as a string; ``"20"`` of 万元, ``"15"`` of %.
        unit: 元, 万元, %, or with what it is counted by: 元/人·月.
        cap: the most that is given, a decimal number in *cap_unit*; None without one.
        quote: the clause it was read from, exactly.
    """

    amount: str
    unit: str
    cap: str | None
    cap_unit: str | None
    quote: str


def read_benefits(paragraphs: Sequence[str]) -> tuple[Benefit, ...]:
    """Read the amounts that *paragraphs* give, in order; at most thirty."""
    found: list[Benefit] = []
    for sentence in sentences(paragraphs):
        if _GIVES.search(sentence.text):
            found.extend(_in_sentence(sentence.text))
    return tuple(dict.fromkeys(found))[:_MOST]


def _in_sentence(text: str) -> list[Benefit]:
    found: list[Benefit] = []
    for start, end in _clauses(text):
        clause = text[start:end]
        asked_until = -1
        for mark in _AMOUNT.finditer(clause):
            if found and _in_bracket(clause, mark):
                continue  # 15%（1级能效20%）: a variant of what stands before it
            listed = asked_until >= 0 and not clause[asked_until : mark.start()].strip("、和或 ")
            if listed or _is_condition(clause[: mark.start()], clause[mark.end() :]):
                asked_until = mark.end()
            else:
                _add(found, mark, clause)
        if _HALF.search(clause):
            found.append(Benefit("50", "%", None, None, "减半征收"))
    return found


def _in_bracket(clause: str, mark: re.Match[str]) -> bool:
    before = clause[: mark.start()]
    return before.count("（") + before.count("(") > before.count("）") + before.count(")")


def _add(found: list[Benefit], mark: re.Match[str], clause: str) -> None:
    """Add an amount to what the sentence gave so far, or cap what it gave last."""
    before = clause[: mark.start()]
    number = mark["number"].replace(",", "")
    unit = _unit(mark, before)
    capping = bool(_CAP.search(before))
    last = found[-1] if found else None
    if capping and last and last.cap is None:
        found[-1] = replace(last, cap=number, cap_unit=unit)
    elif capping and not last and _AT_MOST.search(before):
        # 最高200万元奖励: all that is told is the most
        found.append(Benefit(number, unit, number, unit, clause.strip()))
    elif not capping or _GIVES.search(clause):
        # 本科每人每月700元，硕士1000元: the second is counted as the first.
        if last and unit == "元" and last.unit.startswith("元/") and _SHORT.fullmatch(before):
            unit = last.unit
        found.append(Benefit(number, unit, None, None, clause.strip()))


def _clauses(text: str) -> list[tuple[int, int]]:
    """Return where the clauses of *text* stand; commas inside numbers and brackets part nothing."""
    ends, inside = [], False
    for place in range(len(text) - 1, -1, -1):
        sign = text[place]
        if sign in "（(）)":
            inside = sign in "）)"
        elif sign in "，；。;" and not inside:
            ends.append(place)
    ends.reverse()
    return list(zip([0, *(end + 1 for end in ends)], [*ends, len(text)], strict=True))


def _is_condition(before: str, after: str) -> bool:
    if _REACHED.match(after):
        return True
    return bool(_MEASURED.search(before)) and not re.search(r"(?:给予|补贴|补助|奖励|按)", before)


def _unit(mark: re.Match[str], before: str) -> str:
    unit = mark["unit"].replace("％", "%")
    if unit == "个百分点":
        return "百分点"
    slashed = _SLASHED.findall(mark["each"])
    each = slashed or [found["per"] for found in _EACH.finditer(before[-30:])]
    if unit == "%" or not each:
        return unit
    return f"{unit}/{'·'.join(dict.fromkeys(each))}"
