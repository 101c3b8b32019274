"""A Word file (DOCX) becomes a document: what a reader of the final text sees, in its order.

Deleted text of tracked changes is left out, inserted text is read; numbers that Word counts by
itself are written out, for a clause is quoted by its number.
"""

from collections.abc import Iterator
from typing import Any

from pusher.reading import official
from pusher.reading.archive import Archive
from pusher.reading.document import Document, Table
from pusher.reading.layout import Laid
from pusher.reading.lines import squeeze
from pusher.reading.refusals import Broken, TooLarge
from pusher.reading.word_numbers import Numbering
from pusher.reading.word_styles import Styles

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNSEEN = frozenset(
    {
        f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}rPr", f"{_W}pPr", f"{_W}fldData",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)  # fmt: skip
_BOX = f"{_W}txbxContent"
_MOST_TABLES = 2_000
_MOST_BLOCKS = 100_000


def read_word(content: bytes) -> Document:
    """Read a DOCX file.

    Raises:
        Broken, Unsafe, TooLarge, Encrypted: see `Archive`.
        NoBody: there is no Chinese prose in it.
    """
    archive = Archive(content)
    root = archive.xml("word/document.xml")
    body = root.find(f"{_W}body") if root is not None else None
    if body is None:
        raise Broken("Word 文件里没有正文部分，可能已损坏；请用 Word 另存后再导入。")
    writer = _Writer(
        Styles(archive.xml("word/styles.xml")), Numbering(archive.xml("word/numbering.xml"))
    )
    laid = list(writer.blocks(body))
    notes = archive.xml("word/footnotes.xml")
    if notes is not None:
        laid += [Laid(f"注：{one.text}") for one in writer.blocks(notes) if one.text]
    return official.document("docx", laid, tables=tuple(writer.tables))


class _Writer:
    """Walks blocks in order and writes down paragraphs and rows."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.tables: list[Table] = []
        self._styles = styles
        self._numbering = numbering
        self._blocks = 0

    def blocks(self, parent: Any) -> Iterator[Laid]:
        """Every paragraph and table row below *parent*; wrappers are looked through."""
        for child in parent:
            self._blocks += 1
            if self._blocks > _MOST_BLOCKS:
                raise TooLarge("Word 文件的段落过多，不像一份政策，未读取；请拆分后再导入。")
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag not in _UNSEEN and isinstance(child.tag, str):
                yield from self.blocks(child)

    def _paragraph(self, node: Any) -> Iterator[Laid]:
        style = self._styles.of_paragraph(node)
        number = self._numbering.next(node, style.number)
        pieces = "".join(_pieces(node))
        for place, line in enumerate(pieces.split("\n")):
            text = squeeze((number if place == 0 and line.strip() else "") + line)
            if text:
                yield Laid(text, style.size, style.centred)
        for box in node.iter(_BOX):
            if not any(parent.tag in _UNSEEN for parent in box.iterancestors()):
                yield from self.blocks(box)

    def _table(self, node: Any) -> Iterator[Laid]:
        rows = [self._cells(row) for row in node.iterchildren(f"{_W}tr")]
        rows = [row for row in rows if any(row)]
        wide = [row for row in rows if sum(map(bool, row)) > 1]
        if not wide:  # a table of one column lays out a page
            for row in rows:
                yield from (Laid(text) for cell in row for text in cell.split("\n") if text)
            return
        if len(self.tables) >= _MOST_TABLES:
            raise TooLarge(f"Word 文件有 {_MOST_TABLES} 个以上表格，不像一份政策，未读取。")
        self.tables.append(tuple(tuple(cell.replace("\n", " ") for cell in row) for row in rows))
        for row in rows:
            cells = tuple(cell.replace("\n", " ") for cell in row)
            yield Laid(" | ".join(cell for cell in cells if cell), cells=cells)

    def _cells(self, row: Any) -> list[str]:
        return [
            "\n".join(one.text for one in self.blocks(cell)) for cell in row.iter(f"{_W}tc")
            if next(cell.iterancestors(f"{_W}tr"), None) is row
        ]  # fmt: skip


def _pieces(node: Any) -> Iterator[str]:
    """The text below *node* as a reader of the final text sees it."""
    for child in node:
        tag = child.tag
        if tag in _UNSEEN or tag == _BOX:
            continue
        if tag == f"{_W}t":
            yield child.text or ""
        elif tag == f"{_W}tab":
            yield " "
        elif tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif tag == f"{_W}noBreakHyphen":
            yield "-"
        else:
            yield from _pieces(child)
