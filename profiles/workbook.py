"""A workbook becomes rows: looked at before it is opened, then parsed in a process of its own.

A workbook of a few kilobytes can unpack to gigabytes, and no parser of it can be stopped from
within. So the archive's own list of contents is weighed first, and what parses it afterwards has
a limit of memory and of processor time, and is killed when nobody wants its rows any more.
"""

import json
import re
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from profiles.roster_lines import LARGEST_BYTES, MOST_COLUMNS, MOST_ROWS, BadRoster, Line, line_of

MOST_PARTS = 1_000
MOST_UNPACKED = 400 * 1024 * 1024
"""A hundred thousand rows of forty columns unpack to about 150 MB."""
MOST_RATIO = 100
"""Unpacked to packed, of a part over a megabyte; the same cell over and over reaches about 40."""
MEMORY_MB = 768
CPU_S = 180
_ARCHIVE = b"PK\x03\x04"
_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError,
    # how zipfile says a method of packing, or a password, that it does not know
    NotImplementedError, RuntimeError,
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0"
_CHILD = Path(__file__).with_name("workbook_child.py")
_ADVICE = "请在表格软件中另存为 XLSX 或 CSV UTF-8 后再导入"


def is_workbook(content: bytes) -> bool:
    """Whether the first bytes are those of an archive or of an old or encrypted workbook."""
    return content.startswith((_ARCHIVE, _OLE))


def read_workbook(
    content: bytes, *, memory_mb: int = MEMORY_MB, cpu_s: int = CPU_S
) -> Iterator[Line]:
    """Read the first visible sheet of an XLSX workbook, row by row, in bounded memory.

    Dates come as ISO 8601, truth as 是 and 否, numbers in plain digits; a number of more than
    fifteen digits, of which a spreadsheet keeps only the first fifteen, comes as it would show
    (3.7E+17), so that whoever reads the cell can refuse it. Of formulas the last result counts.

    Args:
        memory_mb, cpu_s: what the process that parses it may use.

    Raises:
        BadRoster: not such a workbook, encrypted, with macros, or too much inside.
    """
    weigh(content)
    child = subprocess.Popen(  # noqa: S603  (our own script; nothing of it comes from outside)
        [sys.executable, "-I", str(_CHILD), str(memory_mb), str(cpu_s), str(MOST_ROWS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    feeder = threading.Thread(target=_feed, args=(child.stdin, content), daemon=True)
    feeder.start()
    try:
        yield from _lines(child)
    finally:
        child.kill()
        child.wait()
        feeder.join()
        if child.stdout:
            child.stdout.close()


def _feed(pipe: IO[bytes] | None, content: bytes) -> None:
    if pipe is None:
        return
    try:
        with pipe:
            pipe.write(content)
    except BrokenPipeError:  # it was killed; why is told where its rows are read
        pass


def _lines(child: "subprocess.Popen[bytes]") -> Iterator[Line]:
    ended = False
    for text in child.stdout or ():
        said = json.loads(text)
        if "refused" in said:
            raise BadRoster(said["refused"], said["reason"])
        if "end" in said:
            ended = True
            break
        if len(said["cells"]) > MOST_COLUMNS:
            raise _out_of_range()
        yield line_of(said["row"], said["cells"], whole=True)
    if not ended:
        raise BadRoster(
            "too_heavy",
            "读取这份工作簿占用的内存或时间过多，已停止；请只保留名册所在的工作表再导入",
        )


def weigh(content: bytes) -> None:
    """Refuse an archive that is no workbook or has too much in it, without unpacking it.

    Raises:
        BadRoster: what it is, and what to do.
    """
    if content.startswith(_OLE):
        raise _old_or_encrypted(content)
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        parts = archive.infolist()
    except _UNREADABLE:
        raise _broken() from None
    names = {part.filename for part in parts}
    _insist_on_workbook(names, archive)
    _weigh_parts(parts)
    _look_into(archive, parts)


def _weigh_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise BadRoster("bomb", f"这份工作簿由{len(parts)}个部分组成，不像名册；{_ADVICE}")
    for part in parts:
        if part.flag_bits & 1:
            raise BadRoster("encrypted", f"这份工作簿有密码；请去掉密码，{_ADVICE[1:]}")
        if part.file_size > 1024 * 1024 and part.file_size > MOST_RATIO * part.compress_size:
            raise _bomb()
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _bomb()


def _bomb() -> BadRoster:
    most = MOST_UNPACKED // 1024 // 1024
    return BadRoster(
        "bomb", f"这份工作簿解压后过大（上限{most}MB）或压缩比异常，没有打开；{_ADVICE}"
    )


def _insist_on_workbook(names: set[str], archive: zipfile.ZipFile) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise BadRoster("xlsm", "这份工作簿含宏，不能导入；请另存为不含宏的 XLSX 或 CSV UTF-8")
    if "xl/workbook.xml" in names:
        return
    if "xl/workbook.bin" in names:
        raise BadRoster("not_a_table", f"这是 XLSB 工作簿；{_ADVICE}")
    if "word/document.xml" in names:
        raise BadRoster("not_a_table", "这是 Word 文档，不是表格；请导入 XLSX 或 CSV 文件")
    if "content.xml" in names:
        raise BadRoster("not_a_table", f"这是 ODS 或其他文档；{_ADVICE}")
    raise BadRoster("not_a_table", f"这是压缩文件，不是表格；请解压后{_ADVICE[1:]}")


_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s[^>]*?ref="(?:[A-Z]+\d+:)?([A-Z]{1,3})(\d{1,9})"')
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HEAD = 64 * 1024


def _look_into(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """The head of each part of XML: no document types, and sheets of a sensible size."""
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels")):
            continue
        try:
            with archive.open(part) as stream:
                head = stream.read(_HEAD)
        except _UNREADABLE:
            raise _broken() from None
        if _FORBIDDEN.search(head.replace(b"\0", b"")):
            raise BadRoster("broken", f"这份工作簿含有不允许的内容（文档类型声明）；{_ADVICE}")
        if part.filename.startswith("xl/worksheets/"):
            _insist_on_range(head)


def _insist_on_range(head: bytes) -> None:
    found = _DIMENSION.search(head)
    if found and (_column(found[1]) > MOST_COLUMNS or int(found[2]) > MOST_ROWS + 1):
        raise _out_of_range()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _out_of_range() -> BadRoster:
    return BadRoster(
        "range",
        f"工作表的范围异常（超过{MOST_COLUMNS}列或{MOST_ROWS}行）；"
        "请把名册复制到一张新的工作表再导入",
    )


def _broken() -> BadRoster:
    return BadRoster("broken", f"这份工作簿已损坏或不完整；{_ADVICE}")


def _old_or_encrypted(content: bytes) -> BadRoster:
    # names in a compound file (MS-CFB) stand in UTF-16; an encrypted workbook is one of them
    if "EncryptedPackage".encode("utf-16-le") in content[:LARGEST_BYTES]:
        return BadRoster("encrypted", f"这份工作簿有密码；请去掉密码，{_ADVICE[1:]}")
    return BadRoster("xls", f"这是旧式 XLS 文件；{_ADVICE}")
