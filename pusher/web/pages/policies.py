"""Policies: the list, the upload, one policy as it was understood, and its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from profiles.facts import vocabulary
from profiles.model import Office
from pusher.listening.questions import text_of
from pusher.listening.topics import asked_about
from pusher.matching.match import counts, latest_run
from pusher.model.batch import Batch, BatchKind
from pusher.model.comment_period import CommentPeriod, comment_period
from pusher.model.duty import DutyKind
from pusher.model.errors import NotFound
from pusher.model.interpretation import Form, Interpretation
from pusher.model.match import Match, MatchRun
from pusher.model.policy import Genre, Policy, PolicyState, PolicyTag
from pusher.model.question import Question
from pusher.model.source import IntakeOutcome
from pusher.model.staff import Role
from pusher.model.standing import Standing, standing
from pusher.reading.confirm import repeal
from pusher.reading.ingest import policy_shape
from pusher.reading.intake import take_in
from pusher.reading.interpret import Described
from pusher.reading.interpretation_plan import plan_of, proposed_plan
from pusher.reading.interpretations import interpretations_of, of_document
from pusher.reading.related import ties, told, withdrawn_at
from pusher.terms import term_of
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, asked
from pusher.web.gate import Clerk, Looking
from pusher.web.highlight import marked, quotes_of
from pusher.web.interpretation_form import said_of
from pusher.web.layout import go, show
from pusher.web.paging import PAGE, Listing, listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.version_change import version_change
from pusher.working_days import read_calendar

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """One policy of the list."""

    policy: Policy
    stands: Standing
    tags: Sequence[str]
    found: Mapping[str, int]
    """Decision → number in the newest run; empty if it was never matched."""


@router.get("/policies")
def policies_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """The list, the newest first, and the upload form."""
    return _list(request, desk, who, Fields.empty())


@router.post("/policies")
def upload_policy(request: Request, desk: DeskHere, who: Clerk, form: StaffForm) -> Response:
    """Read an uploaded file; the same file again leads to the policy that stands."""
    fields = Fields(form)
    name, content = fields.file("file")
    if not fields.sound:
        return _list(request, desk, who, fields, status=422)
    reading = desk.reading(who.office_id, who.number)
    taken = take_in(reading, content, name, now=desk.now())
    if taken.policy_id is None:
        fields.errors["file"] = taken.reason or "没有读成，请换一种格式再试。"
        return _list(request, desk, who, fields, status=422)
    is_known = taken.outcome is IntakeOutcome.KNOWN
    said = "这份文件以前上传过，这是原来那一份。" if is_known else "已读完，请核对后确认。"
    return go(f"/policies/{taken.policy_id}", desk=desk, said=said)


@router.get("/policies/{policy_id}")
def policy_page(policy_id: UUID, request: Request, desk: DeskHere, who: Looking) -> Response:
    """One policy: its text with the clauses marked, and what was understood."""
    return show_policy(request, desk, who, policy_id)


@router.post("/policies/{policy_id}/repeal")
def repeal_policy(
    policy_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Register that a policy is no longer in force."""
    fields = Fields(form)
    reason = fields.text("reason", "废止原因", most=200)
    if not fields.sound:
        return show_policy(request, desk, who, policy_id, fields=fields, status=422)
    with fields.heeding("reason"), desk.store.writing() as session:
        policy = find_policy(session, who, policy_id)
        repeal(session, policy, reason=reason, by=who.number, now=desk.now())
    if fields.errors:
        return show_policy(request, desk, who, policy_id, fields=fields, status=409)
    return go(f"/policies/{policy_id}", desk=desk, said="已登记废止，不会再据此推送。")


def show_policy(
    request: Request,
    desk: Desk,
    who: SignedIn,
    policy_id: UUID,
    *,
    fields: Fields | None = None,
    status: int = 200,
) -> Response:
    """Show one policy; also where a form on its page comes back with errors."""
    with desk.store.reading() as session:
        policy = find_policy(session, who, policy_id)
        shape = policy_shape(session, policy)
        run = latest_run(session, policy)
        shown = {
            "policy": policy,
            "shape": shape,
            "newest": _newest(session, policy),
            "ties": ties(session, policy),
            "interpretations": interpretations_of(session, policy),
            "interpretation": of_document(session, policy),
            "comments": _comments(session, policy, desk),
            "plan": plan_of(session, policy),
            "usual": proposed_plan(
                policy,
                office_name=session.get_one(Office, policy.office_id).name,
                days=term_of(DutyKind.INTERPRETATION_OVERDUE, desk.settings.duty_days),
                calendar=read_calendar(session),
                today=desk.now().date(),
            ),
            "tellings": told(session, policy),
            "withdrawn_at": withdrawn_at(session, policy),
            "change": version_change(session, policy),
            "run": run,
            "found": counts(session, run) if run else None,
            "batches": session.exec(
                select(Batch)
                .where(col(Batch.policy_id) == policy.id)
                .order_by(col(Batch.drafted_at).desc())
            ).all(),
        }
    fields = fields or Fields.empty()
    needs = policy.draft.get("needs_person", []) if policy.state is PolicyState.READ else []
    return show(
        request,
        desk,
        who,
        "policy.html",
        status=status,
        needs_person=needs,
        doubts=sum(bool(place.get("doubt")) for place in policy.places.values()),
        text=marked(policy.body, quotes_of(shape, needs)),
        stands=standing(policy, desk.now().date()),
        tags=with_shares(shape["tags"]),
        facts=vocabulary(),
        may_edit=who.role is Role.CLERK
        and policy.state in (PolicyState.READ, PolicyState.CONFIRMED),
        fields=fields,
        value=said_of(Described(""), fields),
        **shown,
    )


@dataclass(frozen=True, slots=True)
class Comments:
    """A draft for comment: until when, what came in, and what became of it.

    Attributes:
        by_source: how many by which way.
        newest: what was said last, numbers and names masked.
        adoption: what tells of the adoption, once staff have looked at it.
        told: how many of those who had heard of the draft were told of that.
    """

    period: CommentPeriod
    by_source: Mapping[str, int]
    newest: Sequence[tuple[Question, str]]
    adoption: Interpretation | None
    told: int


def _comments(session: Session, policy: Policy, desk: Desk) -> Comments | None:
    period = comment_period(policy, desk.now().date())
    if period is None:
        return None
    by_source, newest = asked_about(session, policy, most=_NEWEST)
    explained = [one for one in interpretations_of(session, policy) if one.checked_at]
    adoption = next((one for one in explained if one.form is Form.ADOPTION), None)
    news = [one for one in told(session, policy) if one.kind is BatchKind.INTERPRETATION]
    return Comments(
        period,
        by_source,
        [(question, text_of(session, question)) for question in newest],
        adoption,
        sum(one.notices for one in news) if adoption else 0,
    )


_NEWEST = 5
"""Comments shown on the page of a draft."""


def find_policy(session: Session, who: SignedIn, policy_id: UUID) -> Policy:
    """A policy of this office.

    Raises:
        NotFound: none, or another office's.
    """
    policy = session.get(Policy, policy_id)
    if policy is None or policy.office_id != who.office_id:
        raise NotFound("没有这份政策")
    return policy


def with_shares(tags: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Tags with the share of each word, in percent of the heaviest, for the bars."""
    return [
        {
            **tag,
            "percent": round(100 * tag["score"]) if tag["score"] is not None else None,
            "words": [{**word, "percent": _share(word, tag["words"])} for word in tag["words"][:5]],
        }
        for tag in tags
    ]


def _list(
    request: Request, desk: Desk, who: SignedIn, fields: Fields, *, status: int = 200
) -> Response:
    state, words = asked(request, "state", "words").values()
    with desk.store.reading() as session:
        lines = _lines(session, desk, who, state, words, page_number(request))
    return show(
        request,
        desk,
        who,
        "policies.html",
        status=status,
        lines=lines,
        states=list(PolicyState),
        state=state,
        words=words,
        fields=fields,
        may_upload=who.role is Role.CLERK,
    )


def _lines(
    session: Session, desk: Desk, who: SignedIn, state: str, words: str, page: int
) -> Listing[Line]:
    # interpretations have a list of their own
    query = select(Policy).where(
        col(Policy.office_id) == who.office_id, col(Policy.genre) != Genre.INTERPRETATION
    )
    if state in list(PolicyState):
        query = query.where(col(Policy.state) == PolicyState(state))
    if words:
        query = query.where(
            or_(
                col(Policy.title).contains(words, autoescape=True),
                col(Policy.document_number).contains(words, autoescape=True),
            )
        )
    total = session.exec(select(func.count()).select_from(query.subquery())).one()
    policies = session.exec(
        # what waits for somebody comes first
        query.order_by(
            (col(Policy.state) != PolicyState.READ).asc(),
            col(Policy.read_at).desc(),
            col(Policy.id).desc(),
        )
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    tags, found = _tags(session, policies), _found(session, policies)
    today = desk.now().date()
    rows = [Line(p, standing(p, today), tags.get(p.id, []), found.get(p.id, {})) for p in policies]
    asked_for = {"state": state, "words": words}
    return listing(rows, total, page=page, path="/policies", asked=asked_for)


def _tags(session: Session, policies: Sequence[Policy]) -> dict[UUID, list[str]]:
    rows = session.exec(
        select(PolicyTag)
        .where(col(PolicyTag.policy_id).in_([p.id for p in policies]))
        .order_by(col(PolicyTag.score).desc(), col(PolicyTag.tag_code))
    )
    tags: dict[UUID, list[str]] = {}
    for tag in rows:
        tags.setdefault(tag.policy_id, []).append(tag.name)
    return tags


def _found(session: Session, policies: Sequence[Policy]) -> dict[UUID, dict[str, int]]:
    """Numbers of the newest run of each policy; run ids sort by the time they were made."""
    newest = (
        select(MatchRun.policy_id, func.max(MatchRun.at).label("at"))
        .where(col(MatchRun.policy_id).in_([p.id for p in policies]))
        .group_by(col(MatchRun.policy_id))
        .subquery()
    )
    rows = session.exec(
        select(MatchRun.policy_id, Match.decision, func.count())
        .join(newest, (col(MatchRun.policy_id) == newest.c.policy_id))
        .join(Match, col(Match.run_id) == col(MatchRun.id))
        .where(col(MatchRun.at) == newest.c.at)
        .group_by(col(MatchRun.policy_id), col(Match.decision))
    ).all()
    found: dict[UUID, dict[str, int]] = {}
    for policy_id, decision, number in rows:
        found.setdefault(policy_id, {})[str(decision)] = number
    return found


def _newest(session: Session, policy: Policy) -> Policy | None:
    """The latest version of the same document, if it is another."""
    latest = session.exec(
        select(Policy)
        .where(col(Policy.family_id) == policy.family_id)
        .order_by(col(Policy.version).desc())
        .limit(1)
    ).one()
    return latest if latest.id != policy.id else None


def _share(word: Mapping[str, Any], words: Sequence[Mapping[str, Any]]) -> int:
    heaviest = max((float(w["weight"]) for w in words), default=0.0)
    return max(4, round(100 * float(word["weight"]) / heaviest)) if heaviest > 0 else 4
