"""What an office says of itself, and its calendar: changed by an admin, each change audited."""

import re
from datetime import date, datetime

from sqlmodel import Session

from profiles.model import Office
from pusher import audit
from pusher.model.clockwork import DayKind, Holiday
from pusher.model.errors import Unwilling

_PHONE = re.compile(r"(?!1[3-9]\d{9}$)[\d()（）转 -]{5,20}")
"""No mobile number: the vendors register it as a fixed word of the text."""
_SIGNATURE = re.compile(r"[\w·-]{2,12}")


class WrongEntry(Unwilling):
    """One field of the office cannot be taken.

    Attributes:
        field: ``name``, ``signature``, ``phone``, ``day`` or ``holiday``.
    """

    code = "wrong_entry"

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def describe(
    session: Session,
    office: Office,
    *,
    name: str,
    signature: str,
    phone: str,
    by: str,
    now: datetime,
) -> bool:
    """Change what the office calls itself; batches that are frozen keep what they showed.

    Args:
        name: 2–60 characters, as recipients read it.
        signature: 2–12, as registered with the SMS vendor, with or without 【】.
        phone: whom recipients may call; a landline or a service number.
        by: number of the admin.

    Returns:
        False where nothing changed.

    Raises:
        WrongEntry: with the field.
    """
    name, signature, phone = name.strip(), signature.strip().strip("【】"), phone.strip()
    if not 2 <= len(name) <= 60:
        raise WrongEntry("name", "单位名称应为2至60字")
    if not _SIGNATURE.fullmatch(signature):
        raise WrongEntry("signature", "短信签名应为2至12字，与运营商报备的一致，不含空格和【】")
    if not _PHONE.fullmatch(phone):
        raise WrongEntry("phone", "咨询电话应为固定电话或服务号码，不能是手机号")
    said = {"name": name, "signature": signature, "phone": phone}
    changed = {field: text for field, text in said.items() if getattr(office, field) != text}
    if not changed:
        return False
    for field, text in changed.items():
        setattr(office, field, text)
    session.add(office)
    _note(session, "office.describe", str(office.id), by=by, now=now, changed=sorted(changed))
    return True


def set_day(
    session: Session, day: date, kind: DayKind, *, name: str, by: str, now: datetime
) -> None:
    """Close a day, or open a weekend's day, whatever stood in the calendar before.

    Args:
        name: what it is called: 国庆节; at most 20 characters.

    Raises:
        WrongEntry: no name, or a working weekday that needs no entry.
    """
    name = name.strip()
    if not 1 <= len(name) <= 20:
        raise WrongEntry("holiday", "请写明是什么节日或调休，不超过20字")
    if kind is DayKind.WORK and day.weekday() < 5:
        raise WrongEntry("day", "周一至周五本来就是工作日，不用登记补班")
    row = session.get(Holiday, day) or Holiday(day=day, kind=kind, name=name, source="")
    row.kind, row.name, row.source = kind, name, f"工号{by}录入"
    session.add(row)
    _note(session, "office.set_day", day.isoformat(), by=by, now=now, kind=kind.value)


def drop_day(session: Session, day: date, *, by: str, now: datetime) -> bool:
    """Let a day be what its weekday says.

    Returns:
        False if the calendar said nothing of it.
    """
    row = session.get(Holiday, day)
    if row is None:
        return False
    session.delete(row)
    _note(session, "office.drop_day", day.isoformat(), by=by, now=now)
    return True


def _note(
    session: Session, act: str, what: str, *, by: str, now: datetime, **detail: object
) -> None:
    audit.note(session, act, about=("office", what), by=by, now=now, **detail)
