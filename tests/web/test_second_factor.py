"""Reviewers and admins give a code from their telephone besides the password."""

import re
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlmodel import col, select

from profiles.sealing import sealer_of
from pusher import second_factor
from pusher import staff as accounts
from pusher.model.staff import AuditEntry, Role, Staff
from pusher.web.throttle import MOST_FROM_ONE_PLACE
from tests.web.browsing import PASSWORD, Browser, Console
from tests.web.test_sign_in import with_password


def begin(console: Console, role: Role = Role.REVIEWER) -> Browser:
    """A browser in which the password was given; the code is still owed."""
    with console.store.writing() as session:
        staff = session.get_one(Staff, console.staff[role].id)
        token = accounts.open_half_session(session, staff, now=console.now)
    browser = console.browser()
    browser.client.cookies.set("pusher_session", token, domain="testserver.local")
    return browser


def secret_on(browser: Browser) -> str:
    """The secret that the page offers for typing."""
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", browser.get("/code").text)
    assert found, "no secret is offered"
    return found[1].replace(" ", "")


def code_at(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).at(moment)


def enrolled(console: Console, role: Role = Role.REVIEWER) -> str:
    """The secret of somebody who signed in with a code once."""
    browser = begin(console, role)
    secret = secret_on(browser)
    answer = browser.post("/code", {"code": code_at(secret, console.now)}, page="/code")
    assert answer.status_code == 303
    console.later(minutes=1)
    return secret


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN])
def test_the_first_sign_in_sets_up_the_telephone(console: Console, role: Role) -> None:
    browser = begin(console, role)
    page = browser.get("/code").text
    half = browser.client.cookies["pusher_session"]

    assert re.search(r'<svg width="\d+mm" height="\d+mm" viewBox=', page), (
        "it shrinks and is not cut"
    )
    assert "<img" not in page.split("<main")[1]
    code = code_at(secret_on(browser), console.now)
    entered = browser.post("/code", {"code": code, "next": "/"}, page="/code")

    assert entered.headers["location"] == "/"
    assert browser.get("/").status_code == 200
    assert browser.client.cookies["pusher_session"] != half
    with console.store.reading() as session:
        staff = session.get_one(Staff, console.staff[role].id)
        kept = staff.totp_sealed or b""
        acts = session.exec(select(AuditEntry.act).order_by(col(AuditEntry.number))).all()
    assert secret_on_paper(console, staff) not in kept.decode("latin-1")
    assert acts[-2:] == ["staff.second_factor", "staff.sign_in"]


def secret_on_paper(console: Console, staff: Staff) -> str:
    with console.store.reading() as session:
        return sealer_of(session).open_text(
            staff.totp_sealed or b"", place=second_factor.PLACE, row=staff.id
        )


def test_from_then_on_each_sign_in_asks_for_a_fresh_code(console: Console) -> None:
    secret = enrolled(console)
    browser = begin(console)
    assert "手机丢失或更换" in browser.get("/code").text

    code = code_at(secret, console.now)
    assert browser.post("/code", {"code": code}, page="/code").status_code == 303
    assert browser.get("/").status_code == 200

    again = begin(console)
    refused = again.post("/code", {"code": code}, page="/code")
    assert refused.status_code == 403
    assert "已用过" in refused.text


@pytest.mark.parametrize(("early", "passes"), [(-30, True), (30, True), (-90, False), (90, False)])
def test_a_telephone_may_be_half_a_minute_off(lite: Console, early: int, passes: bool) -> None:
    secret = enrolled(lite)
    browser = begin(lite)

    code = code_at(secret, lite.now + timedelta(seconds=early))

    answer = browser.post("/code", {"code": code}, page="/code")
    assert (answer.status_code == 303) is passes


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "0000000", "-12345"])
def test_what_is_no_code_is_refused_like_a_wrong_one(lite: Console, code: str) -> None:
    enrolled(lite)

    answer = begin(lite).post("/code", {"code": code}, page="/code")

    assert answer.status_code == 403


def test_a_password_alone_opens_no_page(lite: Console) -> None:
    enrolled(lite, Role.ADMIN)
    browser = begin(lite, Role.ADMIN)

    for path in ("/", "/staff", "/policies"):
        assert browser.get(path).headers["location"].startswith("/sign-in")
    form = {"login": "neu", "name": "样例", "number": "7001", "role": "admin"}
    assert browser.post("/staff", form, page="/code").status_code in (303, 403)
    with lite.store.reading() as session:
        assert accounts.with_login(session, "neu") is None


def test_the_code_must_follow_the_password_within_ten_minutes(lite: Console) -> None:
    secret = enrolled(lite)
    browser = begin(lite)
    token = browser.token_on("/code")

    lite.later(minutes=11)
    late = browser.post("/code", {"code": code_at(secret, lite.now), "token": token}, page="/code")

    assert late.headers["location"] == "/sign-in"
    assert browser.get("/code").headers["location"] == "/sign-in"


def test_guessing_codes_has_to_wait(console: Console) -> None:
    secret = enrolled(console)
    browser = begin(console)
    for _ in range(MOST_FROM_ONE_PLACE):
        assert browser.post("/code", {"code": "000000"}, page="/code").status_code == 403

    right = browser.post("/code", {"code": code_at(secret, console.now)}, page="/code")

    assert right.status_code == 429
    with console.store.reading() as session:
        acts = session.exec(select(AuditEntry.act)).all()
    assert acts.count("staff.code_refused") == MOST_FROM_ONE_PLACE


def test_an_admin_resets_a_lost_telephone(console: Console) -> None:
    old = enrolled(console)
    with console.store.writing() as session:
        staff = session.get_one(Staff, console.staff[Role.REVIEWER].id)
        accounts.reset(session, staff, by="0001", now=console.now)

    browser = begin(console)

    assert secret_on(browser) != old


def test_after_the_password_the_code_is_asked_for_where_the_role_needs_it(lite: Console) -> None:
    onward = {}
    for role in (Role.REVIEWER, Role.AUDITOR):
        fields = {"login": with_password(lite, role), "password": PASSWORD}
        answer = lite.browser().post("/sign-in", fields, page="/sign-in")
        onward[role] = answer.headers["location"]

    assert onward == {Role.REVIEWER: "/code?next=/", Role.AUDITOR: "/"}
    assert {Role.REVIEWER, Role.ADMIN} == second_factor.NEEDED_BY


def test_a_rehearsal_may_leave_the_codes_out_and_every_page_says_so(lite: Console) -> None:
    login = with_password(lite, Role.REVIEWER)
    assert "动态码已关闭" not in lite.browser().get("/sign-in").text
    rehearsal = lite.with_settings(second_factor=False)
    browser = rehearsal.browser()

    browser.post("/sign-in", {"login": login, "password": PASSWORD}, page="/sign-in")

    assert "动态码已关闭" in browser.get("/").text
    assert "动态码已关闭" in rehearsal.browser().get("/sign-in").text


def test_a_code_is_spent_by_whoever_is_first(console: Console) -> None:
    secret = enrolled(console)
    with console.store.reading() as session:
        staff = session.get_one(Staff, console.staff[Role.REVIEWER].id)
    code = code_at(secret, console.now)

    with console.store.writing() as session:
        first = second_factor.passes(session, staff, code, clock=console.now)
        second = second_factor.passes(session, staff, code, clock=console.now)

    assert (first, second) == (True, False)
