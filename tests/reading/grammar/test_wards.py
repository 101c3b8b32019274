"""What a text asks of a guardian's child is asked of a ward, not of who applies."""

import pytest

from pusher.reading.grammar.drafting import Draft, draft
from pusher.reading.grammar.findings import spell


def _draft(text: str) -> Draft:
    return draft(["关于补贴的通知", text], area_code="370104")


def test_who_has_a_child_is_not_the_child() -> None:
    read = _draft("补贴对象为具有本区户籍、抚养有未满6周岁子女的居民。")

    assert spell(read.rule) == ("(wards has (birth_date age_lt 6) & household_area within 370104)")
    assert read.subject == "self"


def test_what_is_asked_of_child_and_guardian_is_told_apart() -> None:
    read = _draft(
        "申请人为婴幼儿的父母或者其他监护人，持有济南市有效居住证。婴幼儿未满3周岁，在本区托育机构入托。"
    )

    ward = next(spell(one) for one in read.rule["all"] if one.get("fact") == "wards")
    assert "birth_date age_lt 3" in ward and "school_stage in nursery" in ward
    assert "residence_permit" not in ward


def test_either_of_child_and_guardian_is_enough() -> None:
    read = _draft("申领人为儿童的父母，儿童或者申领人具有槐荫区户籍。儿童未满3周岁。")

    assert "(wards has (household_area within 370104) | household_area within 370104)" in spell(
        read.rule
    )


@pytest.mark.parametrize(
    "text",
    [
        "对具有槐荫区户籍的3周岁以下婴幼儿发放补贴，由父母或者其他监护人申领。",
        "申领人为婴幼儿的父母一方或者其他监护人，婴幼儿须具有槐荫区户籍、未满3周岁。",
    ],
)
def test_where_the_child_alone_is_asked_the_child_is_the_subject(text: str) -> None:
    read = _draft(text)

    assert "wards" not in spell(read.rule)
    assert read.subject == "ward"


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("第三孩", "birth_order eq 3"),
        ("二孩及以上", "birth_order ge 2"),
        ("两个以上子女", "birth_order ge 2"),
    ],
)
def test_which_child_of_a_family_is_read(said: str, order: str) -> None:
    read = _draft(f"补贴对象为具有本区户籍，生育{said}的居民。")

    assert f"wards has ({order})" in spell(read.rule)


def test_that_a_child_outgrows_a_benefit_shuts_no_parent_out() -> None:
    text = (
        "一、补贴对象为按政策生育第二个子女，且该子女不满三周岁的本市户籍家庭。\n"
        "二、幼儿已满三周岁的，自次月起停发。"
    )

    said = spell(draft(text.split("\n"), area_code="370104").rule)

    assert "birth_date age_lt 3" in said
    assert "age_ge 3" not in said


def test_a_school_that_is_wished_for_is_in_no_register() -> None:
    text = "登记对象为本市户籍、需在本区就读小学的儿童，由父母一方作为申请人。"

    assert "school" not in spell(draft([text], area_code="370104").rule)
