"""From when to when one may apply: the window of application, with its clause."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pusher.reading.dates import PATTERN, first_date
from pusher.reading.sentences import Sentence, sentences

_CLOCK = r"(?:\s*(?:上午|下午|中午|晚上?)?\s*\d{1,2}\s*(?:[:：]\s*\d{2}|时|点)(?:\s*\d{1,2}分)?)?"
_YEARLESS = r"(?:次年)?\d{1,2}\s*月\s*\d{1,2}\s*日"
_MONTH = r"(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月(?!\s*\d)"
_TO = r"\s*(?:起)?\s*(?:至|到|—+|－+|-+|~|～|–)\s*"
_RANGE = re.compile(rf"(?P<start>{PATTERN}){_CLOCK}{_TO}(?P<end>{PATTERN}|{_YEARLESS}){_CLOCK}")
_BY = re.compile(
    rf"(?:截止(?:时间|日期|日)?|截至|截止到|截止至|止于|延长至|延期至)\s*(?:为|是|[:：]|到|至)*\s*(?P<end>{PATTERN})"
    rf"|(?P<end2>{PATTERN}){_CLOCK}\s*(?:之前|以前|前|截止|止|为止)"
)
_SINCE = re.compile(
    rf"(?:自|从|于)?\s*(?P<start>{PATTERN}|{_MONTH}){_CLOCK}\s*(?:起|开始)"
    r"(?:[^，。；]{0,10}?)(?P<acts>受理|申报|申请|申领|登记|报名|办理|接受|开放|采集)?"
)

_APPLY = re.compile(
    r"申报|申请|受理|申领|报名|征集|征求意见|登记|填报|办理|报送|提交|参评|认领|领取|预约|采集|活动(?:时间|期间)"
)
_WINDOW = re.compile(
    r"(?:申报|申请|受理|申领|报名|征集|征求意见|登记|填报|办理|参保|缴费|活动|反馈|领取)[^，。；]{0,8}"
    r"(?:时间|期限|期|日期|时段)|逾期|不再受理"
)
# Spans that belong to the things told of, not to the application.
_ANOTHER = re.compile(
    r"期间(?:购置|购买|发生|取得|获得|新增|投入|招用|完成|认定|入库|毕业|出生|签订)|出生|毕业|购置|投用|招用|获得|认定为"
)
_NOT_WINDOW = re.compile(r"施行|有效期|执行期|失效|废止|公示|补发")


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when one may apply; None where the text does not say."""

    apply_from: date | None = None
    apply_until: date | None = None
    from_quote: str | None = None
    until_quote: str | None = None


def read_window(paragraphs: Sequence[str]) -> Window:
    """Read the window: a span of application first, else its end and its begin by themselves."""
    candidates = [clause for sentence in sentences(paragraphs) for clause in _clauses(sentence)]
    for clause, context in candidates:
        span = _RANGE.search(clause)
        if span and _is_span_of_application(clause, context, span):
            return _from_span(span, clause)
    until, until_quote = _until(candidates)
    since, since_quote = _since(candidates)
    return Window(since, until, since_quote, until_quote)


def _clauses(sentence: Sentence) -> list[tuple[str, str]]:
    """Return each clause between semicolons, and the sentence it stands in."""
    return [
        (part.strip(), sentence.text) for part in re.split(r"[；;]", sentence.text) if part.strip()
    ]


def _is_span_of_application(clause: str, context: str, span: re.Match[str]) -> bool:
    before, after = clause[: span.start()], clause[span.end() :]
    near = before[-24:]
    if _ANOTHER.search(after[:16]) or _NOT_WINDOW.search(near):
        return False
    return bool(_WINDOW.search(near) or _WINDOW.search(clause) or _WINDOW.search(context))


def _from_span(span: re.Match[str], clause: str) -> Window:
    start = first_date(span["start"])
    end = first_date(span["end"])
    if start and not end:
        year = start.year + ("次年" in span["end"])
        end = first_date(f"{year}年{span['end'].removeprefix('次年')}")
    return Window(start, end, clause, clause)


def _until(candidates: list[tuple[str, str]]) -> tuple[date | None, str | None]:
    for clause, _ in candidates:
        for mark in _BY.finditer(clause):
            before, after = clause[: mark.start()], clause[mark.end() :]
            nearby = before[-20:] + after[:30]
            if _NOT_WINDOW.search(before[-16:]) or _is_of_people(clause, mark):
                continue
            if _APPLY.search(nearby) or (mark["end"] and _APPLY.search(clause)):
                return first_date(mark["end"] or mark["end2"]), clause
    return None, None


def _is_of_people(clause: str, mark: re.Match[str]) -> bool:
    """截至2027年8月31日年满6周岁 tells of a child, not of the application."""
    return bool(re.match(r"[^，。；]{0,4}(?:年满|满|未满|出生|资金|尚)", clause[mark.end() :]))


def _since(candidates: list[tuple[str, str]]) -> tuple[date | None, str | None]:
    for clause, _ in candidates:
        for mark in _SINCE.finditer(clause):
            before = clause[: mark.start()]
            if _NOT_WINDOW.search(clause[mark.start() : mark.end() + 6]):
                continue
            if mark["acts"] or _APPLY.search(before[-16:]):
                return _first_of_month(mark["start"]), clause
    return None, None


def _first_of_month(text: str) -> date | None:
    return first_date(text) or first_date(re.sub(r"月\s*$", "月1日", text))
