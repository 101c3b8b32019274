"""Confirming a policy: tags, title, audience, conditions; each button shows the form again.

Nothing is stored before the last button. What was typed stays in the form, whatever is wrong.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from profiles.facts import vocabulary
from profiles.model import Office
from pusher.matching.trial import trial
from pusher.model.errors import NotFound, Unwilling
from pusher.model.policy import Audience, Policy, PolicyState, Subject
from pusher.reading.confirm import BadConfirmation, confirm
from pusher.reading.ingest import policy_shape
from pusher.reading.stated import LABELS
from pusher.reading.taxonomy import taxonomy
from pusher.rules.check import doubts
from pusher.rules.language import parse
from pusher.rules.say import say
from pusher.web.confirm_form import ConfirmForm, filled_from, started_from
from pusher.web.desk import Desk, DeskHere
from pusher.web.element_form import PLAIN, Benefit
from pusher.web.gate import Clerk
from pusher.web.highlight import CONDITION, ELEMENT, PERSON, Quote, marked, numbered
from pusher.web.layout import go, show
from pusher.web.outline import fact_of, sayings, scopes_of
from pusher.web.outline_moves import steps
from pusher.web.outside import POLICY_WITH_SCRIPT
from pusher.web.pages.policies import find_policy, with_shares
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.streets import streets_of
from pusher.web.value_words import VALUE_WORDS
from pusher.web.version_change import version_change

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
        sayings=sayings(filled.lines),
        alone=True,
        streets=_streets(desk, who),
    )


@router.post("/policies/{policy_id}/confirm")
def confirm_policy(
    policy_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Add a condition, try the rule, or confirm: whichever button was pressed."""
    filled = filled_from(form)
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
) -> Response:
    with desk.store.reading() as session:
        policy = find_policy(session, who, policy_id)
        shape = policy_shape(session, policy)
        area_code = session.get_one(Office, who.office_id).area_code
        change = version_change(session, policy)
    known = {tag["code"] for tag in shape["tags"]}
    quotes = _quotes(form)
    clauses = numbered(quotes)
    answer = show(
        request,
        desk,
        who,
        "confirm.html",
        status=status,
        policy=policy,
        shape=shape,
        text=marked(policy.body, quotes),
        clause_numbers=clauses,
        leads_to=_leads_to(form, clauses),
        form=form,
        area_code=area_code,
        change=change,
        rule_text=_say(form.rule),
        doubts=_doubts(form.rule),
        tried=_tried(desk, who, policy_id, form),
        taxonomy=_grouped_tags(),
        facts=vocabulary(),
        steps=steps(form.lines),
        scopes=scopes_of(form.lines),
        fact_of=fact_of,
        sayings=sayings(form.lines),
        **VALUE_WORDS,
        element_labels=LABELS,
        plain_elements=PLAIN,
        blank_benefit=Benefit(),
        alone=False,
        audiences=list(Audience),
        subjects=list(Subject),
        is_first=policy.state is PolicyState.READ,
        suggested={tag["code"]: tag for tag in with_shares(shape["tags"])},
        added_tags=[code for code in form.tags if code not in known],
        streets=_streets(desk, who),
    )
    answer.headers["content-security-policy"] = POLICY_WITH_SCRIPT
    return answer


def _quotes(form: ConfirmForm) -> list[Quote]:
    """Every clause that something of the form was read from."""
    found = [Quote(line.quote, CONDITION) for line in form.lines if line.quote]
    found += [Quote(quote, CONDITION) for quote in form.checks]
    found += [Quote(one.quote, ELEMENT) for one in form.elements.benefits if one.quote]
    found += [Quote(quote, ELEMENT) for quote in form.elements.quotes.values()]
    return found + [Quote(clause.quote, PERSON) for clause in form.clauses]


def _leads_to(form: ConfirmForm, clauses: Mapping[str, tuple[int, str]]) -> dict[int, str]:
    """Number of a clause → the id of what was made of it."""
    made = [(clause.quote, f"clause-{n}") for n, clause in enumerate(form.clauses)]
    made += [(line.quote, f"line-{n}") for n, line in enumerate(form.lines)]
    made += [(one.quote, f"benefit-{n}-card") for n, one in enumerate(form.elements.benefits)]
    made += [(quote, f"{name}-card") for name, quote in form.elements.quotes.items()]
    found: dict[int, str] = {}
    for quote, place in made:
        if quote.strip() in clauses:
            found.setdefault(clauses[quote.strip()][0], place)
    return found


def _streets(desk: Desk, who: SignedIn) -> Mapping[str, str]:
    with desk.store.reading() as session:
        return streets_of(session, who)


def _tried(
    desk: Desk, who: SignedIn, policy_id: UUID, form: ConfirmForm
) -> Mapping[str, Any] | None:
    """What the rule would find today; None while it cannot be read."""
    if form.rule is None:
        return None
    given = {
        "rule": form.rule,
        "audience_kind": form.audience,
        "subject": form.subject,
        "tags": form.tags,
    }
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
