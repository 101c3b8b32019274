"""First room of the route: the bytes of a file become a document, each kind by one parser.

Meant for the child process (`parse`): a parser is loaded when the first file of its kind comes.
"""

from pusher.reading import kinds
from pusher.reading.document import Document, Kind, Link
from pusher.reading.encoding import UnknownEncoding, decode
from pusher.reading.refusals import (
    Broken,
    Empty,
    Encrypted,
    IndexPage,
    NoBody,
    NoTextLayer,
    TooDeep,
    TooHard,
    TooLarge,
    UnknownKind,
    Unreachable,
    Unreadable,
    Unsafe,
)

__all__ = [
    "Broken",
    "Document",
    "Empty",
    "Encrypted",
    "IndexPage",
    "Link",
    "NoBody",
    "NoTextLayer",
    "TooDeep",
    "TooHard",
    "TooLarge",
    "UnknownKind",
    "Unreachable",
    "Unreadable",
    "Unsafe",
    "read",
    "read_links",
]

MOST_CHARACTERS = 2_000_000


def read(content: bytes, name: str) -> Document:
    """Read *content* as a document, in this process: for hostile files, see `child`.

    Args:
        content: the bytes of a file or of an answer from a web server.
        name: its file name or address; used in words to staff only, the bytes decide.

    Raises:
        Unreadable: one of its kinds, with words for staff.
    """
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Empty("文件是空的，没有可读的内容。")
    kinds.refuse_oversized(content)
    kind = kinds.kind_of(content, name)
    if kind == "pdf":
        from pusher.reading.pdf import read_pdf

        document = read_pdf(content)
    elif kind == "docx":
        from pusher.reading.word import read_word

        document = read_word(content)
    elif kind == "ofd":
        from pusher.reading.ofd import read_ofd

        document = read_ofd(content)
    else:
        document = _read_written(content, kind)
    if sum(map(len, document.paragraphs)) > MOST_CHARACTERS:
        raise TooLarge(f"正文超过 {MOST_CHARACTERS // 10_000} 万字，不像一份政策，未读取。")
    return document


def read_links(content: bytes, name: str) -> tuple[Link, ...]:
    """Read the links of a web page, in this process.

    Raises:
        Unreadable: it is no web page, or nests too deep.
    """
    if kinds.kind_of(content, name) != "html" or len(content) > kinds.LARGEST:
        raise UnknownKind("这不是网页，里面没有可以跟随的链接。")
    try:
        text = decode(content)
    except UnknownEncoding:
        raise UnknownKind("无法识别网页的文字编码。") from None
    kinds.refuse_deep(text.encode())
    from pusher.reading.web_page import links_of

    return links_of(text)


def cleaned(content: bytes) -> str:
    """The HTML of a web page without anything that acts, loads or hides, in this process.

    Raises:
        Unreadable: see `read_links`.
    """
    if kinds.kind_of(content, "") != "html" or len(content) > kinds.LARGEST:
        raise UnknownKind("这不是网页。")
    text = decode(content)
    kinds.refuse_deep(text.encode())
    from pusher.reading.cleaning import clean

    return clean(text)


def picture(content: bytes, page: int) -> str:
    """One page of a PDF, from 1, drawn as a PNG in base64, in this process.

    Raises:
        Unreadable: there is no such page.
    """
    from pusher.reading.picture import draw

    return draw(content, page)


def photo(content: bytes) -> str:
    """A photograph drawn anew as a JPEG in base64, in this process.

    Raises:
        Unreadable: see `pusher.reading.photo.redraw`.
    """
    from pusher.reading.photo import redraw

    return redraw(content)


def _read_written(content: bytes, kind: Kind) -> Document:
    if len(content) > kinds.LARGEST:
        raise TooLarge(kinds.beyond(kinds.LARGEST))
    try:
        text = decode(content)
    except UnknownEncoding:
        raise UnknownKind("无法识别文字编码，请另存为 UTF-8 文本后再导入。") from None
    if kind == "text":
        from pusher.reading.plain import read_text

        return read_text(text)
    kinds.refuse_deep(text.encode())
    from pusher.reading.web_page import read_page

    return read_page(text)
