"""The title of a web page: what its head declares, what it shows large, what both agree on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pusher.reading import body, plain
from pusher.reading.labels import is_labelled, read_labels
from pusher.reading.lines import Page
from pusher.reading.numbers import is_number_line

# A page's own title follows, or stands before, the name of its site.
_SITE_WORDS = (
    r"(?:网|网站|门户|平台|政府|局|厅|委员会|委|办公室|公开|专栏|频道|栏目|中心|联合会|惠企政策"
    r"|首页|政务|信息)"
)
_SITE = re.compile(
    rf"\s*[-_|｜—–·]{{1,8}}\s*[^-_|｜—–·]{{2,40}}{_SITE_WORDS}(?:[（(].{{1,12}}[）)])?\s*$"
)
_NAMES_SITE = re.compile(rf"{_SITE_WORDS}(?:[（(].{{1,12}}[）)])?$")
_PARTS = re.compile(r"[-_|｜—–·（(]")
_BREADCRUMB = re.compile(r"位置\s*[:：>]|^首页|信息公开$|门户网站$")
_LONGEST = 150
_MOST_LINES = 4
_FEWEST_WRITTEN = 4


@dataclass(frozen=True, slots=True)
class Title:
    """What may be the title, and where it stood, in words for staff."""

    text: str
    place: str


def find_titles(parsed: Page) -> list[Title]:
    """Return what may be the title, best first.

    ArticleTitle is the name that the State Council office's guide for government sites
    (政府网站发展指引, 国办发〔2017〕47号, annex 2) prescribes for the title of a page.
    """
    found: dict[str, Title] = {}
    for title in _candidates(parsed):
        if body.written(title.text) or len(title.text) > 4:
            found.setdefault(body.bare(title.text), title)
    return list(found.values())


def _candidates(parsed: Page) -> Iterator[Title]:
    shown = [line for line in parsed.lines if not line.hidden]
    declared = parsed.meta.get("articletitle", "")
    if declared and not (_is_site(declared) and not _is_shown(declared, parsed)):
        yield Title(declared, "网页声明的标题（ArticleTitle）")
    if labelled := read_labels(shown).get("title"):
        yield Title(labelled, "网页标签“标题”")
    named = parsed.title or ""
    if agreed := _agreed(parsed, named):
        yield Title(agreed, "网页标题，与页面上显示的一致")
    headings = [line.text for line in shown if line.tag in ("h1", "h2")]
    headings = [one for one in headings if len(one) > 4 and not _BREADCRUMB.search(one)]
    yield from (Title(one, "页面大标题") for one in headings if not _is_site(one))
    if lead := _lead(parsed):
        yield Title(lead, "正文上方的标题")
    yield from (Title(one, "页面大标题") for one in headings if _is_site(one))
    if named:
        yield Title(_SITE.sub("", named), "网页标题")


def _is_site(text: str) -> bool:
    """Whether *text* reads like the name of a site or a column, not of a document."""
    return "关于" not in text and bool(_NAMES_SITE.search(text.strip()))


def _is_shown(text: str, parsed: Page) -> bool:
    return any(body.bare(text) == body.bare(line.text) for line in parsed.lines)


def _agreed(parsed: Page, named: str) -> str | None:
    """The lines of the page with which its own title begins: then what follows is the site's."""
    wanted = body.bare(named)
    best = ""
    for place, line in enumerate(parsed.lines):
        if line.hidden or line.linked > 0.6 * len(line.text):
            continue
        joined = ""
        for one in parsed.lines[place : place + _MOST_LINES]:
            joined += body.bare(one.text)
            if not wanted.startswith(joined):
                break
            rest = wanted[len(joined) :]
            parted = not rest or (bool(_PARTS.match(rest)) and not _is_site(joined))
            if parted and body.written(joined) >= _FEWEST_WRITTEN and len(joined) > len(best):
                best = joined
    if not best:
        return None
    # the title as its page's head spells it, blanks included
    cut = next(i for i in range(len(named), 0, -1) if body.bare(named[:i]) == best)
    return named[:cut].strip()


def _lead(parsed: Page) -> str | None:
    """The lines right above the first sentence that end as titles do."""
    found = body.find(parsed, titles=())
    near = [line for line in (*found.head[-8:], *found.lines[:8]) if len(line.text) <= _LONGEST]
    for place, line in enumerate(near):
        if body.is_prose(line) and "关于" not in line.text:
            break
        if body.written(line.text) <= _FEWEST_WRITTEN and "关于" not in line.text:
            continue
        joined = ""
        for one in near[place : place + _MOST_LINES]:
            text = one.text
            if (
                one.within != line.within
                or body.is_around(text)
                or is_labelled(text)
                or is_number_line(text)
                or one.linked
            ):
                break
            if text.endswith(("。", "：", ":", "；")):
                break
            joined += text
            if plain.TITLE_END.search(joined) and body.written(joined) >= 2 * _FEWEST_WRITTEN:
                return joined
    return None
