"""Asking back: which facts would decide a policy's rule, and what those told come to.

Sensitive facts (个人信息保护法 art. 28: poverty, disability, health, children's state) are never
asked on a page that nobody signed in to; the office that decides looks at them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from profiles.facts import BadValue, Fact, Kind, areas, read_cell, vocabulary
from pusher.model.policy import AudienceRule, Subject
from pusher.rules.judge import Verdict, judge
from pusher.rules.language import BadRule, parse
from pusher.rules.nodes import All, Any, Leaf, Node, Not, asked, leaves
from pusher.rules.truth import Truth

MOST: Final = 3
AGE: Final = "age"
"""Asked in place of the day of birth, wherever whole years decide."""
_BORN: Final = "birth_date"
_HALF: Final = timedelta(days=183)
_ASKABLE: Final = frozenset({Kind.BOOL, Kind.ENUM, Kind.AREA, Kind.INTEGER, Kind.NUMBER, Kind.DATE})
_FAR: Final = "110000"
"""Any place outside the province stands for all of them."""


class Says(StrEnum):
    """What the facts that were told come to."""

    MAYBE = "maybe"
    """Nothing that was told speaks against it, and nothing is left to ask."""
    NO = "no"
    OPEN = "open"
    """More would have to be known."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to tell.

    Attributes:
        fact: code of the fact, or `AGE`.
        choices: value → label; empty for a number or a day to be typed.
        unit: of a number.
        day: a day is to be given.
    """

    fact: str
    question: str
    choices: Mapping[str, str]
    unit: str = ""
    day: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule against what was told.

    Attributes:
        against: clauses that speak against it.
        met: clauses that what was told meets, as far as it goes.
        asks: what to tell next, most telling first.
    """

    says: Says
    against: tuple[str, ...]
    met: tuple[str, ...]
    asks: tuple[Ask, ...]


class BadFact(ValueError):
    """A fact was told that is none, or cannot be read. Chinese; never repeats the value."""


def read_facts(told: Mapping[str, str], *, as_of: date) -> dict[str, object]:
    """What was told, as a document of facts; an age becomes a day of birth half a year off.

    Raises:
        BadFact: an unknown code, or a value that does not fit.
    """
    known: dict[str, object] = {}
    for code, text in told.items():
        if code == AGE:
            known[_BORN] = _born(text, as_of)
            continue
        fact = vocabulary().get(code)
        if fact is None or fact.derived or fact.sensitive or fact.kind not in _ASKABLE:
            raise BadFact("没有这一项，或这一项不在网上询问")
        try:
            known[code] = read_cell(fact, text)
        except BadValue as wrong:
            raise BadFact(str(wrong)) from None
    return known


def judged(
    rule: AudienceRule | None, facts: Mapping[str, object], *, as_of: date, area_code: str
) -> Judged | None:
    """Judge a confirmed rule by what was told; None where there is no rule to judge."""
    if rule is None or rule.rule is None:
        return None
    try:
        tree = parse(rule.rule)
    except BadRule:
        return None  # of an older language; staff confirm it anew
    verdict = judge(tree, facts, as_of)
    asks = tuple(_asks(tree, verdict, rule.subject, area_code))
    if verdict.value is Truth.NO:
        return Judged(Says.NO, tuple(_clauses(tree, verdict, facts, against=True))[:2], (), ())
    says = Says.OPEN if asks or not facts else Says.MAYBE
    return Judged(says, (), tuple(_clauses(tree, verdict, facts, against=False))[:3], asks)


def _asks(tree: Node, verdict: Verdict, subject: Subject, area_code: str) -> Iterator[Ask]:
    """The undecided facts that may be asked, those that every way through needs first."""
    weights = _needed(tree)
    missing = dict.fromkeys(code for code in verdict.missing if _askable(code))
    order = sorted(missing, key=lambda code: -weights.get(code, 0.0))
    for code in order[:MOST]:
        yield _ask(vocabulary()[code], tree, subject, area_code)


def _askable(code: str) -> bool:
    fact = vocabulary().get(code)
    return fact is not None and not fact.sensitive and fact.kind in _ASKABLE


def _needed(node: Node) -> dict[str, float]:
    """Fact → how much hangs on it: 2 if every way needs it, 1 on some way, less for exclusions."""
    match node:
        case Leaf():
            return dict.fromkeys(asked(node), 2.0)
        case Not(child):
            return {code: weight / 4 for code, weight in _needed(child).items()}
        case All(children):
            return _most(_needed(child) for child in children)
        case Any(children):
            each = [_needed(child) for child in children]
            shared = set.intersection(*(set(one) for one in each)) if each else set()
            return {c: w if c in shared else w / 2 for c, w in _most(iter(each)).items()}


def _most(each: Iterator[dict[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in each:
        for code, weight in one.items():
            found[code] = max(weight, found.get(code, 0.0))
    return found


def _ask(fact: Fact, tree: Node, subject: Subject, area_code: str) -> Ask:
    whose = {Subject.WARD: "孩子（被照护人）的", Subject.SELF_OR_WARD: "申请人的"}.get(subject, "")
    mine = [leaf for leaf in leaves(tree) if fact.code in asked(leaf)]
    if fact.code == _BORN and not any(leaf.op.startswith("months") for leaf in mine):
        return Ask(AGE, f"{whose}年龄（周岁）", {}, unit="岁")
    label = f"{whose}{fact.label}"
    if fact.kind is Kind.AREA:
        return Ask(fact.code, label, _places(mine, area_code))
    if fact.kind is Kind.BOOL:
        return Ask(fact.code, label, {"是": "是", "否": "不是"})
    if fact.kind is Kind.ENUM:
        return Ask(fact.code, label, {choice.code: choice.label for choice in fact.values})
    return Ask(fact.code, label, {}, unit=fact.unit or "", day=fact.kind is Kind.DATE)


def _places(mine: list[Leaf], area_code: str) -> dict[str, str]:
    """The streets where streets decide; else here, elsewhere in the city, elsewhere."""
    wanted = [str(code) for leaf in mine if isinstance(leaf.value, tuple) for code in leaf.value]
    table, city = areas(), area_code[:4] + "00"
    if any(len(code) > 6 for code in wanted):
        near = {c: n for c, n in table.items() if len(c) > 6 and c.startswith(area_code)}
    else:
        near = {area_code: table.get(area_code, "本区")}
    others = (c for c in table if len(c) == 6 and c.startswith(area_code[:4]))
    other = next((c for c in others if c not in (city, area_code)), city)
    return {**near, other: f"{table.get(city, '本市')}其他区县", _FAR: "其他地方"}


def _clauses(
    tree: Node, verdict: Verdict, facts: Mapping[str, object], *, against: bool
) -> Iterator[str]:
    """Clauses that what was told speaks against, or meets; each once."""
    told = {leaf.id: set(asked(leaf)) <= set(facts) and bool(asked(leaf)) for leaf in leaves(tree)}
    seen: set[str] = set()
    for result in verdict.leaves:
        bad = result.result is (Truth.YES if result.excludes else Truth.NO)
        # of a record only a part may be told (残疾二级, not until when the certificate is valid)
        good = not result.excludes and result.result is not Truth.NO
        fits = told.get(result.id) and (bad if against else good)
        if fits and result.quote and result.quote not in seen:
            seen.add(result.quote)
            yield result.quote


def _born(text: str, as_of: date) -> str:
    """A day of birth for an age in whole years.

    Raises:
        BadFact: no age.
    """
    digits = text.strip().removesuffix("岁").removesuffix("周").strip()
    if not (digits.isascii() and digits.isdigit() and int(digits[:4]) < 130):
        raise BadFact("年龄请填整岁数，如 80")
    day = as_of - _HALF
    years = day.year - int(digits)
    return date(years, day.month, min(day.day, 28)).isoformat()
