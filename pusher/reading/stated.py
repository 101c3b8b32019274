"""What a policy says besides its conditions, as staff may set it right: for whom, what, how."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from pusher.model.learning import Mending
from pusher.model.policy import Policy, PolicyTag

LABELS: Mapping[str, str] = {
    "tags": "标签",
    "audience": "面向谁",
    "subject": "看谁的情况",
    "short_title": "短标题",
    "benefit_line": "待遇一句话",
    "benefits": "金额",
    "apply_from": "申报开始",
    "apply_until": "申报截止",
    "department": "受理部门",
    "phone": "咨询电话",
    "how": "办理方式",
    "materials": "材料",
}
"""What may be set right, and what staff call it."""
ELEMENTS = ("benefits", "apply_from", "apply_until", "department", "phone", "how", "materials")
"""Those of them that are elements of the contract's POLICY."""
PREFIX = "said:"
"""Stands before the name, where a family of phrases would stand, in what is learnt from."""


def label_of(family: str) -> str | None:
    """What staff call a thing that is said besides the conditions; None for anything else."""
    return LABELS.get(family.removeprefix(PREFIX)) if family.startswith(PREFIX) else None


def said_in_words(value: Any) -> str:
    """Say what stood, or stands, for one of `LABELS`."""
    if isinstance(value, list):
        return "；".join(said_in_words(one) for one in value)
    if isinstance(value, Mapping):
        cap = f"，最高{value['cap']}{value.get('cap_unit') or ''}" if value.get("cap") else ""
        return f"{value.get('amount')}{value.get('unit') or ''}{cap}"
    return _WORDS.get(str(value), str(value))


_WORDS: Mapping[str, str] = {
    "resident": "居民", "enterprise": "企业", "both": "居民和企业", "none": "仅限机关内部",
    "self": "本人（本单位）", "ward": "被监护人", "self_or_ward": "本人或被监护人",
}  # fmt: skip


def stated(
    session: Session, policy: Policy, *, audience: str | None, subject: str | None
) -> dict[str, Any]:
    """Everything that *policy* says of itself today; None or empty where it says nothing."""
    session.flush()
    tags = session.exec(
        select(PolicyTag.name)
        .where(PolicyTag.policy_id == policy.id)
        .order_by(col(PolicyTag.tag_code))
    ).all()
    said: dict[str, Any] = {name: policy.elements.get(name) or None for name in LABELS}
    return {
        **said,
        "tags": list(tags),
        "audience": audience,
        "subject": subject,
        "short_title": policy.short_title or None,
        "apply_from": policy.apply_from.isoformat() if policy.apply_from else None,
        "apply_until": policy.apply_until.isoformat() if policy.apply_until else None,
    }


def with_elements(policy: Policy, given: Mapping[str, Any]) -> dict[str, Any]:
    """The elements of *policy* with what staff say; what they struck loses its quote.

    Args:
        given: some of `ELEMENTS`, days as dates; None or empty for "not stated".
    """
    known = {name: value for name, value in given.items() if name in ELEMENTS}
    plain = {n: v.isoformat() if isinstance(v, date) else v or None for n, v in known.items()}
    for name in ("benefits", "materials"):
        if name in plain:
            plain[name] = plain[name] or []
    quotes = dict(policy.elements.get("quotes") or {})
    for name, value in plain.items():
        if not value:
            quotes.pop(name, None)
    return {**policy.elements, **plain, "quotes": quotes}


def said_otherwise(
    before: Mapping[str, Any], after: Mapping[str, Any], quotes: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Each thing that staff said otherwise, as a correction without who made it and when."""
    found = [_mended("tags", one, None, "") for one in _only(before["tags"], after["tags"])] + [
        _mended("tags", None, one, "") for one in _only(after["tags"], before["tags"])
    ]
    for name in LABELS:
        was, now = before.get(name), after.get(name)
        # where the reading keeps silent on whom it is for, it has drafted nothing to mend
        silent = name in ("audience", "subject") and was is None
        if name != "tags" and was != now and not silent:
            found.append(_mended(name, was, now, str(quotes.get(name) or "")))
    return found


def _only(these: Sequence[str], those: Sequence[str]) -> list[str]:
    return [one for one in these if one not in those]


def _mended(name: str, was: Any, now: Any, quote: str) -> dict[str, Any]:
    mending = Mending.CHANGED
    if was is None or now is None:
        mending = Mending.ADDED if was is None else Mending.STRUCK
    return {
        "mending": mending,
        "family": PREFIX + name,
        "quote": quote,
        "before": {"said": was} if was is not None else None,
        "after": {"said": now} if now is not None else None,
    }
