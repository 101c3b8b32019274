"""Words that a document defines, and what a definition itself asks."""

import re
from collections.abc import Iterator

from pusher.reading.grammar.documents.desk import Desk
from pusher.reading.grammar.documents.outline import Item
from pusher.reading.grammar.joining import (
    Node,
    all_of,
    alternatives,
    is_place,
    leaves_of,
)
from pusher.reading.grammar.sentences.sentence import LONGEST, read_sentence
from pusher.reading.grammar.sentences.shutting import Reading
from pusher.reading.grammar.words import Words, definitions, inline

_LEAVES_OUT = re.compile(r"不包括|不包含|不含(?!税)|除外")
# 所称重度，是指一级、二级: a word that means nothing by itself
_DEGREES = frozenset({"重度", "中度", "轻度"})
_PLACES = frozenset({"household_area", "residence_area", "registered_area", "business_area"})


def define(tree: Item, desk: Desk) -> Iterator[tuple[str, str, Reading]]:
    """Learn the words that the document defines; give each with its sentence and its reading."""
    for item in tree.walk():
        for sentence in item.sentences():
            told = sentence[:LONGEST]
            beside = inline(told)
            told_of = [beside] if beside else definitions(told)
            for one in (one for one in told_of if one.term not in _DEGREES):
                reading = read_sentence(one.what, desk.scope, desk.words, term=one.term)
                if _LEAVES_OUT.search(one.what):
                    desk.reading.excluded += reading.excluded
                if reading.asked and _is_award(one.term, desk):
                    desk.reading.asked += [n for n in reading.asked if is_place(n)]
                elif reading.asked:
                    meant = [*alternatives(reading.asked), *_named_by(one.term, reading, desk)]
                    desk.words.defined[one.term] = (all_of(meant), one.quote)
                yield one.term, sentence, reading


def _is_award(term: str, desk: Desk) -> bool:
    """Whether a defined term is an award that each sentence tells in its own way: 首次认定的高企."""
    own = read_sentence(term, desk.scope, Words(own=desk.words.own))
    return any(leaf["fact"] == "qualifications" for n in own.asked for leaf in leaves_of(n))


def _named_by(term: str, reading: Reading, desk: Desk) -> list[Node]:
    """Return what *term* itself says and its definition does not: 现役军人家属，是指户籍在本区的…"""
    defined = {leaf["fact"] for node in reading.asked for leaf in leaves_of(node)}
    if defined - _PLACES:
        return []
    own = read_sentence(term, desk.scope, Words(own=desk.words.own))
    return [node for node in own.asked if not defined & {x["fact"] for x in leaves_of(node)}]


def ask_unused(defining: list[tuple[str, str, Reading]], desk: Desk) -> None:
    """Ask what a definition says whose term stands in no condition: it says whom all is about."""
    for term, sentence, reading in defining:
        if term not in desk.words.used and "所称" in sentence:
            desk.reading.add(reading)
