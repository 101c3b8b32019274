"""Judge a written case (policy text × profile × reach) by the rule the reading drafts from it.

The order of `push` is that of the domain's conventions; sending keeps the same order over rows.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from profiles.ages import born_on, has_died, is_under
from profiles.facts import vocabulary
from pusher.reading.understand import Understanding, understand
from pusher.rules.judge import Decision, decide
from pusher.rules.language import facts_used, leaves, parse
from pusher.rules.nodes import Node
from pusher.rules.say import say_leaf

WARD_AGE = 14
"""PIPL art. 31: below it a guardian's own consent is needed."""


def explain_case(case: Mapping[str, Any]) -> dict[str, Any]:
    """Judge one case of the contract's ``explain --cases``.

    Returns:
        case_id, decision, push, doc_state, because (quote, condition, result), missing.

    Raises:
        KeyError, ValueError, TypeError: the case is not in the contract's shape.
        Unreadable: its text is no document.
    """
    as_of = date.fromisoformat(case["as_of"])
    text = f"{case['policy_title']}\n{case['policy_text']}"
    found = understand(text.encode(), "case.txt", tagger=None, area_code="370104")
    tree = parse(_cautious(found.draft))
    kind, facts = case["profile"]["kind"], case["profile"]["facts"]
    decision = decide(
        tree, kind, facts, as_of,
        audience_kind=found.draft["audience"], subject=found.draft["subject"],
    )  # fmt: skip
    state = _doc_state(found, case["doc"], as_of)
    said = {leaf.id: say_leaf(leaf) for leaf in leaves(tree)}
    return {
        "case_id": case["case_id"],
        "decision": decision.answer.value,
        "push": _push(case, tree, decision, state, as_of),
        "doc_state": state,
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


def _doc_state(found: Understanding, doc: Mapping[str, Any], as_of: date) -> str:
    """Registered status first, then the dates of the text."""
    if doc["disclosure"] != "public":
        return "internal"
    if doc["status"] != "in_force":
        return str(doc["status"])
    until, since = (_day(found.elements[k]) for k in ("apply_until", "apply_from"))
    if found.expires_on and found.expires_on < as_of:
        return "expired"
    if until and until < as_of:
        return "closed"
    begins = [day for day in (found.effective_on, since) if day]
    return "upcoming" if begins and max(begins) > as_of else "open"


def _push(case: Mapping[str, Any], tree: Node, decision: Decision, state: str, as_of: date) -> str:
    """The first that applies, from the top."""
    reach, facts = case["reach"], case["profile"]["facts"]
    consent, topics = reach["consent"], set(case["doc"]["topics"])
    follows = bool(topics & set(reach["subscriptions"]))
    answer = decision.answer.value
    if _is_gone(facts, as_of) or state in (
        "internal",
        "repealed",
        "exhausted",
        "expired",
        "closed",
    ):
        return "withhold"
    if consent.get("push") is False or _is_silent(reach, topics):
        return "withhold"
    if state == "draft":
        wished = "政策征求意见" in reach["subscriptions"]
        return "digest_only" if wished else "withhold"
    if answer == "not":
        return "digest_only" if follows else "withhold"
    if is_under(WARD_AGE, born_on(facts), as_of) or _lacks_guardian_word(
        facts, decision, consent, as_of
    ):
        return "offline_list"
    unasked = case["profile"]["kind"] == "resident" and consent.get("sensitive") is not True
    if (unasked and _asks_sensitive(tree)) or _was_told(case):
        return "withhold"
    if not reach["channels"]:
        return "offline_list"
    if state == "upcoming" or answer == "possible":
        return "digest_only"
    return "push"


def _was_told(case: Mapping[str, Any]) -> bool:
    """This very version; an earlier one does not count."""
    told = case["reach"]["history"]
    return any(h["policy_id"] == case["policy_id"] and h["version"] == "current" for h in told)


def _is_gone(facts: Mapping[str, Any], as_of: date) -> bool:
    struck_off = facts.get("registration_status") in ("cancelled", "revoked")
    return struck_off or has_died(facts, as_of)


def _is_silent(reach: Mapping[str, Any], topics: set[str]) -> bool:
    """Opted out of all, of a topic of this policy, or of every channel they had."""
    outs = set(reach["optouts"])
    if "all" in outs or outs & {f"topic:{topic}" for topic in topics}:
        return True
    channels = reach["channels"]
    return bool(channels) and all(f"{channel}:*" in outs for channel in channels)


def _lacks_guardian_word(
    facts: Mapping[str, Any], decision: Decision, consent: Mapping[str, Any], as_of: date
) -> bool:
    whose = decision.whose
    if whose.role != "wards" or whose.place is None or consent.get("minor_guardian") is True:
        return False
    return is_under(WARD_AGE, born_on(facts["wards"][whose.place]), as_of)


def _asks_sensitive(tree: Node) -> bool:
    known = vocabulary()
    return any(known[code].sensitive for code in facts_used(tree) if code in known)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
