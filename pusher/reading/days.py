"""The days of a document: when it was written, when it was published."""

import re
from datetime import date

from pusher.reading import offices
from pusher.reading.dates import find_dates, first_date, is_date_line
from pusher.reading.document import Document
from pusher.reading.labels import is_labelled
from pusher.reading.places import Found, found

_CLOSING_LINES = 8
_LONGEST_STAMP = 80
# a date as programs write it, with or without a time; before it at most the name of who posted it
_STAMP = re.compile(
    r"^[\[(（【]?\s*(?P<by>[^\d，。：:]{0,20}?)\s*"
    r"(?P<on>(?:19|20)\d\d(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日))"
    r"(?P<time>\s*\d{1,2}:\d\d(?::\d\d)?)?\s*[\])）】]?(?P<rest>.*)$"
)
_SAID = re.compile(r"^(?:时间|日期)\s*[:：].*(?:来源|浏览|点击|阅读|作者|编辑)")
_UNDER_TITLE = re.compile(r"^[（(]\s*(?P<on>[^（()）]{6,16}日)\s*[）)]$")


def written_on(document: Document, signed: offices.Signature) -> Found[date]:
    """Read the day under the signature, else of a label, else in brackets under the title."""
    labelled = labelled_day(document, "written_on", "成文日期")
    by_signature = first_date(signed.on) if signed.on else None
    if by_signature and signed.on:
        doubt = ""
        if labelled.value and labelled.value != by_signature:
            doubt = f"网页标签写作 {labelled.value.isoformat()}，与落款不同。"
        return found(by_signature, "落款", signed.on, doubt)
    if labelled.value:
        return labelled
    alone = [line for line in document.paragraphs[-_CLOSING_LINES:] if is_date_line(line)]
    if alone and (day := first_date(alone[-1])):
        return found(day, "正文末尾", alone[-1])
    for line in document.head[-4:]:
        under = _UNDER_TITLE.match(line)
        if under and (day := first_date(under["on"])):
            return found(day, "标题下的日期", line)
    return Found()


def published_on(document: Document) -> Found[date]:
    """Read the day of publication; PubDate is the name that the government's guide prescribes."""
    for name in ("pubdate", "publishdate", "article:published_time"):
        declared = document.meta.get(name)
        if declared and (day := first_date(declared)):
            return found(day, "网页声明的发布日期（PubDate）", declared)
    labelled = labelled_day(document, "published_on", "发布日期")
    return labelled if labelled.value else _stamped(document)


def labelled_day(document: Document, name: str, label: str) -> Found[date]:
    """Read the day that a label says."""
    value = document.meta.get(f"label:{name}", "")
    days = find_dates(value)
    return found(days[0].on, f"网页标签“{label}”", value) if days else Found()


def _stamped(document: Document) -> Found[date]:
    """The date that stands under the title without a word, as sites stamp their pages."""
    for line in reversed(document.head[-12:]):
        if len(line) <= _LONGEST_STAMP and _SAID.match(line) and (day := first_date(line)):
            return found(day, "标题附近的日期", line)
        stamp = _STAMP.match(line) if len(line) <= _LONGEST_STAMP else None
        if not stamp:
            continue
        rest = stamp["rest"].strip(" |·\u3000")
        official = "年" in stamp["on"] and not stamp["time"]
        if official or (rest and not stamp["time"] and not is_labelled(rest)):
            continue
        day = first_date(stamp["on"])
        if day:
            return found(day, "标题附近的日期", line, "网页没有写明这是发布日期，请核对。")
    return Found()
