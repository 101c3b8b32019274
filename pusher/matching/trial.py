"""What a rule would find, without keeping anything: for staff who are still writing it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, select

from profiles.model import Guardianship
from pusher.matching.match import judge_profile, living
from pusher.model.errors import Unwilling
from pusher.model.policy import Audience, AudienceRule, Policy, Subject
from pusher.rules.language import BadRule, parse


class BadTrial(Unwilling):
    """The rule cannot be tried; the text says why."""

    code = "bad_rule"


def trial(
    session: Session, policy: Policy, given: Mapping[str, Any], *, as_of: date
) -> dict[str, Any]:
    """Count whom *given* would find.

    Args:
        session: reading is enough.
        policy: whose office's profiles are judged.
        given: a RULE, or an object with ``rule`` and perhaps ``audience_kind`` and ``subject``.
        as_of: the day of judging.

    Returns:
        judged, eligible, possible, subscribed (0: nothing is kept), missing (fact code → number).

    Raises:
        BadTrial: not a rule.
    """
    rule = given.get("rule", given)
    try:
        tree = parse(rule)
        row = AudienceRule(
            policy_id=policy.id,
            number=0,
            audience=Audience(given.get("audience_kind", policy.draft.get("audience") or "both")),
            subject=Subject(given.get("subject", policy.draft.get("subject") or "self")),
            rule=dict(rule),
            manual_checks=[],
            confirmed_by="",
            confirmed_at=policy.read_at,
        )
    except BadRule as error:
        raise BadTrial(f"受众规则有误：{error}") from None
    except (ValueError, TypeError):
        raise BadTrial("audience_kind 或 subject 不对") from None
    wards = set(session.exec(select(Guardianship.ward_id)))
    found: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for profile in living(session, policy):
        judged = judge_profile(session, profile, row, tree, as_of=as_of, wards=wards)
        found["judged"] += 1
        found[judged.decision] += 1
        missing.update(judged.missing)
    return {
        **{key: found[key] for key in ("judged", "eligible", "possible", "subscribed")},
        "missing": dict(missing.most_common()),
    }
