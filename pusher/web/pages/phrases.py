"""读法: which families of phrases staff mend most, and the office's own phrases."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from profiles.facts import Fact, Kind, vocabulary
from profiles.model import Office
from pusher.model.learning import Correction
from pusher.model.policy import Policy
from pusher.model.staff import Role
from pusher.reading.learning import corrections_of, label_of_family, most_corrected
from pusher.reading.phrases import (
    BadPhrase,
    Effect,
    add_phrase,
    checked,
    drop_phrase,
    effects,
    meaning_of,
    phrases_of,
    restore_phrase,
)
from pusher.reading.stated import said_in_words
from pusher.rules.language import BadRule, parse
from pusher.rules.say import say
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import asked
from pusher.web.gate import Clerk, Looking
from pusher.web.layout import go, show
from pusher.web.paging import PAGE, listing, page_number
from pusher.web.phrase_form import PhraseForm, phrase_from
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.value_words import VALUE_WORDS
from pusher.web.version_change import shown

router = APIRouter()


@router.get("/phrases")
def phrases_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """What is mended most, and what the office itself calls things."""
    return _show(request, desk, who, PhraseForm())


@router.post("/phrases")
def add(request: Request, desk: DeskHere, who: Clerk, form: StaffForm) -> Response:
    """Choose what a phrase is about, look at what it would change, or write it down."""
    phrase = phrase_from(form)
    if phrase.errors or phrase.act == "next":
        return _show(request, desk, who, phrase, status=422 if phrase.errors else 200)
    try:
        if phrase.act == "preview":
            return _show(request, desk, who, phrase, found=_preview(desk, who, phrase))
        with desk.store.writing() as session:
            add_phrase(
                session, office_id=who.office_id, words=phrase.words,
                condition=phrase.condition, by=who.number, now=desk.now(),
            )  # fmt: skip
    except BadPhrase as wrong:
        phrase.errors[wrong.field] = str(wrong)
        return _show(request, desk, who, phrase, status=422)
    said = "已记下。待确认的和今后读取的文件都按这个说法理解，已确认的不变。"
    return go("/phrases", desk=desk, said=said)


@router.post("/phrases/{phrase_id}/drop")
def drop(phrase_id: UUID, desk: DeskHere, who: Clerk) -> Response:
    """Read a phrase no more."""
    with desk.store.writing() as session:
        drop_phrase(session, phrase_id, office_id=who.office_id, by=who.number, now=desk.now())
    said = "已去掉，待确认的文件已按没有它重读；在“去掉的说法”里可以恢复。"
    return go("/phrases", desk=desk, said=said)


@router.post("/phrases/{phrase_id}/restore")
def restore(phrase_id: UUID, desk: DeskHere, who: Clerk) -> Response:
    """Read a phrase again that was dropped."""
    with desk.store.writing() as session:
        restore_phrase(session, phrase_id, office_id=who.office_id, by=who.number, now=desk.now())
    return go("/phrases", desk=desk, said="已恢复，待确认的文件已按它重读。")


@router.get("/phrases/corrections")
def corrections_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """Every correction, the newest first; of one family where one is asked for."""
    wanted = asked(request, "family")
    family = wanted["family"] if "family" in request.query_params else None
    page = page_number(request)
    with desk.store.reading() as session:
        rows, total = corrections_of(
            session, who.office_id, family=family, first=(page - 1) * PAGE, most=PAGE
        )
        titles = {one.policy_id: session.get_one(Policy, one.policy_id).title for one in rows}
    filters = {"family": family} if family is not None else {}
    return show(
        request, desk, who, "corrections.html",
        rows=listing([_told(one) for one in rows], total, page=page, path="/phrases/corrections",
                     asked=filters),
        titles=titles, family=label_of_family(family) if family is not None else None,
    )  # fmt: skip


def _preview(desk: Desk, who: SignedIn, phrase: PhraseForm) -> Sequence[Effect]:
    with desk.store.reading() as session:
        words, condition = checked(
            session, office_id=who.office_id, words=phrase.words, condition=phrase.condition
        )
        office = session.get_one(Office, who.office_id)
        return effects(session, office, words=words, condition=condition)


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    phrase: PhraseForm,
    *,
    status: int = 200,
    found: Sequence[Effect] | None = None,
) -> Response:
    with desk.store.reading() as session:
        lists = {
            name: [(one, meaning_of(one.condition)) for one in _phrases(session, who, dropped)]
            for name, dropped in (("phrases", False), ("dropped", True))
        }
        corrected = most_corrected(session, who.office_id)
        area_code = session.get_one(Office, who.office_id).area_code
    return show(
        request, desk, who, "phrases.html", status=status, form=phrase, corrected=corrected,
        effects=[(one, [shown(change) for change in one.changes]) for one in found or ()],
        previewed=found is not None, fact_groups=_facts_by_group(), area_code=area_code,
        may_add=who.role is Role.CLERK, **lists, **VALUE_WORDS,
    )  # fmt: skip


def _phrases(session: Session, who: SignedIn, dropped: bool) -> Sequence[Any]:
    return phrases_of(session, who.office_id, dropped=dropped)


def _told(one: Correction) -> tuple[Correction, str, str, str]:
    """A correction, its family, and what stood before and after, in words."""
    return one, label_of_family(one.family), _in_words(one.before), _in_words(one.after)


def _in_words(side: dict[str, Any] | None) -> str:
    if side is None:
        return ""
    if "as" in side:
        return {"condition": "作为条件", "check": "人工核对", "none": "与资格无关"}[side["as"]]
    if "said" in side:
        return said_in_words(side["said"])
    try:
        return "；".join(say(parse(side)))
    except BadRule:  # of a vocabulary that has moved on
        return "（现在的说法里没有这个条件）"


def _facts_by_group() -> dict[str, list[Fact]]:
    """Facts that one typed value answers; records need a rule of their own."""
    groups: dict[str, list[Fact]] = {"resident": [], "enterprise": [], "both": []}
    for fact in vocabulary().values():
        if fact.kind is not Kind.RECORDS:
            groups[fact.applies_to].append(fact)
    return groups
