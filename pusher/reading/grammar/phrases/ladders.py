"""Rungs of a ladder: 大专以上学历, 技师、高级技师职业资格, E类及以上人才, 初中及以下文化程度."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

from profiles.facts import vocabulary
from pusher.reading.grammar.findings import Family, Rule, Scope, leaf

_LIST = r"(?:、|和|或者|或|及|与|以及|至|到|—|－|-|~){1,2}"
_BRACKET = r"(?:[（(][^（）()以]{1,16}[）)])?"
_SIDE = r"(?P<side>(?:[（(]含[^（）()]{0,6}[）)])?(?:及其?|或者?)?以[上下](?:[（(]含[^（）()]{0,6}[）)])?)?"
_MOST = 6
"""Rungs of one list."""
_SELF = re.compile(r"[博硕]士研究生$|博士、硕士$")
_ENDS = re.compile(r"$|[，。；、的（(]|人才|或|和")


@dataclass(frozen=True, slots=True)
class Ladder:
    """A fact whose values stand one above the other.

    Attributes:
        rungs: the codes from the lowest to the highest.
        strong, plain: words of a rung; plain ones count only beside a cue with words of *sure*.
        leads: what may stand before the rungs in place of a cue behind them.
        barred, bars: what must not stand before and behind them.
        must: what must stand among the words.
        single: what one rung alone asks, ge or eq.
    """

    fact: str
    rungs: tuple[str, ...]
    strong: tuple[tuple[re.Pattern[str], str], ...]
    plain: tuple[tuple[re.Pattern[str], str], ...]
    sure: re.Pattern[str]
    leads: re.Pattern[str]
    barred: re.Pattern[str]
    bars: re.Pattern[str]
    must: str
    single: str


@cache
def family() -> Family:
    """Return the family of ladders."""
    text = (files("pusher.reading.grammar") / "nouns" / "ladders.toml").read_text("utf-8")
    rows = tomllib.loads(text)["ladder"]
    anchors = tuple("博硕研科学专职高初工级师类")
    return Family("ladders", "学历、技能等级和人才类别", anchors, tuple(map(_rule, rows)))


def _rule(row: Mapping[str, Any]) -> Rule:
    plain = row.get("plain", {})
    word = "|".join([*row["words"].values(), *plain.values()])
    rung = rf"(?:{word}){_BRACKET}"
    pattern = (
        rf"(?:具有|取得|持有|获得)?(?P<rungs>{rung}(?:{_LIST}(?:{rung})){{0,{_MOST}}})(?P<first>{row['cues']})?"
        rf"{_SIDE}(?:的)?(?P<cue>{row['cues']})?"
    )
    one, other = (tuple(said.split(" → ")) for said in row["examples"])
    never = "(?!)"
    ladder = Ladder(
        row["fact"], tuple(choice.code for choice in vocabulary()[row["fact"]].values),
        _coded(row["words"]), _coded(plain), re.compile(row.get("sure", "")),
        re.compile(row.get("leads", never)),
        re.compile(row.get("barred", never)), re.compile(row.get("bars", never)),
        row.get("must", ""), row["single"],
    )  # fmt: skip
    return Rule(re.compile(pattern), partial(_read, ladder), row["group"], (one, other))


def _coded(words: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(said), code) for code, said in words.items())


def _read(ladder: Ladder, mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    before, said = mark.string[: mark.start("rungs")], mark["rungs"]
    bare = re.sub(r"[（(][^（）()]*[）)]", "", said)
    if ladder.bars.match(mark.string, mark.end()):
        return None
    if not mark["side"] and ladder.barred.search(before):  # 考入全日制本科
        return None
    strong, plain = _named(ladder.strong, bare), _named(ladder.plain, bare)
    cue = f"{mark['first'] or ''}{mark['cue'] or ''}"
    led = bool(ladder.leads.search(before))
    if strong and not (cue or led or _stands_alone(mark, bare)):
        return None
    if not strong and not led and not (cue and ladder.sure.search(cue)):
        return None
    rungs = sorted({ladder.rungs.index(code) for code in (*strong, *plain)})
    if not rungs or ladder.must not in said + cue:
        return None
    return _asked(ladder, rungs, mark["side"] or "")


def _named(words: Sequence[tuple[re.Pattern[str], str]], text: str) -> list[str]:
    """Return the codes of the words of *text*; a longer word hides the shorter in it."""
    found = sorted(
        ((m.span(), code) for word, code in words for m in word.finditer(text)),
        key=lambda f: f[0][0] - f[0][1],
    )
    kept: list[tuple[tuple[int, int], str]] = []
    for span, code in found:
        if all(span[1] <= other[0] or other[1] <= span[0] for other, _ in kept):
            kept.append((span, code))
    return [code for _, code in kept]


def _stands_alone(mark: re.Match[str], bare: str) -> bool:
    """Whether the words need no cue: 高级工以上, and 硕士研究生 at the end of a clause."""
    if mark["side"]:
        return True
    return bool(_SELF.search(bare) and _ENDS.match(mark.string, mark.end("rungs")))


def _asked(ladder: Ladder, rungs: list[int], side: str) -> dict[str, Any]:
    low, high, top = rungs[0], rungs[-1], len(ladder.rungs) - 1
    if "下" in side:
        return leaf(ladder.fact, "le", ladder.rungs[high])
    if "上" in side or high == top or ladder.single == "ge":
        return leaf(ladder.fact, "ge", ladder.rungs[low])
    if len(rungs) == 1:
        return leaf(ladder.fact, "eq", ladder.rungs[low])
    return leaf(ladder.fact, "in", [ladder.rungs[n] for n in range(low, high + 1)])
