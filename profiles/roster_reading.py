"""The bytes of a register become rows of cells, or are refused in words."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from profiles.errors import Unwelcome

LARGEST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 300


class BadRoster(Unwelcome):
    """A file that cannot be taken in at all; nothing of it was.

    Attributes:
        code: ``empty``, ``too_large``, ``xlsx``, ``xls``, ``not_a_table``, ``unknown_encoding``,
            ``nul``, ``open_quote``, ``long_cell``, ``no_rows``, ``missing_column``,
            ``twice_a_column``.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Rejected:
    """A cell or a row that was left out, or that staff should look at.

    Attributes:
        row: as a spreadsheet numbers it: the header is 1.
        column: its name; empty when the whole row is meant.
        code: a short English word for programs.
        reason: Chinese, without what stands in the cell.
    """

    row: int
    column: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file.

    Attributes:
        row: as a spreadsheet numbers it, from 1.
        cells: trimmed; without characters that cannot be seen.
        cleaned: positions of cells that held such characters.
    """

    row: int
    cells: list[str]
    cleaned: Sequence[int]


def read_lines(content: bytes, *, score: Callable[[Sequence[str]], int]) -> Iterator[Line]:
    """Read a table of text: UTF-8, UTF-16 with its mark, or GB18030; parted by , ; or tab.

    Args:
        content: the whole file.
        score: how many of the given cells are names of columns; it chooses the separator.

    Yields:
        The header first, then the rows; rows without any text are counted, not given.

    Raises:
        BadRoster: not a table of text, or its quotes do not close.
    """
    encoding = _encoding(content)
    delimiter = _delimiter(content, encoding, score)
    wrapped = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    rows = csv.reader(wrapped, delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            if number > MOST_ROWS + 1:
                raise BadRoster("too_large", f"超过{MOST_ROWS}行，请分成几个文件导入")
            if any(cell.strip() for cell in cells):
                yield _line(number, cells)
    except csv.Error as error:
        raise _bad_quote(error, number + 1) from None


def _line(row: int, cells: list[str]) -> Line:
    seen = [_visible(cell) for cell in cells]
    cleaned = [n for n, (cell, text) in enumerate(zip(cells, seen, strict=True)) if cell != text]
    return Line(row, [_unwrapped(text.strip()) for text in seen], cleaned)


_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_WRAPPED = re.compile(r"=\"([^\"]*)\"|'(.*)", re.DOTALL)


def _visible(text: str) -> str:
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("", text)


def _unwrapped(text: str) -> str:
    """Take off what spreadsheets put around a number to keep it text: '370… and ="370…"."""
    found = _WRAPPED.fullmatch(text) if text[:1] in ("=", "'") else None
    return (found[1] or found[2] or "").strip() if found else text


def _bad_quote(error: csv.Error, row: int) -> BadRoster:
    if "field larger" in str(error):
        return BadRoster("long_cell", f"第{row}行有一格过长，可能是引号没有闭合，请检查后重新导入")
    return BadRoster("open_quote", f"第{row}行的引号没有闭合，请检查后重新导入")


_ADVICE = "请在表格软件中另存为 CSV UTF-8 后再导入"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "xlsx", f"这是 XLSX 或压缩文件，不是 CSV；{_ADVICE}"),
    (b"\xd0\xcf\x11\xe0", "xls", f"这是 XLS 或加密的表格文件，不是 CSV；{_ADVICE}"),
    (b"%PDF", "not_a_table", "这是 PDF 文件，不是表格；请导入 CSV 文件"),
    (b"\x89PNG", "not_a_table", "这是图片，不是表格；请导入 CSV 文件"),
    (b"\xff\xd8\xff", "not_a_table", "这是图片，不是表格；请导入 CSV 文件"),
    (b"GIF8", "not_a_table", "这是图片，不是表格；请导入 CSV 文件"),
    (b"Rar!", "not_a_table", f"这是压缩文件，不是 CSV；请解压后{_ADVICE[1:]}"),
    (b"7z\xbc\xaf", "not_a_table", f"这是压缩文件，不是 CSV；请解压后{_ADVICE[1:]}"),
    (b"\x1f\x8b", "not_a_table", f"这是压缩文件，不是 CSV；请解压后{_ADVICE[1:]}"),
)


def _encoding(content: bytes) -> str:
    if len(content) > LARGEST_BYTES:
        raise BadRoster("too_large", "文件超过64MB，请分成几个文件导入")
    for magic, code, text in _MAGIC:
        if content.startswith(magic):
            raise BadRoster(code, text)
    if not content.strip():
        raise BadRoster("empty", "文件是空的，请检查是否选错文件")
    encoding = _by_mark(content) or _by_trial(content)
    if "\0" in content.decode(encoding) if encoding == "utf-16" else b"\0" in content:
        raise BadRoster("nul", f"文件中有空字符，可能已损坏；{_ADVICE}")
    return encoding


def _by_mark(content: bytes) -> str | None:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _tried(content, "utf-16")
    return None


def _by_trial(content: bytes) -> str:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _tried(content, "gb18030")
    return "utf-8-sig"


def _tried(content: bytes, encoding: str) -> str:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise BadRoster(
            "unknown_encoding",
            f"第{row}行起的文字无法识别（既不是 UTF-8 也不是 GB18030）；{_ADVICE}",
        ) from None
    return encoding


def _delimiter(content: bytes, encoding: str, score: Callable[[Sequence[str]], int]) -> str:
    """The separator under which the first row has most names of columns; a comma in doubt."""
    wrapped = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    first = next((line for line in wrapped if line.strip()), "")[:100_000]
    return max(",;\t", key=lambda mark: score(_split(first, mark)))


def _split(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return []


def squeezed(text: str) -> str:
    """Half width, without any blank: how names of columns and fixed words are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())
