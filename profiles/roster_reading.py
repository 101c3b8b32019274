"""The bytes of a register become rows of cells, or are refused in words."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence

from profiles.roster_lines import (
    LARGEST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    BadRoster,
    Line,
    Rejected,
    line_of,
    squeezed,
)
from profiles.workbook import is_workbook, read_workbook

__all__ = [
    "LARGEST_BYTES",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "BadRoster",
    "Line",
    "Rejected",
    "read_lines",
    "rows_about",
    "squeezed",
]

LONGEST_CELL = 100_000
BLOCK = 1024 * 1024


def read_lines(content: bytes, *, score: Callable[[Sequence[str]], int]) -> Iterator[Line]:
    """Read a workbook (XLSX) or a table of text: UTF-8, UTF-16 with its mark, GB18030; , ; or tab.

    Args:
        content: the whole file; its first bytes say what it is, its name says nothing.
        score: how many of the given cells are names of columns; it chooses the separator.

    Yields:
        The first row first, then the others; rows without any text are counted, not given.

    Raises:
        BadRoster: neither a workbook nor a table of text, or it is broken.
    """
    if len(content) > LARGEST_BYTES:
        raise BadRoster("too_large", "文件超过64MB，请分成几个文件导入")
    if is_workbook(content):
        yield from read_workbook(content)
    else:
        yield from _read_text(content, score)


def rows_about(content: bytes) -> int | None:
    """About how many rows there are, for a progress bar; None where only reading would tell."""
    if is_workbook(content):
        return None
    marks = b"\n\0" if content.startswith(codecs.BOM_UTF16_LE) else b"\n"
    return max(content.count(marks), content.count(b"\r"))


def _read_text(content: bytes, score: Callable[[Sequence[str]], int]) -> Iterator[Line]:
    encoding = _encoding(content)
    delimiter = _delimiter(content, encoding, score)
    rows = csv.reader(_text_of(content, encoding), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            if number > MOST_ROWS + 1:
                raise BadRoster("too_large", f"超过{MOST_ROWS}行，请分成几个文件导入")
            if any(cell.strip() for cell in cells):
                yield line_of(number, cells)
    except csv.Error as error:
        raise _bad_quote(error, number + 1) from None


def _text_of(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")


def _bad_quote(error: csv.Error, row: int) -> BadRoster:
    if "field larger" in str(error):
        return BadRoster("long_cell", f"第{row}行有一格过长，可能是引号没有闭合，请检查后重新导入")
    return BadRoster("open_quote", f"第{row}行的引号没有闭合，请检查后重新导入")


_ADVICE = "请在表格软件中另存为 XLSX 或 CSV UTF-8 后再导入"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "这是 PDF 文件，不是表格；请导入 XLSX 或 CSV 文件"),
    (b"\x89PNG", "这是图片，不是表格；请导入 XLSX 或 CSV 文件"),
    (b"\xff\xd8\xff", "这是图片，不是表格；请导入 XLSX 或 CSV 文件"),
    (b"GIF8", "这是图片，不是表格；请导入 XLSX 或 CSV 文件"),
    (b"Rar!", f"这是压缩文件，不是表格；请解压后{_ADVICE[1:]}"),
    (b"7z\xbc\xaf", f"这是压缩文件，不是表格；请解压后{_ADVICE[1:]}"),
    (b"\x1f\x8b", f"这是压缩文件，不是表格；请解压后{_ADVICE[1:]}"),
)


def _encoding(content: bytes) -> str:
    for magic, text in _MAGIC:
        if content.startswith(magic):
            raise BadRoster("not_a_table", text)
    if not content.strip():
        raise BadRoster("empty", "文件是空的，请检查是否选错文件")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = _tried(content, "utf-16")
    else:
        encoding = _by_trial(content)
    if encoding != "utf-16" and b"\0" in content:
        raise _holds_nul()
    return encoding


def _holds_nul() -> BadRoster:
    return BadRoster("nul", f"文件中有空字符，可能已损坏；{_ADVICE}")


def _by_trial(content: bytes) -> str:
    try:
        _decode_in_blocks(content, "utf-8-sig")
    except UnicodeDecodeError:
        return _tried(content, "gb18030")
    return "utf-8-sig"


def _tried(content: bytes, encoding: str) -> str:
    try:
        _decode_in_blocks(content, encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise BadRoster(
            "unknown_encoding",
            f"第{row}行起的文字无法识别（既不是 UTF-8 也不是 GB18030）；{_ADVICE}",
        ) from None
    return encoding


def _decode_in_blocks(content: bytes, encoding: str) -> None:
    """Decode and forget, a block at a time: the whole text is never held beside the bytes.

    Raises:
        UnicodeDecodeError: `start` counts from the beginning of *content*.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(content), BLOCK):
        kept = len(decoder.getstate()[0])
        try:
            text = decoder.decode(content[start : start + BLOCK], start + BLOCK >= len(content))
        except UnicodeDecodeError as error:
            error.start += start - kept
            raise
        if encoding == "utf-16" and "\0" in text:
            raise _holds_nul()


def _delimiter(content: bytes, encoding: str, score: Callable[[Sequence[str]], int]) -> str:
    """The separator under which a row near the top has most names of columns; else a comma."""
    wrapped = _text_of(content[: 4 * BLOCK], encoding)
    top: list[str] = []
    try:
        while len(top) < _TOP and (line := wrapped.readline(LONGEST_CELL)):
            top.append(line)
    except UnicodeDecodeError:  # cut in the middle of a character
        pass
    return max(",;\t", key=lambda mark: max((score(_split(line, mark)) for line in top), default=0))


_TOP = 10


def _split(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return []
