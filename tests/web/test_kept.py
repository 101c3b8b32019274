"""A form that came too late is not lost, and never lent to another site."""

import re
from typing import Any

import pytest
from sqlmodel import col, select

from pusher.model.staff import AuditEntry, Role
from tests.sending.makers import make_person
from tests.web.browsing import HOST, PASSWORD, Browser, Console, token_of

REASON = "本人来电核对<登记>，地址有变"


def person(console: Console) -> str:
    with console.office() as (session, office):
        return f"/profiles/{make_person(session, office).id}"


def held(page: str) -> dict[str, str]:
    """The hidden fields of the page that keeps them."""
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', page))


def too_late(console: Console, browser: Browser, path: str, **more: Any) -> Any:
    token = browser.token_on(path)
    console.later(hours=9)
    fields = {"token": token, "reveal": REASON}
    return browser.client.post(
        f"{path}/reveal", data=fields, **{"headers": {"origin": HOST}, **more}
    )


def reveals(console: Console) -> int:
    with console.store.reading() as session:
        found = select(AuditEntry).where(col(AuditEntry.act) == "profile.reveal")
        return len(session.exec(found).all())


def test_an_expired_session_keeps_the_form_and_sends_it_after_signing_in(lite: Console) -> None:
    path, clerk = person(lite), lite.browser(Role.CLERK)

    late = too_late(lite, clerk, path)
    assert late.status_code == 403
    assert "登录已过期" in late.text
    assert "本人来电核对&lt;登记&gt;，地址有变" in late.text
    assert "token" not in held(late.text)
    assert reveals(lite) == 0

    again = lite.browser(Role.CLERK)
    ours = {"origin": HOST}
    asked = again.client.post(f"{path}/reveal", data={"reveal": REASON}, headers=ours)
    assert asked.status_code == 403
    assert "请再确认一次" in asked.text
    assert reveals(lite) == 0, "nothing is done unasked"
    done = again.client.post(
        f"{path}/reveal", data={"token": token_of(asked.text), "reveal": REASON}, headers=ours
    )
    assert done.status_code == 200
    assert reveals(lite) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.invalid"},
        {"origin": "null"},
        {"origin": HOST, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {},
    ],
)
def test_nobody_elses_form_is_offered_again(lite: Console, headers: dict[str, str]) -> None:
    path, clerk = person(lite), lite.browser(Role.CLERK)

    stale = clerk.client.post(f"{path}/reveal", data={"reveal": REASON}, headers=headers)
    late = too_late(lite, clerk, path, headers=headers)

    assert stale.status_code == 403
    assert late.status_code == 303
    for answer in (stale, late):
        assert "来电" not in answer.text
        assert not re.search(r'name="token"', answer.text)


def test_a_stranger_is_simply_sent_to_sign_in(lite: Console) -> None:
    path = person(lite)

    answer = lite.browser().client.post(
        f"{path}/reveal", data={"reveal": REASON}, headers={"origin": HOST}
    )

    assert answer.headers["location"] == "/sign-in"


def test_a_file_must_be_chosen_again_and_passwords_are_never_kept(lite: Console) -> None:
    clerk = lite.browser(Role.CLERK)
    token = clerk.token_on("/policies")
    lite.later(hours=9)
    ours = {"origin": HOST}
    file = {"file": ("通知.html", b"<p>text</p>", "text/html")}

    late = clerk.client.post("/policies", data={"token": token}, files=file, headers=ours)
    signing = clerk.client.post(
        "/sign-in", data={"login": "clerk", "password": PASSWORD}, headers=ours
    )

    assert late.status_code == 403
    assert "请回到原来的页面重新选择" in late.text
    assert signing.status_code == 403
    assert PASSWORD not in signing.text
