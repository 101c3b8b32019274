"""What one may follow, in plain groups; and the notice that is agreed to, by its version."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from profiles.model import ProfileKind

NOTICE: Final = "2026-11"
"""Version of the notice that is agreed to now: a file of ``templates/public/consents``."""


@dataclass(frozen=True, slots=True)
class Interest:
    """A plain group of tags.

    Attributes:
        key: its name in a form.
        tags: codes of the taxonomy.
    """

    key: str
    name: str
    tags: tuple[str, ...]


@cache
def interests() -> Mapping[ProfileKind, Sequence[Interest]]:
    """The groups for residents and for firms, in the order they are shown."""
    text = files("templates").joinpath("public", "interests.toml").read_text(encoding="utf-8")
    page = tomllib.loads(text)
    return {
        kind: tuple(
            Interest(row["key"], row["name"], tuple(row["tags"])) for row in page[kind.value]
        )
        for kind in ProfileKind
    }


def tags_of(kind: ProfileKind, keys: Collection[str]) -> tuple[str, ...]:
    """The tags of the groups that were ticked, each once."""
    chosen = (tag for one in interests()[kind] if one.key in keys for tag in one.tags)
    return tuple(dict.fromkeys(chosen))


def versions() -> set[str]:
    """Every version of the notice that somebody may have agreed to."""
    folder = files("templates").joinpath("public", "consents")
    return {
        file.name.removesuffix(".html") for file in folder.iterdir() if file.name.endswith(".html")
    }
