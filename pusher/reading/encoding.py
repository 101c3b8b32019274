"""First step of reading: the bytes of a text become characters."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The declaration must stand in the first 1,024 bytes (HTML, 13.2.3.2); real pages put it later.
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w-]{3,20})", re.I
)
_DECLARED_WITHIN = 8192

# GB 18030 reads everything that pages label with the older names, and more.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030"}
_EVERYDAY = frozenset("的是在和有不人年月日一为及以")
# One slip in two thousand characters is a damaged byte; more is the wrong encoding.
_SLIPS_ALLOWED = 1 / 2000


class UnknownEncoding(ValueError):
    """No encoding turns these bytes into sensible text."""


def decode(content: bytes) -> str:
    """Turn *content* into text: by byte order mark, by declaration, then by evidence.

    Returns:
        The text without a byte order mark and with ``\\n`` line ends.

    Raises:
        UnknownEncoding: none of the encodings fits.
    """
    text = _by_mark(content) or _by_trial(content) or _by_evidence(content)
    if text is None:
        raise UnknownEncoding
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def _by_mark(content: bytes) -> str | None:
    for mark, name in _BOMS:
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    return None


def _by_trial(content: bytes) -> str | None:
    found = _DECLARED.search(content[:_DECLARED_WITHIN])
    declared = found.group(1).decode("ascii").lower() if found else "utf-8"
    for name in (_WIDER.get(declared, declared), "utf-8", "gb18030"):
        text = _decoded(content, name)
        if text is not None and (name == "utf-8" or _reads_like_chinese(text)):
            return text
    return None


def _decoded(content: bytes, name: str) -> str | None:
    try:
        text = content.decode(name, errors="replace")
    except (LookupError, OSError):  # unknown, no codec of text, or not loaded (see `parse`)
        return None
    return text if text.count("\ufffd") <= len(text) * _SLIPS_ALLOWED else None


def _reads_like_chinese(text: str) -> bool:
    """Whether everyday characters occur; almost any bytes decode as GB 18030 or Latin-1."""
    written = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    if not written:
        return text.isascii()
    return sum(character in _EVERYDAY for character in written) >= len(written) / 100


def _by_evidence(content: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(content, cp_isolation=["utf_8", "gb18030", "big5", "utf_16"]).best()
    return str(best) if best else None
