"""The vocabulary, reading cells of registers, checking and saying values."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.facts import (
    BadValue,
    Fact,
    Kind,
    areas,
    find_area,
    is_area_code,
    is_blank,
    is_industry_code,
    read_cell,
    say_value,
    validate,
    validate_document,
    vocabulary,
)

FACTS = vocabulary()
PLAIN = [fact for fact in FACTS.values() if not fact.derived]


def every_fact() -> list[Fact]:
    """Facts and the fields of their records, to the last depth."""
    found = list(FACTS.values())
    for fact in found:
        found.extend(fact.fields)
    return found


def test_the_vocabulary_is_whole() -> None:
    for fact in every_fact():
        assert fact.label, fact.code
        assert bool(fact.values) is (fact.kind in (Kind.ENUM, Kind.SET)), fact.code
        assert bool(fact.fields) is (fact.kind is Kind.RECORDS), fact.code
        assert len({choice.code for choice in fact.values}) == len(fact.values)
        assert fact.applies_to in ("resident", "enterprise", "both")
    assert len(FACTS) == 133
    assert all(fact.meaning and fact.source for fact in FACTS.values())


def test_the_vocabulary_covers_the_shared_one(shared: Path) -> None:
    theirs = json.loads((shared / "domain/facts.json").read_text("utf-8"))

    assert set(areas()) == {area["code"] for area in theirs["areas"]}
    for row in theirs["facts"]:
        ours = FACTS[row["code"]]
        assert (ours.kind, ours.unit, ours.sensitive) == (
            row["type"], row["unit"], row["sensitive"]
        )  # fmt: skip
        assert [c.code for c in ours.values] == [v["code"] for v in row["values"] or []]
        assert [f.code for f in ours.fields] == [f["code"] for f in row.get("fields", [])]


def test_wards_carry_the_choices_of_the_facts_they_are_named_after() -> None:
    benefits = FACTS["wards"].field("benefits_received")

    assert benefits is not None
    assert benefits.values == FACTS["benefits_received"].values
    assert benefits.sensitive


CELLS = [
    ("birth_date", "2026-01-02", "2026-01-02"),
    ("birth_date", "2026/1/2", "2026-01-02"),
    ("birth_date", "2026.1.2", "2026-01-02"),
    ("birth_date", " ２０２６年1月２日 ", "2026-01-02"),
    ("birth_date", "20260102", "2026-01-02"),
    ("birth_date", "2026-01-02 00:00:00", "2026-01-02"),
    ("birth_date", "2024-02-29", "2024-02-29"),
    ("deceased_on", "无", None),
    ("sex", "女", "female"),
    ("sex", "FEMALE", "female"),
    ("living_arrangement", "空巢", "empty_nest"),
    ("living_arrangement", "空巢（仅与配偶同住）", "empty_nest"),
    ("pension_type", "未参保", "none"),
    ("pension_type", "职工（个人身份缴费）", "individual"),
    ("tax_credit_grade", "a级", "A"),
    ("welfare_status", "低保、特困人员", ["dibao", "tekun"]),
    ("welfare_status", "dibao,tekun；低保", ["dibao", "tekun"]),
    ("welfare_status", "无", []),
    ("care_need", "是", True),
    ("care_need", "有", True),
    ("care_need", "无", False),
    ("care_need", "否", False),
    ("revenue", "8650.5", 8650.5),
    ("revenue", "8,650.5万元", 8650.5),
    ("revenue", "１．２亿元", 12000),
    ("revenue", "500元", 0.05),
    ("revenue", "无", None),
    ("household_income_month", "2100元/月", 0.21),
    ("revenue_growth", "-3.5%", -3.5),
    ("rd_ratio", "4.99％", 4.99),
    ("employees", "126人", 126),
    ("employees", "126.0", 126),
    ("contract_months", "3年", 36),
    ("contract_months", "18个月", 18),
    ("premises_area", "800㎡", 800),
    ("service_disability_grade", "六级", 6),
    ("service_disability_grade", "6", 6),
    ("household_area", "370104", "370104"),
    ("household_area", "槐荫区", "370104"),
    ("household_area", "槐荫", "370104"),
    ("household_area", "腊山街道", "370104013"),
    ("household_area", "腊山", "370104013"),
    ("household_area", "山东省济南市槐荫区腊山街道办事处", "370104013"),
    ("household_area", "济南", "370100"),
    ("household_area", "道德街", "370104003"),
    ("household_area", "吴家堡镇", "370104016"),
    ("household_area", "420100", "420100"),
    ("industry", "3491", "3491"),
    ("industry", "C3491", "3491"),
    ("industry", "65", "65"),
    ("entity_name", " 济南样例（智能）公司 ", "济南样例（智能）公司"),
    ("disability", "无", None),
    (
        "disability",
        "残疾类别=肢体，残疾等级=三级，残疾人证有效期至=2032年5月31日；type:精神残疾,grade:2",
        [
            {"type": "physical", "grade": 3, "cert_valid_to": "2032-05-31"},
            {"type": "mental", "grade": 2},
        ],
    ),
    (
        "loans",
        "用途=流动资金贷款，金额=1,200万元，首次贷款=是，已结清=无",
        [{"kind": "working_capital", "amount": 1200, "first_ever": True, "settled": False}],
    ),
    ("credit_records", "名单=经营异常；", [{"list": "abnormal"}]),
    ("credit_records", "名单=经营异常，移出日期=无", [{"list": "abnormal", "removed_on": None}]),
    ("credit_records", "名单=经营异常，移出日期=未知", [{"list": "abnormal"}]),
    ("new_hires", "人员类别=退役军人、残疾人", [{"category": ["veteran", "disabled"]}]),
    (
        "wards",
        '[{"relation": "子女", "disability": [{"grade": 1}]}]',
        [{"relation": "子女", "disability": [{"grade": 1}]}],
    ),
]


@pytest.mark.parametrize(("code", "cell", "value"), CELLS)
def test_a_cell_is_read_as_its_fact(code, cell, value) -> None:
    read = read_cell(FACTS[code], cell)

    assert read == value
    assert type(read) is type(value)
    validate(FACTS[code], read)


@pytest.mark.parametrize(
    ("code", "cell", "wrong"),
    [
        ("birth_date", "2026-02-30", "not_a_date"),
        ("birth_date", "46023", "not_a_date"),
        ("birth_date", "2026-1/2", "not_a_date"),
        ("birth_date", "1年", "not_a_date"),
        ("birth_date", "1066-01-01", "not_a_date"),
        ("birth_date", "", "blank"),
        ("birth_date", "未知", "blank"),
        ("sex", "男女", "not_listed"),
        ("pension_type", "职工", "not_listed"),  # of two kinds: never guessed
        ("welfare_status", "低保、富裕", "not_listed"),
        ("care_need", "也许", "not_yes_or_no"),
        ("revenue", "NaN", "not_a_number"),
        ("revenue", "inf", "not_a_number"),
        ("revenue", "1e5", "not_a_number"),
        ("revenue", "1,23", "not_a_number"),
        ("revenue", "一千万", "not_a_number"),
        ("revenue", "100%", "not_a_number"),
        ("revenue", "-1", "out_of_range"),
        ("revenue", "9" * 15, "out_of_range"),
        ("revenue", "9" * 400, "not_a_number"),
        ("rd_ratio", "5万元", "not_a_number"),
        ("employees", "1.5", "not_a_number"),
        ("service_disability_grade", "11", "out_of_range"),
        ("household_area", "段店镇", "not_an_area"),
        ("household_area", "370104099", "not_an_area"),
        ("household_area", "990100", "not_an_area"),
        ("industry", "Z1", "not_an_industry"),
        ("industry", "9999", "not_an_industry"),
        ("industry", "A65", "not_an_industry"),
        ("size_class", "微型", "derived"),
        ("entity_name", "长" * 201, "too_long"),
        ("disability", "肢体三级", "unknown_field"),
        ("disability", "颜色=红", "unknown_field"),
        ("disability", "残疾等级=5", "out_of_range"),
        ("disability", "[{]", "wrong_type"),
        ("disability", '[{"grade": "三"}]', "not_a_number"),
        ("wards", "残疾情况=肢体", "wrong_type"),
    ],
)
def test_a_cell_that_does_not_fit_is_refused(code, cell, wrong) -> None:
    with pytest.raises(BadValue) as refused:
        read_cell(FACTS[code], cell)

    assert (refused.value.code, refused.value.fact) == (wrong, code)
    assert FACTS[code].label in str(refused.value)


@given(st.sampled_from(PLAIN), st.text(max_size=60))
def test_any_cell_is_read_or_refused_without_being_repeated(fact, cell) -> None:
    try:
        value = read_cell(fact, cell)
    except BadValue as refused:
        assert len(cell) < 9 or cell not in str(refused)
    else:
        validate(fact, value)
        assert say_value(fact, value)


@given(st.sampled_from(PLAIN), st.text("0123456789.,-+%eE万亿元年月日/ ", max_size=12))
def test_numbers_read_are_finite_and_in_bounds(fact, cell) -> None:
    try:
        value = read_cell(fact, cell)
    except BadValue:
        return
    if isinstance(value, int | float):
        assert math.isfinite(value)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("birth_date", "2026-02-30"),
        ("birth_date", "20260102"),
        ("birth_date", "2026-1-2"),
        ("birth_date", 20260102),
        ("sex", "男"),
        ("sex", ["male"]),
        ("welfare_status", "dibao"),
        ("welfare_status", ["rich"]),
        ("welfare_status", ["dibao"] * 2001),
        ("benefits_received", ["低保 金"]),
        ("care_need", 1),
        ("revenue", "100"),
        ("revenue", True),
        ("revenue", float("nan")),
        ("revenue", float("inf")),
        ("employees", 1.5),
        ("employees", -1),
        ("household_area", 370104),
        ("household_area", "37010"),
        ("household_area", "３７０１０４"),
        ("industry", "C"),
        ("industry", "9"),
        ("entity_name", "长" * 201),
        ("disability", {"grade": 1}),
        ("disability", [1]),
        ("disability", [{"colour": "red"}]),
        ("disability", [{"grade": 5}]),
        ("size_class", "micro"),
        ("size_class", None),
    ],
)
def test_values_that_do_not_fit_are_refused(code, value) -> None:
    with pytest.raises(BadValue, match=FACTS[code].label):
        validate(FACTS[code], value)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("deceased_on", None),
        ("welfare_status", []),
        ("benefits_received", ["new_benefit_2027"]),
        ("revenue", 0),
        ("revenue_growth", -12.5),
        ("employees", 126.0),
        ("industry", "349"),
        ("disability", [{"grade": None}, {}]),
    ],
)
def test_values_that_fit_pass(code, value) -> None:
    validate(FACTS[code], value)


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        ("resident", {"shoe_size": 1}, "不在词表中"),
        ("resident", {"revenue": 1}, "只用于企业"),
        ("enterprise", {"sex": "male"}, "只用于居民"),
        ("enterprise", {"disability": None}, "只用于居民"),
    ],
)
def test_a_document_holds_only_facts_of_its_kind(kind, facts, words) -> None:
    with pytest.raises(BadValue, match=words):
        validate_document(kind, facts)


def test_measured_profiles_are_valid_documents(shared: Path) -> None:
    lines = (shared / "domain/cases_public.jsonl").read_text("utf-8").splitlines()

    for profile in (json.loads(line)["profile"] for line in lines):
        validate_document(profile["kind"], profile["facts"])
        for code, value in profile["facts"].items():
            assert say_value(FACTS[code], value)


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("birth_date", "2026-01-02", "2026年1月2日"),
        ("deceased_on", None, "无"),
        ("welfare_status", [], "无"),
        ("welfare_status", ["dibao", "tekun"], "最低生活保障对象、特困供养人员"),
        ("care_need", True, "是"),
        ("revenue", 8650.5, "8650.5万元"),
        ("revenue", 12000, "1.2亿元"),
        ("household_income_month", 0.115, "1150元/月"),
        ("rd_ratio", 6.48, "6.48%"),
        ("employees", 126, "126人"),
        ("contract_months", 12, "12个月"),
        ("household_area", "370104013", "腊山街道"),
        ("household_area", "420100", "区划420100"),
        ("industry", "6513", "6513（信息传输、软件和信息技术服务业）"),
        (
            "disability",
            [{"type": "physical", "grade": 3}, {"grade": None}],
            "残疾类别：肢体，残疾等级：3级；残疾等级：无",
        ),
    ],
)
def test_a_value_is_said_in_chinese(code, value, words) -> None:
    assert say_value(FACTS[code], value) == words


def test_a_label_reads_back_as_its_code() -> None:
    for fact in every_fact():
        if fact.kind is Kind.ENUM and not fact.derived:
            for choice in fact.values:
                assert read_cell(fact, choice.label) == choice.code, (fact.code, choice.code)


def test_an_area_reads_back_by_its_name() -> None:
    for code, label in areas().items():
        assert find_area(label) == code


@pytest.mark.parametrize("text", ["", "  ", "-", "/", "未知", "不详", "N/A", "　"])
def test_a_cell_that_says_nothing_is_blank(text) -> None:
    assert is_blank(text)


def test_none_is_not_blank() -> None:
    assert not is_blank("无")


def test_codes_are_ascii_and_inside_their_tables() -> None:
    assert is_area_code("370104013")
    assert not is_area_code("٣٧٠١٠٤")
    assert is_industry_code("01")
    assert not is_industry_code("00")
    assert not is_industry_code("98")


def test_the_vocabulary_loads_light() -> None:
    heavy = ("numpy", "sklearn", "sqlalchemy", "sqlmodel", "jieba", "pandas", "fastapi")
    script = (
        "import sys, profiles.facts, profiles.identity, pusher.rules.judge, pusher.rules.say;"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert loaded.stdout.strip() == b"[]"
