"""A community's set: a cover with what to copy, a leaflet for each policy, the list of doors."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from profiles.model import Office
from pusher.audit import note
from pusher.clock import OFFICE_ZONE
from pusher.listening.visits import Door
from pusher.model.batch import VisitState
from pusher.model.errors import Unwilling
from pusher.model.policy import Policy
from pusher.paper.sheets import part_of
from pusher.paper.typeset import typeset
from pusher.sending.leaflet import Sheet, sheet_of
from pusher.sending.particulars import say_day
from pusher.sending.tellable import NotTellable


class NothingToCarry(Unwilling):
    """No door waits, or everything that was to be told is over."""

    code = "nothing_to_carry"


def waiting(
    doors: Sequence[Door], *, community: str, street: str = "", policy_id: UUID | None = None
) -> list[Door]:
    """Those of *doors* in *community* at which somebody still has to be met.

    Args:
        street: its code, where two streets have a community of the name; empty: any.
        policy_id: for this policy alone; None: for all.
    """
    return [
        door
        for door in doors
        if door.state is not VisitState.DONE
        and door.community == community
        and street in ("", door.street_code)
        and policy_id in (None, door.policy_id)
    ]


def walk_pdf(
    session: Session,
    office: Office,
    doors: Sequence[Door],
    *,
    now: datetime,
    say: Callable[[str], str],
) -> bytes:
    """Set what a community worker takes along to *doors*.

    Args:
        office: whose doors they are.
        doors: `waiting` ones of one community; names as they shall be printed, masked or not.
        now: its day stands on every page.
        say: why somebody is walked to, in words.

    Raises:
        NothingToCarry: no doors, or none whose policy may still be told of.
        NoFont: see `typeset`.
    """
    counts = Counter(door.policy_id for door in doors)
    sheets, over = _sheets(session, doors, now)
    carried = [door for door in doors if door.policy_id in sheets]
    if not carried:
        raise NothingToCarry("这里没有要送的人家：都已送达，或政策已结束")
    community = carried[0].community or ""
    cover = {
        "community": community,
        "street": carried[0].street or "",
        "doors": len({door.profile_id for door in carried}),
        "sheets": len(carried),
        "policies": [
            {"title": sheet.title, "count": counts[i], "until": sheet.until}
            for i, sheet in sheets.items()
        ],
        "over": over,
        "list": [_line(door, say) for door in sorted(carried, key=_by_person)],
    }
    parts = [part_of(sheet, "leaflet") for sheet in sheets.values()]
    day = now.astimezone(OFFICE_ZONE).date()
    return typeset(
        [{**cover, "kind": "cover"}, *parts, {**cover, "kind": "doors"}],
        title=f"{community} · 上门明白纸",
        office=office,
        printed=say_day(day),
        day=day,
    )


def note_print(session: Session, doors: Sequence[Door], *, by: str, now: datetime) -> None:
    """Audit that a list of *doors* with names in clear was printed.

    Args:
        session: the caller commits it.
        by: staff number.
    """
    note(session, "visits.print", about=("page", "visits"), by=by, now=now, doors=len(doors))


def _sheets(
    session: Session, doors: Sequence[Door], now: datetime
) -> tuple[dict[UUID, Sheet], list[str]]:
    """The page of each policy, and the titles of those that are over."""
    sheets: dict[UUID, Sheet] = {}
    over = []
    for policy_id, door in {door.policy_id: door for door in doors}.items():
        policy = session.get_one(Policy, policy_id)
        try:
            sheets[policy_id] = sheet_of(session, policy, community=door.community, now=now)
        except NotTellable:
            over.append(door.policy)
    return sheets, over


def _by_person(door: Door) -> tuple[str, UUID, str]:
    return (door.name, door.profile_id, door.policy)


def _line(door: Door, say: Callable[[str], str]) -> dict[str, Any]:
    return {"name": door.name, "policy": door.policy, "because": say(door.because)}
