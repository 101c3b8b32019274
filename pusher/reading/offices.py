"""发文机关: who issued a document, read from its signature, its title or its labels."""

import re
from dataclasses import dataclass
from itertools import pairwise

from pusher.reading.dates import PATTERN, is_date_line

# What the name of a government body ends with.
_ENDS = (
    r"(?:人民政府(?:办公厅|办公室)?|政府(?:办公厅|办公室)|国务院(?:办公厅)?|委员会(?:办公厅|办公室)?|党委|区委|市委|省委|县委|工委"
    r"|办公厅|办公室|领导小组|指挥部|联席会议|管理局|监督局|税务局|分局|总局|局|厅|部|署|院|委|办"
    r"|管理中心|服务中心|中心|管理处|处|所|站|馆|总队|支队|大队|法院|检察院|海关|银行|分行|支行"
    r"|联合会|工会|妇联|残联|协会|学会|红十字会|总会|街道|学校|大学|公司|管委会|党组|政法委)"
)
_OFFICE = rf"[\u4e00-\u9fff（）()·]{{2,40}}?{_ENDS}"
_SEPARATOR = r"[\s、,，;；]+"
_OFFICES = re.compile(rf"\s*{_OFFICE}(?:{_SEPARATOR}{_OFFICE})*\s*")
_ONE = re.compile(rf"[\u4e00-\u9fff（）()·]{{2,40}}{_ENDS}$")
_WITH_DATE = re.compile(rf"(?P<offices>{_OFFICE}(?:{_SEPARATOR}{_OFFICE})*)\s*(?P<on>{PATTERN})\s*")
_BEFORE_TITLE = re.compile(
    r"^(?P<offices>.{4,100}?)\s*(?:等\S{1,6})?\s*(?:关于|印发|转发|发布|公布)"
)
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,8}?(?:省|市|自治区|自治州|区|县)")
_PERSON = re.compile(
    r"(?:代\s*)?(?:[市区县省州部厅局]\s*长|主\s*[席任])[\s:：]*[\u4e00-\u9fff\s·]{2,8}"
    rf"(?P<on>\s*{PATTERN})?\s*"
)
_LONGEST_LINE = 160
_MOST_SIGNATURE_LINES = 12


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed under a document, and when.

    Attributes:
        offices: the offices in the order of their names.
        on: the line of the date, None when nobody signed.
        by_name: a head of government signed, as orders (令) are signed; no office is named.
    """

    offices: tuple[str, ...] = ()
    on: str | None = None
    by_name: bool = False


def signature(paragraphs: tuple[str, ...]) -> Signature:
    """Find the first signature: names of offices, and the date under them.

    A notice that prints rules after itself is signed before the rules, so the first counts.
    """
    for place, line in enumerate(paragraphs):
        if len(line) <= _LONGEST_LINE:
            found = _signed_here(paragraphs, place)
            if found.offices or found.by_name:
                return found
    return Signature()


def _signed_here(paragraphs: tuple[str, ...], place: int) -> Signature:
    line = paragraphs[place]
    together = _WITH_DATE.fullmatch(line)
    if together:
        return Signature(_split(together["offices"]), together["on"])
    person = _PERSON.fullmatch(line)
    if person and person["on"]:
        return Signature(on=person["on"], by_name=True)
    if not is_date_line(line):
        return Signature()
    if place and _PERSON.fullmatch(paragraphs[place - 1]):
        return Signature(on=line, by_name=True)
    return Signature(_above(paragraphs, place), line)


def _above(paragraphs: tuple[str, ...], place: int) -> tuple[str, ...]:
    """Return the offices named on the lines right above the line *place*, in order."""
    found: list[str] = []
    for line in reversed(paragraphs[max(place - _MOST_SIGNATURE_LINES, 0) : place]):
        if len(line) > _LONGEST_LINE or not _OFFICES.fullmatch(line):
            break
        found = [*_split(line), *found]
    return tuple(dict.fromkeys(found))


def in_title(title: str) -> tuple[str, ...]:
    """Return the offices that a title begins with: X局 Y局关于…的通知."""
    found = _BEFORE_TITLE.match(title)
    if not found:
        return ()
    names = _split(found["offices"])
    return names if all(_ONE.fullmatch(name) for name in names) else ()


def _unglued(name: str) -> list[str]:
    """Part 广州市民政局广州市财政局: a name may start anew where the first one's place returns."""
    place = _PLACE.match(name)
    if not place:
        return [name]
    ends = [mark.end() for mark in re.finditer(rf"{_ENDS}(?={place.group(0)})", name)]
    return [name[a:b] for a, b in zip([0, *ends], [*ends, len(name)], strict=True)]


def labelled(value: str) -> tuple[str, ...]:
    """Return the offices of a label's value; nothing when it names none."""
    return tuple(name for name in _split(value) if _ONE.search(name))


def letterhead(head: tuple[str, ...]) -> tuple[str, ...]:
    """Return the office of a letterhead: X局文件 (GB/T 9704-2012, 7.2.4)."""
    for line in head:
        mark = _LETTERHEAD.fullmatch(re.sub(r"\s+", "", line))
        if mark and _ONE.fullmatch(mark["office"]):
            return (mark["office"],)
    return ()


_LETTERHEAD = re.compile(r"(?P<office>[\u4e00-\u9fff]{4,30})文件")


def on_cover(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the office of a cover: its name under the title, and the year under it."""
    for name, year in pairwise(lines):
        if _ONE.fullmatch(name.strip()) and _YEAR.match(year):
            return (name.strip(),)
    return ()


_YEAR = re.compile(r"^(?:(?:19|20)\d\d|二[〇○零]\S{2})\s*年")


def place_of(name: str) -> str:
    """Return the place that the name of an office begins with: 广州市天河区; "" without one."""
    mark = _PLACES.match(name)
    return mark.group(0) if mark else ""


_PLACES = re.compile(
    r"(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,6}?(?:市|自治州|盟))?"
    r"(?:[\u4e00-\u9fff]{1,5}?(?:区|县|旗|街道|镇))?"
)


def _split(text: str) -> tuple[str, ...]:
    names = (name.strip() for name in re.split(_SEPARATOR, text.strip()))
    return tuple(part for name in names if name for part in _unglued(name))
