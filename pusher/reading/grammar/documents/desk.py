"""What has been read of a document so far."""

import re
from dataclasses import dataclass, field

from pusher.reading.grammar.findings import Scope
from pusher.reading.grammar.joining import Node, all_of, leaves_of
from pusher.reading.grammar.sentences.shutting import Reading
from pusher.reading.grammar.words import Words

OFFERS = re.compile(
    r"[，,]每[人亩户孩月年次餐床张][^，。；]{0,10}(?:补贴|补助|奖励|发放|给予|\d)|可(?:以)?申请(?:在|到|入)|(?:均)?可(?:以)?(?:按规定)?(?:享受|领取|获得)(?![^，。；]{0,100}(?:对象|范围))"
)
WAY_IN = re.compile(
    r"直接(?:列入|纳入|认定|入选|配发|调整|发放|享受|补差|补发|划转|转入)|(?:无需|无须|不必|不需要?|不用)(?:重新|另行|再次|再)?申请|可[^，。；均]{0,24}提出[^，。；]{0,8}申请"
)
SHORTEST_TOLD = 6


@dataclass(slots=True)
class Desk:
    """What has been read of a document so far."""

    scope: Scope
    words: Words
    reading: Reading = field(default_factory=Reading)
    ways: list[Reading] = field(default_factory=list)
    likewise: list[Node] = field(default_factory=list)
    waived: list[tuple[str, Node]] = field(default_factory=list)
    """A fact, and those of whom it is not asked."""
    scopes: dict[int, Scope] = field(default_factory=dict)
    """The scope of each item of the outline, by its id."""
    several: bool = False
    """Whether the text tells for each of several benefits whom it is for."""


def facts_of(node: Node) -> set[str | None]:
    """Return the facts that *node* asks about."""
    return {leaf["fact"] for leaf in leaves_of(node)}


def unit(found: Reading) -> Reading:
    """Keep what one sentence asks together: another sentence may state a second way in."""
    if found.asked:
        found.asked = [all_of(found.asked)]
    return found


def cut(sentence: str, at: re.Pattern[str]) -> str:
    """Keep what stands before what is offered, unless the sentence begins with the offer."""
    mark = at.search(sentence)
    return sentence[: mark.start()] if mark and mark.start() > SHORTEST_TOLD else sentence
