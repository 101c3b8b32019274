"""Which sentences of a policy answer a question: its elements' own, and those nearest to it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pusher.listening.answers.asked import Asked, Broad, Concept, Want
from pusher.listening.answers.clauses import Sentence, clauses, sentences
from pusher.listening.answers.terms import subject_of
from pusher.model.policy import Policy
from pusher.words.tokens import normal

MOST: Final = 5
"""Sentences of an answer; more is a wall of text."""
_ASKED_FOR: Final = 0.9
"""Weight that a sentence must name of what the policy's subject does not."""
_GENERAL: Final = (Want.AMOUNT, Want.WHO, Want.HOW)
"""What is told where a question asks for nothing in particular."""
_MOST_OF: Final = {Want.WHO: 3, Want.AMOUNT: 2, Want.HOW: 2, Want.UNTIL: 2}
_CUES: Final = {
    Want.AMOUNT: re.compile(r"[0-9](?:元|万元|%|％|个百分点)"),
    Want.UNTIL: re.compile(r"截止|申[请报领]时间|受理时间|常年受理|全年受理|登记时间|逾期"),
    Want.MATERIALS: re.compile(r"材料|出示|提交|携带|持.{0,8}(?:身份证|证|卡)"),
    Want.HOW: re.compile(r"提出|申[请报领]|登记|填[写报]|窗口|网上|办理"),
    Want.WHO: re.compile(r"条件|对象|可以(?:申[请领报]|领取|享受)|符合"),
    Want.PHONE: re.compile(r"电话"),
}
_HEADS: Final = {
    Want.AMOUNT: re.compile(r"标准|补多少|奖励|支持方式|补贴额"),
    Want.UNTIL: re.compile(r"时间|期限|程序"),
    Want.MATERIALS: re.compile(r"材料|程序|办法|方式|申请|申领"),
    Want.HOW: re.compile(r"程序|办法|方式|流程|申请|申领|怎么|办理"),
    Want.WHO: re.compile(r"条件|对象|范围"),
}
_AGAINST: Final = re.compile(r"不(?:予|适用|享受|重复|纳入|属于|支持|在)|停发|例外|除外")
_DATED: Final = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of the answer, with what it hangs on.

    Attributes:
        leads: the heading or opening without which it could be read the wrong way round.
        sentences: one, or all the items of one list.
    """

    leads: tuple[Sentence, ...]
    sentences: tuple[Sentence, ...]


def parts(policy: Policy, asked: Asked, tags: Sequence[str], quotes: Sequence[str]) -> list[Part]:
    """The sentences that answer, most telling first, at most `MOST`.

    Args:
        quotes: of the confirmed rule: the clauses that say for whom the policy is.
    """
    page = _Page(policy, tags, quotes)
    near = page.near(asked.concepts)
    found = [page.part(sentence) for sentence in near]
    for want in asked.wants or _unasked(asked, found):
        told = page.on(want)[: _MOST_OF.get(want, 1)]
        found += [page.part(sentence, whole=want is Want.WHO) for sentence in told]
    chosen: dict[Sentence, Part] = {}
    for part in found:
        if not chosen.keys() & set(part.sentences):
            chosen.update(dict.fromkeys(part.sentences, part))
    return list(dict.fromkeys(chosen.values()))[:MOST]


def _unasked(asked: Asked, near: Sequence[Part]) -> tuple[Want, ...]:
    """What is told where a question asks for nothing outright."""
    if not near:
        return asked.hints or _GENERAL
    # who is left out need not hear how much others get
    against = any(_AGAINST.search(s.quote) for part in near for s in (*part.leads, *part.sentences))
    return () if against else (Want.AMOUNT,)


class _Page:
    """A policy cut into sentences, and what its elements point at."""

    def __init__(self, policy: Policy, tags: Sequence[str], quotes: Sequence[str]) -> None:
        self._subject = subject_of(policy, tags)
        self._body = policy.body
        self._clauses = clauses(policy.body)
        self._all = [s for clause in self._clauses for s in sentences(clause)]
        self._quotes = [_bare(quote) for quote in quotes]
        self._elements = policy.elements

    def near(self, concepts: Sequence[Concept]) -> list[Sentence]:
        """Sentences on what the question names beyond the policy's subject, at most two."""
        beyond = [c for c in concepts if not c.stands_in(self._subject)]
        scored = [(self._named(s, beyond), s) for s in self._all if not self._is_heading(s)]
        best = max((score for score, _ in scored), default=0.0)
        if best < _ASKED_FOR:
            return []
        # of equals those that also speak of the subject
        equal = [s for score, s in scored if score == best]
        equal.sort(key=lambda s: self._named(s, concepts, own=True), reverse=True)
        return equal[:2]

    def on(self, want: Want) -> list[Sentence]:
        """Sentences that tell *want*, most telling first."""
        pointed = [_bare(quote) for quote in _pointed(want, self._elements)]
        if want is Want.WHO:
            pointed = self._quotes
        found = []
        for place, sentence in enumerate(self._all):
            if self._is_heading(sentence):
                continue
            bare = _bare(sentence.quote)
            score = 3.0 * any(quote and quote in bare for quote in pointed)
            score += 1.0 * bool(_CUES[want].search(sentence.quote))
            score += 1.5 * bool(want in _HEADS and _HEADS[want].search(self._heads(sentence)))
            score += 1.0 * bool(want is Want.UNTIL and _DATED.search(sentence.quote))
            score -= 2.0 * bool(want is not Want.WHO and _AGAINST.search(self._heads(sentence)))
            if score >= 2.0:
                found.append((-score, place, sentence))
        found.sort(key=lambda one: one[:2])
        best = found[0][0] if found else 0.0
        # in the order of the document, among those that tell it about as well
        near = sorted(one[1:] for one in found if one[0] <= best + 1.5)
        return [sentence for _, sentence in near]

    def part(self, sentence: Sentence, *, whole: bool = False) -> Part:
        """*sentence* with the paragraphs above that say which way it is meant.

        Args:
            whole: with all items of the list it stands in, since alternatives belong together.
        """
        needed = [
            Sentence(place, self._clauses[place].label, self._body[place].strip(), ())
            for place in sentence.leads
            if _opens(self._body[place]) or _AGAINST.search(self._body[place])
        ]
        items: tuple[Sentence, ...] = (sentence,)
        if whole and needed and _opens(needed[-1].quote):
            listed = needed[-1].paragraph
            items = tuple(s for s in self._all if s.leads and s.leads[-1] == listed)
        return Part(tuple(needed[-1:]), items)

    def _named(
        self, sentence: Sentence, concepts: Sequence[Concept], *, own: bool = False
    ) -> float:
        text = normal(sentence.quote if own else f"{self._heads(sentence)}{sentence.quote}")
        # 低保 finds no policy, but within one it is a case of its own
        return sum(
            1.0 if one.broad is Broad.AUDIENCE else one.weight
            for one in concepts
            if one.stands_in(text)
        )

    def _heads(self, sentence: Sentence) -> str:
        return " ".join(self._body[place] for place in sentence.leads)

    def _is_heading(self, sentence: Sentence) -> bool:
        text = sentence.quote.rstrip()
        return text.endswith(("：", ":")) or (
            len(text) < 30 and not text.endswith(("。", "；", "，"))
        )


def _pointed(want: Want, elements: dict[str, Any]) -> Iterator[str]:
    """The quotes by which staff confirmed what a policy says on *want*."""
    quotes = elements.get("quotes") or {}
    if want is Want.AMOUNT:
        yield from (one["quote"] for one in elements.get("benefits") or [] if one.get("quote"))
    for name in _NAMES.get(want, ()):
        if quotes.get(name):
            yield quotes[name]


_NAMES: Final = {
    Want.UNTIL: ("apply_until", "apply_from"),
    Want.MATERIALS: ("materials",),
    Want.HOW: ("how",),
    Want.PHONE: ("phone",),
}


def _opens(text: str) -> bool:
    return text.rstrip().endswith(("：", ":"))


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text).rstrip("。；")
