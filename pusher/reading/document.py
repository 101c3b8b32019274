"""What a file says, before anyone asked what it means; the same shape whatever kind it was."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["html", "text", "docx", "pdf", "ofd"]
Table = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an attachment: what it is called and where it leads, as written; "" for nowhere."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document as its file says it.

    Attributes:
        kind: what the bytes are.
        title_hint: what its page or first lines call it; None when they do not.
        title_place: where that stood, in words for staff.
        head: lines that stand above the body: labels, number, title.
        paragraphs: the body, a row of a table as one paragraph with ``" | "`` between its cells.
        tables: the tables of the page, rows of cells.
        meta: ``<meta>`` names in lower case, and labels (see `labels`) with ``label:`` before them.
        links: the links of the page, in order.
        attachments: what the document or its page lists as 附件, in order.
        pages: how many pages it has, None where it has no pages.
        outside: what a page says around its document, for the judgement of its kind: the path
            "you are here", the source.
    """

    kind: Kind
    title_hint: str | None
    head: tuple[str, ...]
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    attachments: tuple[Link, ...] = ()
    pages: int | None = None
    title_place: str = ""
    outside: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The body as one text, a paragraph a line."""
        return "\n".join(self.paragraphs)

    def shape(self) -> dict[str, Any]:
        """The document as JSON values, for `from_shape`."""
        return asdict(self)


def from_shape(shape: Mapping[str, Any]) -> Document:
    """The document of which `Document.shape` made *shape*."""
    return Document(
        kind=shape["kind"],
        title_hint=shape["title_hint"],
        head=tuple(shape["head"]),
        paragraphs=tuple(shape["paragraphs"]),
        tables=tuple(tuple(tuple(row) for row in table) for table in shape["tables"]),
        meta=dict(shape["meta"]),
        links=tuple(Link(**link) for link in shape["links"]),
        attachments=tuple(Link(**link) for link in shape["attachments"]),
        pages=shape["pages"],
        title_place=shape["title_place"],
        outside=tuple(shape["outside"]),
        doubts=tuple(shape["doubts"]),
    )
