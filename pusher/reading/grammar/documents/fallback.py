"""What a draft says where no sentence told for whom a policy is."""

import re

from pusher.reading.grammar.documents.desk import SHORTEST_TOLD, Desk
from pusher.reading.grammar.documents.outline import Item
from pusher.reading.grammar.sentences.roles import has_role
from pusher.reading.grammar.sentences.sentence import LONGEST, read_sentence

_SENTENCE = re.compile(r"[^。\n]+")
_OPEN_TO_ALL = re.compile(
    r"不限户籍|全体|所有(?:居民|市民|企业|人员)|广大|消费者|任何(?:人|单位)|均可"
)
_LONGEST_NAMES = 120
"""Characters of a sentence that only names people."""
_NO_NAMES = re.compile(r"材料|：|关于|通知|办理|审批|查询|规定|应当|→|\d{4}年")


def read_bare_names(tree: Item, desk: Desk) -> None:
    """Read a text that does no more than name people: 自主就业退役士兵、复员干部。"""
    for mark in _SENTENCE.finditer(tree.text):
        told = mark.group(0).strip()
        if len(told) <= _LONGEST_NAMES and not _NO_NAMES.search(told):
            found = read_sentence(told, desk.scope, desk.words)
            if found.asked and not _OPEN_TO_ALL.search(desk.scope.whole):
                desk.reading.add(found)


def nothing_read(whole: str) -> list[str]:
    """Give a person the sentence that should have said for whom, unless all may come."""
    sentences = [mark.group(0).strip() for mark in _SENTENCE.finditer(whole)]
    speak = [
        s for s in sentences if has_role(s[:LONGEST], "asks") or has_role(s[:LONGEST], "grants")
    ]
    told = speak or [s for s in sentences if len(s) > SHORTEST_TOLD]
    return [] if _OPEN_TO_ALL.search(whole) else [max(told[:3], key=len)[:LONGEST]] if told else []
