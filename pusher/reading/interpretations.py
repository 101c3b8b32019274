"""Interpretations: tied to the policy they explain, by what they say or by staff's word."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from pusher.model.errors import NotFound
from pusher.model.interpretation import Form, Interpretation, Stage
from pusher.model.interpretation import TiedBy as By
from pusher.model.policy import Genre, Policy, Registered
from pusher.reading.ties import Tie, may_tie, tie_of

SOON: Final = timedelta(days=7)
"""An interpretation this long after its policy came with the publication: three working days,
over a weekend and a holiday."""
_FORMS: Mapping[Form, re.Pattern[str]] = {
    Form.ADOPTION: re.compile(r"采纳情况|意见(?:的)?反馈|意见征集结果"),
    Form.PRESS: re.compile(r"发布会|吹风会"),
    Form.PICTURE: re.compile(r"图解|一图|漫画|长图|海报"),
    Form.VIDEO: re.compile(r"视频|动画|微课"),
    Form.ANSWERS: re.compile(r"问答|答记者问|常见问题|问题解答|热点问题"),
    Form.BRIEF: re.compile(r"简明|明白纸|一页纸|口袋书"),
}
_EARLY = re.compile(r"预解读|起草说明|征求意见")


def form_of(title: str) -> Form:
    """The form that a title names; plain text where it names none."""
    return next((form for form, mark in _FORMS.items() if mark.search(title)), Form.TEXT)


def stage_of(title: str, published_on: date | None, policy: Policy | None) -> Stage:
    """The stage by the days of both; with the publication where a day is missing."""
    if _EARLY.search(title) or (policy and policy.registered is Registered.DRAFT):
        return Stage.BEFORE
    began = (policy.published_on or policy.written_on) if policy else None
    if published_on is None or began is None:
        return Stage.AT
    if published_on < began:
        return Stage.BEFORE
    return Stage.AT if published_on <= began + SOON else Stage.AFTER


def bare(title: str) -> str:
    """A title without blanks: how two are compared."""
    return "".join(title.split())


def is_address(text: str) -> bool:
    """Whether a browser can be sent there: http or https, no sign-in in it, not over 1000 long."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return sound and "@" not in parts.netloc and text.isprintable() and len(text) <= 1000


def keep_read(session: Session, document: Policy, *, by: str, now: datetime) -> Interpretation:
    """Keep what *document* explains, once; staff look at it before the public does.

    Args:
        document: of the genre INTERPRETATION, its citations written down. What staff said of an
            earlier version of it holds on.
    """
    known = of_document(session, document)
    if known is not None:
        known.ended_at = None
        return known
    tie = tie_of(session, document)
    before = _of_version_before(session, document)
    if before is not None and before.policy_id and (tie is None or before.tied_by is By.STAFF):
        tie = Tie(session.get_one(Policy, before.policy_id), before.tied_by or By.STAFF)
    said = document.elements
    interpretation = Interpretation(
        office_id=document.office_id,
        document_id=document.id,
        policy_id=tie.policy.id if tie else None,
        tied_by=tie.by if tie else None,
        title=document.title,
        form=form_of(document.title),
        stage=stage_of(document.title, document.published_on, tie.policy if tie else None),
        published_on=document.published_on,
        department=_short(said.get("department") or document.issuer, 120),
        phone=_short(said.get("phone"), 60),
        address=document.source if is_address(document.source) else None,
        by=by,
        at=now,
    )
    session.add(interpretation)
    session.flush()
    return interpretation


def tie_waiting(session: Session, policy: Policy) -> None:
    """Tie to *policy*, which has just been read, what came before it and waited for it."""
    waiting = session.exec(
        select(Interpretation, Policy)
        .join(Policy, col(Policy.id) == Interpretation.document_id)
        .where(
            Interpretation.office_id == policy.office_id,
            col(Interpretation.policy_id).is_(None),
            col(Interpretation.ended_at).is_(None),
        )
    ).all()
    for interpretation, document in waiting:
        tie = tie_of(session, document) if may_tie(session, document, policy) else None
        if tie is not None:
            bind(interpretation, tie)
            session.add(interpretation)
            session.flush()


def bind(interpretation: Interpretation, tie: Tie) -> None:
    """Say which policy *interpretation* explains, and so when in its life it came."""
    interpretation.policy_id, interpretation.tied_by = tie.policy.id, tie.by
    interpretation.stage = stage_of(interpretation.title, interpretation.published_on, tie.policy)


def succeed(session: Session, interpretation: Interpretation, *, now: datetime) -> None:
    """End the version before *interpretation*, now that staff have looked at this one.

    That is one of the same title and form, or an earlier version of its document.
    """
    policy = session.get(Policy, interpretation.policy_id) if interpretation.policy_id else None
    standing = list(interpretations_of(session, policy)) if policy else []
    read_from = interpretation.document_id
    document = session.get(Policy, read_from) if read_from else None
    before = _of_version_before(session, document) if document else None
    for one in (*standing, *([before] if before else [])):
        is_same = one.form is interpretation.form and bare(one.title) == bare(interpretation.title)
        if one.id != interpretation.id and (is_same or one is before):
            one.ended_at = now
            interpretation.version = max(interpretation.version, one.version + 1)
            session.add(one)
    session.add(interpretation)
    session.flush()


def follow_genre(session: Session, document: Policy, *, by: str, now: datetime) -> None:
    """Make the interpretation of *document* stand or end as its genre, set right by staff, says."""
    if document.genre is Genre.INTERPRETATION:
        keep_read(session, document, by=by, now=now)
        return
    known = of_document(session, document)
    if known is not None and known.ended_at is None:
        known.ended_at = now
        session.add(known)


def interpretations_of(session: Session, policy: Policy) -> Sequence[Interpretation]:
    """What stands of the interpretations of *policy*, in whatever version, the first first."""
    family = select(Policy.id).where(Policy.family_id == policy.family_id)
    return session.exec(
        select(Interpretation)
        .where(col(Interpretation.policy_id).in_(family), col(Interpretation.ended_at).is_(None))
        .order_by(col(Interpretation.published_on).asc().nulls_last(), col(Interpretation.id))
    ).all()


def public_interpretations_of(session: Session, policy: Policy) -> list[Interpretation]:
    """Those that staff looked at, and that can be read somewhere."""
    return [
        one
        for one in interpretations_of(session, policy)
        if one.checked_at and (one.address or one.document_id)
    ]


def of_document(session: Session, document: Policy) -> Interpretation | None:
    """The interpretation whose text *document* is."""
    return session.exec(
        select(Interpretation).where(Interpretation.document_id == document.id)
    ).first()


def find_interpretation(session: Session, office_id: Any, row: Any) -> Interpretation:
    """An interpretation of this office.

    Raises:
        NotFound: none.
    """
    found = session.get(Interpretation, row)
    if found is None or found.office_id != office_id:
        raise NotFound("没有这份解读")
    return found


def interpretation_shape(interpretation: Interpretation) -> dict[str, Any]:
    """One interpretation as programs see it; what is not known is None."""
    one = interpretation
    return {
        "id": str(one.id),
        "title": one.title,
        "form": one.form.value,
        "stage": one.stage.value,
        "published_on": one.published_on.isoformat() if one.published_on else None,
        "department": one.department,
        "phone": one.phone,
        "address": one.address,
        "document": str(one.document_id) if one.document_id else None,
        "version": one.version,
        "tied_by": one.tied_by.value if one.tied_by else None,
        "checked": one.checked_at is not None,
    }


def _of_version_before(session: Session, document: Policy) -> Interpretation | None:
    """What stands of the interpretation that an earlier version of *document* was."""
    return session.exec(
        select(Interpretation)
        .join(Policy, col(Policy.id) == Interpretation.document_id)
        .where(
            Policy.family_id == document.family_id,
            Policy.version < document.version,
            col(Interpretation.ended_at).is_(None),
        )
    ).first()


def _short(text: Any, most: int) -> str | None:
    return text.strip()[:most] or None if isinstance(text, str) else None
