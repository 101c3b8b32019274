"""What a rule would find, without keeping anything: for staff who are still writing it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session, select

from profiles.subscriptions import following
from pusher.matching.decisions import without_exclusions
from pusher.matching.index import View, view
from pusher.matching.segment import ELIGIBLE, NOT, POSSIBLE, Found, Question
from pusher.model.errors import Unwilling
from pusher.model.policy import Audience, AudienceRule, Policy, PolicyTag, Subject
from pusher.rules.language import BadRule, parse
from pusher.rules.nodes import Node


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
        given: a RULE, or an object with ``rule`` and perhaps ``audience_kind``, ``subject`` and
            ``tags`` (codes; otherwise the tags that the policy has).
        as_of: the day of judging.

    Returns:
        judged, eligible, possible, subscribed (who follows a tag and is neither), excluded (whom
        a case that the rule leaves out keeps from both), missing (fact code → number), by_street
        (street code or "" → eligible and possible).

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
    everybody = view(session, policy.office_id)
    follow = following(session, given.get("tags") or _tags(session, policy))
    return {"judged": everybody.size, **_counted(everybody, row, tree, as_of, follow)}


def _tags(session: Session, policy: Policy) -> Sequence[str]:
    return session.exec(select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy.id)).all()


def _counted(
    everybody: View, rule: AudienceRule, tree: Node, as_of: date, follow: Collection[UUID]
) -> dict[str, Any]:
    question = Question(tree, rule.audience.value, rule.subject.value, as_of)
    found = everybody.ask(question)
    kept = without_exclusions(tree)
    wider = everybody.ask(replace(question, tree=kept)) if kept is not None else found
    missing: Counter[str] = Counter()
    streets: dict[str, dict[str, int]] = {}
    for one in found:
        missing += one.missing()
        for word, answer in (("eligible", ELIGIBLE), ("possible", POSSIBLE)):
            for street, number in one.by_street(answer).items():
                there = streets.setdefault(street, {})
                there[word] = there.get(word, 0) + number
    return {
        "eligible": _number(found, ELIGIBLE),
        "possible": _number(found, POSSIBLE),
        "subscribed": sum(one.among(follow, NOT) for one in found),
        "excluded": sum(
            int(((one.answers == NOT) & (two.answers != NOT)).sum())
            for one, two in zip(found, wider, strict=True)
        ),
        "missing": dict(missing.most_common()),
        "by_street": dict(sorted(streets.items())),
    }


def _number(found: Sequence[Found], answer: np.uint8) -> int:
    return sum(int((one.answers == answer).sum()) for one in found)
