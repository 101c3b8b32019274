"""Who may pass: every route stands in the table, and what is not in it does not exist."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from profiles.model import Office
from pusher.model.all import METADATA
from pusher.model.staff import Role
from pusher.web.gate import (
    BEARERS,
    VISITORS,
    Gate,
    Programs,
    Unguarded,
    check_gates,
    gate_of,
)
from pusher.web.outside import LARGEST_FORM
from tests.makers import make_policy, make_staff
from tests.sending.makers import drafted_for, make_person
from tests.web.browsing import HOST, Browser, Console
from tests.web.routes import (
    BEFORE_SIGN_IN,
    BY_ADDRESS,
    BY_TOKEN,
    STAFF,
    address,
    all_routes,
    an_office_at_work,
)


def knock(browser: Browser, method: str, path: str, **more: Any) -> int:
    if method == "GET":
        return browser.get(address(path)).status_code
    return browser.post(address(path), {}, **more).status_code


def test_every_route_stands_in_the_table(lite: Console) -> None:
    assert set(all_routes(lite)) == set(STAFF) | BEFORE_SIGN_IN | BY_ADDRESS | BY_TOKEN


def test_every_gate_is_the_one_in_the_table(lite: Console) -> None:
    for key, route in all_routes(lite).items():
        gate = gate_of(route)
        if key in STAFF:
            assert isinstance(gate, Gate), key
            assert gate.roles == STAFF[key], key
        elif key in BY_TOKEN:
            assert isinstance(gate, Programs), key
        else:
            assert gate is (VISITORS if key in BEFORE_SIGN_IN else BEARERS), key


@pytest.mark.parametrize("role", list(Role))
def test_a_role_passes_where_the_table_says_and_nowhere_else(lite: Console, role: Role) -> None:
    browser = lite.browser(role)
    for (method, path), roles in STAFF.items():
        if path == "/sign-out":
            continue
        status = knock(browser, method, path)
        # a stranger's id or an empty form is answered only after the gate
        expected = {200, 303, 404, 422} if role in roles else {403}
        assert status in expected, (method, path, status)


def test_without_a_session_everything_leads_to_the_sign_in(lite: Console) -> None:
    client = lite.browser().client
    for method, path in STAFF:
        response = client.request(method, address(path), headers={"origin": HOST})
        assert response.status_code == 303, (method, path)
        assert response.headers["location"].startswith("/sign-in"), (method, path)


def test_no_form_is_taken_without_its_token(lite: Console) -> None:
    for (method, path), roles in STAFF.items():
        if method != "POST":
            continue
        browser = lite.browser(next(iter(roles)))
        for token in ({}, {"token": ""}, {"token": "0" * 64}):
            response = browser.client.post(address(path), data=token, headers={"origin": HOST})
            assert response.status_code == 403, (path, token)
            assert "没有提交成功" in response.text


def test_the_token_of_another_session_is_worth_nothing(lite: Console) -> None:
    other = lite.browser(Role.ADMIN).token_on("/")
    browser = lite.browser(Role.ADMIN)

    response = browser.client.post(
        "/staff", data={"token": other, "login": "neu"}, headers={"origin": HOST}
    )

    assert response.status_code == 403


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"origin": HOST}, True),
        ({"origin": "null"}, True),
        ({}, True),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://elsewhere.invalid"}, False),
        ({"origin": HOST, "sec-fetch-site": "cross-site"}, False),
        ({"origin": "null", "sec-fetch-site": "same-site"}, False),
    ],
)
def test_a_form_of_another_site_is_refused_even_with_its_token(
    lite: Console, headers: dict[str, str], passes: bool
) -> None:
    browser = lite.browser(Role.AUDITOR)

    response = browser.post("/audit/verify", headers={"x-nothing": "1", **headers})

    assert response.status_code == (200 if passes else 403)


def test_a_route_without_a_gate_keeps_the_application_from_starting() -> None:
    app = FastAPI(openapi_url=None)
    app.add_api_route("/open", lambda: "hello")

    with pytest.raises(Unguarded, match="/open"):
        check_gates(app)


def rows_of(console: Console) -> dict[str, list[Any]]:
    """Everything in the database."""
    with console.store.reading() as session:
        return {
            table.name: sorted(
                map(repr, session.connection().execute(text(f'SELECT * FROM "{table.name}"')))
            )
            for table in METADATA.sorted_tables
        }


def test_no_get_changes_anything(console: Console) -> None:
    with console.office() as (session, office):
        ids = an_office_at_work(session, office)
    browsers = [console.browser(role) for role in Role] + [console.browser()]
    before = rows_of(console)

    for browser in browsers:
        for method, path in all_routes(console):
            if method == "GET":
                for hole, value in ids.items():
                    path = path.replace("{" + hole + "}", value)
                assert browser.get(address(path)).status_code < 500, path

    assert rows_of(console) == before


def test_every_answer_is_armoured(lite: Console) -> None:
    with lite.office() as (session, office):
        ids = an_office_at_work(session, office)
    browsers = [lite.browser(role) for role in Role] + [lite.browser()]
    for browser in browsers:
        for method, path in all_routes(lite):
            for hole, value in ids.items():
                path = path.replace("{" + hole + "}", value)
            headers = browser.client.request(method, address(path)).headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; style-src 'self'"), path
            # how far an upload is, and counts while a rule is written: by our own files alone
            scripted = "; script-src 'self'; connect-src 'self'"
            may_run = "intake" in path or path.endswith("/confirm")
            assert "script" not in policy.replace(scripted if may_run else "", "")
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            if not path.startswith("/static/"):
                assert headers["cache-control"] == "no-store", path
            assert "access-control-allow-origin" not in headers


def test_no_page_needs_a_script_or_a_style_of_its_own(lite: Console) -> None:
    with lite.office() as (session, office):
        ids = an_office_at_work(session, office)
    for role in Role:
        browser = lite.browser(role)
        for method, path in all_routes(lite):
            if method != "GET" or "leaflet" in path:
                continue
            for hole, value in ids.items():
                path = path.replace("{" + hole + "}", value)
            page = browser.get(address(path)).text
            ends = {"/intake": ["intake"], "/confirm": ["confirm", "counts"]}
            ours = next((names for end, names in ends.items() if path.endswith(end)), [])
            own = sum(page.count(f'<script src="/static/{name}.js?') for name in ours)
            assert page.count("<script") == own, path
            assert "<style" not in page, path
            assert ' style="' not in page, path
            assert " onclick" not in page, path


def test_another_office_is_answered_as_if_there_were_nothing(console: Console) -> None:
    with console.office() as (session, office):
        person = make_person(session, office)
        batch = drafted_for(session, office, [person])
        other = Office(name="别处", area_code="370102", signature="别处", phone="0531-00000002")
        session.add(other)
        session.flush()
        stranger = make_staff(session, other)
        foreign = make_policy(session, other)
        batch.office_id = other.id
        session.add(batch)
    clerk, admin = console.browser(Role.CLERK), console.browser(Role.ADMIN)

    for path in (f"/policies/{foreign.id}", f"/policies/{foreign.id}/confirm"):
        assert clerk.get(path).status_code == 404
    assert clerk.get(f"/batches/{batch.id}").status_code == 404
    assert clerk.post(f"/batches/{batch.id}/submit").status_code == 404
    assert admin.post(f"/staff/{stranger.id}/disable").status_code == 404
    assert foreign.title not in clerk.get("/policies?words=没有的词").text


@pytest.mark.parametrize("path", ["/policies/17", "/batches/x", "/policies/%2e%2e", "/nothing"])
def test_what_is_no_id_is_not_found(lite: Console, path: str) -> None:
    response = lite.browser(Role.CLERK).get(path)

    assert response.status_code == 404
    assert "没有找到这个页面" in response.text


def test_a_body_that_is_too_large_is_refused_before_it_is_read(lite: Console) -> None:
    browser = lite.browser(Role.ADMIN)

    large = browser.client.post("/staff", content=b"x" * (LARGEST_FORM + 1))
    endless = browser.client.post("/staff", content=iter([b"x"]))
    lying = browser.client.post("/staff", headers={"content-length": "9" * 30})

    assert large.status_code == 413
    assert endless.status_code == 411
    assert lying.status_code == 413


def test_an_unforeseen_error_shows_a_number_and_nothing_else(
    lite: Console, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Any:
        raise ValueError("电话 19900000001 写坏了")

    browser = lite.browser(Role.CLERK)
    desk = lite.app.state.desk
    object.__setattr__(desk, "clock", broken)

    response = browser.get("/readyz"), browser.get("/")

    assert response[0].status_code == 200
    page = response[1]
    assert page.status_code == 500
    assert "Traceback" not in page.text
    assert "19900000001" not in page.text + caplog.text
    assert "ValueError" in caplog.text
    assert page.headers["x-content-type-options"] == "nosniff"


def test_no_odd_character_in_a_query_or_a_form_breaks_a_page(console: Console) -> None:
    with console.office() as (session, office):
        ids = an_office_at_work(session, office)
    clerk, reviewer = console.browser(Role.CLERK), console.browser(Role.REVIEWER)
    odd = "%00%ff%ed%a0%80%E2%80%AE"

    for path in (
        f"/policies?words={odd}&state={odd}&page={odd}",
        f"/policies/{ids['policy_id']}/matches?street={odd}&decision={odd}",
        f"/batches/{ids['batch_id']}?street={odd}&reason={odd}",
        f"/visits?street={odd}&state={odd}",
        f"/leaflets/{ids['policy_id']}?community={odd}",
    ):
        assert clerk.get(path).status_code == 200, path
    assert clerk.get(f"/visits?batch={odd}").status_code == 404
    form = {"reason": "甲\0乙", "page": "\0"}
    assert reviewer.post(f"/batches/{ids['batch_id']}/cancel", form).status_code == 303
