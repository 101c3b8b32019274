"""A web page becomes lines: one for each paragraph, heading or table row, with where it stood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pusher.reading.document import Table
from pusher.reading.lines import Line, Page, squeeze

_UNSEEN = frozenset(
    {
        "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas",
        "video", "audio", "head", "select", "option", "button", "input", "textarea", "-comment",
    }
)  # fmt: skip
_PARAGRAPHS = frozenset(
    {
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "tr", "td", "th", "caption",
        "pre", "figcaption",
    }
)  # fmt: skip
_CONTAINERS = frozenset(
    {
        "body", "div", "section", "article", "main", "header", "footer", "nav", "aside", "form",
        "center", "ul", "ol", "dl", "table", "tbody", "thead", "tfoot", "blockquote", "fieldset",
        "figure", "address", "details",
    }
)  # fmt: skip
_BREAKS = frozenset({"br", "hr"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)

# A cell that holds this much is a column of a laid-out page, not a value in a table.
_LONGEST_CELL = 1500


def parse(html: str) -> Page:
    """Parse *html* into lines; never fails, an empty page has no lines."""
    tree = LexborHTMLParser(html)
    writer = _Writer()
    if tree.body is not None:
        writer.write(tree.body)
    title = tree.css_first("title")
    return Page(
        lines=tuple(writer.lines),
        tables=tuple(writer.tables),
        links=tuple(writer.links),
        meta=_declared(tree),
        title=squeeze(title.text()) or None if title else None,
    )


def _declared(tree: LexborHTMLParser) -> dict[str, str]:
    """Return what ``<meta name content>`` says, names in lower case, the first of each."""
    found: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = attributes.get("name") or attributes.get("property")
        content = squeeze(attributes.get("content") or "")
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


class _Writer:
    """Walks the tree once and writes down lines, tables and links."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.tables: list[Table] = []
        self.links: list[tuple[str, str]] = []
        self._pieces: list[str] = []
        self._linked = 0

    def write(self, top: LexborNode, within: tuple[int, ...] = (), *, hidden: bool = False) -> None:
        """Write *top* and everything below it; own stack, so depth costs no recursion."""
        waiting: list[tuple[LexborNode | None, _Place]] = [
            (top, _Place(within, top.tag or "", hidden))
        ]
        while waiting:
            node, place = waiting.pop()
            if node is None:
                self._end_line(place)
            elif node.tag == "-text":
                self._take(node.text_content or "", place)
            elif node.tag not in _UNSEEN:
                waiting.extend(self._entered(node, place))

    def _entered(
        self, node: LexborNode, place: "_Place"
    ) -> Iterator[tuple[LexborNode | None, "_Place"]]:
        tag = node.tag or ""
        inner = place
        if tag in _CONTAINERS or tag in _PARAGRAPHS or tag in _BREAKS:
            self._end_line(place)
            inner = place.entered(node, tag)
            yield None, inner
        elif tag == "a":
            inner = _Place(place.within, place.tag, place.hidden, linked=True)
            self._keep_link(node)
        if tag == "table":
            rows = _rows(node)
            if rows:
                self._write_rows(rows, inner)
                return
        yield from ((child, inner) for child in reversed(_children(node)))

    def _take(self, text: str, place: "_Place") -> None:
        self._pieces.append(text)
        if place.linked:
            self._linked += len(text.strip())

    def _end_line(self, place: "_Place") -> None:
        text = squeeze("".join(self._pieces))
        if text:
            linked = min(self._linked, len(text))
            self.lines.append(Line(text, place.within, linked, tag=place.tag, hidden=place.hidden))
        self._pieces.clear()
        self._linked = 0

    def _keep_link(self, node: LexborNode) -> None:
        href = (node.attributes.get("href") or "").strip()
        if href and not href.lower().startswith(("javascript:", "#")):
            self.links.append((squeeze(node.text()), href))

    def _write_rows(self, rows: list[list[tuple[str, int]]], place: "_Place") -> None:
        self.tables.append(tuple(tuple(text for text, _ in row) for row in rows))
        for row in rows:
            cells = tuple(text for text, _ in row)
            text = " | ".join(cell for cell in cells if cell)
            if text:
                linked = min(sum(count for _, count in row), len(text))
                self.lines.append(Line(text, place.within, linked, "tr", cells, place.hidden))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: the containers around, the paragraph, inside a link or not."""

    within: tuple[int, ...]
    tag: str
    hidden: bool
    linked: bool = False

    def entered(self, node: LexborNode, tag: str) -> "_Place":
        if tag in _BREAKS:
            return self
        style = node.attributes.get("style") or ""
        hidden = self.hidden or bool(_HIDDEN.search(style))
        within = (*self.within, node.mem_id) if tag in _CONTAINERS else self.within
        return _Place(within, tag, hidden, self.linked)


def _children(node: LexborNode) -> list[LexborNode]:
    found = []
    child = node.child
    while child is not None:
        found.append(child)
        child = child.next
    return found


def _rows(table: LexborNode) -> list[list[tuple[str, int]]]:
    """Return (text, linked characters) of each cell; empty when the table only lays out a page."""
    if table.css_first("table table, table form, table h1") is not None:
        return []
    rows = [
        [_cell(cell) for cell in _children(row) if cell.tag in ("td", "th")]
        for row in table.css("tr")
    ]
    rows = [row for row in rows if any(text for text, _ in row)]
    wide = sum(len(row) > 1 for row in rows)
    longest = max((len(text) for row in rows for text, _ in row), default=0)
    return rows if wide * 2 >= len(rows) and longest <= _LONGEST_CELL else []


def _cell(cell: LexborNode) -> tuple[str, int]:
    inner = _Writer()
    inner.write(cell)
    return " ".join(line.text for line in inner.lines), sum(line.linked for line in inner.lines)
