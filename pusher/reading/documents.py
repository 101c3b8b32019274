"""First room of the route: the bytes of a web page or a text become a document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pusher.reading import body, kinds, page, plain
from pusher.reading.encoding import UnknownEncoding, decode
from pusher.reading.labels import read_labels
from pusher.reading.refusals import (
    Empty,
    IndexPage,
    NoBody,
    TooDeep,
    TooLarge,
    UnknownKind,
    Unreadable,
)

__all__ = [
    "Document",
    "Empty",
    "IndexPage",
    "Link",
    "NoBody",
    "TooDeep",
    "TooLarge",
    "UnknownKind",
    "Unreadable",
    "read",
]

LARGEST = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the page: what it says and where it leads, as written in the page."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, before anyone asked what it means.

    Attributes:
        kind: a web page, or plain text.
        title_hint: what its page or first lines call it; None when they do not.
        head: lines that stand above the body: labels, number, title.
        paragraphs: the body, a row of a table as one paragraph with ``" | "`` between its cells.
        tables: the tables of the page, rows of cells.
        meta: ``<meta>`` names in lower case, and labels (see `labels`) with ``label:`` before them.
        links: the links of the page, in order.
    """

    kind: kinds.Kind
    title_hint: str | None
    head: tuple[str, ...]
    paragraphs: tuple[str, ...]
    tables: tuple[page.Table, ...]
    meta: Mapping[str, str]
    links: tuple[Link, ...]

    @property
    def text(self) -> str:
        """The body as one text, a paragraph a line."""
        return "\n".join(self.paragraphs)


def read(content: bytes, name: str) -> Document:
    """Read *content* as a document.

    Args:
        content: the bytes of a file or of an answer from a web server.
        name: its file name or address; used in words to staff only, the bytes decide.

    Raises:
        Unreadable: one of its kinds, with words for staff; nothing else is raised.
    """
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Empty("文件是空的，没有可读的内容。")
    if len(content) > LARGEST:
        raise TooLarge(f"文件超过 {LARGEST // 1024 // 1024} MB，未读取；请只保存正文后再导入。")
    kind = kinds.kind_of(content, name)
    try:
        text = decode(content)
    except UnknownEncoding:
        raise UnknownKind("无法识别文字编码，请另存为 UTF-8 文本后再导入。") from None
    if kind == "text":
        return _read_text(text)
    kinds.refuse_deep(text.encode())
    return _read_page(text)


def _read_page(html: str) -> Document:
    parsed = page.parse(html)
    titles = tuple(_titles(parsed))
    found = body.find(parsed, titles=titles)
    if body.is_index(found):
        raise IndexPage("这是栏目列表页，不是一份文件；请打开其中一份文件再导入。")
    if body.is_missing(found):
        raise NoBody("网页里没有找到文件正文；请确认打开的是文件页面，或另存为文本后再导入。")
    return Document(
        kind="html",
        title_hint=titles[0] if titles else None,
        head=tuple(line.text for line in found.head),
        paragraphs=tuple(line.text for line in found.lines),
        tables=parsed.tables,
        meta=_meta(parsed.meta, read_labels(found.head)),
        links=tuple(Link(text, href) for text, href in parsed.links),
    )


# A page's own title follows, or stands before, the name of its site.
_SITE = re.compile(r"\s*[-_|—–]+\s*[^-_|—–]{2,40}(?:网|网站|门户|平台|政府|局|厅|委员会|公开)\s*$")
_BREADCRUMB = re.compile(r"位置\s*[:：>]|^首页|信息公开$|门户网站$")


def _titles(parsed: page.Page) -> list[str]:
    """Return what may be the title, best first.

    ArticleTitle is the name that the State Council office's guide for government sites
    (政府网站发展指引, 国办发〔2017〕47号, annex 2) prescribes for the title of a page.
    """
    shown = [line.text for line in parsed.lines if line.tag in ("h1", "h2")]
    headings = [text for text in shown if len(text) > 4 and not _BREADCRUMB.search(text)]
    named = _SITE.sub("", parsed.title) if parsed.title else ""
    labelled = read_labels(parsed.lines).get("title", "")
    said = [parsed.meta.get("articletitle", ""), labelled]
    if named and any(body.bare(named) == body.bare(line.text) for line in parsed.lines):
        said.append(named)
    return [title for title in dict.fromkeys([*said, *headings, named]) if title]


def _read_text(text: str) -> Document:
    read = plain.split(text)
    if sum(map(body.written, read.paragraphs)) < plain.FEWEST_WRITTEN:
        raise NoBody("文件里没有找到可读的中文正文。")
    return Document(
        kind="text",
        title_hint=read.title,
        head=read.head,
        paragraphs=read.paragraphs,
        tables=(),
        meta=_meta({}, read.labels),
        links=(),
    )


def _meta(declared: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    return {**declared, **{f"label:{name}": value for name, value in labels.items()}}
