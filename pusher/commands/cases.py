"""Judge a written case (policy text × profile × reach) by the rule the reading drafts from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from profiles.ages import OWN_CONSENT, born_on, has_died, is_under
from profiles.reach import Refusal
from pusher.model.policy import Openness, Policy, PolicyState, Registered
from pusher.model.standing import standing
from pusher.model.telling import telling
from pusher.reading.understand import Understanding, understand
from pusher.rules.judge import Decision, decide
from pusher.rules.language import leaves, parse
from pusher.rules.nodes import Node, asks_sensitive
from pusher.rules.say import say_leaf
from pusher.rules.wards import born_of, wards_meant

WISH_FOR_DRAFTS = "政策征求意见"
"""The subscription of a case that asks for drafts."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read from the text of a case: the rule, whom it is about, and the dates."""

    tree: Node
    audience: str
    subject: str
    effective_on: date | None
    expires_on: date | None
    apply_from: date | None
    apply_until: date | None


def explain_case(case: Mapping[str, Any]) -> dict[str, Any]:
    """Judge one case of the contract's ``explain --cases``.

    Returns:
        case_id, decision, push, doc_state, because (quote, condition, result), missing.

    Raises:
        KeyError, ValueError, TypeError: the case is not in the contract's shape.
        Unreadable: its text is no document.
    """
    return judge_case(case, read_case(case))


def read_case(case: Mapping[str, Any]) -> Read:
    """Draft a rule from the text of a case, as for any document.

    Raises:
        KeyError, ValueError: the case is not in the contract's shape.
        Unreadable: its text is no document.
    """
    text = f"{case['policy_title']}\n{case['policy_text']}"
    return read_of(understand(text.encode(), "case.txt", tagger=None, area_code="370104"))


def read_of(found: Understanding) -> Read:
    """Take of an understood document what a case is judged by."""
    since, until = (found.elements[key] for key in ("apply_from", "apply_until"))
    return Read(
        parse(_cautious(found.draft)),
        found.draft["audience"],
        found.draft["subject"],
        found.effective_on,
        found.expires_on,
        date.fromisoformat(since[:10]) if since else None,
        date.fromisoformat(until[:10]) if until else None,
    )


def judge_case(case: Mapping[str, Any], read: Read) -> dict[str, Any]:
    """Judge one case by what was read of its text; in the shape of `explain_case`."""
    as_of = date.fromisoformat(case["as_of"])
    facts = case["profile"]["facts"]
    kind = case["profile"]["kind"]
    decision = decide(
        read.tree, kind, facts, as_of, audience_kind=read.audience, subject=read.subject
    )
    topics, follows = set(case["doc"]["topics"]), set(case["reach"]["subscriptions"])
    stands = standing(_as_policy(case["doc"], read), as_of)
    told = telling(
        decision=decision.answer.value,
        stands=stands,
        refusal=_refusal(case, read, decision, as_of),
        follows=bool(topics & follows),
        follows_drafts=WISH_FOR_DRAFTS in follows,
        told_before=_was_told(case),
    )
    said = {leaf.id: say_leaf(leaf) for leaf in leaves(read.tree)}
    return {
        "case_id": case["case_id"],
        "decision": decision.answer.value,
        "push": told.telling.value,
        "doc_state": stands.value,
        "because": [
            {"quote": leaf.quote, "condition": said[leaf.id], "result": leaf.result.word}
            for leaf in decision.verdict.leaves
        ],
        "missing": list(decision.verdict.missing),
    }


def _cautious(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The drafted rule, where every clause that was not read holds the answer at possible."""
    unread = [
        {"fact": None, "op": "manual", "value": None, "quote": quote}
        for quote in draft["needs_person"]
    ]
    return {"all": [draft["rule"], *unread]}


def _as_policy(doc: Mapping[str, Any], read: Read) -> Policy:
    """The registered status and the dates of the text, as `standing` takes them."""
    told: dict[str, Any] = {
        "openness": Openness.OPEN if doc["disclosure"] == "public" else Openness.CLOSED,
        "registered": Registered(doc["status"]),
        "state": PolicyState.CONFIRMED,
        "effective_on": read.effective_on,
        "expires_on": read.expires_on,
        "apply_from": read.apply_from,
        "apply_until": read.apply_until,
    }
    return Policy(**told)


def _refusal(
    case: Mapping[str, Any], read: Read, decision: Decision, as_of: date
) -> Refusal | None:
    """`profiles.reach.may_reach` over the reach of a case in place of rows, in its order."""
    reach, facts = case["reach"], case["profile"]["facts"]
    consent = reach["consent"]
    if has_died(facts, as_of):
        return Refusal.DECEASED
    if facts.get("registration_status") in ("cancelled", "revoked"):
        return Refusal.ENDED
    if consent.get("push") is False:
        return Refusal.NO_CONSENT
    if _is_silent(reach, set(case["doc"]["topics"])):
        return Refusal.OPTED_OUT
    if is_under(OWN_CONSENT, born_on(facts), as_of):
        return Refusal.MINOR
    of_child = _rests_on_a_child(facts, decision, read.subject, as_of)
    if of_child and consent.get("minor_guardian") is not True:
        return Refusal.MINOR_CONSENT
    is_resident = case["profile"]["kind"] == "resident"
    if is_resident and consent.get("sensitive") is not True and asks_sensitive(read.tree):
        return Refusal.NO_SENSITIVE_CONSENT
    return None if reach["channels"] else Refusal.NO_ADDRESS


def _is_silent(reach: Mapping[str, Any], topics: set[str]) -> bool:
    """Opted out of all, of a topic of this policy, or of every channel they had."""
    outs = set(reach["optouts"])
    if "all" in outs or outs & {f"topic:{topic}" for topic in topics}:
        return True
    channels = reach["channels"]
    return bool(channels) and all(f"{channel}:*" in outs for channel in channels)


def _rests_on_a_child(
    facts: Mapping[str, Any], decision: Decision, subject: str, as_of: date
) -> bool:
    born = born_of(wards_meant(decision, facts, subject=subject))
    return any(is_under(OWN_CONSENT, day, as_of) for day in born)


def _was_told(case: Mapping[str, Any]) -> bool:
    """This very version; an earlier one does not count."""
    told = case["reach"]["history"]
    return any(h["policy_id"] == case["policy_id"] and h["version"] == "current" for h in told)
