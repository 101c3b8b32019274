"""Homes are read in any order: whose, where, of what kind, since when, sold or still owned."""

import pytest

from pusher.reading.grammar.families import find_all
from pusher.reading.grammar.findings import Scope, spell


def _read(text: str) -> list[str]:
    return [spell(one.node) for one in find_all(text, Scope(whole=text, area_code="370104"))]


def _both(op: str, join: str, where: str) -> list[str]:
    return [f"(homes_owned {op} ({where}) {join} spouse_homes_owned {op} ({where}))"]


@pytest.mark.parametrize(
    "text",
    [
        "本人及配偶名下在本市均无自有住房",
        "申请人、配偶及未成年子女在济南市范围内均没有住房",
        "夫妻双方在本市均无房产",
        "申请家庭在本市市区无自有住房",
        "家庭成员在济南市无产权住房",
    ],
)
def test_who_has_no_home_is_asked_of_both(text: str) -> None:
    where = "area within 370100 & disposed_on null None"
    assert _read(text) == _both("none", "&", where)


def test_a_home_of_either_is_enough() -> None:
    said = "2026年内在本区购买商品住房并完成不动产登记，登记在本人或者配偶一方名下"
    where = (
        "area within 370104 & kind eq commodity & registered_on between_dates 2026-01-01,2026-12-31"
    )
    assert _read(said) == _both("has", "|", where)


def test_whose_home_is_not_told_is_the_applicants_own() -> None:
    assert _read("在本区拥有自有住房") == [
        "homes_owned has (area within 370104 & disposed_on null None)"
    ]


def test_what_was_registered_once_need_not_be_owned_still() -> None:
    assert _read("2024年12月31日以前，申请人在本市已有住房登记的") == [
        "homes_owned has (area within 370100 & registered_on on_or_before 2024-12-31)"
    ]


@pytest.mark.parametrize("text", ["名下有两套及以上住房的", "本市唯一住房", "所有住房困难家庭"])
def test_how_many_homes_is_left_to_a_person(text: str) -> None:
    assert not any("homes_owned" in one for one in _read(text))


def test_a_rented_home_is_no_home_of_ones_own() -> None:
    assert _read("承租的住房位于本区且已完成网签备案") == [
        "rented_homes has (area within 370104 & filed is True)"
    ]
