"""The street offices by which lists are filtered."""

from sqlmodel import Session, col, select

from profiles.model import Street
from pusher.web.session import SignedIn


def streets_of(session: Session, who: SignedIn) -> dict[str, str]:
    """Code to name of the streets that *who* may see, by code."""
    rows = session.exec(
        select(Street).where(col(Street.office_id) == who.office_id).order_by(col(Street.code))
    )
    seen = who.streets
    return {street.code: street.name for street in rows if seen is None or street.code in seen}
