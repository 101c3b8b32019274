"""The size of a firm is computed: at each limit of the standard, and with figures missing."""

import json
from pathlib import Path

import pytest

from pusher.rules.sizes import UNSIZED, possible_sizes
from tests.rules.makers import leaf, said

ALL = {"micro", "small", "medium", "large"}
FACTORY: dict[str, object] = {"industry": "3491"}


@pytest.mark.parametrize(
    ("employees", "revenue", "size"),
    [
        (1000, 40000, "large"),
        (999, 40000, "medium"),
        (1000, 39999.99, "medium"),
        (300, 2000, "medium"),
        (299, 2000, "small"),
        (300, 1999.9, "small"),
        (20, 300, "small"),
        (19, 300, "micro"),
        (20, 299, "micro"),
        (5000, 0, "micro"),
        (None, 40000, "micro"),
    ],
)
def test_both_figures_must_be_met(employees, revenue, size) -> None:
    facts = {**FACTORY, "employees": employees, "revenue": revenue}

    assert possible_sizes(facts) == {size}


@pytest.mark.parametrize(
    ("facts", "sizes"),
    [
        ({**FACTORY, "employees": 19}, {"micro"}),  # no revenue can lift it
        ({**FACTORY, "employees": 25}, {"micro", "small"}),
        ({**FACTORY, "revenue": 50000}, ALL),
        ({**FACTORY, "employees": "many", "revenue": 100}, {"micro"}),
        (FACTORY, ALL),
        ({"industry": "7010", "revenue": 200000, "total_assets": 10000}, {"large"}),
        ({"industry": "7030", "employees": 10}, {"small"}),
        ({"industry": "5910", "employees": 100, "revenue": 3000}, {"small"}),
        ({"industry": "5930", "employees": 100, "revenue": 3000}, {"medium"}),
        ({"industry": "59", "employees": 100, "revenue": 3000}, {"small", "medium"}),
        ({"industry": "6620", "employees": 5000}, {UNSIZED}),
        ({"industry": "53", "employees": 5, "revenue": 5}, {UNSIZED}),
        ({}, {*ALL, UNSIZED}),
        ({"size_class": "large", "industry": "0111", "revenue": 10}, {"micro"}),
    ],
)
def test_what_is_missing_leaves_the_sizes_open(facts, sizes) -> None:
    assert possible_sizes(facts) == sizes


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({**FACTORY, "employees": 25}, "yes"),
        ({**FACTORY, "employees": 300}, "unknown"),
        ({**FACTORY, "employees": 300, "revenue": 2000}, "no"),
        ({"industry": "6620", "employees": 3}, "unknown"),
        ({"size_class": "micro"}, "unknown"),
    ],
)
def test_a_rule_on_size_holds_where_every_open_size_agrees(facts, answer) -> None:
    assert said(leaf("size_class", "in", ["micro", "small"]), facts) == answer


def test_the_table_is_the_standards(shared: Path) -> None:
    rows = json.loads((shared / "domain/reference.json").read_text("utf-8"))
    places = {"employees": "employees", "revenue": "revenue", "assets": "total_assets"}

    for row in rows["sme_thresholds_2011"]["rows"]:
        industry = row["gbt4754"][:4].split("-")[0].ljust(4, "9")
        limits = {places[metric]: numbers for metric, numbers in row["metrics"].items()}
        for place, size in enumerate(("large", "medium", "small")):
            just = {metric: numbers[place] for metric, numbers in limits.items()}
            assert possible_sizes({"industry": industry, **just}) == {size}
            for metric in just:
                less = {**just, metric: just[metric] - 1}
                assert size not in possible_sizes({"industry": industry, **less})
