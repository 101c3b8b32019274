"""What a recipient says of a notice: by its link, or on their own page."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from profiles.links import WHY_PAGE, read_link_token
from profiles.model import Office
from profiles.sealing import sealer_of
from pusher.listening.feedback import LONGEST, give
from pusher.model.errors import NotFound
from pusher.model.notice import Notice
from pusher.model.policy import Policy
from pusher.model.question import Feedback
from pusher.web.desk import DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import BEARERS, refuse_strangers
from pusher.web.layout import show_public
from pusher.web.raw_body import PublicForm

router = APIRouter(prefix="/p")
Anybody = Annotated[None, Depends(BEARERS)]
THANKS: Final = {
    Feedback.USEFUL: "谢谢，记下了。",
    Feedback.USELESS: "谢谢，记下了，我们会改进。",
    Feedback.NOT_MINE: "记下了，工作人员会核对为什么发给了您。",
    Feedback.QUESTION: "记下了，工作人员会答复。急事请打电话。",
}


@router.post("/why/{word}/feedback")
def feedback(word: str, request: Request, desk: DeskHere, form: PublicForm, _: Anybody) -> Response:
    """Keep what whoever holds the link of a notice says of it."""
    refuse_strangers(request, desk)
    fields = Fields(form)
    said, words = read_feedback(fields)
    with desk.store.reading() as session:
        row = read_link_token(sealer_of(session), WHY_PAGE, word)
        notice = session.get(Notice, row) if row else None
        if notice is None:
            raise NotFound("链接无效")
        office = session.get_one(Office, session.get_one(Policy, notice.policy_id).office_id)
    if fields.sound:
        with desk.store.writing() as session:
            give(session, notice, said, words=words, by="public", now=desk.now())
    return show_public(
        desk, "feedback.html", status=200 if fields.sound else 422,
        office=office, word=word, fields=fields, thanks=THANKS[said] if fields.sound else "",
    )  # fmt: skip


def read_feedback(fields: Fields) -> tuple[Feedback, str]:
    """What a form says; a question needs words."""
    said = fields.choice("feedback", "您的看法", Feedback)
    asks = said is Feedback.QUESTION and "feedback" not in fields.errors
    return said, fields.text("words", "想问的", most=LONGEST, needed=asks)


def find_own_notice(session: Session, profile_id: UUID, typed: str) -> Notice:
    """A notice that came to this person.

    Raises:
        NotFound: none of theirs.
    """
    try:
        notice = session.get(Notice, UUID(typed))
    except ValueError:
        notice = None
    if notice is None or notice.profile_id != profile_id:
        raise NotFound("没有这条通知")
    return notice
