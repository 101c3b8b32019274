"""Setting right: what the reading got wrong, staff write anew, and the wrong stays on record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from pusher.audit import note
from pusher.model.errors import Unwilling
from pusher.model.policy import Genre, Openness, Policy, PolicyState, Registered
from pusher.model.source import PolicyCorrection
from pusher.reading import numbers
from pusher.reading.interpretations import follow_genre, tie_waiting


class BadCorrection(Unwilling):
    """A field that cannot be what staff wrote."""

    code = "bad_correction"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Field:
    """A field that staff may set right.

    Attributes:
        label: in words for staff.
        read: turns what was typed into the value; raises ValueError with words for staff.
        most: letters at most.
        needed: it must not be empty.
        words: what there is to choose from, else empty.
    """

    label: str
    read: Callable[[str], Any] = str
    most: int = 300
    needed: bool = False
    words: tuple[str, ...] = ()

    @property
    def is_day(self) -> bool:
        """Whether it holds a day."""
        return self.read is _day


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("应为日期，如2026-01-02") from None


def _number(text: str) -> str:
    return numbers.normalised(text) or "".join(text.split())


FIELDS: Mapping[str, Field] = {
    "title": Field("标题", needed=True),
    "document_number": Field("发文字号", _number, most=80),
    "issuer": Field("发文机关"),
    "genre": Field("文件种类", Genre, needed=True, words=tuple(Genre)),
    "written_on": Field("成文日期", _day),
    "published_on": Field("发布日期", _day),
    "effective_on": Field("施行日期", _day),
    "expires_on": Field("有效期至", _day),
    "openness": Field("公开属性", Openness, needed=True, words=tuple(Openness)),
    "registered": Field("登记状态", Registered, needed=True, words=tuple(Registered)),
    "index_number": Field("索引号", most=60),
    "reposted_by": Field("转载单位", most=120),
}
"""What may be set right, in the order of the form."""


def correct(
    session: Session, policy: Policy, given: Mapping[str, str], *, by: str, now: datetime
) -> list[str]:
    """Write what staff gave for the fields of *policy*. The caller commits.

    Args:
        given: field → what was typed, empty for "not stated"; a field that is not there, or says
            what stands already, is left alone.

    Returns:
        The fields that changed.

    Raises:
        BadCorrection: a field cannot be that; nothing is changed.
        Unwilling: the policy has ended.
    """
    if policy.state not in (PolicyState.READ, PolicyState.CONFIRMED):
        raise Unwilling("该政策已废止或被新版替代，不能再改")
    wanted = {name: _read(name, text.strip()) for name, text in given.items() if name in FIELDS}
    changed = [name for name, value in wanted.items() if value != getattr(policy, name)]
    places = dict(policy.places)
    for name in changed:
        session.add(
            PolicyCorrection(
                policy_id=policy.id, field=name, was=_shown(getattr(policy, name)),
                became=_shown(wanted[name]), by=by, at=now,
            )
        )  # fmt: skip
        setattr(policy, name, wanted[name])
        places[name] = {"where": f"人工更正（工号 {by}）", "quote": "", "doubt": ""}
    if changed:
        policy.places = places
        session.add(policy)
        session.flush()
        note(session, "policy.correct", about=("policy", policy.id), by=by, now=now, fields=changed)
    if "genre" in changed:
        follow_genre(session, policy, by=by, now=now)
    if policy.genre is not Genre.INTERPRETATION and {"title", "document_number"} & set(changed):
        tie_waiting(session, policy)
    return changed


def settle_doubts(session: Session, policy: Policy, *, by: str, now: datetime) -> None:
    """Note that staff looked at every doubtful field and left it as it is. The caller commits."""
    policy.places = {
        name: {**place, "doubt": ""} if place.get("doubt") else place
        for name, place in policy.places.items()
    }
    session.add(policy)
    note(session, "policy.check", about=("policy", policy.id), by=by, now=now)


def _read(name: str, text: str) -> Any:
    field = FIELDS[name]
    if not text:
        if field.needed:
            raise BadCorrection(name, f"请填写{field.label}")
        return None
    if len(text) > field.most:
        raise BadCorrection(name, f"{field.label}不能超过{field.most}字")
    try:
        return field.read(text)
    except ValueError as error:
        said = str(error) if field.is_day else "请在列出的各项中选择"
        raise BadCorrection(name, f"{field.label}{said}") from None


def _shown(value: Any) -> str | None:
    return None if value is None else str(value)[:400]
