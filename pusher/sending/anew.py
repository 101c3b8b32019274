"""Send anew what nobody could clear up: a draft batch of its own, for another person to approve.

The only way from unsure back to sending, and it takes two people: a clerk drafts, a reviewer
approves what the preview shows. The old notice stays unsure and is marked as replaced; should word
of it come before the new one leaves, the new one is withheld at the claim.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from profiles.columns import new_id
from profiles.links import WHY_PAGE, make_link_token
from profiles.rows import in_chunks
from profiles.sealing import sealer_of
from pusher.audit import note
from pusher.model.batch import Batch
from pusher.model.errors import IllegalMove, Overtaken
from pusher.model.notice import Notice, NoticeMatch, NoticeState
from pusher.model.policy import Policy
from pusher.sending.compose import times
from pusher.sending.drafting import TEXT


def draft_anew(
    session: Session, notices: Sequence[Notice], *, by: str, now: datetime, remark: str
) -> Batch:
    """Draft a batch that says the same to the same people once more. Audited.

    Args:
        session: of a writing store; the caller commits.
        notices: of one batch, all left to staff; not empty.
        by: staff number of who learned that they did not arrive.
        now: the moment of drafting.
        remark: how they know, at most 200 characters, without personal data.

    Returns:
        A draft, to be submitted and approved like any other.

    Raises:
        IllegalMove: one was not left to staff, or is being sent anew already.
        TooLate: the application ends before anything could be sent.
        Overtaken: a receipt or a colleague was faster.
    """
    old = session.get_one(Batch, notices[0].batch_id)
    ids = [one.id for one in notices]
    if any(one.batch_id != old.id for one in notices):
        raise ValueError("notices of several batches")
    _check(session, notices)
    batch = _batch_like(session, old, by=by, now=now)
    if sum(_replace(session, some, now=now) for some in in_chunks(ids)) != len(ids):
        raise Overtaken("其中有通知刚有了结果，请刷新页面")
    try:
        with session.begin_nested():
            _write(session, batch, notices)
    except IntegrityError:
        raise Overtaken("其中有通知刚由他人另发，请刷新页面") from None
    about = ("batch", batch.id)
    note(
        session, "batch.draft_anew", about=about, by=by, now=now,
        instead_of=str(old.id), notices=len(ids), remark=remark[:200],
    )  # fmt: skip
    return batch


def take_back(session: Session, batch_id: UUID) -> None:
    """Leave to staff again what a batch, cancelled or lapsed, was to replace."""
    never_sent = select(Notice.instead_of).where(
        Notice.batch_id == batch_id,
        Notice.state == NoticeState.WITHHELD,
        col(Notice.instead_of).is_not(None),
    )
    session.exec(
        update(Notice)
        .where(col(Notice.id).in_(never_sent))
        .values(replaced_at=None)
        .execution_options(synchronize_session=False)
    )


def doubtful_of(session: Session, batch: Batch) -> Sequence[Notice]:
    """What of *batch* is left to staff and not sent anew yet."""
    return session.exec(
        select(Notice)
        .where(
            Notice.batch_id == batch.id,
            Notice.state == NoticeState.UNSURE,
            col(Notice.left_to_staff_at).is_not(None),
            col(Notice.replaced_at).is_(None),
        )
        .order_by(col(Notice.id))
    ).all()


def _replace(session: Session, ids: Sequence[UUID], *, now: datetime) -> int:
    """Mark them as replaced, if they still are as they were seen; return how many were."""
    return session.exec(
        update(Notice)
        .where(
            col(Notice.id).in_(ids),
            col(Notice.state) == NoticeState.UNSURE,
            col(Notice.left_to_staff_at).is_not(None),
        )
        .values(replaced_at=now)
        .execution_options(synchronize_session=False)
    ).rowcount


def _check(session: Session, notices: Sequence[Notice]) -> None:
    for one in notices:
        if one.state is not NoticeState.UNSURE or one.left_to_staff_at is None:
            raise IllegalMove("这条通知不在“待人工核实”之列；系统仍在核对，或已有结果")
    for some in in_chunks([one.id for one in notices]):
        again = select(Notice.id).where(
            col(Notice.instead_of).in_(some),
            col(Notice.state).not_in((NoticeState.WITHHELD, NoticeState.FAILED)),
        )
        if session.exec(again.limit(1)).first() is not None:
            raise IllegalMove("这条通知已另发，不能再发第三遍")


def _batch_like(session: Session, old: Batch, *, by: str, now: datetime) -> Batch:
    policy = session.get_one(Policy, old.policy_id)
    first, latest = times(session, policy, send_after=None, now=now)
    batch = Batch(
        office_id=old.office_id,
        policy_id=old.policy_id,
        run_id=old.run_id,
        kind=old.kind,
        include=old.include,
        channels=old.channels,
        send_after=first,
        latest_at=latest,
        drafted_by=by,
        drafted_at=now,
    )
    session.add(batch)
    session.flush()
    return batch


def _write(session: Session, batch: Batch, notices: Sequence[Notice]) -> None:
    anew = {one.id: _copy(session, batch, one) for one in notices}
    session.add_all(anew.values())
    session.flush()
    for some in in_chunks(anew):
        links = session.exec(select(NoticeMatch).where(col(NoticeMatch.notice_id).in_(some)))
        session.add_all(
            [NoticeMatch(notice_id=anew[k.notice_id].id, match_id=k.match_id) for k in links.all()]
        )
    session.flush()


def _copy(session: Session, batch: Batch, old: Notice) -> Notice:
    row = new_id()
    return Notice(
        id=row,
        batch_id=batch.id,
        policy_id=old.policy_id,
        kind=old.kind,
        profile_id=old.profile_id,
        basis=old.basis,
        channel=old.channel,
        contact_id=old.contact_id,
        address_index=old.address_index,
        wording=old.wording,
        text_sealed=_sealed_anew(session, old, row),
        text_sha256=old.text_sha256,
        segments=old.segments,
        price=old.price,
        instead_of=old.id,
    )


def _sealed_anew(session: Session, old: Notice, row: UUID) -> bytes:
    """The same words under the new row's seal; a link of its own where the channel has one."""
    if old.text_sealed is None:
        raise TypeError("the database keeps notices that were handed over with their text")
    sealer = sealer_of(session)
    book = json.loads(sealer.open(old.text_sealed, place=TEXT, row=old.id))
    if book["url"]:
        page, _, _ = book["url"].rpartition("/")
        book["url"] = f"{page}/{make_link_token(sealer, WHY_PAGE, row)}"
    text = json.dumps(book, ensure_ascii=False, sort_keys=True)
    return sealer.seal_text(text, place=TEXT, row=row)
