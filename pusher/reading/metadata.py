"""What a document says of itself: number, office, dates, openness, standing. Never a guess."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pusher.reading import numbers, offices, validity
from pusher.reading.dates import find_dates, first_date, is_date_line
from pusher.reading.documents import Document

Status = Literal["draft", "repealed", "exhausted"]
Openness = Literal["open", "on_request", "closed"]

_INDEX_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z\-/_.]{5,50}")
_NONE_SAID = re.compile(r"[-—–/\\\s]*(?:无|暂无|空)?[-—–/\\\s]*")
_LONGEST_THEME = 40

_OPENNESS = re.compile(
    r"公开(?:属性|方式|类别|形式|选项|类型|范围)\s*[:：]\s*(主动公开|依申请公开|不予公开|不公开)"
    r"|此件(?:为)?\s*(主动公开|公开发布|依申请公开|不予公开|不公开)"
)
_OPEN_AS: dict[str, Openness] = {
    "主动公开": "open",
    "公开发布": "open",
    "公开": "open",
    "依申请公开": "on_request",
    "不予公开": "closed",
    "不公开": "closed",
}

_DRAFT = re.compile(r"征求意见稿|草案|公开征求|征求.{0,40}意见的?(?:公告|通知|函|启事)|意见征集")
_DRAFT_ENDED = re.compile(r"反馈|采纳|结果|情况")
_REPEALED_TITLE = re.compile(
    r"[（(【\[〔]\s*(?:已)?(?:全文)?(?:废止|失效)\s*[）)】\]〕]|^\s*已(?:废止|失效)"
)
_REPEALED = re.compile(
    r"本(?:文件|通知|办法|细则|政策|规定|意见|措施)(?:现)?已(?:被|于|经)?[^。；\n]{0,40}?(?:废止|失效)"
    r"|[〔【\[（(]\s*(?:状态|标注|本)[^〕】\]）)]{0,60}(?:废止|失效)"
)
_EXHAUSTED = re.compile(
    r"(?:资金|名额|指标|额度|预算|补贴|消费券|资格)[^。；，\n]{0,10}(?:现已|均已|已经|已全部|已)"
    r"[^。；，\n]{0,6}(?:用完|用尽|耗尽|使用完毕|额满|申领完|申领完毕|发放完毕|领完)"
    r"|名额已满|(?:现已|已)额满|额满(?:停止|截止)受理|(?:现已|即日起)(?:提前)?(?:停止|终止)(?:受理|申领|申报)"
)
_SUPPOSED = re.compile(r"如|若|的，|时[，,]|以后|之后|后[，,]|将|直至|一旦|即止|为止")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document states of itself; None where it states nothing.

    Attributes:
        quotes: for what was read from the text, the sentence it was read from.
        openness: 主动公开, 依申请公开 or 不予公开, by the names of the model.
        status: draft, repealed or exhausted where the document is marked so.
    """

    title: str | None = None
    document_number: str | None = None
    issuers: tuple[str, ...] = ()
    index_number: str | None = None
    theme: str | None = None
    written_on: date | None = None
    published_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    openness: Openness | None = None
    status: Status | None = None
    quotes: dict[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str | None:
        """The offices as one line, None when none is named."""
        return "、".join(self.issuers) or None


def read_metadata(document: Document) -> Metadata:
    """Read what *document* says of itself; a field it does not state is None."""
    title = _title(document)
    number = _own_number(document)
    signed = offices.signature(document.paragraphs)
    written = _written_on(document, signed)
    published = _published_on(document)
    in_force = validity.read_validity(
        document.paragraphs, written_on=written, published_on=published
    )
    openness, openness_quote = _openness(document)
    status, status_quote = _status(document, title)
    return Metadata(
        title=title,
        document_number=number,
        issuers=_issuers(document, title, number, signed),
        index_number=_index_number(document),
        theme=_theme(document),
        written_on=written,
        published_on=published,
        effective_on=_labelled_date(document, "effective_on") or in_force.effective_on,
        expires_on=_labelled_date(document, "expires_on") or in_force.expires_on,
        openness=openness,
        status=status,
        quotes=_quotes(
            effective_on=in_force.effective_quote,
            expires_on=in_force.expires_quote,
            openness=openness_quote,
            status=status_quote,
        ),
    )


def _quotes(**found: str | None) -> dict[str, str]:
    return {name: quote for name, quote in found.items() if quote}


def _label(document: Document, name: str) -> str | None:
    """Return what the label says, None when it is empty or says 无."""
    value = document.meta.get(f"label:{name}", "")
    return None if _NONE_SAID.fullmatch(value) else value


def _title(document: Document) -> str | None:
    return document.title_hint or _label(document, "title")


def _own_number(document: Document) -> str | None:
    """Return the number by its label or, alone on a line, above the first sentence.

    A number inside a sentence is one that the document cites.
    """
    labelled = _label(document, "document_number")
    return (numbers.normalised(labelled) if labelled else None) or numbers.own_number(document.head)


def _issuers(
    document: Document, title: str | None, number: str | None, signed: offices.Signature
) -> tuple[str, ...]:
    """Return who issued it: who signed, else whom title or label names.

    发布机构 names whose column shows the page, and that may be an office that reprints it.
    """
    if signed.offices:
        return signed.offices
    if number and "令" in number:
        return (number.partition("令")[0],)
    labelled = _label(document, "issuer")
    if labelled and offices.labelled(labelled):
        return offices.labelled(labelled)
    named = offices.in_title(title or "")
    if named:
        return named
    publisher = _label(document, "publisher")
    return offices.labelled(publisher) if publisher else ()


def _written_on(document: Document, signed: offices.Signature) -> date | None:
    by_signature = first_date(signed.on) if signed.on else None
    if by_signature:
        return by_signature
    alone = [line for line in document.paragraphs[-_CLOSING_LINES:] if is_date_line(line)]
    return _labelled_date(document, "written_on") or (first_date(alone[-1]) if alone else None)


_CLOSING_LINES = 8


def _published_on(document: Document) -> date | None:
    """Return the day of publication; PubDate is the name that the government's guide prescribes."""
    declared = document.meta.get("pubdate") or document.meta.get("publishdate")
    return (first_date(declared) if declared else None) or _labelled_date(document, "published_on")


def _labelled_date(document: Document, name: str) -> date | None:
    value = _label(document, name)
    found = find_dates(value) if value else []
    return found[0].on if found else None


def _index_number(document: Document) -> str | None:
    found = _INDEX_NUMBER.match(_label(document, "index_number") or "")
    return found.group(0) if found else None


def _theme(document: Document) -> str | None:
    theme = _label(document, "theme")
    return theme if theme and len(theme) <= _LONGEST_THEME else None


def _openness(document: Document) -> tuple[Openness | None, str | None]:
    labelled = _label(document, "openness")
    if labelled in _OPEN_AS:
        return _OPEN_AS[labelled], None
    for line in (*document.paragraphs, *document.head):
        found = _OPENNESS.search(line)
        if found:
            return _OPEN_AS[found.group(1) or found.group(2)], found.group(0)
    return None, None


def _status(document: Document, title: str | None) -> tuple[Status | None, str | None]:
    if title and _DRAFT.search(title) and not _DRAFT_ENDED.search(title):
        return "draft", title
    said = _label(document, "validity") or ""
    if "失效" in said or "废止" in said:
        return "repealed", said
    for line in (title or "", *document.head):
        if _REPEALED_TITLE.search(line):
            return "repealed", line
    return _status_in_text(document)


def _status_in_text(document: Document) -> tuple[Status | None, str | None]:
    for line in document.paragraphs:
        for sentence in re.findall(r"[^。；\n]+", line):
            if _REPEALED.search(sentence) and "同时废止" not in sentence:
                return "repealed", sentence.strip()
            if _EXHAUSTED.search(sentence) and not _SUPPOSED.search(sentence):
                return "exhausted", sentence.strip()
    return None, None
