"""Before what nobody takes back, whoever sits at the browser shows anew who they are.

A session says who signed in this morning, not who sits there now (OWASP ASVS 5.0, 7.5.3). The
proof is the code from the telephone; roles without one give their password. It is of one session
and holds for ``Settings.proof_term_s``; signing in is the first.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from fastapi import Request

from pusher import audit, second_factor
from pusher import staff as accounts
from pusher.model.staff import Staff
from pusher.web.desk import Desk
from pusher.web.place import place_of
from pusher.web.sayings import say_wait
from pusher.web.session import SignedIn

FIELD: Final = "proof"
"""The field that a form comes back with; its value is never kept."""

NEEDED_FOR: Final[Mapping[tuple[str, str], str]] = {
    ("POST", "/batches/{batch_id}/approve"): "批准批次",
    ("POST", "/batches/{batch_id}/recipients"): "整页查看姓名和号码",
    ("POST", "/holds/{cause}/lift"): "解除停发",
    ("POST", "/staff"): "开通账号",
    ("POST", "/staff/{staff_id}/disable"): "停用账号",
    ("POST", "/staff/{staff_id}/reset"): "重置账号",
    ("POST", "/staff/{staff_id}/role"): "更改岗位",
    ("POST", "/profiles/{profile_id}/copy"): "下载个人信息副本",
    ("POST", "/profiles/{profile_id}/forget"): "删除个人信息",
}
"""Each form that needs it, and what it does. Whole lists leave by the command line alone, which
the machine's own sign-in guards."""


class Proof(StrEnum):
    """What somebody shows."""

    CODE = "code"
    """The code from their telephone."""
    PASSWORD = "password"  # noqa: S105  (a name, not one)
    """For roles that have no telephone enrolled."""
    NONE_YET = "none_yet"
    """Their role needs a telephone and none is enrolled: the next sign-in does that."""


class NotProved(Exception):
    """The proof is too old, missing or wrong; the form is kept and comes back with one.

    Attributes:
        doing: what the form does.
        proof: what is asked for.
        error: what was wrong with the one given, in Chinese; empty: none was.
        status: 403, or 429 where guessing has to wait.
    """

    def __init__(self, doing: str, proof: Proof, error: str = "", status: int = 403) -> None:
        super().__init__(doing)
        self.doing, self.proof, self.error, self.status = doing, proof, error, status


def check_proof(request: Request, desk: Desk, who: SignedIn, given: str | None) -> None:
    """Let pass what needs no proof, who proved themselves lately, or does so now by *given*.

    Raises:
        NotProved: none of these.
    """
    doing = NEEDED_FOR.get((request.method, request.scope["route"].path))
    if doing is None or not desk.settings.second_factor:
        return
    with desk.store.reading() as session:
        proved = accounts.proved_at(session, who.token)
        staff = session.get_one(Staff, who.id)
    if proved is not None and desk.now() - proved <= desk.settings.proof_term:
        return
    proof = _proof_of(staff)
    if given is None or proof is Proof.NONE_YET:
        raise NotProved(doing, proof)
    error, status = _trouble_with(request, desk, who, staff, given)
    if error:
        raise NotProved(doing, proof, error, status)


def _proof_of(staff: Staff) -> Proof:
    if staff.role not in second_factor.NEEDED_BY:
        return Proof.PASSWORD
    return Proof.CODE if second_factor.is_set_up(staff) else Proof.NONE_YET


def _trouble_with(
    request: Request, desk: Desk, who: SignedIn, staff: Staff, given: str
) -> tuple[str, int]:
    """What is wrong with the proof that was given, and the status; empty if it is right."""
    by_code = _proof_of(staff) is Proof.CODE
    # counted with the tries at the sign-in: no second supply of guesses
    tries = f"code {staff.id}" if by_code else staff.login
    place, now = place_of(request, desk.settings), desk.now()
    wait = desk.throttle.wait(tries, place, now=now)
    if wait is not None:
        return f"输错次数过多，请{say_wait(wait)}后再试。", 429
    right = _takes_code(desk, who, given) if by_code else _takes_password(desk, who, staff, given)
    if not right:
        desk.throttle.count(tries, place, now=now)
        if by_code:
            return "动态码不正确或已用过，请等手机上换了新的再输入。", 403
        return "密码不正确，请重新输入。", 403
    desk.throttle.forget(tries, place)
    return "", 200


def _takes_code(desk: Desk, who: SignedIn, code: str) -> bool:
    now = desk.now()
    with desk.store.writing() as session:
        staff = session.get_one(Staff, who.id)
        right = second_factor.passes(session, staff, code, clock=now - desk.settings.clock_ahead)
        if right:
            accounts.note_proof(session, who.token, now=now)
        else:
            about = ("staff", staff.id)
            audit.note(session, "staff.code_refused", about=about, by=staff.number, now=now)
    return right


def _takes_password(desk: Desk, who: SignedIn, staff: Staff, password: str) -> bool:
    now = desk.now()
    with desk.throttle.at_once, desk.store.reading() as session:
        right = accounts.check(session, staff.login, password, now=now) is not None
    with desk.store.writing() as session:
        if right:
            accounts.note_proof(session, who.token, now=now)
        else:
            about = ("staff", staff.id)
            audit.note(session, "staff.sign_in_refused", about=about, by=staff.number, now=now)
    return right
