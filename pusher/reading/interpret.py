"""Staff's word on interpretations: registered by hand, handed in, checked, taken off."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, or_, select, update

from pusher.audit import note
from pusher.model.errors import Unwilling
from pusher.model.interpretation import Form, Interpretation, Stage
from pusher.model.interpretation import TiedBy as By
from pusher.model.policy import Genre, Policy, PolicyState
from pusher.reading.interpretations import (
    bare,
    bind,
    interpretations_of,
    is_address,
    keep_read,
    stage_of,
    succeed,
)
from pusher.reading.ties import Tie


class BadInterpretation(Unwilling):
    """One field of an interpretation cannot be that.

    Attributes:
        field: title, form, stage, published_on, department, phone, address or policy.
    """

    code = "bad_interpretation"

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Described:
    """What staff say of an interpretation.

    Attributes:
        title: at most 300 characters.
        stage: None: by the day, seen from that of its policy.
        address: http or https, where people read it; None where it stands on no site.
    """

    title: str
    form: Form = Form.TEXT
    stage: Stage | None = None
    published_on: date | None = None
    department: str | None = None
    phone: str | None = None
    address: str | None = None


def register(
    session: Session, policy: Policy, said: Described, *, by: str, now: datetime
) -> Interpretation:
    """Register by hand an interpretation that stands elsewhere. The caller commits.

    The same again changes nothing; the same title and form with other particulars is its next
    version.

    Raises:
        BadInterpretation: a field cannot be that.
    """
    _refuse_talk(policy)
    said = _checked(said)
    standing = _standing(session, policy, said.title, said.form)
    if standing is not None and described(standing) == _with_stage(said, policy):
        return standing
    interpretation = Interpretation(
        office_id=policy.office_id,
        policy_id=policy.id,
        tied_by=By.STAFF,
        **asdict(_with_stage(said, policy)),
        by=by,
        at=now,
        checked_by=by,
        checked_at=now,
    )
    session.add(interpretation)
    session.flush()
    succeed(session, interpretation, now=now)
    _note(session, "interpretation.register", interpretation, by=by, now=now)
    return interpretation


def adopt(
    session: Session, document: Policy, policy: Policy, *, by: str, now: datetime
) -> Interpretation:
    """Take a document that staff handed in as an interpretation of *policy*. The caller commits.

    Raises:
        Unwilling: it is the policy itself, or was confirmed as a policy.
    """
    _refuse_talk(policy)
    if document.family_id == policy.family_id:
        raise Unwilling("这份文件就是政策原文，不是它的解读；请换一份文件")
    if document.state is not PolicyState.READ:
        raise Unwilling("这份文件已作为政策确认过，不能再登记为解读")
    document.genre = Genre.INTERPRETATION
    session.add(document)
    interpretation = keep_read(session, document, by=by, now=now)
    bind(interpretation, Tie(policy, By.STAFF))
    return _looked_at(session, interpretation, by=by, now=now)


def check(
    session: Session,
    interpretation: Interpretation,
    policy: Policy | None,
    said: Described,
    *,
    by: str,
    now: datetime,
) -> None:
    """Write down what staff say of *interpretation* and of what it explains. The caller commits.

    Args:
        policy: the one that it explains; None: of none that we have, and the public sees nothing.

    Raises:
        BadInterpretation: a field cannot be that. Unwilling: it has ended.
    """
    if interpretation.ended_at is not None:
        raise Unwilling("这份解读已撤下或已有新版，不能再改")
    if policy is not None and policy.id == interpretation.document_id:
        raise BadInterpretation("policy", "这是解读本身，请填它所解读的政策")
    if policy is not None:
        _refuse_talk(policy)
    for field, value in asdict(_with_stage(_checked(said), policy)).items():
        setattr(interpretation, field, value)
    if policy is None:
        interpretation.policy_id = interpretation.tied_by = None
    elif interpretation.policy_id != policy.id:
        interpretation.policy_id, interpretation.tied_by = policy.id, By.STAFF
    _looked_at(session, interpretation, by=by, now=now)


def end(session: Session, interpretation: Interpretation, *, by: str, now: datetime) -> None:
    """Take *interpretation* off; what was registered stays on record. The caller commits.

    Raises:
        Unwilling: it has ended already.
    """
    ended = session.exec(
        update(Interpretation)
        .where(col(Interpretation.id) == interpretation.id, col(Interpretation.ended_at).is_(None))
        .values(ended_at=now)
    )
    if ended.rowcount != 1:
        raise Unwilling("这份解读已撤下或已有新版")
    session.refresh(interpretation)
    _note(session, "interpretation.end", interpretation, by=by, now=now)


def find_named(session: Session, policy: Policy | None, office_id: Any, words: str) -> Policy:
    """The policy that staff mean by a number, a title or a part of it.

    Args:
        policy: the one that stands; its own title or number means it, whatever else is named so.

    Raises:
        BadInterpretation: none, or several.
    """
    words = words.strip()
    if policy is not None and words in (policy.title, policy.document_number):
        return policy
    found = session.exec(
        select(Policy)
        .where(
            Policy.office_id == office_id,
            Policy.genre != Genre.INTERPRETATION,
            col(Policy.state).in_((PolicyState.READ, PolicyState.CONFIRMED)),
            or_(
                col(Policy.document_number) == words,
                col(Policy.title).contains(words, autoescape=True),
            ),
        )
        .limit(20)
    ).all()
    exact = [one for one in found if words in (one.title, one.document_number)]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        named = "；".join(one.document_number or one.title for one in found[:3])
        raise BadInterpretation(
            "policy", f"有{len(found)}份政策都符合，请写完整文号或标题：{named}"
        )
    raise BadInterpretation("policy", "没有找到这份政策，请写它的文号或标题中连续的几个字")


def described(interpretation: Interpretation) -> Described:
    """What stands of *interpretation* now, as a form shows it."""
    one = interpretation
    return Described(
        one.title, one.form, one.stage, one.published_on, one.department, one.phone, one.address
    )


def _refuse_talk(policy: Policy) -> None:
    if policy.genre is Genre.INTERPRETATION:
        raise BadInterpretation("policy", "这份文件本身是解读，请登记在它所解读的政策下")


def _checked(said: Described) -> Described:
    title = " ".join(said.title.split())
    if not 0 < len(title) <= 300:
        raise BadInterpretation("title", "请填写解读的标题，不超过300字")
    for field, label, most in (("department", "解读单位", 120), ("phone", "咨询电话", 60)):
        if len(getattr(said, field) or "") > most:
            raise BadInterpretation(field, f"{label}不能超过{most}字")
    address = (said.address or "").strip() or None
    if address and not is_address(address):
        raise BadInterpretation("address", "网址应以 http:// 或 https:// 开头，不超过1000字")
    return replace(
        said,
        title=title,
        department=(said.department or "").strip() or None,
        phone=(said.phone or "").strip() or None,
        address=address,
    )


def _with_stage(said: Described, policy: Policy | None) -> Described:
    return replace(said, stage=said.stage or stage_of(said.title, said.published_on, policy))


def _looked_at(
    session: Session, interpretation: Interpretation, *, by: str, now: datetime
) -> Interpretation:
    interpretation.checked_by, interpretation.checked_at = by, now
    session.add(interpretation)
    session.flush()
    succeed(session, interpretation, now=now)
    _note(session, "interpretation.check", interpretation, by=by, now=now)
    return interpretation


def _standing(session: Session, policy: Policy, title: str, form: Form) -> Interpretation | None:
    """The one of that title and form that stands for *policy*."""
    same = [
        one
        for one in interpretations_of(session, policy)
        if one.form is form and bare(one.title) == bare(title)
    ]
    return same[-1] if same else None


def _note(
    session: Session, act: str, interpretation: Interpretation, *, by: str, now: datetime
) -> None:
    note(
        session, act, about=("interpretation", interpretation.id), by=by, now=now,
        policy=str(interpretation.policy_id or ""), form=interpretation.form.value,
    )  # fmt: skip
