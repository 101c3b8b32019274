"""The measured policies and cases beside the project, as rules and as what a reading would give."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pusher.commands.cases import Read
from pusher.rules.nodes import Node
from tests.rules.makers import rule_from


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def gold_elements(shared: Path) -> dict[str, dict[str, Any]]:
    """By policy id."""
    rows = lines_of(shared / "domain/elements_public.jsonl")
    return {row["policy_id"]: row for row in rows}


def gold_cases(shared: Path) -> list[dict[str, Any]]:
    return lines_of(shared / "domain/cases_public.jsonl")


def gold_rule(element: Mapping[str, Any]) -> Node:
    return rule_from(element["rule"], {c["id"]: c for c in element["conditions"]})


def gold_reading(element: Mapping[str, Any]) -> Read:
    """What a faultless reading of the text would give."""
    dates = ("valid_from", "valid_to", "apply_from", "apply_until")
    days = [date.fromisoformat(element[name]) if element[name] else None for name in dates]
    return Read(gold_rule(element), element["audience_kind"], element["subject"], *days)
