"""Cutting a text to what a field holds, where a reader would cut it."""

import re
from collections.abc import Iterator

MARK = "…"
_PAUSES = "，。；、：,;·！？ "
_PAIRS = {"“": "”", "《": "》", "（": "）", "(": ")", "「": "」", "〔": "〕"}
# Half a date or half an amount says something else than the whole.
_WHOLE = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年(?:\d{1,2}月)?|\d{1,2}月|\d{4}[-./]\d{1,2}[-./]\d{1,2}"
    r"|[\d.,]+\s*(?:%|％|[万亿千百]?(?:元|人|户|个月|个|年|周岁|岁|月|天|日|次|平方米)?)"
)
_WORD = re.compile(r"[A-Za-z]+")


def length(text: str) -> int:
    """Characters as vendors count them: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int) -> str:
    """Cut *text* to at most *limit* characters, … included; a shorter text stays as it is.

    Cut at the last pause in the second half if there is one, else before what would be broken:
    never inside a date or an amount, and inside a Latin word only where it has no room at all.
    """
    if length(text) <= limit:
        return text
    room = _longest(text, limit - length(MARK))
    whole = [w.span() for w in _WHOLE.finditer(text)]
    whole += [w.span() for w in _WORD.finditer(text) if w.end() - w.start() <= room]
    sound = [n for n in range(1, room + 1) if not any(a < n < b for a, b in whole)]
    best = max(_preferred(text, sound, room), default=max(sound, default=0))
    return text[:best].rstrip(_PAUSES) + MARK


def _longest(text: str, limit: int) -> int:
    """How many code points fit into *limit* units."""
    end = min(len(text), limit)
    while length(text[:end]) > limit:
        end -= 1
    return end


def _preferred(text: str, sound: list[int], room: int) -> Iterator[int]:
    """Places in the second half where a pause follows and no bracket stays open."""
    for n in sound:
        if n >= room / 2 and text[n] in _PAUSES and not _open(text[:n]):
            yield n


def _open(text: str) -> bool:
    return any(text.count(first) > text.count(last) for first, last in _PAIRS.items())
