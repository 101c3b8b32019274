"""The room's tables, read once: reference lists and the words of the subjects."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pusher.reading.taxonomy import taxonomy


@cache
def _table(name: str) -> Mapping[str, Any]:
    text = (files("pusher.reading") / "lexicon" / f"{name}.json").read_text(encoding="utf-8")
    table: Mapping[str, Any] = json.loads(text)
    return table


def reference() -> Mapping[str, Any]:
    """Return reference lists: streets, State Council themes, GB/T 4754 sections, firm sizes."""
    return _table("reference")


def taxonomy_words() -> tuple[str, ...]:
    """Return the words that a tokeniser must keep whole: names and keywords of the subjects."""
    words = {word for tag in taxonomy().values() for word in (tag.name, *tag.keywords)}
    return tuple(sorted(word for word in words if len(word) > 1))
