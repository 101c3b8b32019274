"""Notice boards: which sheet hangs where, from which day it may come down, and the proof."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from profiles.ages import day_of
from profiles.model import Profile, Street
from profiles.sealing import sealer_of
from pusher.audit import note
from pusher.model.errors import IllegalMove, Overtaken, Unwilling
from pusher.model.policy import Policy, PolicyState
from pusher.model.posting import Posting, PostingPhoto
from pusher.model.standing import Standing, standing

BOARD: Final = "公示栏"
"""What a board is called where nobody says which."""
_TELLABLE: Final = (Standing.OPEN, Standing.UPCOMING, Standing.DRAFT)
_PHOTO: Final = "postingphoto.content_sealed"


class BadPosting(Unwilling):
    """It cannot hang there, or not since that day."""

    code = "bad_posting"


class TooEarly(Unwilling):
    """It has to hang longer, unless somebody says why not."""

    code = "too_early"


class Hanging(StrEnum):
    """How a sheet stands today."""

    UP = "up"
    DUE = "due"
    """The policy is over: it has to come down."""
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet on one board.

    Attributes:
        policy: its short title.
        street: name of the posting's street; None where it is not known.
        may_come_down: the first day on which it may.
        photo: there is a picture.
    """

    posting: Posting
    policy: str
    street: str | None
    hanging: Hanging
    may_come_down: date
    photo: bool


def posting_list(
    session: Session,
    *,
    office_id: UUID,
    today: date,
    days: int,
    policy: Policy | None = None,
    streets: Collection[str] | None = None,
) -> list[Sheet]:
    """What hangs where: to be taken down first, then what hangs, then what came down, newest first.

    Args:
        days: how long a sheet has to hang.
        policy: that one alone; None: all.
        streets: codes of the only streets that whoever asks may see; None: all.
    """
    wanted = [col(Posting.office_id) == office_id]
    if policy is not None:
        wanted.append(col(Posting.policy_id) == policy.id)
    if streets is not None:
        wanted.append(col(Posting.street_code).in_(streets))
    names = {row.code: row.name for row in session.exec(select(Street))}
    found = session.exec(_POSTINGS.where(*wanted)).all()
    sheets = [
        Sheet(
            posting=posting,
            policy=about.short_title or about.title,
            street=names.get(posting.street_code or ""),
            hanging=_hanging(posting, about, today),
            may_come_down=may_come_down(posting.posted_on, days),
            photo=photo is not None,
        )
        for posting, about, photo in found
    ]
    return sorted(sheets, key=_order)


_POSTINGS: Final = (
    select(Posting, Policy, PostingPhoto.id)
    .join(Policy, col(Policy.id) == Posting.policy_id)
    .outerjoin(PostingPhoto, col(PostingPhoto.id) == Posting.id)
)


def outlived(session: Session, *, office_id: UUID, today: date) -> list[str]:
    """The boards on which a sheet still hangs though its policy is over."""
    hanging = session.exec(
        select(Posting, Policy)
        .join(Policy, col(Policy.id) == Posting.policy_id)
        .where(col(Posting.office_id) == office_id, col(Posting.taken_down_on).is_(None))
        .order_by(col(Posting.community), col(Posting.place))
    )
    return [
        f"{posting.community}{posting.place}"
        for posting, about in hanging
        if _hanging(posting, about, today) is Hanging.DUE
    ]


def may_come_down(posted_on: date, days: int) -> date:
    """The first day on which a sheet may come down: it has hung for *days* whole days by then.

    Source:
        山东省村务公开条例, art. 13: what is made public on a board hangs for five days at least.
    """
    return posted_on + timedelta(days=days)


def put_up(
    session: Session,
    policy: Policy,
    *,
    community: str,
    place: str,
    street_code: str | None,
    on: date,
    by: str,
    now: datetime,
) -> Posting:
    """Write down that *policy* hangs on a board. Audited.

    Args:
        community: whose board.
        place: which one; empty: the community's only one.
        street_code: None: the street that the community's people live in, if it is one.
        on: the day on which it was pinned up.
        by: staff number.

    Raises:
        BadPosting: the policy may not be told of on that day, the day is to come, or it hangs
            there already.
    """
    if on > day_of(now):
        raise BadPosting("张贴日期还没有到，请核对")
    if policy.state is not PolicyState.CONFIRMED or standing(policy, on) not in _TELLABLE:
        raise BadPosting("该政策那天还没有确认、已经结束或不公开，不能登记张贴")
    posting = Posting(
        office_id=policy.office_id,
        policy_id=policy.id,
        street_code=street_code or street_of(session, community),
        community=community,
        place=place.strip() or BOARD,
        posted_on=on,
        posted_by=by,
        noted_at=now,
    )
    try:
        with session.begin_nested():
            session.add(posting)
    except IntegrityError:
        raise BadPosting(f"{community}的{posting.place}已登记张贴这份政策，还没有撤下") from None
    note(session, "posting.add", about=("posting", posting.id), by=by, now=now)
    return posting


def take_down(
    session: Session,
    posting: Posting,
    *,
    on: date,
    days: int,
    by: str,
    now: datetime,
    remark: str = "",
) -> None:
    """Write down that a sheet came down. Audited.

    Args:
        on: the day on which it was.
        days: how long it had to hang.
        by: staff number.
        remark: why it came down early; needed then alone.

    Raises:
        BadPosting: that day is to come, or before it was pinned up.
        TooEarly: it had not hung for *days*, and nobody says why.
        IllegalMove: it is down already.
        Overtaken: a colleague was faster.
    """
    if posting.taken_down_on is not None:
        raise IllegalMove("这一处已登记撤下")
    if not posting.posted_on <= on <= day_of(now):
        raise BadPosting("撤下日期应在张贴之后、今天或之前，请核对")
    first = may_come_down(posting.posted_on, days)
    if on < first and not remark.strip():
        raise TooEarly(f"要张贴满 {days} 日，{first:%Y-%m-%d} 起才可撤下；提前撤下请写明原因")
    moved = session.exec(
        update(Posting)
        .where(col(Posting.id) == posting.id, col(Posting.taken_down_on).is_(None))
        .values(taken_down_on=on, taken_down_by=by, remark=remark.strip()[:200] or None)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise Overtaken("这一处刚被同事登记撤下，请刷新页面")
    note(session, "posting.down", about=("posting", posting.id), by=by, now=now, early=on < first)
    session.refresh(posting)


def keep_photo(
    session: Session, posting: Posting, content: bytes, *, by: str, now: datetime
) -> None:
    """Keep the picture of a sheet on its board, sealed; a new one replaces the old. Audited.

    Args:
        content: a JPEG that the reader's child process made anew, without place and maker.
    """
    sealed = sealer_of(session).seal(content, place=_PHOTO, row=posting.id)
    photo = session.get(PostingPhoto, posting.id) or PostingPhoto(
        id=posting.id, content_sealed=sealed, added_by=by, added_at=now
    )
    photo.content_sealed, photo.added_by, photo.added_at = sealed, by, now
    session.add(photo)
    note(session, "posting.photo", about=("posting", posting.id), by=by, now=now)


def photo_of(session: Session, posting: Posting) -> bytes | None:
    """The picture, a JPEG; None where there is none."""
    photo = session.get(PostingPhoto, posting.id)
    if photo is None:
        return None
    return sealer_of(session).open(photo.content_sealed, place=_PHOTO, row=posting.id)


def communities(session: Session, streets: Collection[str] | None = None) -> list[str]:
    """The names of the communities that people live in, for whoever types one."""
    asked = select(Profile.community).where(col(Profile.community).is_not(None)).distinct()
    if streets is not None:
        asked = asked.where(col(Profile.street_code).in_(streets))
    return sorted(name for name in session.exec(asked) if name)


def street_of(session: Session, community: str) -> str | None:
    """The street in which the people of *community* live; None where they are none or several."""
    asked = select(Profile.street_code).where(
        col(Profile.community) == community, col(Profile.street_code).is_not(None)
    )
    found = session.exec(asked.distinct().limit(2)).all()
    return found[0] if len(found) == 1 else None


def _hanging(posting: Posting, policy: Policy, today: date) -> Hanging:
    if posting.taken_down_on is not None:
        return Hanging.DOWN
    return Hanging.UP if standing(policy, today) in _TELLABLE else Hanging.DUE


_TURN: Final = {Hanging.DUE: 0, Hanging.UP: 1, Hanging.DOWN: 2}


def _order(sheet: Sheet) -> tuple[int, int, str, str, UUID]:
    last = sheet.posting.taken_down_on or sheet.posting.posted_on
    posting = sheet.posting
    return (_TURN[sheet.hanging], -last.toordinal(), posting.community, posting.place, posting.id)
