"""Staff's word on a policy: its tags, its audience, its short title; or that it has ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from pusher.audit import note
from pusher.model.errors import IllegalMove, Overtaken, Unwilling
from pusher.model.policy import (
    MOVES,
    Audience,
    AudienceRule,
    Genre,
    Policy,
    PolicyState,
    PolicyTag,
    Subject,
    TagSource,
)
from pusher.reading.ingest import latest_rule
from pusher.reading.learning import note_corrections
from pusher.reading.stated import said_otherwise, stated, with_elements
from pusher.reading.taxonomy import taxonomy
from pusher.rules.language import BadRule, parse

TITLE_LENGTH = 20
BENEFIT_LENGTH = 35


class BadConfirmation(Unwilling):
    """One field of a confirmation cannot be taken.

    Attributes:
        field: tags, audience, subject, rule, manual_checks, short_title, benefit_line, apply_until.
    """

    code = "bad_confirmation"

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What staff say a policy is.

    Attributes:
        tags: codes of the taxonomy.
        audience: resident, enterprise, both or none.
        subject: self, ward or self_or_ward.
        rule: RULE of the contract; None where nobody can apply (a draft for comment).
        manual_checks: clauses that no register answers and that change no decision.
        short_title: at most 20 characters.
        benefit_line: at most 35 characters, what one gets; None where nothing is paid.
        apply_until: last day to apply, None where there is none.
        elements: some of `stated.ELEMENTS` as staff set them right; None leaves all as read.
    """

    tags: Sequence[str]
    audience: str
    subject: str
    rule: Mapping[str, Any] | None
    manual_checks: Sequence[Mapping[str, Any]]
    short_title: str
    benefit_line: str | None = None
    apply_until: date | None = None
    elements: Mapping[str, Any] | None = None

    def with_tags(self, tags: Sequence[str]) -> "Confirmation":
        """The same with other tags."""
        return replace(self, tags=tags)

    def with_file(self, given: Any) -> "Confirmation":
        """The same with what a file says: a RULE, or an object with fields of ours.

        Raises:
            BadConfirmation: neither.
        """
        if not isinstance(given, Mapping):
            raise BadConfirmation("rule", "规则文件应是一个 JSON 对象")
        if "rule" not in given:
            return replace(self, rule=given)
        renamed: dict[Any, str] = {"audience_kind": "audience"}
        fields: dict[str, Any] = {renamed.get(key, str(key)): value for key, value in given.items()}
        unknown = sorted(set(fields) - set(self.__dataclass_fields__))
        if unknown:
            raise BadConfirmation("rule", f"规则文件中有不认识的字段：{'、'.join(unknown)}")
        if isinstance(fields.get("apply_until"), str):
            fields["apply_until"] = _day(fields["apply_until"])
        return replace(self, **fields)


def proposed(session: Session, policy: Policy) -> Confirmation:
    """What the reading proposes; staff start from it."""
    tags = session.exec(
        select(PolicyTag.tag_code)
        .where(PolicyTag.policy_id == policy.id)
        .order_by(col(PolicyTag.score).desc())
    ).all()
    draft = policy.draft
    return Confirmation(
        tags=list(tags),
        audience=draft.get("audience") or Audience.BOTH.value,
        subject=draft.get("subject") or Subject.SELF.value,
        rule=draft.get("rule"),
        manual_checks=draft.get("manual_checks", []),
        short_title=policy.short_title,
        benefit_line=policy.elements.get("benefit_line"),
        apply_until=policy.apply_until,
    )


def confirm(
    session: Session, policy: Policy, wish: Confirmation, *, by: str, now: datetime
) -> AudienceRule:
    """Confirm what *policy* is; again and again if need be, each a rule of its own number.

    Batches that were drafted by an earlier rule stay as they were shown and can be cancelled.

    Raises:
        BadConfirmation: a field that cannot be taken; the text says what is expected.
        IllegalMove: superseded or repealed, or an interpretation.
        Overtaken: somebody else moved it in the meantime.
    """
    if policy.genre is Genre.INTERPRETATION:
        raise IllegalMove(
            "这是解读，不作为政策确认和推送；请到“解读”里核对它解读的政策，"
            "如果它其实是政策，请先更正文件种类"
        )
    _check(wish)
    _move(session, policy, PolicyState.CONFIRMED)
    standing = latest_rule(session, policy)
    said_before = _said(session, policy, standing)
    quotes = dict(policy.elements.get("quotes") or {})
    policy.confirmed_by, policy.confirmed_at = by, now
    _describe(policy, wish)
    _retag(session, policy, wish.tags)
    number = session.exec(
        select(func.max(AudienceRule.number)).where(AudienceRule.policy_id == policy.id)
    ).one()
    before = standing.rule if standing else policy.draft.get("rule")
    rule = AudienceRule(
        policy_id=policy.id,
        number=(number or 0) + 1,
        audience=Audience(wish.audience),
        subject=Subject(wish.subject),
        rule=dict(wish.rule) if wish.rule is not None else None,
        manual_checks=[dict(check) for check in wish.manual_checks],
        confirmed_by=by,
        confirmed_at=now,
    )
    session.add(rule)
    session.flush()
    said = said_otherwise(said_before, _said(session, policy, rule), quotes)
    note_corrections(
        session, policy, rule, before=before, checks=wish.manual_checks, said=said, now=now
    )
    note(
        session, "policy.confirm", about=("policy", policy.id), by=by, now=now,
        rule=rule.number, tags=list(wish.tags),
    )  # fmt: skip
    return rule


def _describe(policy: Policy, wish: Confirmation) -> None:
    """Write down what staff say of the policy besides its rule and tags."""
    policy.short_title = wish.short_title.strip()
    policy.apply_until = wish.apply_until
    given = dict(wish.elements or {})
    if "apply_from" in given:
        policy.apply_from = given["apply_from"]
    policy.elements = {
        **with_elements(policy, {**given, "apply_until": wish.apply_until}),
        "benefit_line": wish.benefit_line or None,
    }


def _said(session: Session, policy: Policy, rule: AudienceRule | None) -> dict[str, Any]:
    return stated(
        session,
        policy,
        audience=rule.audience.value if rule else policy.draft.get("audience"),
        subject=rule.subject.value if rule else policy.draft.get("subject"),
    )


def repeal(session: Session, policy: Policy, *, reason: str, by: str, now: datetime) -> None:
    """Register that *policy* is no longer in force.

    Raises:
        IllegalMove: it ended before.
        Overtaken: somebody else moved it in the meantime.
    """
    if not reason.strip():
        raise Unwilling("请写明废止原因")
    _move(session, policy, PolicyState.REPEALED)
    policy.repealed_because = reason.strip()[:200]
    session.flush()
    note(session, "policy.repeal", about=("policy", policy.id), by=by, now=now)


def _check(wish: Confirmation) -> None:
    unknown = [code for code in wish.tags if code not in taxonomy()]
    if unknown:
        raise BadConfirmation("tags", f"没有这些标签：{'、'.join(unknown)}")
    if wish.audience not in list(Audience):
        raise BadConfirmation("audience", f"对象种类应为 {'、'.join(Audience)}")
    if wish.subject not in list(Subject):
        raise BadConfirmation("subject", f"判断谁的情况应为 {'、'.join(Subject)}")
    if not 0 < len(wish.short_title.strip()) <= TITLE_LENGTH:
        raise BadConfirmation("short_title", f"短标题应有 1 至 {TITLE_LENGTH} 个字")
    if wish.benefit_line and len(wish.benefit_line) > BENEFIT_LENGTH:
        raise BadConfirmation("benefit_line", f"待遇一句话不超过 {BENEFIT_LENGTH} 个字")
    if any(not isinstance(c, Mapping) or not c.get("quote") for c in wish.manual_checks):
        raise BadConfirmation("manual_checks", "每条人工核对都应写明 quote（原文）")
    if wish.rule is not None:
        try:
            parse(wish.rule)
        except BadRule as error:
            raise BadConfirmation("rule", f"受众规则有误：{error}") from None


def _retag(session: Session, policy: Policy, wanted: Sequence[str]) -> None:
    """Keep the suggested tags that staff kept, drop the others, add theirs."""
    session.flush()
    standing = set(session.exec(select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy.id)))
    session.exec(
        delete(PolicyTag).where(
            col(PolicyTag.policy_id) == policy.id, col(PolicyTag.tag_code).not_in(list(wanted))
        )
    )
    for code in dict.fromkeys(wanted):
        if code not in standing:
            session.add(
                PolicyTag(
                    policy_id=policy.id, tag_code=code, name=taxonomy()[code].name,
                    words=[], source=TagSource.STAFF,
                )
            )  # fmt: skip


def _move(session: Session, policy: Policy, to: PolicyState) -> None:
    seen = policy.state
    if to not in MOVES[seen]:
        raise IllegalMove("该政策已废止或被新版替代，不能再改")
    moved = session.exec(
        update(Policy)
        .where(col(Policy.id) == policy.id, col(Policy.state) == seen)
        .values(state=to)
    )
    if moved.rowcount != 1:
        raise Overtaken("该政策刚被他人处理，请刷新")
    session.refresh(policy)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise BadConfirmation("apply_until", "申报截止应为 ISO 日期，例如 2026-12-31") from None
