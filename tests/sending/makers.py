"""Makers for drafting and approving: people, matches, batches. All people are invented."""

import json
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlmodel import Session, col, select

from profiles.consent import grant
from profiles.dossier import Known, add_contact, add_profile
from profiles.guardians import link
from profiles.model import (
    Channel,
    ConsentScope,
    GuardianKind,
    Office,
    Profile,
    ProfileKind,
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

PRICES = {Channel.SMS: Decimal("0.045"), Channel.WECHAT: Decimal(0)}
PUBLIC_URL = "https://zw.example.invalid"
GATEWAYS: dict[str, dict[str, Any]] = {
    "aliyun": {"templates": {r.key: r.code for r in registered() if r.channel is Channel.SMS}},
    "wechat": {"templates": {r.key: r.code for r in registered() if r.channel is Channel.WECHAT}},
}
"""Settings' tables of an office that registered every template."""
_people = count(1)


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
    number = next(_people)
    known = {"birth_date": born.isoformat(), **(facts or {})}
    person = add_profile(
        session,
        office=office,
        kind=ProfileKind.RESIDENT,
        name=name,
        number=resident_number(born, number),
        street_code=street,
        community="腊山社区" if street else None,
        facts={code: Known(value, "样例登记", date(2026, 1, 1)) for code, value in known.items()},
        now=NOW,
    )
    for scope in scopes:
        grant(session, person, scope, text_version="1", how="样例", now=NOW)
    give_addresses(session, person, f"1990000{number:04}" if phone == "" else phone, openid)
    return person


def make_firm(session: Session, office: Office, *, phone: str | None = "") -> Profile:
    number = next(_people)
    firm = add_profile(
        session,
        office=office,
        kind=ProfileKind.ENTERPRISE,
        name="样例机械有限公司",
        number=credit_code(number),
        street_code="370104013",
        community=None,
        facts={"registration_status": Known("active", "样例登记", date(2026, 1, 1))},
        now=NOW,
    )
    grant(session, firm, ConsentScope.GENERAL, text_version="1", how="样例", now=NOW)
    give_addresses(session, firm, f"1990000{number:04}" if phone == "" else phone, None)
    return firm


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
            grant(
                session,
                child,
                ConsentScope.MINOR,
                given_by=guardian,
                text_version="1",
                how="样例",
                now=NOW,
            )
    return child


def give_addresses(
    session: Session, profile: Profile, phone: str | None, openid: str | None
) -> None:
    for channel, address in ((Channel.SMS, phone), (Channel.WECHAT, openid)):
        if address:
            add_contact(session, profile, channel, address, source="样例登记", now=NOW)


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


def resident_number(born: date, order: int) -> str:
    """A resident number of the county 370199, which is nobody's, with a sound check digit."""
    body = f"370199{born:%Y%m%d}{order % 1000:03}"
    total = sum(int(c) * 2 ** (17 - n) for n, c in enumerate(body))
    return body + "10X98765432"[total % 11]


def credit_code(order: int) -> str:
    """A credit code of the county 370199 with a sound check character (GB 32100)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91370199MA{order:07}"
    total = sum(letters.index(c) * 3**n % 31 for n, c in enumerate(body))
    return body + letters[-total % 31]


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
