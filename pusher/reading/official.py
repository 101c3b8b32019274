"""The layout of official documents (GB/T 9704-2012): letterhead, number, title, text, signature.

Paragraphs that were laid out, in a PDF, an OFD or a Word file, become a document.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pusher.reading import plain
from pusher.reading.attachments import listed
from pusher.reading.body import is_around, written
from pusher.reading.document import Document, Kind, Table
from pusher.reading.labels import is_labelled, read_labels
from pusher.reading.layout import Laid, join
from pusher.reading.lines import Line
from pusher.reading.numbers import is_number_line

__all__ = ["document", "written"]

_MOST_HEAD = 30
_MOST_TITLE_LINES = 5
_SENTENCE = re.compile(r"[。；！？]|[，,].*[，,]")
_SALUTATION = re.compile(r"^[^。；]{2,200}[：:]$")
# 份号, 密级, 紧急程度, 签发人 and the letterhead itself (GB/T 9704-2012, 7.2)
_LETTERHEAD = re.compile(
    r"\d{6}|(?:绝密|机密|秘密|内部资料)(?:★.{0,10})?|特急|加急|平急|签发人\s*[:：]?.{0,12}"
    r"|.{4,80}文\s*件|第?\s*\d+\s*[号期]"
)
_CONTENTS = re.compile(r"(?:\.{6,}|…{3,}|·{6,})[\s\dIVXivx]*$|^目\s*录$")
"""A line of the table of contents: it says what the headings say again."""
_TRIAL = re.compile(r"^(?:测试符|试用版|评估版|未注册版?|Evaluation (?:Only|Version)\.?)\s*")
"""What a converter without a licence prints into its pages."""
_PASSED = re.compile(r"^[（(].{0,10}(?:\d{4}|[一二]〇).{4,120}[）)]$")
_DATE = re.compile(r"^[（(]?\s*(?:(?:19|20)\d\d|二〇[〇一二三]\S)\s*年?.{0,12}[）)]?$")
_PUBLISHED = re.compile(r"(?:来源|发布|日期|时间|浏览|字体|字号)\s*[:：]")


def document(
    kind: Kind,
    laid: Sequence[Laid],
    *,
    pages: int | None = None,
    tables: tuple[Table, ...] = (),
    meta: Mapping[str, str] | None = None,
    doubts: tuple[str, ...] = (),
) -> Document:
    """Find title, head and body among *laid*.

    Raises:
        NoBody: nothing of it is Chinese prose.
    """
    laid = [replace(one, text=_TRIAL.sub("", one.text)) for one in laid]
    kept = _without_tail(
        [one for one in laid if not is_around(one.text) and not _CONTENTS.search(one.text)]
    )
    first, last = _title(kept)
    title = join(one.text for one in kept[first:last]) or None
    above = [at for at in range(last, _zone(kept, _body_size(kept))) if _is_above(kept[at].text)]
    start = above[-1] + 1 if above else last
    head = tuple(one.text for one in kept[:start])
    paragraphs = tuple(one.text for one in kept[start:])
    plain.refuse_bodiless(paragraphs)
    labels = read_labels(Line(line, (0,)) for line in head)
    return Document(
        kind=kind,
        title_hint=title or labels.get("title"),
        title_place=_place(kept, first) if title else "",
        head=head,
        paragraphs=paragraphs,
        tables=tables or _tables(kept),
        meta={**(meta or {}), **{f"label:{name}": value for name, value in labels.items()}},
        attachments=listed(paragraphs),
        pages=pages,
        outside=tuple(one.text for one in laid[:_MOST_HEAD] if is_around(one.text)),
        doubts=doubts,
    )


def _place(kept: Sequence[Laid], first: int) -> str:
    return f"第 {kept[first].page} 页的标题" if kept[first].page else "文件的标题"


def _title(kept: Sequence[Laid]) -> tuple[int, int]:
    """Return where the title begins and ends: the largest of the lines above the first sentence.

    The number stands between letterhead and title (7.2.5, 7.3.1), so what is below it goes first.
    """
    zone = _zone(kept, _body_size(kept))
    groups = _groups(kept[:zone], _body_size(kept))
    if not groups:
        return 0, 0
    numbered = [place for place in range(zone) if is_number_line(kept[place].text)]
    below = [group for group in groups if numbered and group[0] > numbered[0]]
    titled = [group for group in below if _looks_like_title(kept, group)]
    chosen = titled or [g for g in groups if _looks_like_title(kept, g)] or groups
    return max(chosen, key=lambda g: (round(kept[g[0]].size, 1), kept[g[0]].centred, -g[0]))


def _body_size(kept: Sequence[Laid]) -> float:
    """The size in which most of the letters are set."""
    sizes: Counter[float] = Counter()
    for one in kept:
        sizes[round(one.size, 1)] += len(one.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _zone(kept: Sequence[Laid], body_size: float) -> int:
    """How many paragraphs stand above the first sentence or salutation."""
    for place, one in enumerate(kept[:_MOST_HEAD]):
        text = one.text
        if _is_above(text):
            continue
        quoted = re.sub(r"《[^》]{0,200}》|“[^”]{0,200}”", "", text)
        if one.cells and any(is_around(cell) for cell in one.cells):
            continue
        if (
            one.cells
            or _SALUTATION.match(text)
            or (written(text) >= 8 and _SENTENCE.search(quoted))
        ):
            # a title may hold a comma or a question mark: what is larger than the text is one
            larger = (one.centred or one.size > 1.15 * body_size) and len(text) <= 80
            larger = larger and not text.endswith("。")
            if one.cells or not larger or _SALUTATION.match(text):
                return place
    return min(len(kept), _MOST_HEAD)


def _groups(zone: Sequence[Laid], body_size: float) -> list[tuple[int, int]]:
    """Neighbouring lines of one size that may be a title; each as (first, past the last)."""
    groups: list[tuple[int, int]] = []
    for place, one in enumerate(zone):
        if _is_above(one.text) or written(one.text) < 2:
            continue
        joins = groups and groups[-1][1] == place and place - groups[-1][0] < _MOST_TITLE_LINES
        before = zone[place - 1]
        if joins and _continues(before, one, body_size):
            groups[-1] = (groups[-1][0], place + 1)
        else:
            groups.append((place, place + 1))
    return groups


def _continues(before: Laid, one: Laid, body_size: float) -> bool:
    alike = abs(before.size - one.size) <= 0.02 * max(before.size, 0.1)
    ended = bool(plain.TITLE_END.search(before.text)) and not one.text.startswith(("（", "("))
    beside = before.centred == one.centred or one.size > 1.1 * body_size
    return alike and beside and not ended and before.page == one.page


def _looks_like_title(kept: Sequence[Laid], group: tuple[int, int]) -> bool:
    text = join(one.text for one in kept[group[0] : group[1]])
    return written(text) >= 4 and bool(plain.TITLE_END.search(text) or "关于" in text)


def _is_above(text: str) -> bool:
    bare = re.sub(r"\s+", "", text)
    return (
        is_around(text)
        or is_labelled(text)
        or is_number_line(text)
        or bool(_LETTERHEAD.fullmatch(bare))
        or bool(_PASSED.match(text))
        or bool(_DATE.match(text))
        or (len(text) < 120 and bool(_PUBLISHED.search(text)))
    )


def _without_tail(laid: list[Laid]) -> list[Laid]:
    """Cut what a printed page says under its document."""
    last = max(
        (place for place, one in enumerate(laid) if "。" in one.text or one.cells), default=0
    )
    for place in range(last + 1, len(laid)):
        if _RELATED.fullmatch(laid[place].text):
            laid = laid[:place]
            break
    while laid and not laid[-1].cells and _is_tail(laid[-1].text):
        laid = laid[:-1]
    return laid


_RELATED = re.compile(
    r"(?:相关|推荐|延伸).{0,4}(?:解读|附件|文件|链接|阅读|新闻|文章|政策|稿件)\s*[:：]?"
)


def _is_tail(text: str) -> bool:
    return is_around(text) or (len(text) < 60 and bool(_CLOSING.search(text)))


_CLOSING = re.compile(r"(?:备案|ICP|网安备|标识码|版权|技术支持|投诉|咨询电话|扫一扫|打印|关闭)")


def _tables(kept: Sequence[Laid]) -> tuple[Table, ...]:
    """Runs of neighbouring rows with cells."""
    tables: list[list[tuple[str, ...]]] = []
    inside = False
    for one in kept:
        if one.cells and not inside:
            tables.append([])
        if one.cells:
            tables[-1].append(one.cells)
        inside = bool(one.cells)
    return tuple(tuple(table) for table in tables if len(table) > 1)
