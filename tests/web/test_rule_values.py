"""What a clerk types beside an operator, and what the rule holds, are the same thing."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.facts import Fact, Kind, areas, industry_sections, vocabulary
from pusher.rules.language import parse
from pusher.web.rule_values import BARE, Unreadable, hint, operators_for, read, say

FACTS = list(vocabulary().values())
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
COUNTS = st.integers(0, 150)
WORDS = st.text("槐荫区样例机械有限公司甲乙丙", min_size=1, max_size=12)
TYPED = st.text(st.characters(codec="utf-8"), max_size=40)


def values_of(fact: Fact) -> st.SearchStrategy[Any]:
    """One value of the fact's own kind."""
    if fact.kind in (Kind.ENUM, Kind.SET):
        return st.sampled_from([choice.code for choice in fact.values])
    if fact.kind is Kind.INTEGER:
        return st.integers(int(fact.least), int(min(fact.most, 10**9)))
    if fact.kind is Kind.NUMBER:
        bounds = st.decimals(int(fact.least), int(min(fact.most, 10**9)), places=2)
        return bounds.map(lambda d: int(d) if d == int(d) else float(d))
    return WORDS


def operands(fact: Fact, op: str) -> st.SearchStrategy[Any]:
    """A value that may stand beside an operator of the fact."""
    one = values_of(fact)
    if op in BARE:
        return st.none()
    if op == "is":
        return st.booleans()
    if op.startswith(("age_", "years_", "months_")) and op != "age_ge_on":
        return COUNTS
    if op == "age_ge_on":
        return st.fixed_dictionaries({"age": COUNTS, "on": DAYS})
    if op in ("before", "after", "on_or_before", "on_or_after"):
        return DAYS
    if op == "between_dates":
        return st.lists(DAYS, min_size=2, max_size=2)
    if op == "between":
        return st.lists(one, min_size=2, max_size=2)
    if op in ("in", "not_in", "any_of", "none_of"):
        return st.lists(one, min_size=1, max_size=4, unique=True)
    if op == "within":
        return st.lists(st.sampled_from([*areas(), "000000"]), min_size=1, max_size=4, unique=True)
    if op == "prefix":
        codes = [*industry_sections(), "65", "3491"]
        return st.lists(st.sampled_from(codes), min_size=1, max_size=4, unique=True)
    if op == "after_fact":
        return st.just("birth_date")
    if op == "ratio_ge":
        return st.just({"fact": "revenue", "ratio": 0.03})
    return one


@given(st.data())
def test_what_is_said_reads_the_same_again(data: st.DataObject) -> None:
    fact = data.draw(st.sampled_from([f for f in FACTS if f.kind is not Kind.RECORDS]))
    op = data.draw(st.sampled_from(operators_for(fact)))
    value = data.draw(operands(fact, op))

    said = say(fact, op, value)

    assert read(fact, op, said) == value


@given(st.data(), TYPED)
def test_whatever_is_typed_is_refused_in_words_or_makes_a_sound_rule(
    data: st.DataObject, typed: str
) -> None:
    fact = data.draw(st.sampled_from([f for f in FACTS if f.kind is not Kind.RECORDS]))
    op = data.draw(st.sampled_from(operators_for(fact)))

    try:
        value = read(fact, op, typed)
    except Unreadable as refused:
        assert str(refused)
        return
    parse({"fact": fact.code, "op": op, "value": value})


@pytest.mark.parametrize(
    ("code", "op", "typed", "value"),
    [
        ("birth_date", "age_ge", "80", 80),
        ("birth_date", "age_ge", "80周岁", 80),
        ("birth_date", "before", "2026年1月2日", "2026-01-02"),
        ("household_area", "within", "槐荫区、腊山街道", ["370104", "370104013"]),
        ("household_area", "within", "370104", ["370104"]),
        ("household_area", "within", "全国", ["000000"]),
        ("industry", "prefix", "制造业、65", ["C", "65"]),
        ("revenue", "ge", "2000万元", 2000),
        ("revenue", "ge", "2亿", 20000),
        ("tax_credit_grade", "in", "A级、B级", ["A", "B"]),
        ("sex", "in", "女、女", ["female"]),
        ("household_area", "within", "槐荫区、370104", ["370104"]),
        ("size_class", "eq", "小型", "small"),
        ("rd_expense", "ratio_ge", "营业收入的3%", {"fact": "revenue", "ratio": 0.03}),
        ("established_on", "between_dates", "2026-01-01至2026-12-31", ["2026-01-01", "2026-12-31"]),
        ("social_insurance_arrears", "is", "否", False),
    ],
)
def test_a_clerk_may_type_it_the_way_they_say_it(
    code: str, op: str, typed: str, value: object
) -> None:
    assert read(vocabulary()[code], op, typed) == value


@pytest.mark.parametrize(
    ("code", "op", "typed"),
    [
        ("birth_date", "age_ge", "八十"),
        ("birth_date", "age_ge", ""),
        ("birth_date", "before", "去年"),
        ("household_area", "within", "蓬莱仙岛"),
        ("industry", "prefix", "ZZ"),
        ("revenue", "between", "100"),
        ("revenue", "ge", "无"),
        ("rd_expense", "ratio_ge", "一半"),
        ("established_on", "after_fact", "昨天"),
    ],
)
def test_what_makes_no_sense_is_refused_in_chinese(code: str, op: str, typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(vocabulary()[code], op, typed)

    assert any("\u4e00" <= c <= "\u9fff" for c in str(refused.value))


def test_every_operator_that_takes_words_has_a_hint_or_is_plain() -> None:
    for fact in FACTS:
        for op in operators_for(fact) if fact.kind is not Kind.RECORDS else ():
            assert len(hint(fact, op)) < 200
