"""What stands in relation to a policy: its versions, what it interprets or ends, who was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from profiles.model import Channel
from pusher.model.batch import Batch, BatchKind
from pusher.model.notice import Notice, NoticeState
from pusher.model.policy import Policy
from pusher.model.source import PolicyCitation, Relation
from pusher.model.watching import PageState, WatchedPage

_SENT = (NoticeState.ACCEPTED, NoticeState.HANDING, NoticeState.UNSURE)
"""They may have read it: what is not sure counts as told."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Another document, and what one does to the other.

    Attributes:
        policy: it, where we have it.
        outward: our policy does it; otherwise it is done to ours.
    """

    relation: Relation
    outward: bool
    title: str
    number: str | None
    quote: str
    policy: Policy | None


@dataclass(frozen=True, slots=True)
class Telling:
    """How many were told of one version, in one batch, by one channel."""

    policy: Policy
    batch: Batch
    kind: BatchKind
    channel: Channel | None
    notices: int


def ties(session: Session, policy: Policy) -> list[Tie]:
    """Every document that *policy* interprets, repeals or forwards, and that does so to it."""
    found = []
    for cited in session.exec(
        select(PolicyCitation).where(col(PolicyCitation.policy_id) == policy.id)
    ):
        other = _named(session, policy.office_id, cited)
        title = cited.title or (other.title if other else cited.document_number or "")
        found.append(Tie(cited.relation, True, title, cited.document_number, cited.quote, other))
    for cited, other in session.exec(
        select(PolicyCitation, Policy)
        .join(Policy, col(Policy.id) == col(PolicyCitation.policy_id))
        .where(
            col(Policy.office_id) == policy.office_id,
            col(Policy.family_id) != policy.family_id,
            or_(
                (col(PolicyCitation.document_number) == policy.document_number)
                & (policy.document_number is not None),
                col(PolicyCitation.title) == policy.title,
            ),
        )
        .order_by(col(Policy.read_at))
    ):
        found.append(
            Tie(cited.relation, False, other.title, other.document_number, cited.quote, other)
        )
    return found


def _named(session: Session, office_id: UUID, cited: PolicyCitation) -> Policy | None:
    """The newest policy that *cited* means: by its number, else by its title."""
    for is_it in (
        col(Policy.document_number) == cited.document_number if cited.document_number else None,
        col(Policy.title).contains(cited.title, autoescape=True) if cited.title else None,
    ):
        if is_it is None:
            continue
        policy = session.exec(
            select(Policy)
            .where(col(Policy.office_id) == office_id, is_it, col(Policy.id) != cited.policy_id)
            .order_by(col(Policy.version).desc(), col(Policy.read_at).desc())
            .limit(1)
        ).first()
        if policy is not None:
            return policy
    return None


def family(session: Session, policy: Policy) -> Sequence[Policy]:
    """Every version of the document of *policy*, the first first."""
    return session.exec(
        select(Policy)
        .where(col(Policy.family_id) == policy.family_id)
        .order_by(col(Policy.version))
    ).all()


def told(session: Session, policy: Policy) -> list[Telling]:
    """What people were told of *policy* and of its earlier versions, the first first."""
    rows = session.exec(
        select(Policy, Batch, Notice.channel, func.count())
        .join(Batch, col(Batch.policy_id) == col(Policy.id))
        .join(Notice, col(Notice.batch_id) == col(Batch.id))
        .where(
            col(Policy.family_id) == policy.family_id,
            col(Policy.version) <= policy.version,
            col(Notice.state).in_(_SENT),
        )
        .group_by(col(Policy.id), col(Batch.id), col(Notice.channel))
        .order_by(col(Policy.version), col(Batch.drafted_at))
    ).all()
    return [
        Telling(one, batch, batch.kind, Channel(channel) if channel else None, count)
        for one, batch, channel, count in rows
    ]


def withdrawn_at(session: Session, policy: Policy) -> datetime | None:
    """When the site that *policy* was read from took its page away; None where it stands."""
    return session.exec(
        select(WatchedPage.gone_at).where(
            col(WatchedPage.policy_id) == policy.id, col(WatchedPage.state) == PageState.GONE
        )
    ).first()
