"""What a sentence or a heading does: it asks, grants, shuts out, or speaks of something else."""

import re
import tomllib
from functools import cache
from importlib.resources import files


@cache
def cues(role: str) -> tuple[re.Pattern[str], ...]:
    """Return the cues of *role*, from `nouns/cues.toml`."""
    return tuple(re.compile(row["says"]) for row in _rows() if row["role"] == role)


def has_role(text: str, role: str) -> bool:
    """Whether a cue of *role* stands in *text*."""
    return any(cue.search(text) for cue in cues(role))


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = (files("pusher.reading.grammar") / "nouns" / "cues.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["cue"])
