"""The process that parses a workbook: the file comes in by standard input, rows go out as JSON.

It is a script and imports nothing of ours: `workbook` starts it, alone, with its limits.
"""

import importlib
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

OUT_OF_MEMORY = 3
DIGITS = 10**15
"""A spreadsheet keeps fifteen digits of a number."""


def main(memory_mb: int, cpu_s: int, most_rows: int) -> int:
    """Parse what comes in; the last line says ``end``, or why it was refused."""
    # loaded before the limit: a library that no longer fits is not a broken workbook
    importlib.import_module("openpyxl")
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        for said in _said(content, most_rows):
            sys.stdout.write(json.dumps(said) + "\n")
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.flush()
    return 0


def _said(content: bytes, most_rows: int) -> Iterator[dict[str, Any]]:
    try:
        sheet = _sheet(content)
        rows = sheet.iter_rows() if sheet else ()
        for number, row in enumerate(rows, start=1):
            cells = _trimmed(row)
            if cells and number > most_rows + 1:
                yield _refused("too_large", f"超过{most_rows}行，请分成几个文件导入")
                return
            if any(cells):
                yield {"row": number, "cells": cells}
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (a broken workbook raises whatever its parts lead to)
        yield _refused(
            "broken", "这份工作簿已损坏或不完整；请重新另存为 XLSX 或 CSV UTF-8 后再导入"
        )
        return
    yield {"end": True}


def _refused(code: str, reason: str) -> dict[str, Any]:
    return {"refused": code, "reason": reason}


def _sheet(content: bytes) -> Any:
    """The first sheet that is shown; None if there is none."""
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    shown = [one for one in book.worksheets if one.sheet_state == "visible"]
    if not shown:
        return None
    # what a file says of its own size is not to be trusted
    shown[0].reset_dimensions()
    return shown[0]


def _trimmed(row: Any) -> list[str]:
    cells = [_text(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _digits(value, percent="%" in cell.number_format)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else ""


def _digits(value: int | float, *, percent: bool) -> str:
    if percent:
        return f"{_digits(round(value * 100, 10), percent=False)}%"
    if abs(value) >= DIGITS:
        return f"{value:.14E}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # ten places: 0.1 + 0.2 is kept as 0.30000000000000004 and shown as 0.3
    return str(value) if isinstance(value, int) else f"{value:.10f}".rstrip("0").rstrip(".")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
