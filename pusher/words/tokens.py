"""Chinese text cut into words: by the fast port, and by the original that it is held against."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

Cut = Callable[[str], list[str]]

# Given to both, so that neither guesses a frequency: with guessed ones they cut differently.
FREQUENCY = 100_000
_TAG = "n"

_WORD = re.compile(r"(?=.*[\u3400-\u9fffa-z])[\u3400-\u9fff0-9a-z][\u3400-\u9fff0-9a-z.+-]+")


def fast(words: Iterable[str] = ()) -> Cut:
    """Return a cutter over rjieba without HMM, with *words* kept whole."""
    from rjieba import Jieba

    port = Jieba()
    for word in words:
        port.add_word(normal(word), FREQUENCY, _TAG)

    def cut(text: str) -> list[str]:
        return list(port.cut(normal(text), False))

    return cut


def reference(words: Iterable[str] = ()) -> Cut:
    """Return a cutter over jieba itself, for tests and for machines without the port."""
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    original = jieba.Tokenizer()
    for word in words:
        original.add_word(normal(word), FREQUENCY, _TAG)

    def cut(text: str) -> list[str]:
        return list(original.cut(normal(text), HMM=False))

    return cut


def normal(text: str) -> str:
    """Return *text* with full-width forms narrowed (NFKC) and in lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def terms(pieces: Iterable[str]) -> list[str]:
    """Keep the pieces that carry meaning: words of two characters and more, names like 5g or pm2.5.

    Numbers and single characters say nothing of a subject.
    """
    return [piece for piece in pieces if _WORD.fullmatch(piece)]


def characters(text: str, *, longest: int = 3) -> list[str]:
    """Return every run of one to *longest* characters of *text*, blanks taken as one."""
    plain = " ".join(normal(text).split())
    return [
        plain[start : start + length]
        for length in range(1, longest + 1)
        for start in range(len(plain) - length + 1)
    ]


def rarity() -> dict[str, float]:
    """Return how rare words are in Chinese at large: the inverse document frequencies of jieba.

    Source:
        ``jieba/analyse/idf.txt``, which jieba uses to find keywords.
    """
    from importlib.metadata import distribution

    # where it lies, not importing jieba: that builds a dictionary that nobody asks here
    table = Path(str(distribution("jieba").locate_file("jieba/analyse/idf.txt")))
    pieces = table.read_text(encoding="utf-8").split()
    return dict(zip(pieces[::2], map(float, pieces[1::2]), strict=True))
