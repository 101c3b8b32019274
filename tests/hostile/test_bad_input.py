"""Each kind of bad input is held by named tests, and they exist; see ``bad_input.toml``."""

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
TOLD = tomllib.loads(Path(__file__).with_name("bad_input.toml").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = TOLD["row"]
FAULTS: list[dict[str, Any]] = TOLD["fault"]


@cache
def named_in(file: str) -> frozenset[str]:
    tree = ast.parse(TESTS.joinpath(file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_kind_is_there_once() -> None:
    assert [row["number"] for row in ROWS] == list(range(1, 76))


@pytest.mark.parametrize("row", [*ROWS, *FAULTS], ids=lambda row: row["input"])
def test_a_kind_of_bad_input_is_held_by_tests_that_exist(row: dict[str, Any]) -> None:
    for test in row["held"]:
        file, name = test.split("::")
        assert f"test_{name}" in named_in(file), test
    assert row["held"]
