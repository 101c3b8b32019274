"""Workbooks for the tests, whole and broken."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl


def workbook(*rows: Sequence[Any], **styles: str) -> bytes:
    """A workbook of these rows; ``A2="0.0%"`` gives a cell its number format."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for cell, form in styles.items():
        book.active[cell].number_format = form
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of it changed; a part that is not there is added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part), zipfile.ZIP_DEFLATED)
        there = old.read(name) if name in old.namelist() else b""
        new.writestr(name, change(there), zipfile.ZIP_DEFLATED)
    return out.getvalue()
