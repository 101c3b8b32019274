"""The first hour of an office: folder, keys, tables, calendar, first admin. Doors call it."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from profiles.facts import areas
from profiles.model import Office, Street
from profiles.sealing import make_keys, open_sealer
from pusher import staff
from pusher.clock import office_now
from pusher.model.staff import Role
from pusher.sending.hours import seed_calendar
from pusher.settings import Settings
from pusher.store import Store, migrate


class AlreadySetUp(Exception):
    """There is an office here already; nothing was changed. The text may be shown."""


def set_up(
    settings: Settings,
    *,
    office: Mapping[str, str],
    login: str,
    number: str,
    name: str = "管理员",
    now: datetime | None = None,
) -> str:
    """Make the office's home: keys, database by migrations, streets, calendar, first admin.

    Args:
        settings: where.
        office: name, area_code, signature, phone.
        login: of the first admin.
        number: their staff number.
        name: their name.
        now: the moment; by default the office clock's.

    Returns:
        The one-time token by which the admin sets a password.

    Raises:
        AlreadySetUp: keys or an office are there; nothing is overwritten.
    """
    now = now or office_now(settings.clock_ahead)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.key_file.exists() and settings.url.startswith("sqlite"):
        raise AlreadySetUp(f"{settings.home} 中已有密钥与数据库；如需重来，请换一个 PUSHER_HOME")
    if not settings.key_file.exists():
        make_keys(settings.key_file, kind=settings.seal_with)
    if settings.database_file is not None:
        # SQLite gives its side files the rights of this one
        settings.database_file.touch(mode=0o600)
    migrate(settings.url)
    store = Store(settings.url, sealer=open_sealer(settings.key_file))
    try:
        with store.writing() as session:
            if session.exec(select(Office)).first() is not None:
                raise AlreadySetUp("该数据库中已有单位；未作更改")
            row = _furnish(session, office, now)
            return staff.add(
                session,
                login=login,
                name=name,
                number=number,
                role=Role.ADMIN,
                office=row,
                by="cli",
                now=now,
            )
    finally:
        store.close()


def _furnish(session: Session, office: Mapping[str, str], now: datetime) -> Office:
    row = Office(
        name=office["name"],
        area_code=office["area_code"],
        signature=office["signature"],
        phone=office["phone"],
    )
    session.add(row)
    session.flush()
    for code, label in areas().items():
        if len(code) == 9 and code.startswith(row.area_code):
            session.add(Street(code=code, office_id=row.id, name=label))
    seed_calendar(session, [now.year, now.year + 1], now=now)
    session.flush()
    return row
