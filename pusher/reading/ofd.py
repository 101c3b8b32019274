"""An OFD file (GB/T 33190-2016) becomes a document: the text objects of its pages with places."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from pusher.reading import official
from pusher.reading.archive import Archive
from pusher.reading.document import Document
from pusher.reading.layout import Sheet, paragraphs
from pusher.reading.refusals import Broken, NoTextLayer, TooLarge
from pusher.reading.spans import spans_of

MOST_PAGES = 1000
_MOST_LETTERS = 2_000_000
_A4 = (210.0, 297.0)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?")
_FEWEST_WRITTEN = 10

Letter = tuple[str, float, float, float, float, float]


def read_ofd(content: bytes) -> Document:
    """Read the text layer of an OFD file; its first document where it holds several.

    Raises:
        Broken, Unsafe, TooLarge, Encrypted: see `Archive`.
        NoTextLayer: its pages are pictures.
    """
    archive = Archive(content)
    root = archive.xml("OFD.xml")
    place = _text(root, "DocRoot") if root is not None else ""
    path = _inside("", place)
    document = archive.xml(path)
    if document is None:
        raise Broken("OFD 文件里没有正文，可能已损坏；请重新下载后再导入。")
    folder = posixpath.dirname(path)
    pages = [_inside(folder, one.get("BaseLoc", "")) for one in _all(document, "Page")]
    if len(pages) > MOST_PAGES:
        raise TooLarge(
            f"这份 OFD 有 {len(pages)} 页，超过 {MOST_PAGES} 页，未读取；请拆分后再导入。"
        )
    extent = _box(_text(document, "PhysicalBox")) or (0.0, 0.0, *_A4)
    sheets = [_sheet(archive.xml(page), extent) for page in pages]
    written = sum(official.written(span.text) for sheet in sheets for span in sheet.spans)
    if written < _FEWEST_WRITTEN:
        raise NoTextLayer(
            f"这份 OFD 的 {len(pages)} 页都是图片，没有文字；请提供可复制文字的文件或人工录入。"
        )
    return official.document("ofd", paragraphs(sheets), pages=len(pages))


def _sheet(page: Any, extent: tuple[float, float, float, float]) -> Sheet:
    if page is None:
        return Sheet(extent[2], extent[3], ())
    own = _box(_text(page, "PhysicalBox")) or extent
    letters: list[Letter] = []
    for node in _all(page, "TextObject"):
        letters += _letters(node)
        if len(letters) > _MOST_LETTERS:
            raise TooLarge("这份 OFD 的文字过多，不像一份政策，未读取。")
    return Sheet(own[2], own[3], tuple(spans_of(letters)))


def _letters(node: Any) -> Iterator[Letter]:
    """The letters of one text object (GB/T 33190, 11.2): start, then the steps between them."""
    box = _box(node.get("Boundary", ""))
    size = _float(node.get("Size", ""), 0.0)
    if box is None or size <= 0 or node.get("Visible") == "false":
        return
    matrix = [float(part) for part in _NUMBER.findall(node.get("CTM", ""))]
    if len(matrix) != 6:
        matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    if abs(matrix[1]) > 0.1 * abs(matrix[0]):
        return  # leans, as stamps and watermarks do
    tall = size * abs(matrix[3] or 1.0)
    wide = size * abs(matrix[0] or 1.0) * _float(node.get("HScale", ""), 1.0)
    for code in _all(node, "TextCode"):
        x, y = _float(code.get("X", ""), 0.0), _float(code.get("Y", ""), 0.0)
        steps, falls = _steps(code.get("DeltaX", "")), _steps(code.get("DeltaY", ""))
        for place, letter in enumerate(code.text or ""):
            left = box[0] + matrix[0] * x + matrix[2] * y + matrix[4]
            base = box[1] + matrix[1] * x + matrix[3] * y + matrix[5]
            step = steps[place] if place < len(steps) else (size if not falls else 0.0)
            if not letter.isspace() and letter.isprintable():
                # half-width letters step half as far
                width = min(wide, abs(step * matrix[0])) if step else wide
                yield letter, left, left + width, base - tall * 0.88, base + tall * 0.12, tall
            x += step
            y += falls[place] if place < len(falls) else 0.0


def _steps(text: str) -> list[float]:
    """Read DeltaX: numbers, where ``g 5 2.77`` stands for five times 2.77 (11.3)."""
    parts = text.split()
    steps: list[float] = []
    place = 0
    while place < len(parts) and len(steps) < 100_000:
        if parts[place] == "g" and place + 2 < len(parts) and parts[place + 1].isdigit():
            steps += [_float(parts[place + 2], 0.0)] * min(int(parts[place + 1]), 100_000)
            place += 3
        else:
            steps.append(_float(parts[place], 0.0))
            place += 1
    return steps


def _inside(folder: str, place: str) -> str:
    """The name of a part; a path from the root of the archive starts with a slash."""
    joined = place if place.startswith("/") else posixpath.join(folder, place)
    return posixpath.normpath(joined).lstrip("/")


def _all(node: Any, name: str) -> Iterator[Any]:
    yield from node.iter(f"{{*}}{name}")


def _text(node: Any, name: str) -> str:
    found = next(_all(node, name), None)
    return (found.text or "").strip() if found is not None else ""


def _box(text: str) -> tuple[float, float, float, float] | None:
    numbers = [float(part) for part in _NUMBER.findall(text)]
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _float(text: str, otherwise: float) -> float:
    return float(text) if _NUMBER.fullmatch(text.strip()) else otherwise
