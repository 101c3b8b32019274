"""What a document says of itself: number, office, dates, openness, standing. Never a guess."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pusher.reading import days, markings, numbers, offices, validity
from pusher.reading.body import is_around
from pusher.reading.dates import find_dates
from pusher.reading.document import Document
from pusher.reading.genre import Genre, genre_of, reposter
from pusher.reading.markings import Openness, Status
from pusher.reading.places import Found, Place, found

_INDEX_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z\-/_.]{5,50}")
_NONE_SAID = re.compile(r"[-—–/\\\s]*(?:无|暂无|空)?[-—–/\\\s]*")
_LONGEST_THEME = 40
_LONGEST_NUMBER = 40
_TITLE_WITH_NUMBER = re.compile(r"[（(](?P<number>[^（()）]{6,40}号)[）)]\s*$")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document states of itself; None where it states nothing.

    Attributes:
        openness: 主动公开, 依申请公开 or 不予公开, by the names of the model.
        status: draft, repealed or exhausted where the document is marked so.
        genre: what kind of text it is, by the names of the model.
        reposted_by: whose site shows it, where that is not who issued it.
        places: by field, where it was read and whether staff should look at it.
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
    genre: Genre = "notice"
    reposted_by: str | None = None
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def issuer(self) -> str | None:
        """The offices as one line, None when none is named."""
        return "、".join(self.issuers) or None

    @property
    def quotes(self) -> dict[str, str]:
        """For what was read from the text, the sentence it was read from."""
        names = ("effective_on", "expires_on", "openness", "status")
        return {name: self.places[name].quote for name in names if name in self.places}


def read_metadata(document: Document) -> Metadata:
    """Read what *document* says of itself; a field it does not state is None."""
    title = _title(document)
    number = _own_number(document, title.value)
    signed = offices.signature(document.paragraphs)
    written, published = days.written_on(document, signed), days.published_on(document)
    issuers = _issuers(document, title.value, number.value, signed)
    open_to, status = markings.openness(document), markings.status(document, title.value)
    genre = genre_of(
        document, title=title.value, number=number.value, issuers=issuers.value or (),
        draft=status.value == "draft",
    )  # fmt: skip
    reposted = reposter(document, issuers.value or ())
    effective, expires = _in_force(document, written.value, published.value)
    if genre.value in ("interpretation", "news"):
        effective = expires = Found()  # what it tells of another document is not its own
    read: dict[str, Found[Any]] = {
        "title": title, "document_number": number, "issuer": issuers,
        "index_number": _index_number(document), "theme": _theme(document),
        "written_on": written, "published_on": published, "effective_on": effective,
        "expires_on": expires, "openness": open_to, "status": status, "genre": genre,
        "reposted_by": reposted,
    }  # fmt: skip
    values = {name: one.value for name, one in read.items() if name not in ("issuer", "genre")}
    return Metadata(
        **values,
        issuers=issuers.value or (),
        genre=genre.value or "notice",
        places={name: one.place for name, one in read.items() if one.place},
    )


def _label(document: Document, name: str) -> str | None:
    """Return what the label says, None when it is empty or says 无."""
    value = document.meta.get(f"label:{name}", "")
    return None if _NONE_SAID.fullmatch(value) else value


def _title(document: Document) -> Found[str]:
    title = document.title_hint or _label(document, "title")
    if not title:
        return Found()
    sure = document.title_place not in ("网页标题", "页面大标题", "文件开头")
    return found(title, document.title_place or "文件开头", doubt="" if sure else _CHECK_TITLE)


_CHECK_TITLE = "没有写明这是标题，请核对。"


def _own_number(document: Document, title: str | None) -> Found[str]:
    """Return the number by its label or, alone on a line, above the first sentence.

    A number inside a sentence is one that the document cites.
    """
    labelled = _label(document, "document_number")
    said = _as_number(labelled) if labelled else None
    above = numbers.own_number(_near(document.head, title))
    if said:
        differs = above and numbers.normalised(labelled or "") and above != said
        doubt = f"正文上方写作“{above}”，与网页标签不同。" if differs else ""
        return found(said, "网页标签“发文字号”", labelled or "", doubt)
    if above:
        return found(above, "正文上方单独一行")
    tail = _TITLE_WITH_NUMBER.search(title or "")
    own = numbers.normalised(tail["number"]) if tail else None
    if own and "转发" not in (title or ""):
        return found(own, "标题末尾的括号", doubt="文号取自标题，请核对是否为本文件文号。")
    return Found()


def _near(head: tuple[str, ...], title: str | None) -> tuple[str, ...]:
    """The lines of *head* around the title: below it first, then right above it.

    A number elsewhere on a page is of another document.
    """
    wanted = re.sub(r"\s+", "", title or "")
    places = [
        place for place, line in enumerate(head)
        if wanted and (bare := re.sub(r"\s+", "", line)) and len(bare) > 3 and bare in wanted
    ]  # fmt: skip
    if not places:
        return head[-_NEAR_END:]
    above = places[0]
    while above > max(places[0] - _NEAR_TITLE, 0) and not is_around(head[above - 1]):
        above -= 1
    return (*head[places[0] :], *head[above : places[0]])


_NEAR_TITLE = 4
_NEAR_END = 12


def _as_number(labelled: str) -> str | None:
    """A label's value in its official form; a form of its own is kept as it is."""
    official = numbers.normalised(labelled)
    if official:
        return official
    bare = re.sub(r"\s+", "", labelled)
    own = bare.endswith("号") and any(map(str.isdigit, bare)) and len(bare) <= _LONGEST_NUMBER
    return bare if own else None


def _issuers(
    document: Document, title: str | None, number: str | None, signed: offices.Signature
) -> Found[tuple[str, ...]]:
    """Return who issued it: who signed, else whom title or label names.

    发布机构 names whose column shows the page, and that may be an office that reprints it.
    """
    labelled = _label(document, "issuer")
    by_label = offices.labelled(labelled) if labelled else ()
    letterhead = offices.letterhead(document.head)
    signer = signed.offices[0] if len(signed.offices) == 1 else ""
    if letterhead and signer.startswith(letterhead[0]) and signer != letterhead[0]:
        doubt = f"落款写作“{signer}”，与红头不同。"  # its own 办公室 signed for it
        return found(letterhead, "红头（发文机关标志）", letterhead[0], doubt)
    if signed.offices:
        doubt = ""
        if by_label and not _overlap(signed.offices, by_label):
            doubt = f"网页标签写作“{'、'.join(by_label)}”，与落款不同。"
        return found(signed.offices, "落款", "、".join(signed.offices), doubt)
    if number and "令" in number:
        return found((number.partition("令")[0],), "发文字号", number)
    if by_label:
        return found(by_label, "网页标签“发文机关”", labelled or "")
    named = offices.in_title(title or "")
    if named:
        return found(named, "标题", title or "")
    if letterhead:
        return found(letterhead, "红头（发文机关标志）", "、".join(letterhead))
    cover = offices.on_cover((*document.head[-3:], *document.paragraphs[:3]))
    if cover:
        return found(cover, "封面", "、".join(cover))
    publisher = _label(document, "publisher")
    published = offices.labelled(publisher) if publisher else ()
    if published:
        doubt = "只写明了发布机构，可能是转载单位，请核对。"
        return found(published, "网页标签“发布机构”", publisher or "", doubt)
    return Found()


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return any(a.endswith(b[-4:]) or b.endswith(a[-4:]) for a in one for b in other)


def _in_force(
    document: Document, written: date | None, published: date | None
) -> tuple[Found[date], Found[date]]:
    """From when to when: the label's word first, then the clause, counted where it says so."""
    clause = validity.read_validity(document.paragraphs, written_on=written, published_on=published)
    return (
        _labelled_or_counted(
            days.labelled_day(document, "effective_on", "施行日期"),
            clause.effective_on, clause.effective_quote,
        ),
        _labelled_or_counted(
            days.labelled_day(document, "expires_on", "失效日期"),
            clause.expires_on, clause.expires_quote,
        ),
    )  # fmt: skip


def _labelled_or_counted(
    labelled: Found[date], counted: date | None, quote: str | None
) -> Found[date]:
    if labelled.value and labelled.place:
        if counted and counted != labelled.value:
            doubt = f"按正文“{(quote or '')[:60]}”应为 {counted.isoformat()}，与网页标签不同。"
            return found(labelled.value, labelled.place.where, labelled.place.quote, doubt)
        return labelled
    if counted is None:
        return Found()
    stated = _is_stated(counted, quote or "")
    return found(counted, "正文条款" if stated else "按正文条款推算", quote or "")


def _is_stated(day: date, quote: str) -> bool:
    return any(one.on == day for one in find_dates(quote))


def _index_number(document: Document) -> Found[str]:
    labelled = _label(document, "index_number") or ""
    mark = _INDEX_NUMBER.match(labelled)
    return found(mark.group(0), "网页标签“索引号”", labelled) if mark else Found()


def _theme(document: Document) -> Found[str]:
    theme = _label(document, "theme")
    return found(theme, "网页标签“主题分类”") if theme and len(theme) <= _LONGEST_THEME else Found()
