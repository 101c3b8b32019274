"""智慧问答 for everybody: one box, an answer with the clauses it rests on, and what would decide.

Questions are posted, so that nothing anybody asks stands in an address. What an asker tells of
themselves is judged and forgotten; the question is kept, sealed and without numbers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session, col, select
from starlette.datastructures import FormData

from profiles.identity import without_numbers
from profiles.model import Office
from pusher.listening.answers.answer import answer
from pusher.listening.answers.ask import keep
from pusher.listening.answers.asking import BadFact
from pusher.listening.answers.sheet import Answer
from pusher.listening.answers.terms import is_fresh, refresh
from pusher.listening.questions import say_useful
from pusher.model.errors import NotFound
from pusher.model.policy import Policy, PolicyState
from pusher.model.standing import Standing, standing
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, typed
from pusher.web.gate import BEARERS, refuse_strangers
from pusher.web.layout import show_public
from pusher.web.place import place_of
from pusher.web.raw_body import PublicForm
from pusher.web.sayings import say_wait

router = APIRouter(prefix="/p/ask")
Anybody = Annotated[None, Depends(BEARERS)]
LONGEST = 200
"""Characters of a question."""
_EXAMPLES = 4
_ASKS = ("能得到什么", "什么条件能申请", "怎么办理", "什么时候截止")
"""What is asked most of one policy."""
_FACT = "fact-"
"""Before the code of a fact, in the name of its field."""


@router.get("")
def ask_page(request: Request, desk: DeskHere, _: Anybody) -> Response:
    """The box, with examples; of one policy where the address names it."""
    about = _id(request.query_params.get("policy", ""))
    return _show(desk, about=about)


@router.post("")
def ask(request: Request, desk: DeskHere, _: Anybody, form: PublicForm) -> Response:
    """Answer a question, or say that we cannot."""
    refuse_strangers(request, desk)
    about = _id(typed(form, "policy"))
    wait = desk.questions.take(place_of(request, desk.settings), now=desk.now())
    if wait is not None:
        error = f"问得有点快，请{say_wait(wait)}后再问，或拨打12345。"
        return _show(desk, about=about, status=429, errors={"question": error})
    fields = Fields(form)
    text = fields.text("question", "想问的问题", most=LONGEST)
    told = _told(form)
    try:
        given = _answer(desk, text, told, about) if fields.sound else None
    except BadFact as wrong:
        fields.errors["facts"] = str(wrong)
        given = _answer(desk, text, {}, about)
    number = _id(typed(form, "number"))
    if given is not None and number is None:
        number = _keep(desk, text, given)
    status = 422 if fields.errors else 200
    return _show(desk, about=about, status=status, errors=fields.errors, text=text, given=given,
                 told=told, number=number)  # fmt: skip


@router.post("/useful")
def useful(request: Request, desk: DeskHere, _: Anybody, form: PublicForm) -> Response:
    """Whether an answer was of use; said once."""
    refuse_strangers(request, desk)
    number, word = _id(typed(form, "number")), typed(form, "useful")
    if number is not None and word in ("yes", "no"):
        with desk.store.writing() as session:
            say_useful(session, number, word == "yes")
    return _show(desk, about=_id(typed(form, "policy")), thanked=True)


def _answer(desk: Desk, text: str, told: dict[str, str], about: UUID | None) -> Answer:
    """The answer; the index is brought up to date first, where somebody confirmed a policy."""
    with desk.store.reading() as session:
        fresh = is_fresh(session, _office(session).id)
    if not fresh:
        with desk.store.writing() as session:
            refresh(session, _office(session).id)
    with desk.store.reading() as session:
        day = desk.now().date()
        policy = _public(session, about, desk)
        at = policy.id if policy is not None else None
        return answer(session, _office(session), text, as_of=day, told=told, about=at)


def _keep(desk: Desk, text: str, given: Answer) -> UUID:
    with desk.store.writing() as session:
        return keep(session, _office(session), text, given, now=desk.now()).id


def _show(
    desk: Desk,
    *,
    about: UUID | None,
    status: int = 200,
    errors: dict[str, str] | None = None,
    text: str = "",
    given: Answer | None = None,
    told: dict[str, str] | None = None,
    number: UUID | None = None,
    thanked: bool = False,
) -> Response:
    with desk.store.reading() as session:
        office, policy = _office(session), _public(session, about, desk)
        examples = _ASKS if policy is not None else _examples(session, office, desk)
    return show_public(
        desk, "ask.html", status=status, office=office, policy=policy, examples=examples,
        errors=errors or {}, text=without_numbers(text)[:LONGEST], given=given, told=told or {},
        number=number, thanked=thanked, prefix=_FACT, longest=LONGEST,
    )  # fmt: skip


def _office(session: Session) -> Office:
    office = session.exec(select(Office)).first()
    if office is None:
        raise NotFound("尚未建立单位信息")
    return office


def _public(session: Session, about: UUID | None, desk: Desk) -> Policy | None:
    """The policy an address names, if everybody may read it."""
    policy = session.get(Policy, about) if about is not None else None
    if policy is None or policy.confirmed_at is None:
        return None
    return None if standing(policy, desk.now().date()) is Standing.INTERNAL else policy


def _examples(session: Session, office: Office, desk: Desk) -> tuple[str, ...]:
    """Questions on the policies that were confirmed last and that people may apply under."""
    newest = select(Policy).where(
        Policy.office_id == office.id, Policy.state == PolicyState.CONFIRMED
    )
    found = session.exec(newest.order_by(col(Policy.confirmed_at).desc()).limit(20))
    today = desk.now().date()
    open_now = [policy for policy in found if standing(policy, today) is Standing.OPEN]
    return tuple(f"{policy.short_title}怎么办理" for policy in open_now[:_EXAMPLES])


def _told(form: FormData) -> dict[str, str]:
    """What the asker filled in of themselves: code of a fact → as typed."""
    return {
        name.removeprefix(_FACT): value.strip()[:40]
        for name in dict.fromkeys(form.keys())
        if name.startswith(_FACT) and (value := typed(form, name)).strip()
    }


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) <= 36 else None
    except ValueError:
        return None
