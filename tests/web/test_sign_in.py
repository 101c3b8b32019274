"""Signing in and out over HTTP, and the one-time link."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from pusher import staff as accounts
from pusher.model.staff import AuditEntry, Role, Staff, StaffSession
from pusher.web.throttle import MOST_FROM_ANYWHERE, MOST_FROM_ONE_PLACE, WINDOW, Throttle
from tests.makers import NOW
from tests.web.browsing import HOST, PASSWORD, Browser, Console, token_of


def invite(console: Console, role: Role = Role.CLERK) -> str:
    with console.store.writing() as session:
        staff = session.get_one(Staff, console.staff[role].id)
        return accounts.reset(session, staff, by="0001", now=console.now)


def with_password(console: Console, role: Role = Role.CLERK) -> str:
    """Set the password of a member of staff; returns their login."""
    token = invite(console, role)
    with console.store.writing() as session:
        return accounts.set_password(session, token, PASSWORD, now=console.now).login


def sign_in(browser: Browser, login: str, password: str = PASSWORD, **more: str) -> object:
    fields = {"login": login, "password": password, **more}
    return browser.post("/sign-in", fields, page="/sign-in")


def test_the_way_in_and_out(console: Console) -> None:
    login = with_password(console)
    browser = console.browser()
    assert browser.get("/").headers["location"] == "/sign-in"

    entered = browser.post("/sign-in", {"login": login, "password": PASSWORD}, page="/sign-in")
    assert entered.status_code == 303
    assert browser.get("/").status_code == 200
    before = browser.client.cookies["pusher_session"]

    assert browser.post("/sign-out").status_code == 303
    assert browser.get("/").headers["location"] == "/sign-in"
    browser.client.cookies.set("pusher_session", before)
    assert browser.get("/").headers["location"] == "/sign-in"


def test_the_session_cookie_is_for_the_server_alone(lite: Console) -> None:
    login = with_password(lite)

    entered = lite.browser().post(
        "/sign-in", {"login": login, "password": PASSWORD}, page="/sign-in"
    )

    cookies = entered.headers.get_list("set-cookie")
    session = next(line for line in cookies if line.startswith("pusher_session="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "Secure" not in session


def test_over_https_the_cookie_is_kept_to_it(lite: Console) -> None:
    login = with_password(lite)
    console = lite.with_settings(public_url="https://testserver")
    browser = console.browser()
    browser.client.base_url = "https://testserver"

    door = browser.get("/sign-in")
    entered = browser.client.post(
        "/sign-in",
        data={"login": login, "password": PASSWORD, "token": token_of(door.text)},
        headers={"origin": "https://testserver"},
    )
    refused = browser.client.post("/sign-out", headers={"origin": "https://testserver"})

    cookies = [c for page in (door, entered, refused) for c in page.headers.get_list("set-cookie")]
    assert {c.split("=", 1)[0] for c in cookies} >= {
        "__Host-pusher_visitor",
        "__Host-pusher_session",
    }
    assert all(c.startswith("__Host-") and "Secure" in c for c in cookies)
    assert "max-age=31536000" in entered.headers["strict-transport-security"]


def test_only_the_hash_of_a_session_is_kept(console: Console) -> None:
    browser = console.browser(Role.CLERK)

    with console.store.reading() as session:
        kept = session.exec(select(StaffSession.token_sha256)).all()
    assert browser.client.cookies["pusher_session"] not in kept


def test_an_unknown_login_gets_the_same_answer_as_a_wrong_password(lite: Console) -> None:
    login = with_password(lite)

    answers = []
    for name in (login, "nobody"):
        response = lite.browser().post(
            "/sign-in", {"login": name, "password": "不对的密码不对的密码"}, page="/sign-in"
        )
        page = response.text.replace(name, "LOGIN").replace(token_of(response.text), "TOKEN")
        answers.append((response.status_code, page))
    assert answers[0] == answers[1]
    assert "登录名或密码不正确" in answers[0][1]


def test_guessing_has_to_wait_and_nothing_stays_locked(lite: Console) -> None:
    login = with_password(lite)
    browser = lite.browser()
    wrong = {"login": login, "password": "不对的密码不对的密码"}
    for _ in range(MOST_FROM_ONE_PLACE):
        assert browser.post("/sign-in", wrong, page="/sign-in").status_code == 403

    right = {"login": login, "password": PASSWORD}
    held = browser.post("/sign-in", right, page="/sign-in")
    assert held.status_code == 429
    assert "分钟后再试" in held.text

    lite.later(seconds=WINDOW.total_seconds())
    assert browser.post("/sign-in", right, page="/sign-in").status_code == 303


def test_refusals_are_audited_without_what_was_typed(console: Console) -> None:
    browser = console.browser()

    browser.post("/sign-in", {"login": "19900000001", "password": "x"}, page="/sign-in")

    with console.store.reading() as session:
        entry = session.exec(
            select(AuditEntry).where(col(AuditEntry.act) == "staff.sign_in_refused")
        ).one()
    assert entry.about == "staff:unknown"
    assert "19900000001" not in str(entry.detail)


@pytest.mark.parametrize(
    ("onward", "lands"),
    [
        ("/batches", "/batches"),
        ("", "/"),
        ("https://elsewhere.invalid", "/"),
        ("//elsewhere.invalid", "/"),
        ("/\\elsewhere.invalid", "/"),
        ("/\nx", "/"),
    ],
)
def test_the_way_on_stays_in_the_house(lite: Console, onward: str, lands: str) -> None:
    login = with_password(lite)

    entered = lite.browser().post(
        "/sign-in", {"login": login, "password": PASSWORD, "next": onward}, page="/sign-in"
    )

    assert entered.headers["location"] == lands


def test_a_page_is_come_back_to_after_signing_in(lite: Console) -> None:
    assert lite.browser().get("/batches").headers["location"] == "/sign-in?next=/batches"


def test_an_idle_browser_must_sign_in_again(console: Console) -> None:
    browser = console.browser(Role.CLERK)
    console.later(minutes=25)
    assert browser.get("/").status_code == 200
    console.later(minutes=25)
    assert browser.get("/").status_code == 200

    console.later(minutes=31)
    assert browser.get("/").status_code == 303


def test_the_invitation_link_works_once(console: Console) -> None:
    path = f"/invite/{invite(console)}"
    browser = console.browser()
    for _ in range(2):
        assert browser.get(path).status_code == 200

    short = browser.post(path, {"password": "短", "again": "短"}, page=path)
    assert short.status_code == 422
    assert "至少12个字符" in short.text
    differing = browser.post(path, {"password": PASSWORD, "again": PASSWORD + "。"}, page=path)
    assert differing.status_code == 422
    assert "两次输入的密码不一样" in differing.text
    assert PASSWORD not in differing.text

    done = browser.post(path, {"password": PASSWORD, "again": PASSWORD}, page=path)
    assert done.headers["location"] == "/sign-in"
    assert browser.get(path).status_code == 410


def test_a_wrong_invitation_is_told_so(lite: Console) -> None:
    response = lite.browser().get("/invite/xyz")

    assert response.status_code == 410
    assert "链接无效" in response.text


def test_a_disabled_account_is_out_at_once(console: Console) -> None:
    browser = console.browser(Role.CLERK)
    admin = console.browser(Role.ADMIN)

    clerk = console.staff[Role.CLERK].id
    assert admin.post(f"/staff/{clerk}/disable", page="/staff").status_code == 303

    assert browser.get("/").status_code == 303


def test_the_throttle_sees_a_guesser_who_changes_places() -> None:
    throttle = Throttle()
    for n in range(MOST_FROM_ANYWHERE):
        assert throttle.wait("li", f"10.0.0.{n}", now=NOW) is None
        throttle.count("li", f"10.0.0.{n}", now=NOW)

    wait = throttle.wait("li", "10.0.1.1", now=NOW)

    assert wait is not None
    assert timedelta() < wait <= WINDOW
    assert throttle.wait("wang", "10.0.1.1", now=NOW) is None
    assert throttle.wait("li", "10.0.1.1", now=NOW + WINDOW) is None


def test_the_sign_in_form_of_another_site_is_refused(lite: Console) -> None:
    login = with_password(lite)
    browser = lite.browser()
    fields = {"login": login, "password": PASSWORD}

    stolen = browser.post(
        "/sign-in", fields, page="/sign-in", headers={"origin": "https://elsewhere.invalid"}
    )
    bare = browser.client.post("/sign-in", data=fields, headers={"origin": HOST})

    assert stolen.status_code == 403
    assert bare.status_code == 403
    assert "pusher_session" not in browser.client.cookies
