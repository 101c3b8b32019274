"""Makers for drafting and approving: people, matches, batches. All people are invented."""

import json
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlmodel import Session, col, select

from profiles.guardians import link
from profiles.model import (
    Channel,
    ConsentScope,
    GuardianKind,
    Office,
    Profile,
)
from profiles.sealing import sealer_of
from pusher.model.batch import Batch, BatchKind, Visit
from pusher.model.match import REASONS as SEALED_REASONS
from pusher.model.match import Decision, Match, MatchRun
from pusher.model.notice import Notice
from pusher.model.policy import AudienceRule, Policy, PolicyState
from pusher.sending.compose import plan, write_down
from pusher.sending.drafting import text_of
from pusher.sending.wording import registered
from tests.makers import NOW, make_policy, make_rule
from tests.profiles import people

PRICES = {Channel.SMS: Decimal("0.045"), Channel.WECHAT: Decimal(0), Channel.WECOM: Decimal(0)}
PUBLIC_URL = "https://zw.example.invalid"
GATEWAYS: dict[str, dict[str, Any]] = {
    "aliyun": {"templates": {r.key: r.code for r in registered() if r.channel is Channel.SMS}},
    "wechat": {"templates": {r.key: r.code for r in registered() if r.channel is Channel.WECHAT}},
}
"""Settings' tables of an office that registered every template."""
_phones = count(1)


def make_person(
    session: Session,
    office: Office,
    *,
    born: date = date(1940, 3, 5),
    phone: str | None = "",
    openid: str | None = None,
    street: str | None = "370104013",
    scopes: Collection[ConsentScope] = (ConsentScope.GENERAL, ConsentScope.SENSITIVE),
    facts: dict[str, Any] | None = None,
    name: str = "样例居民",
) -> Profile:
    """A resident; `phone` empty: one of their own, None: none."""
    return people.make_person(
        session,
        office,
        born=born,
        name=name,
        phone=_own_phone() if phone == "" else phone,
        openid=openid,
        scopes=scopes,
        street=street,
        community="腊山社区" if street else None,
        facts=facts,
    )


def make_firm(session: Session, office: Office, *, phone: str | None = "") -> Profile:
    """A firm that agreed; `phone` as for a person."""
    firm = people.make_firm(
        session,
        office,
        name="样例机械有限公司",
        street="370104013",
        registration_status="active",
    )
    people.agree(session, firm)
    people.give_addresses(session, firm, _own_phone() if phone == "" else phone, None)
    return firm


def _own_phone() -> str:
    return f"1990000{next(_phones):04}"


def make_child(
    session: Session,
    office: Office,
    guardian: Profile | None,
    *,
    consent: bool = True,
    born: date = date(2018, 6, 1),
) -> Profile:
    child = make_person(session, office, born=born, phone=None, scopes=(ConsentScope.SENSITIVE,))
    if guardian:
        link(session, child, guardian, kind=GuardianKind.GUARDIAN, relation="母亲", until_on=None)
        if consent:
            people.agree(session, child, ConsentScope.MINOR, given_by=guardian)
    return child


def make_confirmed(session: Session, office: Office, **given: Any) -> Policy:
    """A confirmed policy with a rule; ``rule``, ``subject`` and ``audience`` go to the rule."""
    ruled = {name: given.pop(name) for name in ("rule", "subject", "audience") if name in given}
    policy = make_policy(
        session,
        office,
        **{
            "state": PolicyState.CONFIRMED,
            "apply_until": date(2026, 12, 18),
            "elements": {"benefit_line": "每人每月100元"},
            **given,
        },
    )
    make_rule(session, policy, **ruled)
    return policy


def make_run(session: Session, policy: Policy) -> MatchRun:
    rules = select(AudienceRule).where(AudienceRule.policy_id == policy.id)
    rule = session.exec(rules.order_by(col(AudienceRule.number).desc())).first()
    assert rule is not None
    run = MatchRun(
        policy_id=policy.id,
        rule_id=rule.id,
        as_of=NOW.date(),
        at=NOW,
        judged=0,
    )
    session.add(run)
    session.flush()
    return run


REASONS = [
    {
        "id": "c1",
        "fact": "household_area",
        "op": "within",
        "quote": "具有槐荫区户籍",
        "condition": "户籍地在槐荫区",
        "result": "yes",
    },
    {
        "id": "c2",
        "fact": "welfare_status",
        "op": "any_of",
        "quote": "属于低保家庭",
        "condition": "社会救助身份为低保",
        "result": "unknown",
    },
]


def make_matches(
    session: Session,
    run: MatchRun,
    profiles: Sequence[Profile],
    *,
    decision: Decision = Decision.ELIGIBLE,
    sensitive: bool = False,
    followed: Sequence[str] = ("M02",),
    reasons: Sequence[dict[str, Any]] = REASONS,
) -> list[Match]:
    found = []
    for profile in profiles:
        subscribed = decision is Decision.SUBSCRIBED
        match = Match(
            run_id=run.id,
            policy_id=run.policy_id,
            profile_id=profile.id,
            decision=decision,
            followed=list(followed) if subscribed else [],
            missing=[],
            sensitive=sensitive,
        )
        if not subscribed:
            match.reasons_sealed = sealer_of(session).seal_text(
                json.dumps(list(reasons)), place=SEALED_REASONS, row=match.id
            )
        session.add(match)
        found.append(match)
    session.flush()
    return found


def draft(session: Session, policy: Policy, run: MatchRun, **given: Any) -> Batch:
    """Plan and write down with what is not the point filled in."""
    worked_out = plan(
        session,
        policy,
        run,
        **{
            "kind": BatchKind.FIRST,
            "include": [Decision.ELIGIBLE],
            "channels": list(Channel),
            "send_after": None,
            "prices": PRICES,
            "public_url": PUBLIC_URL,
            "by": "1001",
            "now": NOW,
            **given,
        },
    )
    return write_down(session, worked_out)


def drafted_for(session: Session, office: Office, people: Sequence[Profile], **given: Any) -> Batch:
    """A batch that tells *people* of a new policy."""
    policy = make_confirmed(session, office)
    run = make_run(session, policy)
    make_matches(session, run, people)
    return draft(session, policy, run, **given)


def notices_of(session: Session, batch: Batch) -> list[Notice]:
    return list(
        session.exec(select(Notice).where(Notice.batch_id == batch.id).order_by(col(Notice.id)))
    )


def visits_of(session: Session, batch: Batch) -> list[Visit]:
    return list(session.exec(select(Visit).where(Visit.batch_id == batch.id)))


def only_notice(session: Session, batch: Batch) -> Notice:
    (notice,) = notices_of(session, batch)
    return notice


def text_in(session: Session, notice: Notice) -> str:
    return text_of(session, notice).text
