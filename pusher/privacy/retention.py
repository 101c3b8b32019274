"""Terms: what was personal and has served its purpose is emptied, every night; counts stay.

Source:
    PIPL art. 19: no longer than the purpose needs. The terms are settings; the audit, which names
    nobody, is kept (art. 56: three years at least).
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, or_, select

from profiles.ages import day_of
from profiles.model import ImportState, RosterImport
from profiles.roster_import import drop
from pusher import audit
from pusher.model.batch import Batch
from pusher.model.binding import BindingCode
from pusher.model.contact_code import ContactCode
from pusher.model.notice import Notice, NoticeState
from pusher.model.posting import Posting, PostingPhoto
from pusher.model.public import PublicCode, PublicSession
from pusher.model.question import Question
from pusher.model.staff import Invitation, StaffSession
from pusher.model.word import Inbox, Reply
from pusher.settings import Settings


@dataclass(frozen=True, slots=True)
class Purged:
    """What one `purge` emptied or deleted.

    Attributes:
        bodies: vendors' callbacks whose raw text is gone; what was read out of them stays.
        texts: notices whose text is gone; state, outcome, price and reason stay.
        replies: answers whose words and address are gone; their meaning stays.
        questions: what people asked whose words are gone; what it was about stays.
        codes: one-time links, sessions that had ended, and codes that were sent to numbers.
        photos: of sheets that came down from their boards; that they hung there stays.
        files: registers that waited for a confirmation that never came.
    """

    bodies: int = 0
    texts: int = 0
    replies: int = 0
    questions: int = 0
    codes: int = 0
    photos: int = 0
    files: int = 0


def purge(session: Session, *, settings: Settings, now: datetime) -> Purged:
    """Empty what is past its term; audited if there was anything. Safe to be repeated."""
    done = Purged(
        bodies=_bodies(session, now - timedelta(seconds=settings.body_kept_s)),
        texts=_texts(session, now - timedelta(seconds=settings.text_kept_s)),
        replies=_replies(session, now - timedelta(seconds=settings.text_kept_s)),
        questions=_questions(session, now - timedelta(seconds=settings.text_kept_s)),
        codes=_codes(session, now - timedelta(seconds=settings.code_kept_s)),
        photos=_photos(session, day_of(now - timedelta(seconds=settings.photo_kept_s))),
        files=_files(session, now - timedelta(seconds=settings.register_kept_s)),
    )
    if any(asdict(done).values()):
        about = ("database", "terms")
        audit.note(session, "privacy.purge", about=about, by="clockwork", now=now, **asdict(done))
    return done


def _bodies(session: Session, before: datetime) -> int:
    past = (col(Inbox.received_at) < before, col(Inbox.folded_at).is_not(None))
    return _count(
        session, update(Inbox).where(*past, col(Inbox.body_sealed) != b"").values(body_sealed=b"")
    )


def _texts(session: Session, before: datetime) -> int:
    """A notice is past when it was taken so long ago, or could have been at the latest."""
    late = select(Batch.id).where(col(Batch.latest_at) < before)
    over = or_(
        (col(Notice.state) == NoticeState.ACCEPTED) & (col(Notice.accepted_at) < before),
        col(Notice.state).in_([NoticeState.FAILED, NoticeState.WITHHELD])
        & col(Notice.batch_id).in_(late),
        (col(Notice.state) == NoticeState.UNSURE)
        & (col(Notice.left_to_staff_at) < before)
        & col(Notice.batch_id).in_(late),
    )
    past = update(Notice).where(over, col(Notice.text_sealed).is_not(None))
    return _count(session, past.values(text_sealed=None))


def _replies(session: Session, before: datetime) -> int:
    past = update(Reply).where(col(Reply.at) < before, col(Reply.text_sealed) != b"")
    return _count(session, past.values(text_sealed=b"", address_sealed=b"", settlement=None))


def _questions(session: Session, before: datetime) -> int:
    past = update(Question).where(col(Question.at) < before, col(Question.text_sealed) != b"")
    return _count(session, past.values(text_sealed=b"", remark=None))


def _codes(session: Session, before: datetime) -> int:
    links = delete(Invitation).where(
        or_(col(Invitation.until) < before, col(Invitation.used_at) < before)
    )
    sessions = delete(StaffSession).where(
        or_(col(StaffSession.ended_at) < before, col(StaffSession.since) < before)
    )
    sent = delete(ContactCode).where(col(ContactCode.at) < before)
    asked = delete(PublicCode).where(col(PublicCode.at) < before)
    looks = delete(PublicSession).where(col(PublicSession.since) < before)
    given = delete(BindingCode).where(col(BindingCode.at) < before)
    gone = (links, sessions, sent, asked, looks, given)
    return sum(_count(session, past) for past in gone)


def _photos(session: Session, before: date) -> int:
    down = select(Posting.id).where(col(Posting.taken_down_on) < before)
    return _count(session, delete(PostingPhoto).where(col(PostingPhoto.id).in_(down)))


def _files(session: Session, before: datetime) -> int:
    waiting = session.exec(
        select(RosterImport).where(
            col(RosterImport.state) == ImportState.CHECKED, col(RosterImport.at) < before
        )
    ).all()
    for one in waiting:
        drop(session, one)
    return len(waiting)


def _count(session: Session, change: Any) -> int:
    changed = session.connection().execute(change)
    return changed.rowcount
