"""Which lines of a page are the document: found by density, not by the names a site gave.

No rule names a host, a class or a file. What is known of government pages is what they say to
every reader: where you are, share, print, who runs the site.
"""

import re
from collections import Counter
from dataclasses import dataclass

from pusher.reading.labels import is_label, is_labelled
from pusher.reading.lines import Line, Page
from pusher.reading.numbers import is_number_line

_SENTENCE = re.compile(r"[。！？；!?;]|[，,、].*[，,、]|[：:]$|[一-鿿][,，][一-鿿]")
_WRITTEN = re.compile(r"[一-鿿]")
_DATE = re.compile(r"(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}")
_ATTACHMENT = re.compile(r"^附件|\.(?:docx?|xlsx?|pdf|wps|et|ofd|zip|rar|pptx?)\s*$", re.IGNORECASE)

# What a page says around every document. Matched against whole short lines.
_BUTTON = (
    r"(?:打印|关闭|收藏|纠错|返回顶部|返回|顶部|回到|关闭窗口|关闭本页|打印页面|打印本页|字体|字号"
    r"|大|中|小|默认|超大|放大|缩小|取消|分享|下载|转换为?PDF|阅读|朗读|收听)"
)
_AROUND = re.compile(
    rf"""(?:
      .{{0,6}}(?:当前|您)?(?:的|所在)?位置(?:是)?\s*[:：>].*
    | .*(?:分享|转发)(?:文章)?(?:到|至)(?:微信|朋友圈)?.{{0,12}} | 分享 | .*一键分享.*
    | .*(?:扫一扫|扫描二维码).{{0,16}}(?:当前页|手机|打开|微信|朋友圈|查看|浏览).*
    | (?:微信)?扫一扫.{{0,3}}
    | [\s【\[（(|/·]*{_BUTTON}(?:[\s】\[\]【）)|/:：·]*{_BUTTON})*[\s】\]）)|:：]*
    | .*(?:浏览|点击|阅读|访问)(?:次数|量|数|人次)\s*[:：].*
    | (?:相关|推荐|热点|最新|更多|延伸)(?:的)?
      (?:附件|新闻|链接|文章|文件|阅读|解读|稿件|政策|信息|文档|资讯|报道)
      (?:下载|列表|推荐|解读|文件)?\s*[:：>》]*
    | (?:附件|文件|全文)下载\s*[:：]? | 政策解读 | 解读回应 | 基本信息 | 信息索引 | 更多\s*[>》]*
    | (?:上|下)一(?:篇|条|页).*
    | .*(?:版权所有|备案序号|备案号|公网安备|网站标识码|网站地图|ICP备|主办单位|承办单位|技术支持
         |网站声明|隐私声明|友情链接).*
    | (?:主办|承办|协办)\s*[:：].{{0,60}}
    | .*(?:无障碍|长者|关怀版|繁体|简体|读屏|盲道).{{0,12}}
    | (?:首页|网站首页|主页|登录|注册|搜索|搜一下|高级搜索|热搜.*|搜索热词.*|客户端|手机版|电脑版
        |智能问答|视力保护色.*)
    | 责任编辑.{{0,20}} | (?:编辑|审核|校对|初审|终审)\s*[:：].{{0,20}}
    | 您访问的链接即将离开.* | .*建议使用.{{0,20}}(?:浏览器|分辨率).*
    | .*(?:本站|本网站).{{0,10}}(?:由|已支持|支持).{{0,30}}
    )""",
    re.VERBOSE,
)
_LONGEST_AROUND = 120

# Said above a document only; in its text the same line could mean something.
_ABOVE = re.compile(
    r"""(?:
      [\[(（]?\s*(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+\d{1,2}:\d\d(?::\d\d)?)?\s*[\])）]?
    | -?\s*\d*\s*次
    | (?:A\s*[+-]?\s*[大中小]?\s*)+
    )""",
    re.VERBOSE,
)
_MOST_TITLE_LINES = 4

# A block beside the document counts as furniture when this share of it is links.
_LINKED_ASIDE = 0.25
_FEWEST_WRITTEN = 20
_FEWEST_LISTED = 5
_WRITTEN_PER_LISTED = 40


@dataclass(frozen=True, slots=True)
class Body:
    """Where the document stands among the lines of its page.

    Attributes:
        head: what stands above it and belongs to it or tells of it: labels, number, title.
        lines: the document.
        listed: lines of the page that are one entry of a list of other documents.
        tail: what stands under it in its container.
    """

    head: tuple[Line, ...]
    lines: tuple[Line, ...]
    listed: int
    tail: tuple[Line, ...] = ()


def find(page: Page, *, titles: tuple[str, ...]) -> Body:
    """Find the document among the lines of *page*; no lines when there is none.

    Args:
        page: the parsed page.
        titles: what may be its title; a line that repeats one ends the head.
    """
    shown = [line for line in page.lines if not line.hidden]
    container = _container(shown)
    inside = [place for place, line in enumerate(shown) if container in (*line.within, 0)]
    listed = sum(_is_listed(line) for line in shown)
    if not inside:
        return Body(tuple(shown), (), listed)
    lines = [shown[place] for place in inside]
    if _is_one_of_many(shown, lines, container):
        return Body(tuple(shown), (), max(listed, _FEWEST_LISTED))
    start, end = _start(lines, titles), _end(lines)
    kept = tuple(line for line in lines[start:end] if not is_around(line.text))
    return Body((*shown[: inside[0]], *lines[:start]), kept, listed, tuple(lines[end:]))


def _is_one_of_many(shown: list[Line], lines: list[Line], container: int) -> bool:
    """Whether what was found is one entry of a list: a linked title and a few words, repeated."""
    if not container or not any(map(_is_entry, lines)):
        return False
    path = lines[0].within
    depth = path.index(container)
    entries: set[int] = set()
    for line in shown:
        beside = len(line.within) > depth and line.within[:depth] == path[:depth]
        if beside and _is_entry(line):
            entries.add(line.within[depth])
    return len(entries) >= _FEWEST_LISTED


def _is_entry(line: Line) -> bool:
    """Whether *line* is the linked title of another document."""
    return line.linked >= 0.5 * len(line.text) and written(line.text) >= 8


def is_around(text: str) -> bool:
    """Whether *text* is something a page says around every document."""
    return len(text) <= _LONGEST_AROUND and bool(_AROUND.fullmatch(text))


def written(text: str) -> int:
    """Count the Chinese characters of *text*."""
    return len(_WRITTEN.findall(text))


def is_prose(line: Line) -> bool:
    """Whether *line* reads like a sentence of a document, not like a menu or a footer."""
    return (
        not line.cells
        and line.linked <= 0.4 * len(line.text)
        and written(line.text) >= 8
        and bool(_SENTENCE.search(line.text))
        and not is_around(line.text)
        and not is_labelled(line.text)
    )


def _is_content(line: Line) -> bool:
    """Whether losing *line* would lose a piece of the document: a sentence or a table's row."""
    return is_prose(line) or (len(line.cells) > 0 and not _is_menu(line))


def _container(lines: list[Line]) -> int:
    """Return the id of the innermost container that holds every sentence of the document.

    Starts at the page and steps inward while nothing but furniture is lost.
    """
    prose = [line for line in lines if _is_content(line)]
    here = 0
    depth = 0
    while prose:
        weights: Counter[int] = Counter()
        for line in prose:
            weights[line.within[depth] if len(line.within) > depth else 0] += len(line.text)
        best, _ = weights.most_common(1)[0]
        if best == 0 or not _only_furniture_lost(lines, prose, best, depth):
            break
        here, depth = best, depth + 1
        prose = [line for line in prose if best in line.within]
        lines = [line for line in lines if best in line.within]
    return here


def _only_furniture_lost(lines: list[Line], prose: list[Line], best: int, depth: int) -> bool:
    beside: dict[int, list[Line]] = {}
    for line in lines:
        beside.setdefault(line.within[depth] if len(line.within) > depth else 0, []).append(line)
    lost = {line.within[depth] if len(line.within) > depth else 0 for line in prose} - {best}
    return all(_is_aside(beside[block]) for block in lost)


def _is_aside(lines: list[Line]) -> bool:
    linked = sum(line.linked for line in lines)
    length = sum(len(line.text) for line in lines)
    prose = [line for line in lines if is_prose(line)]
    cut_short = bool(prose) and all(line.text.endswith(("...", "…")) for line in prose)
    return cut_short or linked >= _LINKED_ASIDE * length


def _start(lines: list[Line], titles: tuple[str, ...]) -> int:
    """Return where the document begins: after title, labels and furniture above the first sentence.

    The title may be repeated, and may run over several lines.
    """
    wanted = {bare(title) for title in titles if title}
    start = place = 0
    while place < len(lines):
        repeated = _repeats(lines[place:], wanted)
        if not repeated and is_prose(lines[place]):
            break
        under_labels = place > 0 and _is_label_row(lines[place - 1])
        if repeated or under_labels or _is_above(lines[place]):
            start = place + max(repeated, 1)
        place += max(repeated, 1)
    return start


def _repeats(lines: list[Line], wanted: set[str]) -> int:
    """Return how many lines from here make up one of the *wanted* titles, 0 if none do."""
    joined = ""
    for count, line in enumerate(lines[:_MOST_TITLE_LINES], start=1):
        joined += bare(line.text)
        if joined in wanted:
            return count
    return 0


def _is_above(line: Line) -> bool:
    text = line.text
    return (
        is_around(text)
        or is_labelled(text)
        or any(is_labelled(cell) for cell in line.cells)
        or _is_label_row(line)
        or is_number_line(text)
        or bool(_ABOVE.fullmatch(text))
        or _is_menu(line)
    )


def _is_label_row(line: Line) -> bool:
    """Whether every cell of a row is a label: their values stand in the next row."""
    return len(line.cells) > 1 and all(is_label(cell) for cell in line.cells)


def _is_menu(line: Line) -> bool:
    return line.linked > 0.6 * len(line.text) and not _ATTACHMENT.search(line.text)


def _end(lines: list[Line]) -> int:
    """Return where the document ends: at the first furniture after its last sentence."""
    last = max((place for place, line in enumerate(lines) if _is_content(line)), default=-1)
    for place in range(last + 1, len(lines)):
        line = lines[place]
        if is_around(line.text) or _is_menu(line) or _is_stamp(line.text):
            return place
    return len(lines)


def _is_stamp(text: str) -> bool:
    """Whether a site says here when and whence it put the page up; 公开方式 is the document's."""
    return is_labelled(text) and not text.lstrip("【（( ").startswith(("公开", "信息公开"))


def _is_listed(line: Line) -> bool:
    return _is_entry(line) and bool(_DATE.search(line.text))


def lists_titles(page: Page) -> bool:
    """Whether a page without a document of its own links to several."""
    return sum(_is_entry(line) for line in page.lines if not line.hidden) >= _FEWEST_LISTED


def bare(text: str) -> str:
    """Return *text* without any blanks, as titles are compared."""
    return re.sub(r"\s+", "", text)


def is_index(body: Body) -> bool:
    """Whether the page lists other documents instead of being one."""
    text = sum(written(line.text) for line in body.lines)
    menus = sum(_is_menu(line) for line in body.lines)
    rows = sum(
        line.linked >= 0.3 * len(line.text) and written(line.text) >= 8 for line in body.lines
    )
    if rows >= _FEWEST_LISTED and rows >= 0.6 * len(body.lines):
        return True
    return (body.listed >= _FEWEST_LISTED and text < _WRITTEN_PER_LISTED * body.listed) or (
        menus >= _FEWEST_LISTED and menus >= 0.3 * len(body.lines)
    )


def is_missing(body: Body) -> bool:
    """Whether too little text was found for a document."""
    return sum(written(line.text) for line in body.lines) < _FEWEST_WRITTEN
