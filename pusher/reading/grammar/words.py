"""Words that stand for conditions in one document or one office: defined terms, local names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pusher.reading.grammar.findings import Finding

_OF_DOCUMENT = re.compile(
    r"所称(?:的)?[“\"]?(?P<term>[^，。；”\"、是指包为]{2,20})(?<!不)[”\"]?[，,]?\s*(?:是指|系指|指|包括|为)(?P<what>[^。]{2,600})"
)
_ANYWHERE = re.compile(
    r"(?:^|[。；：:\n]|[一二三四五六七八九十]、)\s*[“\"]?(?P<term>[^，。；：”\"、的]{2,14})[”\"]?[，,]?\s*(?:是指|系指)(?P<what>[^。]{2,600})"
)
# “老年”指男年满60周岁；“优抚对象”在本指南中限于…
_QUOTED = re.compile(
    r"[“\"](?P<term>[^“”，。；\"]{2,14})[”\"](?:在本[^，。；“”]{1,8}中)?[，,]?\s*(?:是?指|系指|限于|仅指|专指|仅限于?)(?P<what>[^。]{2,600})"
)
# 重点群体包括登记失业人员、脱贫人口等: 群体 is a word for several kinds of people
_CROWD = re.compile(
    r"(?:^|[。；：:\n】])\s*(?:本[^，。；、]{2,4}所称)?(?:前述|上述)?(?P<term>[^，。；：”\"、的】]{2,8}(?:群体|人群))(?:具体|主要)?(?:包括|包含|为)(?!：)(?P<what>[^。]{2,600})"
)
# 家庭经济困难儿童包括低保家庭儿童、孤儿: a term that the sentence has used before.
_INLINE = re.compile(r"[，；](?P<term>[^，。；、的]{3,14})(?:是指|包括)(?P<what>[^。]{2,400})")
_LONGEST_WORD = 20


@dataclass(frozen=True, slots=True)
class OwnPhrase:
    """Words of the office itself: a local programme, the short name of an area or a register."""

    words: str
    node: Mapping[str, Any]
    reads: str = ""
    """What is read in place of the words; then `node` is empty."""


@dataclass(slots=True)
class Words:
    """What words mean here.

    Attributes:
        defined: term → (condition, the clause that defines it).
        own: phrases of the office.
        used: the terms that a reading has met.
    """

    defined: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    own: tuple[OwnPhrase, ...] = ()
    used: set[str] = field(default_factory=set)

    def find(self, text: str, *, beside: str | None = None) -> list[Finding]:
        """Find the words in *text*; *beside* is a term that is being defined."""
        found = []
        for term, (node, quote) in self.defined.items():
            if term != beside:
                for start in _places(term, text):
                    self.used.add(term)
                    found.append(Finding(start, start + len(term), node, "status", quote=quote))
        for phrase in (one for one in self.own if one.node):
            for start in _places(phrase.words, text):
                end = start + len(phrase.words)
                found.append(Finding(start, end, dict(phrase.node), "status"))
        return found


@dataclass(frozen=True, slots=True)
class Definition:
    """A sentence that says what a term means."""

    term: str
    what: str
    quote: str


def definitions(sentence: str) -> Iterable[Definition]:
    """Find the definitions of *sentence*: 所称重度残疾人，是指…；所称优抚对象，包括…"""
    for part in re.split(r"[；;]", sentence):
        forms = (_OF_DOCUMENT, _ANYWHERE, _QUOTED, _CROWD)
        mark = next((m for form in forms if (m := form.search(part))), None)
        if mark and len(mark["term"].strip()) <= _LONGEST_WORD:
            term = mark["term"].strip()
            yield Definition(term, mark["what"], part[mark.start("term") :].strip())


def inline(sentence: str) -> Definition | None:
    """Find a definition behind the words it explains, in the same sentence."""
    mark = _INLINE.search(sentence)
    if mark is None or mark["term"] not in sentence[: mark.start()]:
        return None
    return Definition(mark["term"], mark["what"], sentence[mark.start("term") :].strip())


def _places(term: str, text: str) -> Iterable[int]:
    start = text.find(term)
    while start >= 0:
        yield start
        start = text.find(term, start + len(term))
