"""What people change themselves on their own page. Each act is audited, without what it says of
them: that somebody follows a subject may tell of their health or means.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from profiles.consent import grant, withdraw
from profiles.model import ConsentScope, Contact, OptOut, Pace, Profile
from profiles.newcomers import SELF
from profiles.optouts import opt_out
from profiles.own_facts import use_fact
from profiles.subscriptions import end, follow, followed
from pusher.audit import note
from pusher.listening.sign_up import lift_all

HOW = "我的订阅网页"


def follow_tags(
    session: Session, profile: Profile, tags: Collection[str], *, pace: Pace, now: datetime
) -> None:
    """Follow some tags at one pace."""
    for tag in tags:
        follow(session, profile, tag, pace=pace, source=SELF, now=now)
    _note(session, "public.follow", profile, now, tags=len(tags), pace=pace.value)


def end_tag(session: Session, profile: Profile, tag: str, *, now: datetime) -> None:
    """Follow a tag no longer; harmless where it was not followed."""
    if end(session, profile, tag, now=now):
        _note(session, "public.end", profile, now)


def change_pace(session: Session, profile: Profile, pace: Pace, *, now: datetime) -> None:
    """Hear of everything that is followed at another pace."""
    for one in followed(session, profile):
        one.pace = pace
        session.add(one)
    _note(session, "public.pace", profile, now, pace=pace.value)


def stop_everything(session: Session, profile: Profile, *, now: datetime) -> None:
    """Be silent from now on, on every channel, for approved batches too."""
    opt_out(session, profile_id=profile.id, how=HOW, now=now)
    _note(session, "public.stop", profile, now)


def resume(session: Session, profile: Profile, *, now: datetime) -> None:
    """Hear again: what silenced them, or their addresses, as a whole is lifted."""
    lift_all(session, profile, addresses_of(session, profile), now=now)
    _note(session, "public.resume", profile, now)


def is_silent(session: Session, profile: Profile) -> bool:
    """Whether they, or each of their addresses, wish to hear of nothing at all."""
    whole = (col(OptOut.topic).is_(None), col(OptOut.lifted_at).is_(None))
    theirs = select(OptOut.id).where(
        *whole, col(OptOut.profile_id) == profile.id, col(OptOut.channel).is_(None)
    )
    if session.exec(theirs.limit(1)).first() is not None:
        return True
    addresses = addresses_of(session, profile)
    said = select(OptOut.address_index).where(*whole, col(OptOut.address_index).in_(addresses))
    return bool(addresses) and addresses <= set(session.exec(said))


def agree_to_sensitive(
    session: Session, profile: Profile, *, text_version: str, now: datetime
) -> None:
    """Agree that sensitive facts are used, by the notice of this version."""
    grant(session, profile, ConsentScope.SENSITIVE, text_version=text_version, how=HOW, now=now)
    _note(session, "public.agree", profile, now, text_version=text_version)


def withdraw_sensitive(session: Session, profile: Profile, *, now: datetime) -> None:
    """Take back that sensitive facts are used; it binds at once."""
    withdraw(session, profile, ConsentScope.SENSITIVE, now=now)
    _note(session, "public.withdraw", profile, now)


def drop_fact(session: Session, profile: Profile, code: str, *, now: datetime) -> bool:
    """Use a fact no longer to choose them; False if it is not one of theirs."""
    dropped = use_fact(session, profile, code, used=False, now=now)
    if dropped:
        _note(session, "public.drop_fact", profile, now)
    return dropped


def take_fact_back(session: Session, profile: Profile, code: str, *, now: datetime) -> bool:
    """Use a fact again; False if it was never dropped."""
    taken = use_fact(session, profile, code, used=True, now=now)
    if taken:
        _note(session, "public.use_fact", profile, now)
    return taken


def addresses_of(session: Session, profile: Profile) -> set[str]:
    """Indexes of their running addresses."""
    running = select(Contact.address_index).where(
        Contact.profile_id == profile.id, col(Contact.ended_at).is_(None)
    )
    return set(session.exec(running))


def _note(session: Session, act: str, profile: Profile, now: datetime, **detail: object) -> None:
    note(session, act, about=("profile", profile.id), by="public", now=now, **detail)
