"""A plain text becomes title, labels and paragraphs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from pusher.reading.attachments import listed
from pusher.reading.body import is_around, written
from pusher.reading.document import Document
from pusher.reading.labels import is_labelled, read_labels
from pusher.reading.lines import Line, squeeze
from pusher.reading.numbers import is_number_line
from pusher.reading.refusals import NoBody, UnknownKind

_FEWEST_WRITTEN = 10
_FEWEST_WITHOUT_SENTENCE = 30
_STOPS = re.compile(r"[。；！？：:;!?]")
_LONGEST_TITLE = 120
_MOST_HEAD_LINES = 30
_MOST_TITLE_LINES = 4
_FEWEST_BROKEN = 3

# What a title of an official document ends with (GB/T 9704-2012: the fifteen kinds, and rules).
_KIND = (
    r"决议|决定|命令|令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要"
    r"|办法|细则|规定|条例|规则|方案|措施|政策|指南|须知|标准|清单|目录|计划|规划|要点|解读|问答|明白纸"
    r"|指引|导引|流程|说明|答记者问|公示|启事|倡议书"
)
TITLE_END = re.compile(rf"(?:{_KIND})\s*(?:[（(〔\[].{{1,20}}[）)〕\]]\s*)*$")
_MASTHEAD = re.compile(r"^.{4,40}(?:文件|令|公告|公报)$")
# when and by whom a page was put up
_STAMPED = re.compile(
    r"(?:时间|日期)\s*[:：].*(?:来源|浏览|点击|阅读|作者)|[^，。]{0,20}(?:19|20)\d\d-\d\d?-\d\d?\s*\d\d?:\d\d"
)
_MARKED = re.compile(r"^#{1,6}\s+")
"""A heading as Markdown writes it."""
_ENDS_SENTENCE = re.compile(r"[。；！？!?;：:]$")
_GOES_ON = re.compile(r"[。；！？!?;：:，,—-]$")
_IN_SENTENCE = re.compile(r"。|[：:].|^各.{0,20}[：:]")
_NEW_PARAGRAPH = re.compile(
    r"^(?:\s|第[一二三四五六七八九十百零〇\d]+[章节条]|[一二三四五六七八九十]+、|[（(]|\d+[.．、])"
)


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text taken apart: what stands above the body, and the body."""

    title: str | None
    head: tuple[str, ...]
    labels: Mapping[str, str]
    paragraphs: tuple[str, ...]


_PROSE = re.compile(r"。|[:：]$")
_TABLE_ROWS, _FEWEST_CELLS, _SHORT_CELL = 5, 4, 12


def read_text(text: str) -> Document:
    """Read a plain text as a document.

    Raises:
        UnknownKind: rows of cells, most likely a register of people: it must not become a policy
            that everybody may read.
        NoBody: nothing of it is Chinese prose.
    """
    if _is_table(text):
        raise UnknownKind("这像一份表格，不是政策文件，没有保存；名册请在“导入”里上传。")
    read = split(text)
    refuse_bodiless(read.paragraphs)
    return Document(
        kind="text",
        title_hint=read.title,
        title_place="文件开头",
        head=read.head,
        paragraphs=read.paragraphs,
        meta={f"label:{name}": value for name, value in read.labels.items()},
        attachments=listed(read.paragraphs),
    )


def _is_table(text: str) -> bool:
    """Whether two rows that follow each other near the top have as many short cells, four or more.

    Texts that write their commas as ``,`` have sentences between them, longer than a cell.
    """
    rows = list(islice((line for line in text.splitlines() if line.strip()), _TABLE_ROWS))
    cells = [[row.split(mark) for row in rows] for mark in (",", "\t", ";")]
    return any(
        len(above) == len(below) >= _FEWEST_CELLS
        and not any(_PROSE.search(cell) for cell in above + below)
        and sum(map(len, above + below)) <= _SHORT_CELL * len(above + below)
        for table in cells
        for above, below in pairwise(table)
    )


def refuse_bodiless(paragraphs: Sequence[str]) -> None:
    """Refuse what is no text.

    Raises:
        NoBody: too few Chinese characters, or a title and no sentence.
    """
    count = sum(map(written, paragraphs))
    if count < _FEWEST_WRITTEN:
        raise NoBody("文件里没有找到可读的中文正文。")
    if count < _FEWEST_WITHOUT_SENTENCE and not _STOPS.search("".join(paragraphs)):
        raise NoBody("文件里只有标题，没有正文；请补上正文后再导入。")


def split(text: str) -> PlainText:
    """Take *text* apart into labels, title and paragraphs; a line is a paragraph."""
    written_out = (_MARKED.sub("", line) for line in text.split("\n"))
    lines = _unwrapped([line for line in written_out if squeeze(line)])
    title, start = find_title(lines)
    labels = read_labels(Line(line, (0,)) for line in lines[:start])
    return PlainText(
        title=labels.get("title") or title,
        head=tuple(lines[:start]),
        labels=labels,
        paragraphs=tuple(line for line in lines[start:] if not is_around(line)),
    )


def _unwrapped(lines: list[str]) -> list[str]:
    """Join lines that were broken at a fixed width, as some programs save them."""
    widths = sorted(len(line.rstrip()) for line in lines)
    width = widths[int(len(widths) * 0.9)] if widths else 0
    full = [line for line in lines if len(line.rstrip()) >= width - 2]
    broken = [line for line in full if not _ENDS_SENTENCE.search(line.rstrip())]
    if not 16 <= width <= 60 or len(broken) < max(_FEWEST_BROKEN, 0.4 * len(lines)):
        return [squeeze(line) for line in lines]
    joined: list[str] = []
    open_line = False
    for line in lines:
        if open_line and not _NEW_PARAGRAPH.match(line):
            joined[-1] += squeeze(line)
        else:
            joined.append(squeeze(line))
        open_line = len(line.rstrip()) >= width - 2 and not _ENDS_SENTENCE.search(line.rstrip())
    return joined


def find_title(lines: list[str]) -> tuple[str | None, int]:
    """Return the title, and the first line after everything above the body."""
    place = _skip_above(lines, 0)
    count = _title_lines(lines[place:])
    title = "".join(lines[place : place + count]) or None
    return title, _skip_above(lines, place + count)


def _skip_above(lines: list[str], place: int) -> int:
    while place < min(len(lines), _MOST_HEAD_LINES) and is_above(lines[place]):
        place += 1
    return place


def _title_lines(lines: list[str]) -> int:
    """Return how many of the first lines make the title; 0 when they read like a sentence."""
    if len(lines) < 2 or _NEW_PARAGRAPH.match(lines[0]):
        return 0
    joined = ""
    for count, line in enumerate(lines[:_MOST_TITLE_LINES], start=1):
        joined += line
        if len(joined) > _LONGEST_TITLE or _IN_SENTENCE.search(joined) or count == len(lines):
            break
        if TITLE_END.search(joined) and written(joined) >= 4:
            return count
    first = lines[0]
    lone = written(first) >= 4 and len(first) <= 60 and not _GOES_ON.search(first)
    return int(lone)


def is_above(line: str) -> bool:
    return (
        is_around(line)
        or is_labelled(line)
        or is_number_line(line)
        or (bool(_MASTHEAD.match(line)) and line.endswith("文件"))
        or (len(line) <= 80 and bool(_STAMPED.match(line)))
    )
