"""Whom a confirmed policy is for: judging, the list with reasons, and drafting a batch of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from profiles.facts import vocabulary
from profiles.model import Channel
from profiles.shown import shown_name
from pusher.matching.index import view
from pusher.matching.match import counts, latest_run, match
from pusher.matching.recall import supplements
from pusher.matching.turned import no_news
from pusher.model.batch import BatchKind
from pusher.model.errors import NotFound
from pusher.model.match import Decision, MatchRun, readable, reasons_of
from pusher.model.policy import Policy, PolicyTag
from pusher.model.staff import Role
from pusher.sending.compose import plan, write_down
from pusher.sending.limits import limits_of
from pusher.sending.prices import prices
from pusher.sending.tell import Told
from pusher.sending.wording import GATEWAYS
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, asked
from pusher.web.gate import Clerk, Looking
from pusher.web.layout import go, show
from pusher.web.looks import note_page_look
from pusher.web.match_list import Pair, narrowed
from pusher.web.pages.policies import find_policy
from pusher.web.paging import listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.streets import streets_of

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition as it reads in the list.

    Attributes:
        mark: ``yes`` speaks for them, ``no`` against, ``unknown`` is open.
        excludes: it stands among the exclusions, where to fall under it speaks against.
    """

    mark: str
    text: str
    excludes: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One profile of the list, masked.

    Attributes:
        reasons: one for each condition that may be shown here.
        agreeing: how many of them speak for it.
        hidden: some conditions ask for sensitive facts and are not shown to this role.
        told: how they would be told today.
        missing: labels of what would have to be known.
        followed: names of the tags they follow.
    """

    name: str
    street: str
    decision: Decision
    reasons: Sequence[Reason]
    agreeing: int
    hidden: bool
    missing: Sequence[str]
    followed: Sequence[str]
    told: Told


@router.post("/policies/{policy_id}/match")
def match_policy(policy_id: UUID, request: Request, desk: DeskHere, who: Clerk) -> Response:
    """Judge every profile by the confirmed rule."""
    with desk.store.reading() as session:
        # the columns are laid out while nobody waits to write
        view(session, find_policy(session, who, policy_id).office_id)
    with desk.store.writing() as session:
        policy = find_policy(session, who, policy_id)
        match(session, policy, now=desk.now(), by=who.number)
    return go(f"/policies/{policy_id}/matches", desk=desk, said="名单已算好，请核对。")


@router.get("/policies/{policy_id}/matches")
def matches_page(policy_id: UUID, request: Request, desk: DeskHere, who: Looking) -> Response:
    """The newest run, with reasons."""
    return _show(request, desk, who, policy_id, Fields.empty())


@router.post("/policies/{policy_id}/batches")
def draft_batch(
    policy_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Draft the notices of the newest run."""
    fields = Fields(form)
    kind = fields.choice("kind", "通知种类", BatchKind)
    include = fields.choices("include", "对象", Decision)
    channels = fields.choices("channels", "渠道", Channel)
    send_after = fields.moment("send_after", "发送时间")
    if not fields.sound:
        return _show(request, desk, who, policy_id, fields, status=422)
    with fields.heeding("include"):
        with desk.store.reading() as session:
            policy = find_policy(session, who, policy_id)
            run = _run(session, policy, fields.typed("run"))
            known = no_news(session, policy) if fields.ticked("only_changed") else ()
            worked_out = plan(
                session,
                policy,
                run,
                kind=kind,
                include=[Decision(word) for word in include],
                channels=[Channel(word) for word in channels],
                # in a rehearsal whoever approves wants to see it leave
                send_after=send_after or (None if desk.settings.quiet_hours else desk.now()),
                prices=prices(desk.settings.gateways),
                public_url=desk.settings.public_url,
                by=who.number,
                now=desk.now(),
                limits=limits_of(desk.settings),
                known=known,
            )
        with desk.store.writing() as session:
            batch = write_down(session, worked_out)
    if fields.errors:
        return _show(request, desk, who, policy_id, fields, status=409)
    return go(f"/batches/{batch.id}", desk=desk, said="批次已起草，请逐项核对后提交审核。")


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    policy_id: UUID,
    fields: Fields,
    *,
    status: int = 200,
) -> Response:
    wanted = asked(request, "decision", "street", "way", "channel", "missing", "run", "seed")
    seed = _number(wanted["seed"])
    page = page_number(request)
    with desk.store.reading() as session:
        policy = find_policy(session, who, policy_id)
        run = _run(session, policy, wanted["run"] or fields.typed("run"))
        streets = streets_of(session, who)
        found = counts(session, run)
        known = no_news(session, policy)
        part = narrowed(session, policy, run, wanted, page=page, seed=seed, now=desk.now())
        names = _tag_names(session, run)
        shown = [_one(session, who, pair, part.told, streets, names) for pair in part.pairs]
        others = supplements(session, policy)
    path = f"/policies/{policy_id}/matches"
    total = len(shown) if seed is not None else part.total
    rows = listing(shown, total, page=page, path=path, asked=wanted)
    people = [profile.id for _, profile in part.pairs]
    if who.may_unmask:
        note_page_look(desk, who, people, at="matches")
    return show(
        request,
        desk,
        who,
        "matches.html",
        status=status,
        policy=policy,
        run=run,
        found=found,
        known=len(known),
        rows=rows,
        asked=wanted,
        streets=streets,
        part=part,
        seed=seed,
        next_seed=run.id.int % 90_000 + 10_000 if seed is None else seed % 90_000 + 10_001,
        supplements=others,
        query={name: value for name, value in wanted.items() if value},
        missing=_labels(found["missing"]),
        missing_codes=list(found["missing"]),
        decisions=list(Decision),
        kinds=[kind for kind in BatchKind if kind is not BatchKind.DIGEST],
        channels=_open_channels(desk),
        fields=fields,
        may_draft=who.role is Role.CLERK,
    )


def _open_channels(desk: Desk) -> list[Channel]:
    """Those that a gateway is set up for; all where there is none yet."""
    tables = desk.settings.gateways
    found = [one for one in Channel if any(name in tables for name in GATEWAYS[one])]
    return found or list(Channel)


def _run(session: Session, policy: Policy, asked_for: str) -> MatchRun:
    """The run that was asked for, or the newest over everybody."""
    run = latest_run(session, policy)
    if asked_for:
        try:
            run = session.get(MatchRun, UUID(asked_for))
        except ValueError:
            run = None
    if run is None or run.policy_id != policy.id:
        raise NotFound("还没有计算名单")
    return run


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _one(
    session: Session,
    who: SignedIn,
    pair: Pair,
    told: Mapping[UUID, Told],
    streets: Mapping[str, str],
    names: Mapping[str, str],
) -> Found:
    one, profile = pair
    reasons = reasons_of(session, one)
    shown = [_reason(reason) for reason in readable(reasons, unmasked=who.may_unmask)]
    return Found(
        name=shown_name(session, profile),
        street=streets.get(profile.street_code or "", "未登记街道"),
        decision=one.decision,
        reasons=shown,
        agreeing=sum(reason.mark == "yes" for reason in shown),
        hidden=len(shown) < len(reasons),
        missing=list(_labels(dict.fromkeys(one.missing, 1))),
        followed=[names.get(code, code) for code in one.followed],
        told=told[one.id],
    )


def _reason(said: Mapping[str, Any]) -> Reason:
    excludes = bool(said.get("excludes"))
    turned = {"yes": "no", "no": "yes"} if excludes else {}
    return Reason(turned.get(said["result"], said["result"]), said["condition"], excludes)


def _tag_names(session: Session, run: MatchRun) -> dict[str, str]:
    rows = session.exec(select(PolicyTag).where(col(PolicyTag.policy_id) == run.policy_id))
    return {tag.tag_code: tag.name for tag in rows}


def _labels(codes: Mapping[str, int]) -> dict[str, int]:
    """Labels of facts, with their numbers."""
    facts = vocabulary()
    return {facts[c].label if c in facts else c: number for c, number in codes.items()}
