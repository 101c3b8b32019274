"""What kind of file the bytes are, whatever its name says."""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Literal

from pusher.reading.refusals import TooDeep, UnknownKind

Kind = Literal["html", "text"]

# (first bytes, what it is, whether it may hold a document that a person could save as text)
_MAGIC: tuple[tuple[bytes, str, bool], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG 图片", False),
    (b"\xff\xd8\xff", "JPEG 图片", False),
    (b"GIF8", "GIF 图片", False),
    (b"II*\x00", "TIFF 图片", False),
    (b"MM\x00*", "TIFF 图片", False),
    (b"%PDF-", "PDF 文件", True),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Word、WPS 或 Excel 文件", True),
    (b"{\\rtf", "RTF 文件", True),
    (b"Rar!\x1a\x07", "RAR 压缩包", False),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", False),
    (b"\x1f\x8b", "gzip 压缩包", False),
    (b"SQLite format 3\x00", "数据库文件", False),
    (b"\x7fELF", "程序文件", False),
)
_ZIP = b"PK\x03\x04"
_ZIPPED = {
    b"word/": "Word（DOCX）文件",
    b"xl/": "Excel（XLSX）文件",
    b"ppt/": "PPT（PPTX）文件",
    b"OFD.xml": "OFD 文件",
}
_MARKS_OF_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|meta|title|div|p|table|tr|td|ul|ol|li|span|h[1-6]|br"
    rb"|center|font|article|section)"
    rb"[\s/>]",
    re.IGNORECASE,
)
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT = 65536

DEEPEST = 200
# Elements that a page may leave open: counting those would refuse honest pages.
_LEFT_OPEN = frozenset(
    b"p li dt dd tr td th thead tbody tfoot option optgroup colgroup rt rp html head body "
    b"area base br col embed hr img input link meta param source track wbr".split()
)
_EMPHASIS = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())
_MOST_REOPENED = 500_000
_TAG = re.compile(rb"<!--|<(/?)([a-z][a-z0-9:-]*)")
# Inside these, and inside a comment, nothing is markup until they end.
_RAW_ENDS = {b"script": b"</script", b"style": b"</style", b"textarea": b"</textarea"}
_COMMENT_END = b"-->"


def kind_of(content: bytes, name: str) -> Kind:
    """Tell a web page from plain text by the bytes themselves.

    Raises:
        UnknownKind: a picture, an office file, an archive or anything else that is not text.
    """
    _refuse_known(content, name)
    wide = content.startswith(_MARKS_OF_WIDE_TEXT)
    start = content[:_LOOKED_AT]
    if not wide and len(_CONTROL.findall(start)) > len(start) / 1000:
        raise UnknownKind(f"“{_shown(name)}”不是网页，也不是文本文件，无法读取。")
    if wide:
        start = start.replace(b"\x00", b"")
    return "html" if _HTML.search(start) else "text"


def _refuse_known(content: bytes, name: str) -> None:
    found = next((row for row in _MAGIC if content.startswith(row[0])), None)
    if found:
        _, what, saveable = found
    elif content.startswith(_ZIP):
        what = next((w for part, w in _ZIPPED.items() if part in content), "ZIP 压缩包")
        saveable = what != "ZIP 压缩包"
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        what, saveable = "WebP 图片", False
    else:
        return
    advice = "请另存为网页或文本后再导入" if saveable else "请提供政策的网页或文本"
    raise UnknownKind(f"“{_shown(name)}”实际是{what}，暂不支持；{advice}。")


def _shown(name: str) -> str:
    """Return the last part of *name*, short and without characters that play tricks."""
    last = PurePath(name.replace("\\", "/")).name or "文件"
    return "".join(character for character in last if character.isprintable())[:60]


def refuse_deep(content: bytes) -> None:
    """Refuse a page whose elements nest deeper than `DEEPEST`, before any parser sees it.

    One pass over the bytes: parsers that build a tree may take quadratic time and memory on such
    a page. Emphasis that is never closed is opened again in every paragraph (HTML, 13.2.4.3):
    what that adds up to is bounded too.

    Raises:
        TooDeep: the page nests too deep.
    """
    depth = emphasis = reopened = 0
    for tag, opens in _tags(content.lower()):
        step = 1 if opens else -1
        if tag in _EMPHASIS:
            emphasis = max(emphasis + step, 0)
        elif tag not in _LEFT_OPEN:
            depth = max(depth + step, 0)
        reopened += emphasis if opens else 0
        if depth > DEEPEST or reopened > _MOST_REOPENED:
            raise TooDeep(f"网页嵌套超过 {DEEPEST} 层，可能已损坏，未读取；请另存为文本后再导入。")


def _tags(content: bytes) -> Iterator[tuple[bytes, bool]]:
    """Give each tag and whether it opens; looks at no byte twice."""
    place = bracket = 0
    while mark := _TAG.search(content, place):
        place = mark.end()
        tag = mark[2]
        if tag is None or (tag in _RAW_ENDS and not mark[1]):
            place = content.find(_RAW_ENDS[tag] if tag else _COMMENT_END, place)
            if place < 0:
                return
            continue
        if bracket < place:
            bracket = content.find(b">", place)
            if bracket < 0:
                return
        if content[bracket - 1 : bracket] != b"/":
            yield tag, not mark[1]
