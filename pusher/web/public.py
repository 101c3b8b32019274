"""Pages for citizens: why I got this, how to be left alone, and a policy in plain words.

A link in a notice is a signature over the notice's id: whoever holds it may look and may opt
out, and learns nothing about the person. Looking changes nothing, since messengers fetch links
ahead of their readers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from typing import Any as Anything
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session, col, select

from profiles.facts import vocabulary
from profiles.links import WHY_PAGE, read_link_token
from profiles.model import Office
from profiles.optouts import has_opted_out, opt_out
from profiles.sealing import sealer_of
from pusher import audit
from pusher.model.batch import Batch, BatchKind
from pusher.model.errors import NotFound
from pusher.model.interpretation import Interpretation
from pusher.model.match import Match, MatchRun, reasons_of
from pusher.model.notice import Basis, Notice, NoticeMatch
from pusher.model.policy import AudienceRule, Policy, PolicyState, PolicyTag
from pusher.model.standing import Standing, standing
from pusher.reading.interpretations import public_interpretations_of
from pusher.rules.language import All, Any, Leaf, Node, Not, parse
from pusher.sending.wording import discreet_words
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import BEARERS, refuse_strangers
from pusher.web.layout import show_no_link, show_public
from pusher.web.raw_body import PublicForm

router = APIRouter(prefix="/p")
Anybody = Annotated[None, Depends(BEARERS)]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the policy, and how staff read the condition it makes.

    Attributes:
        words: as in the office's list; empty where the condition asks for something delicate.
        is_open: the register did not tell when people were chosen.
    """

    quote: str
    words: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a link opens: a notice, its policy and who sent it.

    Attributes:
        digest: every policy that a digest names; none for a notice of one policy.
        judged_on: the day whose register people were chosen by.
        subjects: names of its tags that tell nothing of the reader's health, means or family.
        wanted: clauses of the policy by which people were chosen, as they stood then; none for
            a subscription.
        barred: its clauses on who is left out.
        of_family: it is about somebody the reader cares for.
        silent: the reader wants no more of this already.
        interpretations: of the policy, that staff looked at.
    """

    notice: Notice
    policy: Policy
    digest: Sequence[Policy]
    office: Office
    tags: Sequence[PolicyTag]
    subjects: Sequence[str]
    judged_on: date
    wanted: Sequence[Clause]
    barred: Sequence[str]
    of_family: bool
    silent: bool
    interpretations: Sequence[Interpretation]


@router.get("/why/{word}")
def why(word: str, desk: DeskHere, _: Anybody) -> Response:
    """Why somebody got a notice, in the policy's own words."""
    try:
        with desk.store.reading() as session:
            told = _told(session, word)
    except NotFound:
        return _no_link(desk)
    shown = _policy_shown(desk, told.policy)
    return show_public(desk, "why.html", told=told, word=word, by_match=_by_match(told), **shown)


@router.get("/stop/{word}")
def stop_page(word: str, desk: DeskHere, _: Anybody) -> Response:
    """One page with one large button; opening it changes nothing."""
    try:
        with desk.store.reading() as session:
            told = _told(session, word)
    except NotFound:
        return _no_link(desk)
    return show_public(desk, "stop.html", told=told, word=word)


@router.post("/stop/{word}")
def stop(word: str, request: Request, desk: DeskHere, form: PublicForm, _: Anybody) -> Response:
    """Be silent from now on, for approved batches too."""
    refuse_strangers(request, desk)
    only_this = Fields(form).typed("what") == "topic"
    try:
        with desk.store.writing() as session:
            told = _told(session, word)
            topics = [tag.tag_code for tag in told.tags] if only_this else []
            whole: list[str | None] = [None]
            for topic in topics or whole:
                opt_out(
                    session,
                    profile_id=told.notice.profile_id,
                    address_index=told.notice.address_index,
                    topic=topic,
                    how="退订网页",
                    now=desk.now(),
                )
            about = ("notice", told.notice.id)
            audit.note(
                session, "public.opt_out", about=about, by="public", now=desk.now(), topics=topics
            )
    except NotFound:
        return _no_link(desk)
    return show_public(desk, "stopped.html", told=told, word=word, only_this=bool(topics))


@router.get("/policy/{policy_id}")
def policy_page(policy_id: UUID, desk: DeskHere, _: Anybody) -> Response:
    """A confirmed policy that is open to the public, in plain words."""
    with desk.store.reading() as session:
        policy = session.get(Policy, policy_id)
        if policy is None or policy.state is PolicyState.READ:
            raise NotFound("没有这份政策")
        shown = _policy_shown(desk, policy)
        if shown["stands"] is Standing.INTERNAL:
            raise NotFound("没有这份政策")
        office = session.get_one(Office, policy.office_id)
        newest = _newest(session, policy)
        explained = public_interpretations_of(session, policy)
    return show_public(
        desk, "policy.html", office=office, newest=newest, interpretations=explained, **shown
    )


@router.get("/interpretation/{interpretation_id}")
def interpretation_page(interpretation_id: UUID, desk: DeskHere, _: Anybody) -> Response:
    """An interpretation that staff looked at, of a policy that is open to the public."""
    with desk.store.reading() as session:
        one = session.get(Interpretation, interpretation_id)
        policy = session.get(Policy, one.policy_id) if one and one.policy_id else None
        if one is None or policy is None or not _is_shown(session, one, policy, desk.now().date()):
            raise NotFound("没有这份解读")
        office = session.get_one(Office, one.office_id)
        document = session.get(Policy, one.document_id) if one.document_id else None
    return show_public(
        desk, "interpretation.html", office=office, policy=policy, interpretation=one,
        document=document,
    )  # fmt: skip


def _is_shown(session: Session, one: Interpretation, policy: Policy, today: date) -> bool:
    if policy.state is PolicyState.READ or standing(policy, today) is Standing.INTERNAL:
        return False
    return one.id in {shown.id for shown in public_interpretations_of(session, policy)}


def _told(session: Session, word: str) -> Told:
    row = read_link_token(sealer_of(session), WHY_PAGE, word)
    notice = session.get(Notice, row) if row else None
    if notice is None:
        raise NotFound("链接无效")
    policy = session.get_one(Policy, notice.policy_id)
    matches = session.exec(
        select(Match)
        .join(NoticeMatch, col(NoticeMatch.match_id) == col(Match.id))
        .where(col(NoticeMatch.notice_id) == notice.id)
        .order_by(col(Match.id))
    ).all()
    policies = _policies(session, notice, policy, matches)
    tags = _tags(session, notice, policies, matches)
    run, wanted, barred = _clauses(session, notice, matches)
    return Told(
        notice=notice,
        policy=policy,
        digest=policies if notice.kind is BatchKind.DIGEST else (),
        office=session.get_one(Office, policy.office_id),
        tags=tags,
        subjects=[tag.name for tag in tags if not _tells(tag.name)],
        judged_on=run.as_of,
        wanted=[clause for clause in wanted if clause.quote not in barred],
        barred=barred,
        of_family=any(match.profile_id != notice.profile_id for match in matches),
        silent=_is_silent(session, notice, [tag.tag_code for tag in tags]),
        interpretations=public_interpretations_of(session, policy),
    )


def _policies(
    session: Session, notice: Notice, policy: Policy, matches: Sequence[Match]
) -> list[Policy]:
    if notice.kind is not BatchKind.DIGEST:
        return [policy]
    told = {match.policy_id for match in matches} | {policy.id}
    asked = select(Policy).where(col(Policy.id).in_(told)).order_by(col(Policy.id).desc())
    return list(session.exec(asked))


def _tags(
    session: Session, notice: Notice, policies: Sequence[Policy], matches: Sequence[Match]
) -> list[PolicyTag]:
    """The subjects of a notice, each once; of a digest, those that its reader follows."""
    asked = select(PolicyTag).where(col(PolicyTag.policy_id).in_([one.id for one in policies]))
    found = {tag.tag_code: tag for tag in session.exec(asked)}
    if notice.kind is not BatchKind.DIGEST:
        return list(found.values())
    followed = {code for match in matches for code in match.followed}
    return [tag for code, tag in found.items() if code in followed]


def _clauses(
    session: Session, notice: Notice, matches: Sequence[Match]
) -> tuple[MatchRun, list[Clause], list[str]]:
    """The clauses of the rule that the notice's run judged by: what is asked, who is left out."""
    run, rule = session.exec(
        select(MatchRun, AudienceRule)
        .join(AudienceRule, col(AudienceRule.id) == col(MatchRun.rule_id))
        .join(Batch, col(Batch.run_id) == col(MatchRun.id))
        .where(col(Batch.id) == notice.batch_id)
    ).one()
    if notice.basis is Basis.SUBSCRIPTION or rule.rule is None:
        return run, [], []
    reasons = [reason for match in matches for reason in reasons_of(session, match)]
    wanted: dict[str, Clause] = {}
    barred: list[str] = []
    for leaf, against in _said(parse(rule.rule), turned=False):
        quote = leaf.quote or ""
        if against:
            barred.append(quote)
        else:
            wanted.setdefault(quote, _clause(quote, [r for r in reasons if r["id"] == leaf.id]))
    return run, list(wanted.values()), list(dict.fromkeys(barred))


def _clause(quote: str, reasons: Sequence[Mapping[str, Anything]]) -> Clause:
    """The clause with the words of its condition, as it was judged before the notice went out."""
    facts = vocabulary()
    plain = [r for r in reasons if r["fact"] in facts and not facts[r["fact"]].sensitive]
    if not plain:
        return Clause(quote)
    return Clause(quote, plain[0]["condition"], any(r["result"] == "unknown" for r in plain))


def _said(node: Node, *, turned: bool) -> Iterator[tuple[Leaf, bool]]:
    """Each condition with a quoted clause, and whether it speaks of those who are left out."""
    match node:
        case Not(child):
            yield from _said(child, turned=not turned)
        case All(children) | Any(children):
            for child in children:
                yield from _said(child, turned=turned)
        case Leaf(quote=quote, op=op) if quote:
            # “近三年内发生事故的” asks for no such record, though it stands under no not
            names_the_case = op == "none" and quote.rstrip("，。；、 ").endswith("的")
            yield node, turned or names_the_case


def _tells(name: str) -> bool:
    """Whether the name of a tag says what a link must not say: messengers show pages to others."""
    _, words = discreet_words()
    return any(word in name for word in words)


def _is_silent(session: Session, notice: Notice, topics: list[str]) -> bool:
    if notice.channel is None:
        return False
    return has_opted_out(
        session,
        profile_ids=[notice.profile_id],
        address_index=notice.address_index,
        channel=notice.channel,
        topics=topics,
    )


def _by_match(told: Told) -> bool:
    return told.notice.basis is Basis.MATCH


def _policy_shown(desk: Desk, policy: Policy) -> dict[str, Anything]:
    """What the public is told of a policy; an element the document does not state is left out."""
    elements = policy.elements
    return {
        "policy": policy,
        "stands": standing(policy, desk.now().date()),
        "benefit": elements.get("benefit_line"),
        "amounts": [b.get("quote") for b in elements.get("benefits") or [] if b.get("quote")],
        "materials": elements.get("materials") or [],
        "department": elements.get("department"),
        "phone": elements.get("phone"),
        "how": elements.get("how"),
    }


def _newest(session: Session, policy: Policy) -> Policy | None:
    """The confirmed newer version of a superseded policy."""
    if policy.state is not PolicyState.SUPERSEDED:
        return None
    return session.exec(
        select(Policy).where(
            col(Policy.family_id) == policy.family_id,
            col(Policy.state) == PolicyState.CONFIRMED,
        )
    ).first()


def _no_link(desk: Desk) -> Response:
    return show_no_link(desk)
