"""读法: which families of phrases staff mend most, and the office's own phrases."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from profiles.facts import Fact, Kind, vocabulary
from pusher.model.learning import OfficePhrase
from pusher.model.staff import Role
from pusher.reading.learning import (
    BadPhrase,
    add_phrase,
    drop_phrase,
    most_corrected,
    phrases_of,
)
from pusher.rules.language import OPERATORS, parse
from pusher.rules.say import say
from pusher.web import rule_values
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Clerk, Looking
from pusher.web.layout import go, show
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter()
_OPERATORS = [name for name, how in OPERATORS.items() if how.kinds and not how.inner]


@router.get("/phrases")
def phrases_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """What is mended most, and what the office itself calls things."""
    return _show(request, desk, who, Fields.empty())


@router.post("/phrases")
def add(request: Request, desk: DeskHere, who: Clerk, form: StaffForm) -> Response:
    """Let words of the office stand for a condition, in every document read from now on."""
    fields = Fields(form)
    condition = _condition(fields)
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    try:
        with desk.store.writing() as session:
            add_phrase(
                session, office_id=who.office_id, words=fields.typed("words"),
                condition=condition, by=who.number, now=desk.now(),
            )  # fmt: skip
    except BadPhrase as wrong:
        fields.errors[wrong.field] = str(wrong)
        return _show(request, desk, who, fields, status=422)
    return go("/phrases", desk=desk, said="已记下，今后读取的文件都按这个说法理解。")


@router.post("/phrases/{phrase_id}/drop")
def drop(phrase_id: UUID, desk: DeskHere, who: Clerk) -> Response:
    """Read a phrase no more."""
    with desk.store.writing() as session:
        drop_phrase(session, phrase_id, office_id=who.office_id, by=who.number, now=desk.now())
    return go("/phrases", desk=desk, said="已去掉，今后读取的文件不再这样理解。")


def _show(
    request: Request, desk: Desk, who: SignedIn, fields: Fields, *, status: int = 200
) -> Response:
    with desk.store.reading() as session:
        phrases = [(one, _meaning(one)) for one in phrases_of(session, who.office_id)]
        corrected = most_corrected(session, who.office_id)
    return show(
        request, desk, who, "phrases.html", status=status,
        fields=fields, phrases=phrases, corrected=corrected,
        fact_groups=_facts_by_group(), operators=_OPERATORS, may_add=who.role is Role.CLERK,
    )  # fmt: skip


def _condition(fields: Fields) -> dict[str, Any]:
    """Read the three fields of a condition; what is wrong stands among the errors."""
    fact, op = vocabulary().get(fields.typed("fact")), fields.typed("op")
    if fact is None:
        fields.errors["fact"] = "请选择这个说法看的是哪一项"
        return {}
    if op not in rule_values.operators_for(fact):
        fields.errors["op"] = f"“{fact.label}”不能这样比，请换一个关系"
        return {}
    try:
        value = rule_values.read(fact, op, fields.typed("value"))
    except rule_values.Unreadable as wrong:
        fields.errors["value"] = str(wrong)
        return {}
    return {"fact": fact.code, "op": op, "value": value}


def _meaning(phrase: OfficePhrase) -> str:
    return "；".join(say(parse(phrase.condition)))


def _facts_by_group() -> dict[str, list[Fact]]:
    """Facts that one typed value answers; records need a rule of their own."""
    groups: dict[str, list[Fact]] = {"resident": [], "enterprise": [], "both": []}
    for fact in vocabulary().values():
        if fact.kind is not Kind.RECORDS:
            groups[fact.applies_to].append(fact)
    return groups
