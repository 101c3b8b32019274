"""Whom a text shuts out where it tells procedure, or answers no to a question.

监督管理。列入失信名单的企业，取消申报资格: such parts tell duties and papers, no conditions. But an
office writes there, too, that firms on a list or punished of late may not apply, and that holds for
everybody. 分公司能申报吗？不能: the question names who is shut out.
"""

import re
from collections.abc import Iterator

from pusher.reading.grammar.documents.outline import Item
from pusher.reading.grammar.findings import Scope
from pusher.reading.grammar.joining import Node, leaves_of
from pusher.reading.grammar.sentences.roles import has_role
from pusher.reading.grammar.sentences.sentence import LONGEST, read_sentence
from pusher.reading.grammar.words import Words

_SENTENCE = re.compile(r"[^。\n]+")
_DUTY = re.compile(r"，(?=并|且|同时)|并(?=[^，。；]{0,4}追)|；")
_CASES = re.compile(r"(?:下列|以下|如下)[^，。；]{0,6}(?:情形|情况|行为|问题|企业|单位)|之一")
_MAY = re.compile(
    r"(?P<who>[^，。；]{3,40}?)(?:是否|还|也|都)?(?:能够|能否|能不能|可否|能|可以|可)(?:继续|再)?(?:申|享|领|参|获|补|拿|单独)[^，。；]{0,8}(?:吗|么|呢)?"
)
_NO = re.compile(r"(?:不能|不可|不行|不得|否(?!则))(?!重复|同时|兼)")
# 此前所借贷款尚未结清的，不得重复申请
_OWES = re.compile(r"(?:未|没有)(?:全部)?(?:结清|还清|清偿|归还|偿还)[^，。；]{0,10}的")
_OF_STANDING = frozenset({"credit_records", "adverse_events"})


def tells_how(heading: str) -> bool:
    """Whether a heading says that what follows is procedure; a sentence is no heading."""
    named = "，" not in heading and has_role(heading, "procedure heading")
    shuts = bool(_CASES.search(heading)) and has_role(heading, "excludes")
    return named and not shuts and not has_role(heading, "grants")


def refused(tree: Item, scope: Scope, words: Words) -> Iterator[Node]:
    """Give whom the questions name that *tree* answers with no: 分公司能申报吗？不能."""
    for item in tree.walk():
        asked = _MAY.fullmatch(item.heading)
        if asked and _NO.match(item.body):
            yield from read_sentence(asked["who"], scope, words, shuts=True).excluded


def barred(tree: Item, scope: Scope, words: Words) -> Iterator[Node]:
    """Give the lists and the late events that parts of *tree* on procedure shut out."""
    for item in _on_procedure(tree):
        for mark in _SENTENCE.finditer(f"{item.text}\n{item.after}"):
            told = _DUTY.split(mark.group(0))[0]
            never = has_role(told, "never") and not _OWES.search(told)
            if len(told) > LONGEST or not has_role(told, "excludes") or never:
                continue
            for node in read_sentence(told, scope, words).excluded:
                yield from (leaf for leaf in leaves_of(node) if _holds_for_all(leaf))


def _on_procedure(item: Item, *, within: bool = False) -> Iterator[Item]:
    if item.heading and not within:
        if has_role(item.heading, "audience heading"):
            return
        within = tells_how(item.heading)
    if within:
        yield item
    for part in item.items:
        yield from _on_procedure(part, within=within)


def _holds_for_all(leaf: Node) -> bool:
    """Whether a firm is shut out by a list, a dated event or a debt, not by what follows a grant."""
    if leaf.get("fact") == "loans":
        return leaf.get("op") == "has" and "settled" in str(leaf["value"])
    dated = leaf.get("fact") == "credit_records" or "occurred_on" in str(leaf.get("value"))
    return leaf.get("fact") in _OF_STANDING and dated and leaf.get("op") == "has"
