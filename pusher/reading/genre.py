"""What kind of text a document is: a policy, a call, an interpretation, a guide, news, a draft."""

import re
from typing import Literal

from pusher.reading.document import Document
from pusher.reading.offices import in_title, labelled, place_of
from pusher.reading.places import Found, found

Genre = Literal["policy", "notice", "interpretation", "guide", "news", "draft"]

_INTERPRETS = re.compile(
    r"解读|图解|一图读懂|一图看懂|漫画|答记者问|政策问答|问答|常见问题|问题解答|热点问题|起草说明|吹风会"
)
_POLICY_KIND = re.compile(
    r"(?:办法|细则|规定|条例|规则|措施|意见|方案|政策|规划|计划|决定|令|标准|目录|清单|导引|通知|批复|通报|函)"
    r"\s*(?:[（(〔\[【][^）)〕\]】]{1,24}[）)〕\]】]\s*)*$"
)
_NOTICE_KIND = re.compile(r"(?:公告|通告|公示|启事)\s*(?:[（(][^）)]{1,24}[）)]\s*)*$")
_GUIDE_KIND = re.compile(
    r"指南|指引|流程|须知|办事|如何|怎么|怎样|详解|一文|攻略|手册|申领指导|办理条件"
)
_NEWS_PATH = re.compile(r"新闻|动态|要闻|媒体|资讯|快讯|头条|报道|时政")
_NEWS_SOURCE = re.compile(
    r"日报|晚报|时报|商报|都市报|新闻|电视台|广播|记者|新华社|人民网|澎湃|南方\+|客户端|融媒|公众号"
)
_NEWS_WORDS = re.compile(
    r"本报讯|本报记者|记者(?:从|\S{2,4}(?:报道|摄|获悉))|讯[（(]|获悉|近日[，,]|日前[，,]"
)
_NEWS_TITLE = re.compile(r"[！!？?]|……|召开|举行|举办|调研|启动|推出|发布会|走访|喜获|揭牌|签约")
_SITE_OFFICE = re.compile(r"[\u4e00-\u9fff]{2,20}?人民政府")
_NOT_SAID = re.compile(r"^(?:本网|本站|原创|网络|互联网)?$")


def genre_of(
    document: Document,
    *,
    title: str | None,
    number: str | None,
    issuers: tuple[str, ...],
    draft: bool,
) -> Found[Genre]:
    """Judge the kind of *document*; the first sign that speaks counts, and is quoted.

    Args:
        title, number, issuers: as read.
        draft: it is marked as a draft for comment.
    """
    text = title or ""
    path = next((line for line in document.outside if ">" in line or "位置" in line), "")
    last = re.split(r"[>＞»›]", path)[-1]
    if draft:
        return found("draft", "标题", text)
    if not number and (mark := _INTERPRETS.search(text)):
        return found("interpretation", "标题", mark.group(0))
    if not number and "解读" in last:
        return found("interpretation", "网页栏目", last.strip())
    if number and not _NOTICE_KIND.search(text):
        return found("policy", "发文字号", number)
    if mark := _NOTICE_KIND.search(text):
        return found("notice", "标题", mark.group(0))
    if mark := _POLICY_KIND.search(text):
        return _by_kind(text, mark.group(0), issuers)
    return _unofficial(document, text, last, issuers)


def _by_kind(title: str, kind: str, issuers: tuple[str, ...]) -> Found[Genre]:
    """A 通知 without a number calls for applications; rules without one are still rules."""
    if kind.startswith("通知") and "印发" not in title:
        return found("notice", "标题", kind)
    return found("policy", "标题", kind)


def _unofficial(
    document: Document, title: str, last: str, issuers: tuple[str, ...]
) -> Found[Genre]:
    source = _source(document)
    opening = "".join(document.paragraphs[:3])[:400]
    guide = _GUIDE_KIND.search(title)
    signs = (
        ("来源", _NEWS_SOURCE.search(source)),
        ("网页栏目", _NEWS_PATH.search(last)),
        ("正文开头", _NEWS_WORDS.search(opening)),
    )
    told = next(((where, mark.group(0)) for where, mark in signs if mark), None)
    if guide and (told is None or told[0] != "正文开头"):
        return found("guide", "标题", guide.group(0))
    if told:
        return found("news", told[0], told[1])
    if mark := _NEWS_TITLE.search(title):
        return found("news", "标题", mark.group(0), "按标题的写法判断，请核对。")
    if issuers or in_title(title):
        return found("notice", "发文机关", "、".join(issuers), "按落款判断，请核对。")
    return found("notice", "没有明显标志", "", "没有看出是哪一类文件，请核对。")


def reposter(document: Document, issuers: tuple[str, ...]) -> Found[str]:
    """Whose site shows a document that another place's office issued; None where it is its own."""
    site = document.meta.get("sitename", "") or (document.outside[0] if document.outside else "")
    source = _source(document)
    published = labelled(_bare(document.meta.get("label:publisher", "")))
    if published and issuers and not _share(published, issuers):
        return found(published[0], "网页标签“发布机构”", "、".join(published))
    home = place_of(_site_office(site))
    origin = issuers or (labelled(source) if not _NOT_SAID.match(source) else ())
    away = [place for place in map(place_of, origin) if place]
    if home and away and len(away) == len(origin) and not any(_within(home, a) for a in away):
        return found(_site_office(site), "网站名称与来源不同", source or "、".join(origin))
    return Found()


def _source(document: Document) -> str:
    """Whence the page says it has its text."""
    said = document.meta.get("label:source", "") or document.meta.get("contentsource", "")
    return re.sub(r"\s*(?:浏览|点击|阅读|字体|打印).*$", "", said)


def _site_office(site: str) -> str:
    """The government in the name of a site: …-广州市增城区人民政府门户网站."""
    last = re.split(r"[-_|｜—–]", site)[-1].strip()
    mark = _SITE_OFFICE.match(last)
    return mark.group(0) if mark else ""


def _within(home: str, away: str) -> bool:
    """Whether the office's place is the site's own, or lies inside it."""
    return away.startswith(home) or away.endswith(home) or home.endswith(away)


def _share(published: tuple[str, ...], issuers: tuple[str, ...]) -> bool:
    return any(
        _bare(one).endswith(_bare(other)) or _bare(other).endswith(_bare(one))
        for one in published
        for other in issuers
    )


def _bare(name: str) -> str:
    """The name of an office without what other names it goes by."""
    return re.sub(r"[（(].{0,60}?[）)]", "", name)
