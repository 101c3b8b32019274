"""Who reads for whom: a child's guardian, an old person's authorised family member."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.errors import Unwelcome
from profiles.model import GuardianKind, Guardianship, Profile

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


def _upwards(session: Session, person: UUID) -> Iterator[UUID]:
    """Everybody who reads for *person*, and who reads for them."""
    seen, level = {person}, [person]
    while level:
        asked = select(Guardianship.guardian_id).where(col(Guardianship.ward_id).in_(level))
        level = [one for one in session.exec(asked) if one not in seen]
        seen.update(level)
        yield from level
