"""Somebody signs up by themselves: profile, consent, subscriptions, and what stood against them."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

from sqlmodel import Session, col, or_, select

from profiles.addresses import contact_index
from profiles.consent import grant
from profiles.model import Channel, ConsentScope, Office, OptOut, Pace, Profile, ProfileKind
from profiles.newcomers import SELF, is_child_here, take_in
from profiles.optouts import lift, opt_out
from profiles.sealing import sealer_of
from profiles.subscriptions import follow
from pusher.audit import note
from pusher.model.errors import Unwilling


class ChildComes(Unwilling):
    """The register says that this is a child under 14 (PIPL art. 31)."""

    code = "child"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed to sign up, checked; kept sealed until they read the code back.

    Attributes:
        phone: as `read_phone` returned it.
        credit_code: a firm's; empty for a resident.
        tags: of the taxonomy.
        sensitive: they agreed apart that sensitive facts are used.
        text_version: which notice they read and agreed to.
    """

    kind: ProfileKind
    phone: str = field(repr=False)
    name: str = field(repr=False)
    credit_code: str
    tags: tuple[str, ...]
    pace: Pace
    sensitive: bool
    text_version: str

    def put_by(self) -> dict[str, Any]:
        """As it is kept beside the code until that is typed in."""
        return asdict(self)

    @classmethod
    def picked_up(cls, kept: dict[str, Any]) -> Self:
        """What `put_by` made of a wish."""
        typed = {**kept, "kind": ProfileKind(kept["kind"]), "pace": Pace(kept["pace"])}
        return cls(**{**typed, "tags": tuple(kept["tags"])})


def sign_up(session: Session, office: Office, wish: Wish, *, now: datetime) -> Profile:
    """Take somebody in who has just read a code back. Audited.

    They ask to be told, so what they or their number had said against that before is lifted.

    Raises:
        ChildComes: a guardian is to come instead.
    """
    if is_child_here(session, phone=wish.phone, name=wish.name, now=now):
        raise ChildComes("不满14周岁的，请监护人登记")
    profile = take_in(
        session, office, wish.kind,
        phone=wish.phone, name=wish.name, credit_code=wish.credit_code or None, now=now,
    )  # fmt: skip
    index = contact_index(sealer_of(session), Channel.SMS, wish.phone)
    lift_all(session, profile, {index}, topics=wish.tags, now=now)
    scopes = [ConsentScope.GENERAL, *([ConsentScope.SENSITIVE] if wish.sensitive else [])]
    for scope in scopes:
        grant(session, profile, scope, text_version=wish.text_version, how=SELF, now=now)
    for tag in wish.tags:
        follow(session, profile, tag, pace=wish.pace, source=SELF, now=now)
    note(
        session, "public.join", about=("profile", profile.id), by="public", now=now,
        text_version=wish.text_version, sensitive_use=wish.sensitive, tags=len(wish.tags),
        pace=wish.pace.value,
    )  # fmt: skip
    return profile


def lift_all(
    session: Session,
    profile: Profile,
    addresses: Collection[str],
    *,
    topics: Collection[str] = (),
    now: datetime,
) -> int:
    """Lift what silences *profile* or its *addresses* as a whole, or on one of *topics*.

    Returns:
        How many words to be silent stood.
    """
    standing = session.exec(
        select(OptOut).where(
            or_(
                col(OptOut.profile_id) == profile.id,
                col(OptOut.address_index).in_(addresses),
            ),
            or_(col(OptOut.topic).is_(None), col(OptOut.topic).in_(topics)),
            col(OptOut.lifted_at).is_(None),
        )
    ).all()
    for said in standing:
        lift(session, said, now=now)
        if said.profile_id is not None and said.profile_id != profile.id:
            # somebody else at this number wanted silence: they keep it, the number does not
            opt_out(
                session, profile_id=said.profile_id, channel=said.channel, topic=said.topic,
                how=said.how, now=said.said_at, doubtful=said.doubtful,
            )  # fmt: skip
    return len(standing)
