"""What staff read of acts and states is Chinese: no code name slips through."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from jinja2 import Environment

from pusher.model.batch import BatchState
from pusher.model.notice import NoticeState, Outcome, Reason
from pusher.model.staff import Role
from pusher.settings import Settings
from pusher.web.sayings import environment, say_lasting

ROOT = Path(__file__).parents[2]


def words() -> dict[str, dict[str, object]]:
    pages: Environment = environment()
    module = pages.get_template("console/_words.html").module
    return {name: value for name, value in vars(module).items() if isinstance(value, dict)}


def acts_of(file: Path) -> Iterator[str]:
    """What the code writes into the audit."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1].endswith("note"):
            for given in node.args:
                said = given.value if isinstance(given, ast.Constant) else None
                if isinstance(said, str) and re.fullmatch(r"[a-z]+\.[a-z_]+", said):
                    yield said


def details_of(file: Path) -> Iterator[str]:
    """Under which names the audit keeps what an act was about."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("note", "audit.note"):
            given = {word.arg for word in node.keywords if word.arg}
            yield from given - {"about", "by", "now"}


def test_every_act_of_the_audit_has_a_name() -> None:
    acts = {act for file in (ROOT / "pusher").rglob("*.py") for act in acts_of(file)}

    assert len(acts) > 30
    assert acts - set(words()["act_name"]) == set()


def test_every_state_role_and_reason_has_a_name() -> None:
    said = words()

    for table, known in {
        "role_name": Role,
        "role_does": Role,
        "batch_state": BatchState,
        "notice_state": NoticeState,
        "outcome_name": Outcome,
        "reason_name": Reason,
    }.items():
        assert {one.value for one in known} <= set(said[table]), table


def test_every_setting_and_every_detail_of_an_act_has_a_name() -> None:
    said = words()

    settings = {field.name for field in fields(Settings)} - {"gateways", "origins"}
    assert settings - set(said["setting_name"]) == set()
    details = {name for file in (ROOT / "pusher").rglob("*.py") for name in details_of(file)}
    assert len(details) > 15
    assert details - set(said["detail_name"]) == set()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(259_200.0, "3天"), (900.0, "15分钟"), (5_400.0, "90分钟"), (0.5, "0.5秒"), (0.0, "0秒")],
)
def test_a_length_of_time_is_told_in_the_largest_unit_that_fits(seconds: float, told: str) -> None:
    assert say_lasting(seconds) == told
