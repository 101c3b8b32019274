"""12345 worksheets come in as questions: each once, sealed, tied to the policy it is about."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, func, select, update

from profiles.model import Office
from profiles.roster_lines import Rejected
from profiles.rows import in_chunks
from profiles.turns import sort_in_turn
from pusher.audit import note
from pusher.listening.hotline_sheet import Call, read_calls
from pusher.listening.nearest import Keywords, Near, Nearest
from pusher.listening.questions import record
from pusher.listening.unnamed import unnamed
from pusher.model.errors import IllegalMove, NotFound, Overtaken
from pusher.model.hotline import HotlineCall, HotlineImport, QuestionTie
from pusher.model.policy import Policy
from pusher.model.question import Question, QuestionSource
from pusher.model.topic import TopicQuestion

MOST_KEPT = 1_000
"""Cells left out that are kept with an import; a report of more helps nobody."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of the hotline as it comes in at a door.

    Attributes:
        content: XLSX, or CSV as registers come.
        name: of the file.
        keywords: of the tags, for what people call otherwise than the policies do.
        by: staff number.
        now: when; no worksheet is younger.
    """

    content: bytes
    name: str
    office: Office
    keywords: Keywords
    by: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet came to.

    Attributes:
        added: worksheets that are new.
        known: that came before, whether in this file or an earlier one.
        answered: of the known ones, those that are answered since.
        tied: of the new ones, those that stand with a policy.
        rejected: cells and rows left out.
        import_id: None for a dry run.
    """

    added: int
    known: int
    answered: int
    tied: int
    rejected: Sequence[Rejected]
    import_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """A sheet that was read and tied, and is not written yet.

    Attributes:
        near: worksheet number → the policy it is about; none where nothing speaks for one.
    """

    sheet: Sheet
    calls: Sequence[Call]
    rejected: Sequence[Rejected]
    near: Mapping[str, Near]


def work_out(session: Session, sheet: Sheet) -> Worked:
    """Read and tie a sheet; nothing is written, so that nobody has to wait meanwhile.

    Raises:
        BadRoster: it is no sheet of the hotline.
    """
    calls, rejected = read_calls(sheet.content, now=sheet.now)
    nearest = Nearest.of(session, sheet.office.id, sheet.keywords)
    near = {call.number: found for call in calls if (found := nearest.to(call.text))}
    return Worked(sheet, calls, rejected, near)


def look(session: Session, worked: Worked) -> Taken:
    """Say what taking in would come to; nothing is written."""
    standing = _standing(session, worked)
    fresh = [call for call in worked.calls if call.number not in standing]
    answered = [c for c in worked.calls if c.answered and standing.get(c.number) is False]
    return Taken(
        len(fresh),
        len(worked.calls) - len(fresh),
        len(answered),
        sum(call.number in worked.near for call in fresh),
        worked.rejected,
    )


def take_in(session: Session, worked: Worked) -> Taken:
    """Keep what is new of a sheet, all or nothing. The caller commits.

    A worksheet that came before is known by its number; of it only that it is answered since is
    taken over. Numbers, names and doors in the texts are masked before they are sealed.
    """
    sort_in_turn(session)  # the same sheet, handed in twice at this moment, is one
    sheet, found = worked.sheet, look(session, worked)
    kept = HotlineImport(
        office_id=sheet.office.id,
        file_name=sheet.name[-120:],
        file_sha256=hashlib.sha256(sheet.content).hexdigest(),
        by=sheet.by,
        at=sheet.now,
        added=found.added,
        known=found.known,
        answered=found.answered,
        rejected=[asdict(one) for one in worked.rejected[:MOST_KEPT]],
    )
    session.add(kept)
    session.flush()
    standing = _standing(session, worked)
    for call in worked.calls:
        if call.number not in standing:
            _keep(session, worked, call, kept.id)
        elif call.answered and not standing[call.number]:
            _answer(session, sheet.office.id, call.number)
    note(
        session, "hotline.import", about=("import", kept.id), by=sheet.by, now=sheet.now,
        added=found.added, unchanged=found.known, file_sha256=kept.file_sha256,
    )  # fmt: skip
    return Taken(
        found.added, found.known, found.answered, found.tied, worked.rejected, import_id=kept.id
    )


def undo(session: Session, kept: HotlineImport, *, by: str, now: datetime) -> tuple[int, int]:
    """Take an import back: its worksheets go, but those that staff have handled since.

    Returns:
        How many went, and how many stay.

    Raises:
        IllegalMove: it is undone already. Overtaken: somebody was faster.
    """
    if kept.undone_at is not None:
        raise IllegalMove("这次导入已经撤销")
    moved = session.exec(
        update(HotlineImport)
        .where(col(HotlineImport.id) == kept.id, col(HotlineImport.undone_at).is_(None))
        .values(undone_at=now, undone_by=by)
    )
    if moved.rowcount != 1:
        raise Overtaken("这次导入刚被同事撤销，请刷新页面")
    ours = select(HotlineCall.question_id).where(HotlineCall.import_id == kept.id)
    handled = session.exec(
        select(Question.id).where(col(Question.id).in_(ours), col(Question.handled_at).is_not(None))
    ).all()
    gone = [row for row in session.exec(ours) if row not in set(handled)]
    forget_questions(session, gone)
    session.refresh(kept)
    about = ("import", kept.id)
    note(session, "hotline.undo", about=about, by=by, now=now, removed=len(gone))
    return len(gone), len(handled)


def forget_questions(session: Session, rows: Sequence[UUID]) -> None:
    """Delete questions and what hangs on them. The caller commits."""
    for chunk in in_chunks(rows):
        session.exec(delete(TopicQuestion).where(col(TopicQuestion.question_id).in_(chunk)))
        session.exec(delete(QuestionTie).where(col(QuestionTie.question_id).in_(chunk)))
        session.exec(delete(HotlineCall).where(col(HotlineCall.question_id).in_(chunk)))
        session.exec(delete(Question).where(col(Question.id).in_(chunk)))


def tie(
    session: Session, question: Question, policy: Policy | None, *, by: str, now: datetime
) -> None:
    """Say which policy *question* is about, whatever its words say. The caller commits.

    Args:
        policy: None: none of ours.
    """
    question.policy_id = policy.id if policy else None
    standing = session.get(QuestionTie, question.id)
    if standing is None:
        standing = QuestionTie(question_id=question.id, score=1, words=[], at=now)
    standing.score, standing.words, standing.by, standing.at = 1, [], by, now
    session.add(question)
    session.add(standing)
    session.flush()
    note(
        session, "question.tie", about=("question", question.id), by=by, now=now,
        policy=str(question.policy_id or ""),
    )  # fmt: skip


def imports_of(session: Session, office_id: UUID, *, limit: int = 50) -> list[HotlineImport]:
    """The imports of an office, the newest first."""
    return list(
        session.exec(
            select(HotlineImport)
            .where(HotlineImport.office_id == office_id)
            .order_by(col(HotlineImport.at).desc(), col(HotlineImport.id).desc())
            .limit(limit)
        )
    )


def find_import(session: Session, office_id: UUID, row: UUID) -> HotlineImport:
    """An import of this office.

    Raises:
        NotFound: none.
    """
    kept = session.get(HotlineImport, row)
    if kept is None or kept.office_id != office_id:
        raise NotFound("没有这次导入")
    return kept


def tied_of(session: Session, kept: HotlineImport) -> int:
    """How many worksheets of an import stand with a policy now."""
    return session.exec(
        select(func.count())
        .select_from(HotlineCall)
        .join(Question, col(Question.id) == HotlineCall.question_id)
        .where(HotlineCall.import_id == kept.id, col(Question.policy_id).is_not(None))
    ).one()


def _standing(session: Session, worked: Worked) -> dict[str, bool]:
    """Number → whether it is answered, of worksheets that came before."""
    found: dict[str, bool] = {}
    for chunk in in_chunks([call.number for call in worked.calls]):
        rows = session.exec(
            select(Question.external_number, Question.answered).where(
                Question.office_id == worked.sheet.office.id,
                Question.source == QuestionSource.HOTLINE,
                col(Question.external_number).in_(chunk),
            )
        )
        found.update({str(number): answered for number, answered in rows})
    return found


def _keep(session: Session, worked: Worked, call: Call, import_id: UUID) -> None:
    near = worked.near.get(call.number)
    question = record(
        session,
        office_id=worked.sheet.office.id,
        source=QuestionSource.HOTLINE,
        text=unnamed(call.text),
        at=call.at,
        external_number=call.number,
        policy_id=near.policy_id if near else None,
        answered=call.answered,
    )
    session.add(
        HotlineCall(
            question_id=question.id, import_id=import_id, category=call.category, area=call.area
        )
    )
    if near is not None:
        session.add(
            QuestionTie(
                question_id=question.id, score=near.score, words=list(near.words),
                at=worked.sheet.now,
            )
        )  # fmt: skip


def _answer(session: Session, office_id: UUID, number: str) -> None:
    session.exec(
        update(Question)
        .where(
            col(Question.office_id) == office_id,
            col(Question.source) == QuestionSource.HOTLINE,
            col(Question.external_number) == number,
        )
        .values(answered=True)
    )
