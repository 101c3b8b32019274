"""The whole reading in one step: bytes → document → what it says, whom it is for, what it gives."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Protocol

from profiles.identity import BadIdentity, read_uscc
from pusher.reading.child import Reads, read_apart
from pusher.reading.citations import Citation, citations
from pusher.reading.document import Document, Link
from pusher.reading.elements import Elements, read_elements
from pusher.reading.grammar.drafting import Draft, draft
from pusher.reading.grammar.joining import leaves_of
from pusher.reading.grammar.words import OwnPhrase
from pusher.reading.metadata import Metadata, read_metadata
from pusher.reading.places import Place
from pusher.reading.titles import short_title


class Suggested(Protocol):
    """A tag that a tagger suggests, with the words that speak for it."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def words(self) -> Sequence[tuple[str, float]]: ...


class Suggests(Protocol):
    """Whatever suggests tags for a text."""

    def suggest(self, text: str) -> Sequence[Suggested]:
        """Suggest tags for *text*, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Understanding:
    """A policy as the machine understood it; staff confirm or correct it.

    Attributes:
        title: as the document calls itself; its first words when it does not.
        openness, registered: ``open``…, ``draft``… as the model names them; None if not stated.
        body: the paragraphs.
        tags: suggestions of the tagger, best first.
        draft: ``audience``, ``subject``, ``rule`` (RULE of the contract), ``needs_person``
            (quotes) and ``manual_checks`` (``[{"quote"}]``).
        elements: POLICY.elements of the contract, days as ISO strings.
        genre, reposted_by: what kind of text it is, and whose site showed it if not its issuer's.
        places: by field, where it was read and what speaks against it.
        attachments: what it lists as 附件.
        citations: the documents it interprets, repeals or forwards.
        file_kind: html, text, docx, pdf or ofd.
        warnings: what staff should look at, in Chinese.
        sha256: of the bytes that were read.
    """

    title: str
    short_title: str
    document_number: str | None
    issuer: str | None
    index_number: str | None
    theme: str | None
    written_on: date | None
    published_on: date | None
    effective_on: date | None
    expires_on: date | None
    openness: str | None
    registered: str | None
    body: tuple[str, ...]
    tags: tuple[Suggested, ...]
    draft: Mapping[str, Any]
    elements: Mapping[str, Any]
    warnings: tuple[str, ...]
    sha256: str
    genre: str = "policy"
    reposted_by: str | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    attachments: tuple[Link, ...] = ()
    citations: tuple[Citation, ...] = ()
    file_kind: str = "text"

    def shape(self) -> dict[str, Any]:
        """Return the POLICY of the contract, without what only a kept policy has."""
        rule = self.draft["rule"]
        return {
            "id": None,
            **{name: getattr(self, name) for name in _PLAIN},
            **{name: _iso(getattr(self, name)) for name in _DAYS},
            "state": None,
            "version": 1,
            "body": list(self.body),
            "tags": [_tag(tag) for tag in self.tags],
            "audience": self.draft["audience"],
            "subject": self.draft["subject"],
            "rule": rule,
            "rule_text": _said(rule),
            "conditions": _conditions(rule),
            "manual_checks": [
                *self.draft["manual_checks"],
                *({"quote": quote} for quote in self.draft["needs_person"]),
            ],
            "elements": dict(self.elements),
            "warnings": list(self.warnings),
            "places": {name: place.shape() for name, place in self.places.items()},
            "attachments": [{"name": one.text, "href": one.href} for one in self.attachments],
            "citations": [asdict(one) for one in self.citations],
        }


_PLAIN = (
    "title", "short_title", "document_number", "issuer", "index_number", "theme", "openness",
    "registered", "sha256", "genre", "reposted_by",
)  # fmt: skip
_DAYS = ("written_on", "published_on", "effective_on", "expires_on")


def understand(
    content: bytes,
    name: str,
    *,
    tagger: Suggests | None,
    area_code: str,
    reader: Reads | None = None,
    own: Sequence[OwnPhrase] = (),
) -> Understanding:
    """Understand the document in *content*. Pure: nothing is kept, no clock is read.

    Args:
        content: the bytes of a file.
        name: its file name or address.
        tagger: suggests tags; None leaves them out.
        area_code: six digits of the district whose office reads; what 本区 means.
        own: phrases of the office, which win over the grammar's.
        reader: parses the file; by default in a process started for it alone.

    Raises:
        Unreadable: no document can be made of it; the text says why and what to do.
    """
    document = reader.read(content, name) if reader else read_apart(content, name)
    told = read_metadata(document)
    found = read_elements(document.paragraphs)
    drafted = _drafted(document, told, area_code=area_code, own=own)
    title = told.title or document.paragraphs[0]
    tags = tuple(tagger.suggest(f"{title}\n{document.text}")) if tagger else ()
    return Understanding(
        title=title,
        short_title=short_title(title),
        document_number=told.document_number,
        issuer=told.issuer,
        index_number=told.index_number,
        theme=told.theme,
        written_on=told.written_on,
        published_on=told.published_on,
        effective_on=told.effective_on,
        expires_on=told.expires_on,
        openness=told.openness,
        registered=told.status,
        body=document.paragraphs,
        tags=tags,
        draft=draft_shape(drafted),
        elements=_elements_shape(found, told),
        warnings=(*_warnings(told, found, drafted), *document.doubts),
        sha256=hashlib.sha256(content).hexdigest(),
        genre=told.genre,
        reposted_by=told.reposted_by,
        places=told.places,
        attachments=document.attachments,
        citations=citations(document, title=told.title, genre=told.genre),
        file_kind=document.kind,
    )


def _drafted(
    document: Document, told: Metadata, *, area_code: str, own: Sequence[OwnPhrase]
) -> Draft:
    """Draft the audience; nobody can apply under a draft for comment or an internal notice."""
    drafted = draft(document.paragraphs, area_code=area_code, own=own)
    closed = told.openness == "closed"
    if told.status != "draft" and not closed:
        return drafted
    quote = told.quotes.get("status") or told.quotes.get("openness") or ""
    never = {"fact": None, "op": "never", "value": None, "quote": quote}
    return Draft(
        audience_kind="none" if closed else "both",
        subject="self",
        rule={"all": [never]},
        needs_person=(),
        manual_checks=(),
    )


def draft_shape(drafted: Draft) -> dict[str, Any]:
    """Return a draft as a policy keeps it."""
    return {
        "audience": drafted.audience_kind,
        "subject": drafted.subject,
        "rule": drafted.rule,
        "needs_person": list(drafted.needs_person),
        "manual_checks": [{"quote": quote} for quote in drafted.manual_checks],
    }


def _elements_shape(found: Elements, told: Metadata) -> dict[str, Any]:
    return {
        "benefits": [
            {
                "amount": benefit.amount,
                "unit": benefit.unit,
                "cap": benefit.cap,
                "cap_unit": benefit.cap_unit,
                "quote": benefit.quote,
            }
            for benefit in found.benefits
        ],
        "apply_from": _iso(found.apply_from),
        "apply_until": _iso(found.apply_until),
        "materials": list(found.materials),
        "department": found.department,
        "phone": found.phone,
        "how": found.how,
        "supersedes": found.supersedes,
        "quota": found.quota,
        "quotes": {**told.quotes, **found.quotes},
    }


def _warnings(told: Metadata, found: Elements, drafted: Draft) -> list[str]:
    """Say what staff should look at before they confirm."""
    asks = [
        (told.title is None, "没有找到标题，暂用正文开头，请补填。"),
        (told.genre == "news", "这像一篇新闻，不是政策原文；请找到原文再推送。"),
        (told.genre == "interpretation", "这是解读，不产生申领资格；请与它解读的政策一起使用。"),
        (told.reposted_by is not None, f"这是{told.reposted_by}转载的，发布机构不是发文机关。"),
        (told.openness is None, "没有注明公开属性；确认为主动公开后才能推送。"),
        (told.openness in ("on_request", "closed"), "本文件不是主动公开，不能推送。"),
        (told.status == "draft", "这是征求意见稿，不产生申领资格，只告知订阅者。"),
        (told.status == "repealed", "本文件标注为废止或失效，请核对后作废。"),
        (told.status == "exhausted", "本文件标注为额满或停止受理，请核对。"),
        (_before(found.apply_until, told.published_on), "申报截止日期早于发布日期，请核对。"),
        (_before(found.apply_until, found.apply_from), "申报截止日期早于开始日期，请核对。"),
        (_before(told.expires_on, told.effective_on), "失效日期早于施行日期，请核对。"),
        (_before(told.published_on, told.written_on), "发布日期早于成文日期，请核对。"),
        (_before(told.expires_on, found.apply_until), "申报截止日期晚于有效期，请核对。"),
        (not _is_of_office(told.index_number), "索引号中的机关代码校验不符，请核对。"),
    ]
    return [*(text for applies, text in asks if applies), *unread_warning(draft_shape(drafted))]


def unread_warning(drafted: Mapping[str, Any]) -> list[str]:
    """Say how many clauses of a kept draft need a person; nothing where none does."""
    left = len(drafted.get("needs_person", ()))
    return [f"有 {left} 处条件没有读懂，请人工补充。"] if left else []


def _before(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one < other


def _is_of_office(index_number: str | None) -> bool:
    """Whether the index number begins with a valid code of an office, where it begins with one."""
    code = (index_number or "").split("/")[0].split("-")[0]
    if len(code) != 18:
        return True  # other provinces number otherwise
    try:
        read_uscc(code)
    except BadIdentity:
        return False
    return True


def _tag(tag: Suggested) -> dict[str, Any]:
    return {
        "code": tag.code,
        "name": tag.name,
        "score": tag.score,
        "words": [{"word": word, "weight": weight} for word, weight in tag.words],
        "source": "model",
    }


def _said(rule: dict[str, Any]) -> str | None:
    from pusher.rules.language import BadRule, parse
    from pusher.rules.say import say

    try:
        return "\n".join(say(parse(rule)))
    except BadRule:
        return None


def _conditions(rule: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"id": f"c{number}", **{key: leaf.get(key) for key in ("quote", "fact", "op", "value")}}
        for number, leaf in enumerate(leaves_of(rule), start=1)
        if "op" in leaf
    ]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
