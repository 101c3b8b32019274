"""Confirming a policy: tags, title, audience, conditions; each button shows the form again.

Nothing is stored before the last button. What was typed stays in the form, whatever is wrong.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from profiles.facts import vocabulary
from pusher.matching.trial import trial
from pusher.model.errors import NotFound, Unwilling
from pusher.model.policy import Audience, Policy, PolicyState, Subject
from pusher.reading.confirm import BadConfirmation, confirm
from pusher.reading.ingest import policy_shape
from pusher.reading.taxonomy import taxonomy
from pusher.rules.check import doubts
from pusher.rules.language import parse
from pusher.rules.say import say
from pusher.web import rule_values
from pusher.web.confirm_form import ConfirmForm, filled_from, started_from
from pusher.web.desk import Desk, DeskHere
from pusher.web.gate import Clerk
from pusher.web.highlight import marked, quotes_of
from pusher.web.layout import go, show
from pusher.web.outline import fact_of, scopes_of
from pusher.web.outline_moves import steps
from pusher.web.outside import POLICY_WITH_SCRIPT
from pusher.web.pages.policies import find_policy, with_shares
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.streets import streets_of

router = APIRouter()


@router.get("/policies/{policy_id}/confirm")
def confirm_page(policy_id: UUID, request: Request, desk: DeskHere, who: Clerk) -> Response:
    """The form, filled with what the reading proposes or what was confirmed last."""
    with desk.store.reading() as session:
        form = started_from(session, find_policy(session, who, policy_id))
    return _show(request, desk, who, policy_id, form)


@router.post("/policies/{policy_id}/confirm/counts")
def counts_meanwhile(
    policy_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """What the rule would find as it stands, while somebody is still at it; nothing is kept."""
    filled = filled_from(form)
    return show(
        request,
        desk,
        who,
        "_counts.html",
        facts=vocabulary(),
        rule_text=_say(filled.rule),
        doubts=_doubts(filled.rule),
        tried=_tried(desk, who, policy_id, filled),
        form=filled,
        streets=_streets(desk, who),
    )


@router.post("/policies/{policy_id}/confirm")
def confirm_policy(
    policy_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Add a condition, try the rule, or confirm: whichever button was pressed."""
    filled = filled_from(form)
    if filled.act == "trial":
        tried = _tried(desk, who, policy_id, filled)
        return _show(request, desk, who, policy_id, filled, tried=tried)
    if filled.act != "confirm" or filled.errors:
        return _show(request, desk, who, policy_id, filled, status=422 if filled.errors else 200)
    try:
        with desk.store.writing() as session:
            policy = find_policy(session, who, policy_id)
            confirm(session, policy, filled.wish(), by=who.number, now=desk.now())
    except NotFound:
        raise
    except BadConfirmation as wrong:
        filled.errors[wrong.field] = str(wrong)
        return _show(request, desk, who, policy_id, filled, status=422)
    except Unwilling as why_not:
        filled.errors["main"] = str(why_not)
        return _show(request, desk, who, policy_id, filled, status=409)
    return go(f"/policies/{policy_id}", desk=desk, said="已确认。下一步：计算名单。")


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    policy_id: UUID,
    form: ConfirmForm,
    *,
    status: int = 200,
    tried: Mapping[str, Any] | None = None,
) -> Response:
    with desk.store.reading() as session:
        policy = find_policy(session, who, policy_id)
        shape = policy_shape(session, policy)
    known = {tag["code"] for tag in shape["tags"]}
    clauses = [clause.quote for clause in form.clauses]
    answer = show(
        request,
        desk,
        who,
        "confirm.html",
        status=status,
        policy=policy,
        shape=shape,
        text=marked(policy.body, quotes_of(shape, clauses)),
        form=form,
        rule_text=_say(form.rule),
        doubts=_doubts(form.rule),
        tried=tried,
        taxonomy=_grouped_tags(),
        facts=vocabulary(),
        steps=steps(form.lines),
        scopes=scopes_of(form.lines),
        fact_of=fact_of,
        operators_for=rule_values.operators_for,
        hint=rule_values.hint,
        audiences=list(Audience),
        subjects=list(Subject),
        is_first=policy.state is PolicyState.READ,
        suggested={tag["code"]: tag for tag in with_shares(shape["tags"])},
        added_tags=[code for code in form.tags if code not in known],
        streets=_streets(desk, who),
    )
    answer.headers["content-security-policy"] = POLICY_WITH_SCRIPT
    return answer


def _streets(desk: Desk, who: SignedIn) -> Mapping[str, str]:
    with desk.store.reading() as session:
        return streets_of(session, who)


def _tried(
    desk: Desk, who: SignedIn, policy_id: UUID, form: ConfirmForm
) -> Mapping[str, Any] | None:
    """What the rule would find today; None while it cannot be read."""
    if form.rule is None:
        return None
    given = {"rule": form.rule, "audience_kind": form.audience, "subject": form.subject}
    with desk.store.reading() as session:
        policy = find_policy(session, who, policy_id)
        return _trial(session, policy, given, desk)


def _trial(
    session: Session, policy: Policy, given: Mapping[str, Any], desk: Desk
) -> Mapping[str, Any] | None:
    try:
        return trial(session, policy, given, as_of=desk.now().date())
    except Unwilling:
        return None


def _say(rule: Mapping[str, Any] | None) -> list[str]:
    return say(parse(rule)) if rule is not None else []


def _doubts(rule: Mapping[str, Any] | None) -> list[str]:
    return doubts(parse(rule)) if rule is not None else []


def _grouped_tags() -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for tag in taxonomy().values():
        groups.setdefault(tag.group, []).append(tag)
    return groups
