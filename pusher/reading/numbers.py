"""发文字号: the number an office gives its document, written one way however it was typed."""

import re
import unicodedata

# 机关代字, year in six-cornered brackets, serial (GB/T 9704-2012, 7.2.5). Other brackets are
# typing slips and are read as the right ones.
_OPEN, _CLOSE = r"[〔\[【（(﹝［〈<]", r"[〕\]】）)﹞］〉>]"
_LETTERS = r"[\u4e00-\u9fff]{2,16}"
_NUMBER = rf"{_LETTERS}\s*{_OPEN}\s*(?:19|20)\d\d\s*年?\s*{_CLOSE}\s*第?\s*\d{{1,5}}\s*号"
_ORDER = r"[\u4e00-\u9fff、\s]{0,40}令\s*(?:[（(]?第?\s*\d{1,4}\s*号[）)]?)"
_NOTICE = r"[\u4e00-\u9fff、\s]{2,40}公告\s*(?:19|20)\d\d\s*年\s*第?\s*\d{1,4}\s*号"

_ANY = re.compile(rf"(?:{_NUMBER}|{_ORDER}|{_NOTICE})")
# a short note in brackets may follow: （样例）, （公开发布）
# the letterhead may stand before it on the line, the star of the red rule after it
_LINE = re.compile(
    rf"[\s（(〔\[]*(?:[\u4e00-\u9fff]{{4,30}}文\s*件\s*)?(?P<number>{_NUMBER}|{_ORDER}|{_NOTICE})"
    r"[\s）)〕\]★☆]*(?:[（(][^（()）\d]{1,8}[）)]\s*)?"
)
_YEAR_SERIAL = re.compile(r"[\s（(]*(?P<number>(?:19|20)\d\d\s*年\s*第\s*\d{1,4}\s*号)[\s）)]*")
_BARE_SERIAL = re.compile(r"[\s（(]*第\s*(?P<serial>\d{1,4})\s*号[\s）)]*")
_LONGEST_LINE = 120
_PARTS = re.compile(
    rf"(?P<letters>{_LETTERS})\s*{_OPEN}\s*(?P<year>\d{{4}})\s*年?\s*{_CLOSE}"
    r"\s*第?\s*(?P<serial>\d{1,5})\s*号"
)


def normalised(text: str) -> str | None:
    """Return the first document number of *text* in its official form, None without one.

    ``济政办发[2025] 02号`` and ``济政办发（2025）第2号`` become ``济政办发〔2025〕2号``.
    """
    plain = _narrow(text)
    found = _ANY.search(plain)
    if not found:
        return None
    parts = _PARTS.fullmatch(found.group(0).strip())
    if parts:
        return f"{parts['letters']}〔{parts['year']}〕{int(parts['serial'])}号"
    return re.sub(r"\s+", "", found.group(0))


def is_number_line(line: str) -> bool:
    """Whether *line* is a document number and nothing else."""
    if len(line) > _LONGEST_LINE:
        return False
    plain = _narrow(line)
    forms = (_LINE, _BARE_SERIAL, _YEAR_SERIAL)
    return any(form.fullmatch(plain) for form in forms)


def own_number(lines: tuple[str, ...]) -> str | None:
    """Return the number that stands alone on one of *lines*: the document's own, never a cited one.

    Args:
        lines: the head of a document, up to its first sentence.
    """
    for place, line in enumerate(map(_narrow, lines)):
        if len(line) > _LONGEST_LINE:
            continue
        if mark := _LINE.fullmatch(line):
            return normalised(mark["number"])
        by_year = _YEAR_SERIAL.fullmatch(line)
        if by_year:
            return re.sub(r"\s+", "", by_year["number"])
        serial = _BARE_SERIAL.fullmatch(line)
        above = re.sub(r"\s+", "", lines[place - 1]) if place else ""
        if serial and above.endswith("令"):
            return f"{above}第{int(serial['serial'])}号"
    return None


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
