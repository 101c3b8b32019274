"""Where a text names records: two nouns of one clause that are not listed name one."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pusher.reading.grammar.records.frame import Frame, RecordKind, frames
from pusher.reading.grammar.records.reach import SENTENCE_ENDS

_AS = re.compile(r"[^、，。；：和或及]{0,6}?(?:评|认定为|为|达到|获)")
LISTED = re.compile(r"[、，,；;：:。\n]|和|或|及|与|以及")
_ALSO = re.compile(r"[（(](?:含|包括)[^（）()]{0,80}$")
_LIST = re.compile(r"\s*(?:、|和|或者?|及|与|以及)\s*")


class Head(NamedTuple):
    """Where a noun names a record, and of what kind it is."""

    start: int
    end: int
    kind: RecordKind | None = None

    @property
    def lacks(self) -> frozenset[str]:
        return self.kind.lacks if self.kind else frozenset()


def heads_of(frame: Frame, text: str) -> Sequence[Head]:
    """Return where *text* names records; two nouns of one clause that are not listed name one.

    首次升规纳统的规模以上服务业企业 names one entry, 专精特新企业、瞪羚企业 two awards.
    """
    return _heads(frame.fact, text)


@lru_cache(maxsize=64)
def _heads(fact: str, text: str) -> Sequence[Head]:
    """Find the nouns of a sentence once: each slot and each record asks for them."""
    frame = next(one for one in frames() if one.fact == fact)
    heads: list[Head] = []
    if not frame.may_stand_in(text):
        return heads
    before = ""
    for mark in frame.heads.finditer(text):
        if heads and _ALSO.search(text, heads[-1].end, mark.start()):
            continue  # 新入库的商贸企业（含小升限）
        kind = frame.kinds[int((mark.lastgroup or "k0")[1:])] if frame.kinds else None
        last = heads[-1] if heads else None
        if last and _belongs(frame, text, last, mark):
            continue
        listed = last and frame.listed and frame.listed.fullmatch(before)
        joins = listed and _LIST.fullmatch(text, heads[-1].end, mark.start())
        before = mark.group(0)
        apart = last and LISTED.search(text, last.end, mark.start())
        # 旅游民宿被评定为甲级、乙级旅游民宿的
        again = last and last.kind and _AS.match(text, last.end, mark.start())
        if last and last.kind is kind and (joins or again or not apart):
            heads[-1] = Head(last.start, mark.end(), kind)
        else:
            heads.append(Head(mark.start(), mark.end(), kind))
    return heads


def _belongs(frame: Frame, text: str, last: Head, mark: re.Match[str]) -> bool:
    apart = LISTED.search(text, last.end, mark.start())
    same = not SENTENCE_ENDS.search(text, last.end, mark.start())
    return bool(apart and same and frame.belongs and frame.belongs.fullmatch(mark.group(0)))
