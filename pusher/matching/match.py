"""Policy → matches: who is eligible, who may be, who follows its tags; all with reasons."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.dossier import facts_on, read_dossier
from profiles.model import Profile, ProfileKind
from profiles.rows import in_chunks, ward_ids
from profiles.sealing import sealer_of
from profiles.subscriptions import followers
from pusher.audit import note
from pusher.matching.index import View, view
from pusher.matching.segment import ELIGIBLE, POSSIBLE, Question
from pusher.model.errors import IllegalMove
from pusher.model.match import REASONS, Decision, Match, MatchRun, RunKind
from pusher.model.policy import AudienceRule, Policy, PolicyState, PolicyTag
from pusher.rules.judge import Bar
from pusher.rules.language import parse
from pusher.rules.nodes import Node, asks_sensitive, leaves
from pusher.rules.say import say_leaf
from pusher.rules.wards import decide_for

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Judged:
    """What a rule says of one profile."""

    decision: str
    """eligible, possible or not."""
    reasons: tuple[Mapping[str, Any], ...]
    """One per condition: id, fact, op, quote, condition (Chinese), result (yes, no, unknown), and
    whether it excludes (then no is the good answer)."""
    missing: tuple[str, ...]
    """Codes of facts whose absence left it open."""
    barred: Bar | None = None
    """Why they are out before any condition is read."""


def current_rule(session: Session, policy: Policy) -> AudienceRule:
    """The rule that staff confirmed last.

    Raises:
        IllegalMove: the policy is not confirmed.
    """
    rule = session.exec(
        select(AudienceRule)
        .where(AudienceRule.policy_id == policy.id)
        .order_by(col(AudienceRule.number).desc())
        .limit(1)
    ).first()
    if policy.state is not PolicyState.CONFIRMED or rule is None:
        raise IllegalMove("该政策尚未确认（或已废止、被新版替代），不能计算名单；请先确认")
    return rule


def match(session: Session, policy: Policy, *, now: datetime, by: str) -> MatchRun:
    """Judge every profile of the office by the policy's confirmed rule, and keep who it is for.

    A new run each time; earlier runs stay as they were found. One transaction: the caller commits.

    Args:
        session: of a writing store.
        policy: confirmed.
        now: its day in the office's zone is the day that ages and terms are judged on.
        by: staff number or job.

    Raises:
        IllegalMove: the policy is not confirmed.
    """
    rule = current_rule(session, policy)
    tree = parse(rule.rule) if rule.rule is not None else None
    sensitive = tree is not None and asks_sensitive(tree)
    tags = session.exec(select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy.id)).all()
    follow = followers(session, tags)
    wards = ward_ids(session)
    run = MatchRun(policy_id=policy.id, rule_id=rule.id, as_of=now.date(), at=now, judged=0)
    session.add(run)
    session.flush()
    everybody = view(session, policy.office_id)
    run.judged = everybody.size
    fitting = fits(everybody, rule, tree, run.as_of) if tree is not None else set()
    for profile in living(session, policy, {*fitting, *follow}):
        judged = (
            judge_profile(session, profile, rule, tree, as_of=run.as_of, wards=wards)
            if tree is not None
            else Judged("not", (), ())
        )
        followed = sorted(follow.get(profile.id, []))
        if judged.decision != "not" or followed:
            asked = sensitive and judged.decision != "not"
            session.add(matched(session, run, profile, judged, followed, sensitive=asked))
    session.flush()
    note(session, "policy.match", about=("policy", policy.id), by=by, now=now, run=str(run.id))
    return run


def judge_profile(
    session: Session,
    profile: Profile,
    rule: AudienceRule,
    tree: Node,
    *,
    as_of: date,
    wards: set[UUID],
) -> Judged:
    """Judge one profile by a confirmed rule.

    Args:
        wards: of ours, who have profiles of their own (`profiles.rows.ward_ids`).
    """
    decision = decide_for(
        tree,
        profile.kind.value,
        facts_on(read_dossier(session, profile), as_of),
        as_of,
        audience_kind=rule.audience.value,
        subject=rule.subject.value,
        is_ward=profile.id in wards,
    )
    said = {leaf.id: say_leaf(leaf) for leaf in leaves(tree)}
    reasons = tuple(
        {
            "id": leaf.id,
            "fact": leaf.fact,
            "op": leaf.op,
            "quote": leaf.quote,
            "condition": said[leaf.id],
            "result": leaf.result.word,
            "excludes": leaf.excludes,
        }
        for leaf in decision.verdict.leaves
    )
    return Judged(decision.answer.value, reasons, decision.verdict.missing, decision.barred)


def fits(everybody: View, rule: AudienceRule, tree: Node, as_of: date) -> set[UUID]:
    """Who is or may be meant, by whole columns; why is asked of each of them afterwards."""
    question = Question(tree, rule.audience.value, rule.subject.value, as_of)
    return {
        one
        for found in everybody.ask(question)
        for answer in (ELIGIBLE, POSSIBLE)
        for one in found.ids(answer)
    }


def living(session: Session, policy: Policy, ids: Collection[UUID]) -> Iterator[Profile]:
    """Those of the office that are not closed, oldest first."""
    for chunk in in_chunks(sorted(ids), _CHUNK):
        yield from session.exec(
            select(Profile)
            .where(
                col(Profile.id).in_(chunk),
                Profile.office_id == policy.office_id,
                col(Profile.ended_on).is_(None),
            )
            .order_by(col(Profile.id))
        )


def latest_run(session: Session, policy: Policy) -> MatchRun | None:
    """The newest run of *policy* over everybody, if it was ever matched."""
    return session.exec(
        select(MatchRun)
        .where(MatchRun.policy_id == policy.id, MatchRun.kind == RunKind.WHOLE)
        .order_by(col(MatchRun.at).desc(), col(MatchRun.id).desc())
        .limit(1)
    ).first()


def counts(session: Session, run: MatchRun) -> dict[str, Any]:
    """Count a run.

    Returns:
        ``judged``; ``eligible``, ``possible``, ``subscribed`` (followers the rule does not mean);
        ``by_street`` street code (or "") → decision → number; ``missing`` fact code → possible
        matches it would decide.
    """
    rows = session.exec(
        select(Match.decision, Profile.street_code, Match.missing)
        .join(Profile, col(Profile.id) == Match.profile_id)
        .where(Match.run_id == run.id)
    ).all()
    decisions = Counter(decision for decision, _, _ in rows)
    by_street: dict[str, Counter[str]] = {}
    missing: Counter[str] = Counter()
    for decision, street, codes in rows:
        by_street.setdefault(street or "", Counter())[str(decision)] += 1
        missing.update(codes)
    return {
        "judged": run.judged,
        **{decision.value: decisions[decision] for decision in Decision},
        "by_street": {street: dict(found) for street, found in sorted(by_street.items())},
        "missing": dict(missing.most_common()),
    }


def matched(
    session: Session,
    run: MatchRun,
    profile: Profile,
    judged: Judged,
    followed: list[str],
    *,
    sensitive: bool,
) -> Match:
    """The row of one profile, its reasons sealed; a subscription has none."""
    meant = judged.decision != "not"
    one = Match(
        run_id=run.id,
        policy_id=run.policy_id,
        profile_id=profile.id,
        decision=Decision(judged.decision) if meant else Decision.SUBSCRIBED,
        followed=followed,
        missing=list(judged.missing),
        sensitive=sensitive and profile.kind is ProfileKind.RESIDENT,
    )
    if meant:
        text = json.dumps(judged.reasons, ensure_ascii=False)
        one.reasons_sealed = sealer_of(session).seal_text(text, place=REASONS, row=one.id)
    return one
