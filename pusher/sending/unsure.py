"""What staff do with a notice that no gateway could clear up."""

from datetime import datetime

from sqlmodel import Session, col, update

from pusher.audit import note
from pusher.model.errors import IllegalMove, Overtaken
from pusher.model.notice import Notice, NoticeState


def settle_unsure(
    session: Session, notice: Notice, *, arrived: bool, by: str, now: datetime, remark: str
) -> None:
    """Write down what staff learned of a notice that was left to them. Audited.

    It is never sent again itself: who knows that it never arrived drafts another in its place
    (`pusher.sending.anew`), which a second person approves.

    Args:
        arrived: they learned that it did: the notice counts as accepted. Otherwise it stays
            unsure, and what they learned stands in the audit.
        by: staff number.
        remark: how they know, at most 200 characters, without personal data.

    Raises:
        IllegalMove: it was not left to staff; a gateway may still clear it up.
        Overtaken: a receipt or a colleague was faster.
    """
    if notice.state is not NoticeState.UNSURE or notice.left_to_staff_at is None:
        raise IllegalMove("这条通知不在“待人工核实”之列；系统仍在核对，或已有结果")
    to: dict[str, object] = {"left_to_staff_at": now}
    if arrived:
        to = {"state": NoticeState.ACCEPTED, "accepted_at": now, "left_to_staff_at": None}
    moved = session.exec(
        update(Notice)
        .where(
            col(Notice.id) == notice.id,
            col(Notice.state) == NoticeState.UNSURE,
            col(Notice.left_to_staff_at).is_not(None),
        )
        .values(**to)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise Overtaken("这条通知刚有了结果，请刷新页面")
    note(
        session,
        "notice.settle_unsure",
        about=("notice", notice.id),
        by=by,
        now=now,
        arrived=arrived,
        remark=remark[:200],
    )
    session.refresh(notice)
