"""What staff read of acts and states is Chinese: no code name slips through."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment

from pusher.model.batch import BatchState
from pusher.model.notice import NoticeState, Outcome, Reason
from pusher.model.staff import Role
from pusher.web.sayings import environment

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
