"""What a clause says beside what was read of it: nothing, an act, or something a person must read."""

import re
import tomllib
from collections.abc import Iterable
from enum import Enum
from functools import cache
from importlib.resources import files

from pusher.reading.grammar.findings import Finding

_SHORTEST = 2
_HAN = re.compile(r"[\u4e00-\u9fff\d%]")


class Left(Enum):
    """What is left of a clause."""

    NOTHING = "nothing that asks"
    ACT = "an act, a promise, or what no register keeps"
    UNREAD = "something that a register may keep and that was not read"


def left_of(
    clause: str, found: Iterable[Finding], *, at: int = 0, also: Iterable[tuple[int, int]] = ()
) -> Left:
    """Judge what *clause* says beside *found*.

    Args:
        found: what was read, its places counted in the sentence.
        at: where the clause begins in the sentence.
        also: places in the sentence that belong to what another clause says.
    """
    rest = list(clause)
    for first, last in (*(piece for one in found for piece in one.pieces()), *also):
        start, end = max(first - at, 0), max(last - at, 0)
        rest[start:end] = "|" * len(rest[start:end])
    bare = "".join(rest)
    if _pattern("acts").search(bare):
        return Left.ACT
    if _pattern("bounded").search(bare):
        return Left.UNREAD
    acts = _pattern("unregistered").search(bare)
    bare = _pattern("unregistered").sub("|", bare)
    bare = _pattern("harmless").sub("|", bare)
    if len(_HAN.findall(bare)) >= _SHORTEST and _pattern("registered").search(bare):
        return Left.UNREAD
    return Left.ACT if acts else Left.NOTHING


@cache
def _pattern(name: str) -> re.Pattern[str]:
    text = (files("pusher.reading.grammar") / "nouns" / "residue.toml").read_text("utf-8")
    return re.compile("|".join(f"(?:{part})" for part in tomllib.loads(text)[name]))
