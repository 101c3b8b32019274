"""What kind of file the bytes are, whatever its name says."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import PurePath

from pusher.reading.document import Kind
from pusher.reading.refusals import Broken, Encrypted, TooDeep, TooLarge, UnknownKind

LARGEST = 5 * 1024 * 1024
"""Bytes of a page or a text."""
LARGEST_FILE = 30 * 1024 * 1024
"""Bytes of a file that carries pictures and fonts as well."""

# (first bytes, what it is, whether it may hold a document that a person could save as text)
_MAGIC: tuple[tuple[bytes, str, bool], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG 图片", False),
    (b"\xff\xd8\xff", "JPEG 图片", False),
    (b"GIF8", "GIF 图片", False),
    (b"II*\x00", "TIFF 图片", False),
    (b"MM\x00*", "TIFF 图片", False),
    (b"{\\rtf", "RTF 文件", True),
    (b"Rar!\x1a\x07", "RAR 压缩包", False),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", False),
    (b"\x1f\x8b", "gzip 压缩包", False),
    (b"SQLite format 3\x00", "数据库文件", False),
    (b"\x7fELF", "程序文件", False),
)
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF-"
_PDF_WITHIN = 1024
"""A mark that stands a little later is still read (ISO 32000-1, annex H.3)."""
# Names of parts stand in clear in the archive's directory, its last piece.
_ZIPPED: tuple[tuple[bytes, Kind | None, str], ...] = (
    (b"word/document.xml", "docx", "Word（DOCX）文件"),
    (b"OFD.xml", "ofd", "OFD 文件"),
    (b"xl/workbook.xml", None, "Excel（XLSX）文件"),
    (b"ppt/presentation.xml", None, "PPT（PPTX）文件"),
)
_PARSERS: dict[Kind, str] = {
    "html": "web_page", "text": "plain", "docx": "word", "pdf": "pdf", "ofd": "ofd",
}  # fmt: skip
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
    """Tell what kind of document *content* is by the bytes themselves.

    Raises:
        UnknownKind: a picture, a spreadsheet, an archive or anything else that is no document.
        Encrypted: an office file behind a password.
        Broken: an archive that has lost its end.
    """
    if _PDF in content[:_PDF_WITHIN]:
        return "pdf"
    if content.startswith(_ZIP):
        return _zipped(content, name)
    _refuse_known(content, name)
    wide = content.startswith(_MARKS_OF_WIDE_TEXT)
    start = content[:_LOOKED_AT]
    if not wide and len(_CONTROL.findall(start)) > len(start) / 1000:
        raise UnknownKind(f"“{_shown(name)}”不是网页、文本、Word、PDF 或 OFD，无法读取。")
    if wide:
        start = start.replace(b"\x00", b"")
    return "html" if _HTML.search(start) else "text"


def load_parser(kind: Kind) -> None:
    """Import what reads documents of this *kind*, and nothing else."""
    import_module(f"pusher.reading.{_PARSERS[kind]}")


def refuse_oversized(content: bytes) -> None:
    """Refuse what is larger than any kind may be.

    Raises:
        TooLarge: it is.
    """
    if len(content) > LARGEST_FILE:
        raise TooLarge(beyond(LARGEST_FILE))


def beyond(limit: int) -> str:
    """Say that a file is larger than *limit* bytes."""
    return f"文件超过 {limit // 1024 // 1024} MB，未读取；请只保存正文后再导入。"


def _zipped(content: bytes, name: str) -> Kind:
    if b"PK\x05\x06" not in content[-66_000:]:
        raise Broken(f"“{_shown(name)}”不完整或已损坏（压缩包没有结尾），请重新下载后再导入。")
    for part, kind, what in _ZIPPED:
        if part in content:
            if kind is None:
                wanted = "请提供网页、Word、PDF、OFD 或文本"
                raise UnknownKind(f"“{_shown(name)}”实际是{what}，不是政策正文；{wanted}。")
            return kind
    raise UnknownKind(f"“{_shown(name)}”实际是 ZIP 压缩包，请解压后导入其中的文件。")


def _refuse_known(content: bytes, name: str) -> None:
    found = next((row for row in _MAGIC if content.startswith(row[0])), None)
    if found:
        _, what, saveable = found
    elif content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Encrypted(f"“{_shown(name)}”设有打开密码，无法读取；请取消密码后再导入。")
        what, saveable = "旧版 Word、WPS 或 Excel 文件", True
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        what, saveable = "WebP 图片", False
    else:
        return
    advice = (
        "请另存为 DOCX、PDF 或网页后再导入" if saveable else "请提供政策的网页、Word、PDF 或文本"
    )
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
