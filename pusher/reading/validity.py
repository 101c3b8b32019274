"""When a document takes effect and ends: stated dates, or terms counted from stated dates."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pusher.reading.counting import read_count
from pusher.reading.dates import PATTERN, first_date, last_day

_IN_FORCE = r"(?:正式)?(?:施行|实施|执行|生效|试行|适用)"
_ISSUED = r"(?P<issued>印发|发布|公布|下发|颁布|发文|签发)"
# The subject must be this document: a clause about 《…》 tells of another one.
_SUBJECT = r"(?P<subject>[^，,。；;！!\n]{0,40}?)"
_FROM = re.compile(
    rf"{_SUBJECT}(?:自|从|于)\s*(?P<on>{PATTERN})\s*(?:零时|0时)?\s*(?:起|开始|之日起)?\s*{_IN_FORCE}"
)
_FROM_ISSUE = re.compile(
    rf"{_SUBJECT}(?:自|从)\s*(?:本\S{{1,6}}?)?{_ISSUED}之日起"
    rf"(?:满?\s*(?:(?P<days>\d{{1,3}}|[一二三四五六七八九十]{{1,3}})\s*(?:日|天|个自然日)"
    rf"|(?P<months>\d{{1,2}}|[一二两三四五六])\s*个月)(?:后|之后)?)?\s*{_IN_FORCE}"
)
_FROM_TO = re.compile(
    rf"{_SUBJECT}(?:自|从|于)\s*(?P<on>{PATTERN})\s*起?\s*(?:至|到)\s*(?P<end>{PATTERN})\s*止?\s*"
    rf"{_IN_FORCE}"
)
_TERM_FROM_ISSUE = re.compile(
    rf"有效期(?:限)?\s*(?:为|是|[:：])?\s*(?:自|从)\s*(?:本\S{{1,6}}?)?{_ISSUED}之日起\s*"
    r"(?P<count>\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:个)?(?P<unit>年|月)"
)
_SPAN = re.compile(
    rf"(?:有效期限?|执行期限?|实施期限?|施行期限?|试行期限?|政策期限|执行时间|实施时间)\s*"
    rf"(?:为|是|[:：])?\s*(?:自|从)?\s*(?P<start>{PATTERN})\s*起?\s*(?:至|到|—|－|-|~|～)+\s*(?P<end>{PATTERN})"
)
_OPENING_SPAN = re.compile(
    rf"^\s*(?:自|从)\s*(?P<start>{PATTERN})\s*起?\s*(?:至|到)\s*(?P<end>{PATTERN})\s*(?:止)?\s*[，,]"
)
_UNTIL = re.compile(
    rf"有效期\s*(?:限)?\s*(?:截至|截止到|截止至|至|到|延续至|延长至)\s*(?P<end>{PATTERN})"
    rf"|(?:至|到|执行至|实施至)\s*(?P<end2>{PATTERN})\s*(?:止)?\s*(?:失效|废止|终止执行|到期)"
    rf"|[，,]\s*(?:执行|实施|施行|有效)?\s*至\s*(?P<end3>{PATTERN})\s*(?:止|[。；]|$)"
    rf"|[，,]\s*(?:于|自)?\s*(?P<end4>{PATTERN})\s*(?:起)?\s*(?:自动|自行)?(?:失效|废止)"
)
_TERM = re.compile(
    r"(?:有效期|试行期|执行期限?|实施期限?|试行|(?<=[，,])(?:暂定)?(?:执行|施行|实施))\s*(?:限)?\s*(?:为|是|[:：])?\s*"
    r"(?P<count>\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:个)?(?P<unit>年|月)"
)
_ITSELF = re.compile(
    r"本\s*[\u4e00-\u9fff（）()]{1,20}|以上(?:政策|措施|规定)|上述(?:政策|措施|规定)"
)
_PROCLAIMED = re.compile(r"现予|予以(?:公布|发布)|现印发")
_BARE = re.compile(
    r"\s*(?:[一二三四五六七八九十\d]+[、.．]|第\S{1,5}条|[（(]\S{1,3}[）)])?\s*[自从]"
)
_OWN = re.compile(
    r"\s*(?:[一二三四五六七八九十\d]+[、.．]|第\S{1,5}条|[（(]\S{1,3}[）)])?\s*"
    r"(?:本|以上|上述)[\u4e00-\u9fff（）()]{1,20}"
)
_COLOPHON = re.compile(rf"(?P<on>{PATTERN})\s*印发\s*$")
_SENTENCE = re.compile(r"[^。\n；;]+[。；;]?")
_LONGEST_SENTENCE = 600
_OPENING = 3


@dataclass(frozen=True, slots=True)
class Validity:
    """From when to when a document is in force, with the clauses that say so."""

    effective_on: date | None = None
    expires_on: date | None = None
    effective_quote: str | None = None
    expires_quote: str | None = None


def printed_on(paragraphs: tuple[str, ...]) -> date | None:
    """Return the date of the colophon (…2022年9月13日印发), the last one there is."""
    found = [mark for line in paragraphs if len(line) < 120 and (mark := _COLOPHON.search(line))]
    return first_date(found[-1]["on"]) if found else None


def read_validity(
    paragraphs: tuple[str, ...],
    *,
    written_on: date | None,
    published_on: date | None,
) -> Validity:
    """Read from when to when the document is in force.

    A document that takes effect 自印发之日起 does so on the day of its colophon or, without one,
    on the day it was signed; one that says 自公布之日起 on the day it was published. A term of
    years ends the day before the anniversary. What cannot be counted stays None.
    """
    sentences = list(_sentences(paragraphs))
    span = _first(sentences, _SPAN) or _first(sentences[:_OPENING], _OPENING_SPAN)
    issued = printed_on(paragraphs) or written_on
    start, start_quote = _start(sentences, issued, published_on or written_on)
    end, end_quote = _end(sentences, start)
    if span:
        mark, quote = span
        if start is None:
            start, start_quote = first_date(mark["start"]), quote
        if end is None:
            end, end_quote = first_date(mark["end"]), quote
    return Validity(start, end, start_quote, end_quote)


def _sentences(paragraphs: tuple[str, ...]) -> list[str]:
    return [
        found.group(0).strip()
        for line in paragraphs
        for found in _SENTENCE.finditer(line)
        if len(found.group(0)) <= _LONGEST_SENTENCE
    ]


def _first(sentences: list[str], pattern: re.Pattern[str]) -> tuple[re.Match[str], str] | None:
    for sentence in sentences:
        mark = pattern.search(sentence)
        if mark:
            return mark, sentence
    return None


def _start(
    sentences: list[str], issued: date | None, published: date | None
) -> tuple[date | None, str | None]:
    """Return the day of effect; the last clause counts, it stands in the closing articles."""
    found: tuple[date | None, str | None] = (None, None)
    for sentence in sentences:
        for mark in (*_FROM.finditer(sentence), *_FROM_TO.finditer(sentence)):
            if _speaks_of_itself(sentence, mark):
                found = first_date(mark["on"]), sentence
        for mark in _FROM_ISSUE.finditer(sentence):
            if _speaks_of_itself(sentence, mark):
                day = published if mark["issued"] in _MADE_PUBLIC else issued
                found = _later(day, mark["days"], mark["months"]), sentence
        term = _TERM_FROM_ISSUE.search(sentence)
        if term and found[0] is None and _OWN.match(sentence):
            found = published if term["issued"] in _MADE_PUBLIC else issued, sentence
    return found


_MADE_PUBLIC = ("发布", "公布", "颁布")


def _later(day: date | None, days: str | None, months: str | None) -> date | None:
    if day and days:
        return day + timedelta(days=read_count(days) or 0)
    if day and months:
        return last_day(day, months=read_count(months) or 0) + timedelta(days=1)
    return day


def _speaks_of_itself(sentence: str, mark: re.Match[str]) -> bool:
    """Whether the clause is about this document: 本办法自…, 现予公布，自…, or a bare 自…起施行."""
    subject, before = mark["subject"], sentence[: mark.start()]
    if "》" in subject or "原" in subject:
        return False
    if _ITSELF.search(subject) or _PROCLAIMED.search(sentence) or _BARE.match(sentence):
        return True
    # 本办法由…负责解释，自…起施行: the subject stands at the start of the sentence
    return not subject.strip() and "》" not in before and bool(_OWN.match(sentence))


def _end(sentences: list[str], start: date | None) -> tuple[date | None, str | None]:
    found: tuple[date | None, str | None] = (None, None)
    for sentence in sentences:
        until = _UNTIL.search(sentence)
        if until and "》" not in sentence[: until.start()]:
            own = until["end"] or until["end2"] or _OWN.match(sentence)
            ends = [until[name] for name in ("end", "end2", "end3", "end4") if until[name]]
            found = (first_date(ends[0]), sentence) if own else found
        between = next(
            (m for m in _FROM_TO.finditer(sentence) if _speaks_of_itself(sentence, m)), None
        )
        if between:
            found = first_date(between["end"]), sentence
        counted = _TERM_FROM_ISSUE.search(sentence)
        if counted and start and _OWN.match(sentence):
            found = _count(start, counted), sentence
        term = _TERM.search(sentence)
        if term and start and _is_term_of_document(sentence, term):
            found = _count(start, term), sentence
    return found


def _is_term_of_document(sentence: str, term: re.Match[str]) -> bool:
    """Whether the term belongs to the document, not to a certificate or a contract it tells of."""
    before = sentence[: term.start()]
    own = re.search(r"本[\u4e00-\u9fff]{1,10}|施行|实施|执行|生效", before)
    return "》" not in before.rsplit("，", 1)[-1] and (bool(own) or not before.strip())


def _count(start: date, term: re.Match[str]) -> date | None:
    count = read_count(term["count"])
    if not count:
        return None
    if term["unit"] == "年":
        return last_day(start, years=count)
    return last_day(start, months=count)
