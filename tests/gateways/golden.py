"""Requests captured from the vendors' own SDKs, and vectors computed by two implementations."""

import base64
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "golden"


def golden(name: str) -> dict[str, Any]:
    """One captured request or set of vectors, by name."""
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content


def names(beginning: str) -> list[str]:
    """All names with this beginning, sorted."""
    return sorted(file.stem for file in FOLDER.glob(f"{beginning}*.json"))


def headers(capture: dict[str, Any]) -> dict[str, str]:
    """Headers of a captured request by lower-case name."""
    return {name.lower(): value for name, value in capture["request"]["headers"]}


def body(capture: dict[str, Any]) -> bytes:
    """Body of a captured request."""
    return base64.b64decode(capture["request"]["body_b64"])
