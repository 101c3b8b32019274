"""A copy of everything that is kept about one person, for that person (PIPL art. 45)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, or_, select

from profiles import forget as ground
from profiles.model import Contact, Profile
from pusher import audit
from pusher.listening.questions import text_of as question_text
from pusher.listening.replies import address_of, text_of
from pusher.listening.rights import requests_of, words_of
from pusher.model.batch import Batch, Visit
from pusher.model.binding import BindingCode
from pusher.model.contact_code import ContactCode
from pusher.model.match import Match, MatchRun, reasons_of
from pusher.model.notice import Notice
from pusher.model.policy import Policy
from pusher.model.public import PublicCode, PublicSession
from pusher.model.question import Question, QuestionSource
from pusher.model.word import Reply
from pusher.sending.drafting import text_of as notice_text


def export(
    session: Session, profile: Profile, *, by: str, now: datetime, reason: str = ""
) -> dict[str, Any]:
    """A copy of everything that is kept about *profile*, in clear, by table. Audited.

    Args:
        reason: how they asked and how the office knew them, as staff wrote it down.

    Source:
        PIPL art. 45 (copy) and art. 24 (reasons of what was decided by rule).
    """
    told = {"reason": reason} if reason else {}
    audit.note(session, "privacy.export", about=("profile", profile.id), by=by, now=now, **told)
    return {
        **ground.collect(session, profile),
        "contactcode": _codes(session, profile.id),
        "bindingcode": _binding_codes(session, profile.id),
        "publiccode": _asked_codes(session, profile),
        "publicsession": _sessions(session, profile.id),
        "match": _matches(session, profile.id),
        "notice": [_notice(session, notice, title) for notice, title in _notices(session, profile)],
        "question": [_question(session, one) for one in questions_of(session, profile)],
        "reply": [_reply(session, reply) for reply in replies_of(session, profile)],
        "rightsrequest": [
            {"kind": one.kind.value, "at": one.at.isoformat(), "words": words_of(session, one),
             "done_at": one.done_at.isoformat() if one.done_at else None, "remark": one.remark}
            for one in requests_of(session, profile.id)
        ],
        "visit": _visits(session, profile.id),
    }  # fmt: skip


def replies_of(session: Session, profile: Profile) -> list[Reply]:
    """Answers from addresses that are theirs alone, or to a notice of theirs."""
    mine = select(Notice.id).where(Notice.profile_id == profile.id)
    addresses = ground.own_addresses(session, profile)
    asked = select(Reply).where(
        or_(col(Reply.address_index).in_(addresses), col(Reply.notice_id).in_(mine))
    )
    return list(session.exec(asked.order_by(col(Reply.id))))


def questions_of(session: Session, profile: Profile) -> list[Question]:
    """Questions that came after a notice of theirs, or in an answer of theirs."""
    mine = select(Notice.id).where(Notice.profile_id == profile.id)
    answers = [str(reply.id) for reply in replies_of(session, profile)]
    asked = select(Question).where(
        or_(
            col(Question.notice_id).in_(mine),
            (col(Question.source) == QuestionSource.REPLY)
            & col(Question.external_number).in_(answers),
        )
    )
    return list(session.exec(asked.order_by(col(Question.id))))


def _notices(session: Session, profile: Profile) -> list[tuple[Notice, str]]:
    asked = select(Notice, Policy.title).join(Policy, col(Policy.id) == Notice.policy_id)
    found = session.exec(asked.where(Notice.profile_id == profile.id).order_by(col(Notice.id)))
    return [(notice, title) for notice, title in found]


def _notice(session: Session, notice: Notice, title: str) -> dict[str, Any]:
    return {
        "policy": title,
        "channel": notice.channel,
        "text": notice_text(session, notice).text if notice.text_sealed else None,
        "state": notice.state.value,
        "reason": notice.reason,
        "outcome": notice.outcome.value,
        "gateway": notice.gateway,
        "accepted_at": notice.accepted_at.isoformat() if notice.accepted_at else None,
    }


def _matches(session: Session, person: UUID) -> list[dict[str, Any]]:
    asked = (
        select(Match, col(Policy.title), col(MatchRun.as_of))
        .join(Policy, col(Policy.id) == Match.policy_id)
        .join(MatchRun, col(MatchRun.id) == Match.run_id)
        .where(Match.profile_id == person)
        .order_by(col(Match.id))
    )
    return [
        {
            "policy": title,
            "as_of": as_of.isoformat(),
            "decision": match.decision.value,
            "followed": match.followed,
            "missing": match.missing,
            "because": [
                {"quote": r["quote"], "condition": r["condition"], "result": r["result"]}
                for r in reasons_of(session, match)
            ],
        }
        for match, title, as_of in session.exec(asked)
    ]


def _codes(session: Session, person: UUID) -> list[dict[str, Any]]:
    """When codes went to their numbers; a code itself is kept nowhere."""
    asked = (
        select(ContactCode)
        .join(Contact, col(Contact.id) == ContactCode.contact_id)
        .where(Contact.profile_id == person)
        .order_by(col(ContactCode.id))
    )
    return [
        {"at": one.at.isoformat(), "used_at": one.used_at.isoformat() if one.used_at else None}
        for one in session.exec(asked)
    ]


def _binding_codes(session: Session, person: UUID) -> list[dict[str, Any]]:
    asked = select(BindingCode).where(BindingCode.profile_id == person)
    return [
        {"channel": one.channel.value, "at": one.at.isoformat(),
         "used_at": one.used_at.isoformat() if one.used_at else None}
        for one in session.exec(asked.order_by(col(BindingCode.id)))
    ]  # fmt: skip


def _asked_codes(session: Session, profile: Profile) -> list[dict[str, Any]]:
    """When codes were asked for with numbers that are theirs alone."""
    addresses = ground.own_addresses(session, profile)
    asked = select(PublicCode).where(col(PublicCode.address_index).in_(addresses))
    return [
        {"purpose": one.purpose.value, "at": one.at.isoformat(),
         "used_at": one.used_at.isoformat() if one.used_at else None}
        for one in session.exec(asked.order_by(col(PublicCode.id)))
    ]  # fmt: skip


def _sessions(session: Session, person: UUID) -> list[dict[str, Any]]:
    asked = select(PublicSession).where(PublicSession.profile_id == person)
    return [
        {"since": one.since.isoformat(), "seen_at": one.seen_at.isoformat()}
        for one in session.exec(asked.order_by(col(PublicSession.since)))
    ]


def _reply(session: Session, reply: Reply) -> dict[str, Any]:
    return {
        "channel": reply.channel.value,
        "from": address_of(session, reply),
        "text": text_of(session, reply),
        "meaning": reply.meaning.value,
        "at": reply.at.isoformat(),
        "settlement": reply.settlement,
    }


def _question(session: Session, question: Question) -> dict[str, Any]:
    return {
        "source": question.source.value,
        "text": question_text(session, question),
        "at": question.at.isoformat(),
        "handled_at": question.handled_at.isoformat() if question.handled_at else None,
        "remark": question.remark,
    }


def _visits(session: Session, person: UUID) -> list[dict[str, Any]]:
    asked = (
        select(Visit, Policy.title)
        .join(Batch, col(Batch.id) == Visit.batch_id)
        .join(Policy, col(Policy.id) == Batch.policy_id)
        .where(Visit.profile_id == person)
    )
    return [
        {
            "policy": title,
            "because": visit.because,
            "state": visit.state.value,
            "community": visit.community,
            "remark": visit.remark,
            "at": visit.ticked_at.isoformat() if visit.ticked_at else None,
        }
        for visit, title in session.exec(asked)
    ]
