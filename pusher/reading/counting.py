"""Whole numbers as documents write them: 80, ８０, 八十, 一百."""

import unicodedata

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "○": 0, "两": 2}

# As a regular expression inside others; read what it matched with `read_count`.
COUNT = r"(?:\d{1,4}|[一二三四五六七八九十百两〇零]{1,5})"


def read_count(text: str) -> int | None:
    """Read a whole number below 1,000 in digits or Chinese; None when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.isascii():
        return int(plain) if plain.isdigit() and len(plain) <= 4 else None
    hundreds, mark, rest = plain.rpartition("百")
    if mark:
        high = _DIGITS.get(hundreds)
        low = _below_hundred(rest.lstrip("零")) if rest else 0
        return None if high is None or low is None else high * 100 + low
    return _below_hundred(plain)


def _below_hundred(text: str) -> int | None:
    tens, mark, ones = text.rpartition("十")
    if not mark:
        return _DIGITS.get(text)
    high = _DIGITS.get(tens) if tens else 1
    low = _DIGITS.get(ones) if ones else 0
    return None if high is None or low is None else high * 10 + low
