"""Which policy an interpretation explains: by number, by quoted title, by index number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from pusher.model.interpretation import TiedBy
from pusher.model.policy import Genre, Policy
from pusher.model.source import PolicyCitation, Relation

SHORTEST: Final = 6
"""Characters of a title that may speak for a policy: 《通知》 alone speaks for none."""
_TALK = (Genre.INTERPRETATION, Genre.NEWS)


@dataclass(frozen=True, slots=True)
class Tie:
    """A policy, and what says that it is the one."""

    policy: Policy
    by: TiedBy


def tie_of(session: Session, document: Policy) -> Tie | None:
    """The policy that *document* explains; None where its words name none, or more than one.

    What it quotes counts before its page's index number; of a policy the newest version is taken.
    """
    for by, fitting in _signs(document, _cited(session, document), _candidates(session, document)):
        if len({one.family_id for one in fitting}) == 1:
            return Tie(session.get_one(Policy, fitting[0].id), by)
    return None


def may_tie(session: Session, document: Policy, policy: Policy) -> bool:
    """Whether anything in *document* speaks for *policy*, were there no other."""
    alone = [_Named(*(getattr(policy, name) for name in _NAMED))]
    return any(fitting for _, fitting in _signs(document, _cited(session, document), alone))


class _Named(NamedTuple):
    """What a policy goes by; its text would be too much to read for each."""

    id: UUID
    family_id: UUID
    title: str
    document_number: str | None
    index_number: str | None


_NAMED: Final = _Named._fields


def _cited(session: Session, document: Policy) -> Sequence[PolicyCitation]:
    return session.exec(
        select(PolicyCitation).where(
            PolicyCitation.policy_id == document.id, PolicyCitation.relation == Relation.INTERPRETS
        )
    ).all()


def _candidates(session: Session, document: Policy) -> list[_Named]:
    """Every policy of the office by name, the newest version of each first."""
    columns = [col(getattr(Policy, name)) for name in _NAMED]
    rows = session.connection().execute(
        sa_select(*columns)
        .where(
            col(Policy.office_id) == document.office_id,
            col(Policy.family_id) != document.family_id,
            col(Policy.genre).not_in(_TALK),
        )
        .order_by(col(Policy.version).desc(), col(Policy.read_at).desc())
    )
    return [_Named(*row) for row in rows]


def _signs(
    document: Policy, cited: Sequence[PolicyCitation], policies: Sequence[_Named]
) -> Iterator[tuple[TiedBy, list[_Named]]]:
    """What each sign would make of it, the surest first."""
    numbers = {one.document_number for one in cited if one.document_number}
    yield TiedBy.NUMBER, [one for one in policies if one.document_number in numbers]
    titles = [_bare(one.title) for one in cited if one.title and len(_bare(one.title)) >= SHORTEST]
    yield TiedBy.TITLE, [one for one in policies if _bare(one.title) in titles]
    yield TiedBy.TITLE, [one for one in policies if any(_holds(one.title, t) for t in titles)]
    text = "\n".join(document.body)
    yield TiedBy.INDEX, [one for one in policies if one.index_number and one.index_number in text]


def _holds(title: str, quoted: str) -> bool:
    """关于印发《…办法》的通知 holds the name of what it brings; and the other way about."""
    bare = _bare(title)
    return quoted in bare or (len(bare) >= SHORTEST and bare in quoted)


def _bare(title: str) -> str:
    return "".join(sign for sign in title if sign.isalnum())
