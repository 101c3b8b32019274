"""Who reads for whom: a child's guardian, an old person's authorised family member."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from profiles.ages import ADULT, is_under
from profiles.errors import Unwelcome
from profiles.model import Consent, GuardianKind, Guardianship, Profile

LONGEST_RELATION = 20


class BadGuardian(Unwelcome):
    """This person cannot read for that one."""

    code = "bad_guardian"


def link(
    session: Session,
    ward: Profile,
    guardian: Profile,
    *,
    kind: GuardianKind,
    relation: str,
    until_on: date | None,
) -> Guardianship:
    """Let *guardian* read for *ward*, or bring the link that stands up to date.

    Args:
        relation: what the guardian is to the ward: 母亲, 女儿.
        until_on: the last day, or None.

    Returns:
        The link; unchanged if it said this already.

    Raises:
        BadGuardian: the same person, or the ward reads for the guardian already.
    """
    if ward.id == guardian.id:
        raise BadGuardian("监护人不能是本人")
    if ward.id in _upwards(session, guardian.id):
        raise BadGuardian("两人互为监护人，请核对是否填反")
    standing = session.exec(
        select(Guardianship).where(
            Guardianship.ward_id == ward.id,
            Guardianship.guardian_id == guardian.id,
            Guardianship.kind == kind,
        )
    ).first()
    if standing is None:
        standing = Guardianship(
            ward_id=ward.id,
            guardian_id=guardian.id,
            kind=kind,
            relation=relation[:LONGEST_RELATION],
            until_on=until_on,
        )
    standing.relation, standing.until_on = relation[:LONGEST_RELATION], until_on
    session.add(standing)
    session.flush()
    return standing


def may_read(
    links: Sequence[Guardianship], guardian: UUID, *, born: date | None, day: date
) -> bool:
    """Whether *guardian* still reads for the ward on *day*, by any of the ward's links.

    A guardian's authority over a child ends on the eighteenth birthday; an adult's guardian and
    an agent read for adults only.

    Args:
        links: of the ward.
        born: when the ward was born; None: not known, an adult.
    """
    child = is_under(ADULT, born, day)
    return any(
        k.guardian_id == guardian
        and (k.kind is GuardianKind.GUARDIAN) == child
        and (k.until_on is None or k.until_on >= day)
        for k in links
    )


def end_links(
    session: Session, person: Profile, *, last: date
) -> list[tuple[Guardianship, date | None]]:
    """End whatever *person* reads for others and others read for them: they died.

    Args:
        last: the last day.

    Returns:
        Each link that was ended, with its last day before.
    """
    running = session.exec(
        select(Guardianship).where(
            or_(Guardianship.guardian_id == person.id, Guardianship.ward_id == person.id),
            or_(col(Guardianship.until_on).is_(None), col(Guardianship.until_on) > last),
        )
    ).all()
    ended = []
    for one in running:
        ended.append((one, one.until_on))
        one.until_on = last
        session.add(one)
    return ended


def withdraw_given(
    session: Session, guardian: UUID, *, ward: UUID | None, now: datetime
) -> list[Consent]:
    """End the consents that a guardian gave whose authority is over; the next one is asked anew.

    Args:
        ward: for this ward; None: for everybody.
    """
    asked = select(Consent).where(
        Consent.given_by_id == guardian, col(Consent.withdrawn_at).is_(None)
    )
    if ward is not None:
        asked = asked.where(Consent.profile_id == ward)
    given = list(session.exec(asked))
    for consent in given:
        consent.withdrawn_at = now
        session.add(consent)
    return given


def _upwards(session: Session, person: UUID) -> Iterator[UUID]:
    """Everybody who reads for *person*, and who reads for them."""
    seen, level = {person}, [person]
    while level:
        asked = select(Guardianship.guardian_id).where(col(Guardianship.ward_id).in_(level))
        level = [one for one in session.exec(asked) if one not in seen]
        seen.update(level)
        yield from level
