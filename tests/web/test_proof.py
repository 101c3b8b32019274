"""Before what nobody takes back, whoever sits at the browser shows anew who they are."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session, col, select

from pusher import hold
from pusher.model.batch import Batch, BatchState
from pusher.model.clockwork import HoldCause
from pusher.model.staff import AuditEntry, Role, StaffSession
from pusher.web import proof
from pusher.web.gate import Unguarded, check_gates
from pusher.web.throttle import MOST_FROM_ONE_PLACE
from tests.sending.delivery_makers import make_person
from tests.web.browsing import HOST, PASSWORD, Browser, Console, submit
from tests.web.test_batches import make_draft, state_of
from tests.web.test_second_factor import begin, code_at, enrolled
from tests.web.test_sign_in import with_password


def held(page: str) -> dict[str, str]:
    """The hidden fields of the page that asks."""
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', page))


def address(page: str) -> str:
    found = re.search(r'<form method="post" action="([^"]+)"', page)
    assert found
    return found[1]


def prove(browser: Browser, asked: str, given: str) -> Any:
    """Fill in the page that asks, and send it."""
    fields = {**held(asked), "proof": given}
    return browser.client.post(address(asked), data=fields, headers={"origin": HOST})


def signed_in(console: Console, secret: str, role: Role = Role.REVIEWER) -> Browser:
    """Signed in with password and code, and a quarter of an hour has passed."""
    browser = begin(console, role)
    code = code_at(secret, console.now)
    assert browser.post("/code", {"code": code}, page="/code").status_code == 303
    console.later(minutes=16)
    return browser


def waiting(console: Console) -> tuple[Batch, dict[str, str]]:
    """A batch that waits for approval, and what the approving form holds."""
    batch = make_draft(console)
    return batch, {"shown": submit(console, batch), "seen": "1"}


def acts(console: Console, act: str) -> list[AuditEntry]:
    with console.store.reading() as session:
        return list(session.exec(select(AuditEntry).where(col(AuditEntry.act) == act)))


def test_a_stale_session_is_asked_and_the_same_form_goes_on(console: Console) -> None:
    secret = enrolled(console)
    batch, form = waiting(console)
    where = f"/batches/{batch.id}"
    browser = signed_in(console, secret)

    asked = browser.post(f"{where}/approve", form, page=where)
    assert asked.status_code == 403
    assert "<script" not in asked.text
    assert state_of(console, batch) is BatchState.IN_REVIEW
    assert (address(asked.text), held(asked.text)["shown"]) == (f"{where}/approve", form["shown"])

    done = prove(browser, asked.text, code_at(secret, console.now))

    assert done.headers["location"] == where
    assert state_of(console, batch) is BatchState.APPROVED
    (entry,) = acts(console, "staff.prove")
    assert entry.by == console.staff[Role.REVIEWER].number


def test_for_a_quarter_of_an_hour_nothing_is_asked_again(console: Console) -> None:
    secret = enrolled(console)
    batch, form = waiting(console)
    browser = begin(console)
    code = code_at(secret, console.now)
    browser.post("/code", {"code": code}, page="/code")

    console.later(minutes=15)
    done = browser.post(f"/batches/{batch.id}/approve", form)

    assert done.status_code == 303


def test_only_what_was_looked_at_is_approved_after_the_proof(console: Console) -> None:
    secret = enrolled(console)
    batch, form = waiting(console)
    browser = signed_in(console, secret)
    where = f"/batches/{batch.id}"

    asked = browser.post(f"{where}/approve", {**form, "shown": "0" * 64}, page=where)
    done = prove(browser, asked.text, code_at(secret, console.now))

    assert done.status_code == 409
    assert state_of(console, batch) is BatchState.IN_REVIEW


def test_a_wrong_code_keeps_the_form_and_guessing_has_to_wait(lite: Console) -> None:
    secret = enrolled(lite)
    batch, form = waiting(lite)
    browser = signed_in(lite, secret)
    page = browser.post(f"/batches/{batch.id}/approve", form).text

    for _ in range(MOST_FROM_ONE_PLACE):
        refused = prove(browser, page, "000000")
        assert refused.status_code == 403
        assert "动态码不正确" in refused.text
        assert held(refused.text)["shown"] == form["shown"]
        assert "000000" not in refused.text
    late = prove(browser, page, code_at(secret, lite.now))

    assert late.status_code == 429
    assert state_of(lite, batch) is BatchState.IN_REVIEW
    assert len(acts(lite, "staff.code_refused")) == MOST_FROM_ONE_PLACE


def test_a_code_that_was_used_proves_nothing(console: Console) -> None:
    secret = enrolled(console)
    batch, form = waiting(console)
    first, second = signed_in(console, secret), begin(console)
    code = code_at(secret, console.now)
    assert second.post("/code", {"code": code}, page="/code").status_code == 303

    asked = first.post(f"/batches/{batch.id}/approve", form)
    replayed = prove(first, asked.text, code)

    assert replayed.status_code == 403
    assert "已用过" in replayed.text
    assert state_of(console, batch) is BatchState.IN_REVIEW


def test_the_proof_of_another_session_is_worth_nothing(console: Console) -> None:
    secret = enrolled(console)
    batch, form = waiting(console)
    stale = signed_in(console, secret)
    fresh = begin(console)
    code = code_at(secret, console.now)
    assert fresh.post("/code", {"code": code}, page="/code").status_code == 303

    refused = stale.post(f"/batches/{batch.id}/approve", form)
    done = fresh.post(f"/batches/{batch.id}/approve", form)

    assert (refused.status_code, done.status_code) == (403, 303)


def test_whoever_has_no_telephone_gives_the_password(console: Console) -> None:
    batch = make_draft(console)
    with_password(console, Role.CLERK)
    browser = console.browser(Role.CLERK)
    where = f"/batches/{batch.id}/recipients"
    console.later(minutes=16)
    asked = browser.post(where, {"reveal": "核对<名单>"})
    assert 'type="password"' in asked.text

    wrong = prove(browser, asked.text, "not the password")
    assert wrong.status_code == 403
    assert acts(console, "batch.reveal") == []
    shown = prove(browser, asked.text.replace("&lt;", "<").replace("&gt;", ">"), PASSWORD)

    assert shown.status_code == 200
    assert PASSWORD not in shown.text
    (entry,) = acts(console, "batch.reveal")
    assert entry.detail["reason"] == "核对<名单>"
    console.later(minutes=14)
    assert browser.post(where, {"reveal": "再看一页"}).status_code == 200


def test_whoever_needs_a_telephone_and_has_none_signs_in_anew(lite: Console) -> None:
    batch, form = waiting(lite)
    browser = lite.browser(Role.REVIEWER)
    lite.later(minutes=16)

    asked = browser.post(f"/batches/{batch.id}/approve", form)

    assert asked.status_code == 403
    assert address(asked.text) == "/sign-out"
    assert 'name="proof"' not in asked.text


def test_without_the_form_token_a_code_is_not_even_tried(lite: Console) -> None:
    secret = enrolled(lite)
    batch, form = waiting(lite)
    browser = signed_in(lite, secret)
    code = {"proof": code_at(secret, lite.now), "token": "0" * 64}

    forged = browser.post(f"/batches/{batch.id}/approve", {**form, **code})

    assert forged.status_code == 403
    assert acts(lite, "staff.prove") == acts(lite, "staff.code_refused") == []


def test_in_a_rehearsal_nothing_is_asked(lite: Console) -> None:
    batch, form = waiting(lite)
    rehearsal = lite.with_settings(second_factor=False)
    browser = rehearsal.browser(Role.REVIEWER)
    rehearsal.later(minutes=29)

    assert browser.post(f"/batches/{batch.id}/approve", form).status_code == 303


def test_how_long_a_proof_holds_is_a_setting(lite: Console) -> None:
    batch, form = waiting(lite)
    strict = lite.with_settings(proof_term_s=60.0)
    browser = strict.browser(Role.REVIEWER)
    strict.later(seconds=61)

    assert browser.post(f"/batches/{batch.id}/approve", form).status_code == 403


NEEDS_PROOF = {
    "/batches/{batch_id}/approve": Role.REVIEWER,
    "/batches/{batch_id}/recipients": Role.REVIEWER,
    "/holds/{cause}/lift": Role.REVIEWER,
    "/staff": Role.ADMIN,
    "/staff/{staff_id}/disable": Role.ADMIN,
    "/staff/{staff_id}/reset": Role.ADMIN,
    "/staff/{staff_id}/role": Role.ADMIN,
    "/profiles/{profile_id}/copy": Role.CLERK,
    "/profiles/{profile_id}/forget": Role.REVIEWER,
}
"""Each path that asks, and somebody who may go there."""


def test_every_path_of_the_table_asks_before_it_does_anything(lite: Console) -> None:
    assert {("POST", path) for path in NEEDS_PROOF} == set(proof.NEEDED_FOR)
    batch, _ = waiting(lite)
    holes = {"batch_id": batch.id, "cause": "staff", "staff_id": lite.staff[Role.CLERK].id}
    with lite.office() as (session, office):
        holes["profile_id"] = make_person(session, office).id
        hold.place(session, HoldCause.STAFF, because="演练", by="0001", now=lite.now)
    browsers = {role: lite.browser(role) for role in set(NEEDS_PROOF.values())}
    lite.later(minutes=16)
    before = len(everything(lite))

    for path, role in NEEDS_PROOF.items():
        fields = {"reveal": "核对", "remark": "核实", "login": "neu", "name": "样例", "sure": "1"}
        fields |= {"copy": "到窗口", "forget": "到窗口", "number": "7001", "role": "auditor"}
        answer = browsers[role].post(path.format(**holes), fields)
        assert answer.status_code == 403, path
        assert proof.NEEDED_FOR["POST", path] in answer.text

    assert len(everything(lite)) == before
    with lite.store.reading() as session:
        assert hold.standing(session)
        assert {one.staff_id for one in open_sessions(session)} >= {
            lite.staff[role].id for role in browsers
        }


def everything(console: Console) -> list[AuditEntry]:
    with console.store.reading() as session:
        return list(session.exec(select(AuditEntry)))


def open_sessions(session: Session) -> list[StaffSession]:
    return list(session.exec(select(StaffSession).where(col(StaffSession.ended_at).is_(None))))


def test_an_application_without_a_path_of_the_table_does_not_start(lite: Console) -> None:
    check_gates(lite.app)

    with pytest.raises(Unguarded):
        check_gates(FastAPI())


def test_signing_in_is_the_first_proof(lite: Console) -> None:
    browser = lite.browser(Role.ADMIN)
    with lite.store.reading() as session:
        (row,) = open_sessions(session)
    assert row.proved_at is None

    assert browser.post("/staff", {"login": ""}, page="/staff").status_code == 422
