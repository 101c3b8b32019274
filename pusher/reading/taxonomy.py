"""The subjects that policies are sorted by: the office's tags, by code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class TagMeaning:
    """One subject.

    Attributes:
        code: as subscriptions and policies name it.
        name: as people read it.
        group: 民生, 惠企, 生命周期 or 人群.
        definition: one sentence.
        keywords: words that speak for it.
    """

    code: str
    name: str
    group: str
    definition: str
    keywords: tuple[str, ...]


@cache
def taxonomy() -> Mapping[str, TagMeaning]:
    """All tags by code, in the taxonomy's order."""
    text = files("pusher.reading").joinpath("lexicon/taxonomy.json").read_text("utf-8")
    return {
        tag["code"]: TagMeaning(
            tag["code"], tag["name"], tag["group"], tag["definition"], tuple(tag["keywords"])
        )
        for tag in json.loads(text)["tags"]
    }


def keywords() -> Mapping[str, tuple[str, ...]]:
    """Code of a tag → the words that speak for it."""
    return {code: tag.keywords for code, tag in taxonomy().items()}
