"""A bound that is eased for some, and people who need not meet it, are second ways in."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell


def _said(text: str) -> str:
    return spell(draft([text], area_code="370104").rule)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (
            "补贴对象：年龄不超过35周岁（博士放宽至40周岁）的毕业生。",
            "(birth_date age_le 35 | (education_level ge doctor & birth_date age_le 40))",
        ),
        (
            "补贴对象：上年度营业收入不低于500万元（专精特新企业放宽至300万元）的企业。",
            "(revenue ge 500 | (qualifications has (code eq srdi",
        ),
        (
            "补贴对象：年龄在18周岁以上、60周岁以下（妇女放宽至65周岁以下）的农民。",
            "((birth_date age_ge 18 & birth_date age_le 60)"
            " | (birth_date age_ge 18 & sex eq female & birth_date age_le 65))",
        ),
    ],
)
def test_a_bracket_eases_a_bound_for_some_alone(text: str, meant: str) -> None:
    assert meant in _said(text)


def test_whom_a_list_does_not_bind_is_let_in_beside_it() -> None:
    said = _said(
        "一、服务对象：65周岁以上，并具有下列一项：（1）低保家庭；（2）计划生育特殊家庭。\n"
        "二、年满80周岁的独居老年人，不要求具备前款条件，直接列入。"
    )

    assert said == (
        "(((birth_date age_ge 65 & (welfare_status any_of dibao"
        " | family_planning_status any_of special_family))"
        " | (birth_date age_ge 80 & living_arrangement in alone)))"
    )


def test_a_minor_of_twelve_is_asked_for_once() -> None:
    said = _said("服务对象：年龄6周岁以上12周岁以下、在本区居住的未成年人。")

    assert "age_le 12" in said
    assert "age_lt 18" not in said


def test_a_part_of_a_figure_shuts_nobody_out() -> None:
    said = _said("补贴对象：种植面积50亩以上的农户。种植面积超过300亩的部分不予补助。")

    assert "farm_area_mu ge 50" in said
    assert "300" not in said


def test_a_short_sentence_that_shuts_out_is_no_heading() -> None:
    said = _said("一、补贴对象：60周岁以上的老年人。\n二、集中供养的特困人员不发放。")

    assert "not care_setting in institution" in said


def test_kinds_of_support_in_a_list_shut_out_each_by_itself() -> None:
    said = _said("申请条件：年满18周岁。已入住人才公寓、公租房且未腾退的，不予配租。")

    assert "not housing_support any_of" in said
    assert "talent_apartment,public_rental" in said


def test_what_the_single_alone_are_asked_binds_no_family() -> None:
    said = _said(
        "申请条件：具有本区户籍。单身居民独立申请的，还应年满30周岁，但孤儿申请的不受年龄限制。"
    )

    assert said == (
        "(household_area within 370104 & (not marital_status in single"
        " | (birth_date age_ge 30 | child_category any_of orphan)))"
    )
