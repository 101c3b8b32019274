"""The outline of a text: numbered articles, headings and lists as a tree, whatever the line ends.

A policy pasted as one paragraph has the same outline as its page.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_CN = "一二三四五六七八九十百零〇"
_LEVELS = (
    re.compile(rf"第[{_CN}\d]{{1,5}}章\s*"),
    re.compile(rf"第[{_CN}\d]{{1,5}}条\s*"),
    re.compile(r"【[^】\n]{2,24}】[：:]?\s*"),
    re.compile(
        rf"(?:问[：:])?(?![{_CN}]{{1,3}}、|[\d（(第【])[^。；：:，？?\n]{{3,40}}[？?]\s*(?:答[：:])?\s*"
    ),
    re.compile(rf"[{_CN}]{{1,3}}、\s*"),
    re.compile(rf"[（(][{_CN}]{{1,3}}[）)]\s*"),
    re.compile(r"\d{1,2}[.．、](?!\d)\s*"),
    re.compile(r"[（(]\d{1,2}[）)]\s*"),
)
_MARK = re.compile("|".join(f"(?P<l{n}>{level.pattern})" for n, level in enumerate(_LEVELS)))
# A mark opens an item at the start of a line or after the end of a clause, and nowhere else:
# "第二条第（一）项" cites, "符合（一）、（二）" cites.
_OPENS_AFTER = frozenset("—。；：:;!！?？\n”」】")
_CITES = re.compile(r"(?:第|、|和|至|或|及|与|项|款|条)\s*$")
_FIRST_LIST_LEVEL = 5
_CITED = re.compile(r"\s*(?:项|款|、|至|和|或|目)")
_NAMED = re.compile(r"(?:【|问[：:])?(?P<heading>[^】？?【]{2,60})[】？?]")
_HEADING = re.compile(r"\s*([^。\n：？?]{0,40})(?:[。\n：？?]\s*|$)")
_LONGEST_HEADING = 24
# 集中供养的特困人员不发放: short, and yet it says whom
_SAYS = re.compile(
    r"[^，]{3,20}(?:人员|对象|家庭|企业|单位|儿童|老人|老年人|的|者)(?:均|一律|暂)?不(?:予|再|得|能)?"
    r"(?:发放|享受|补贴|补助|受理|安排|纳入|支持|适用|参加|报名|列入)$"
)
_SENTENCE = re.compile(r"(?P<told>[^。\n？?]+)(?P<asks>[？?])?")


@dataclass(slots=True)
class Item:
    """A piece of the outline.

    Attributes:
        level: 0 for chapters to 7 for (1); -1 for the text itself.
        mark: the number as written, with what follows it up to the text.
        text: what stands here before the first item below, exactly as written.
        items: the items below.
        after: what follows the items and belongs to none of them.
    """

    level: int
    mark: str
    text: str
    items: list["Item"] = field(default_factory=list)
    after: str = ""

    @property
    def heading(self) -> str:
        """The words over the item: of its mark (【申报条件】, 问：…？), else its first ones."""
        return self._parted()[0]

    @property
    def body(self) -> str:
        """The text without the heading."""
        return self._parted()[1]

    def _parted(self) -> tuple[str, str]:
        named = _NAMED.search(self.mark)
        if named:
            return named["heading"], self.text
        first = _HEADING.match(self.text) if self.level >= 0 else None
        if first is None or len(first[1].rstrip()) > _LONGEST_HEADING or _SAYS.match(first[1]):
            return "", self.text
        return first[1].strip(), self.text[first.end() :]

    def sentences(self) -> Iterator[str]:
        """Give each sentence of the text and of what follows the list; a question tells nothing."""
        for mark in _SENTENCE.finditer(f"{self.text}\n{self.after}"):
            if mark["told"].strip() and not mark["asks"]:
                yield mark["told"].strip()

    def walk(self) -> Iterator["Item"]:
        """Give this item and everything below it, in the order of the text."""
        yield self
        for item in self.items:
            yield from item.walk()


def outline(paragraphs: Sequence[str]) -> Item:
    """Read the outline of *paragraphs*; the text before the first mark is the root's."""
    text = "\n".join(paragraphs)
    marks = [mark for mark in _MARK.finditer(text) if _opens(text, mark)]
    starts = [mark.start() for mark in marks]
    root = Item(-1, "", text[: starts[0]] if starts else text)
    above = [root]
    for mark, end in zip(marks, [*starts[1:], len(text)], strict=False):
        level = int((mark.lastgroup or "l0")[1:])
        item = Item(level, mark.group(0), text[mark.end() : end])
        while above[-1].level >= level:
            above.pop()
        above[-1].items.append(item)
        above.append(item)
    for item in list(root.walk()):
        _part_last(item)
    return root


def opens_item(text: str) -> bool:
    """Whether *text* begins with a mark of the outline: 第三条, 一、, （二）, 3."""
    return bool(_MARK.match(text))


def _part_last(item: Item) -> None:
    """Give back to *item* what stands behind the end of its list's last entry.

    Entries that end with 。 or ； end there; what follows speaks of the whole list again.
    """
    last = item.items[-1] if item.items else None
    if last is None or last.items:
        return
    others = item.items[:-1]
    run_on = bool(others) and all(o.text.rstrip().endswith(("；", ";")) for o in others)
    if not run_on and last.level < _FIRST_LIST_LEVEL:
        return
    end = re.search(r"。" if run_on else r"\n", last.text.rstrip())
    if end:
        item.after = last.text[end.end() :]
        last.text = last.text[: end.end()]


def _opens(text: str, mark: re.Match[str]) -> bool:
    before = text[max(mark.start() - 4, 0) : mark.start()].rstrip(" ")
    if before and before[-1] not in _OPENS_AFTER:
        return False
    return not _CITES.search(before) and not _CITED.match(text[mark.end() :])
