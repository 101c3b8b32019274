"""What other systems may ask and hand in: by a token of their own, each POST at most once."""

import threading
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlmodel import select

from profiles.model import Profile
from pusher import programs
from pusher.model.program import ProgramCall, Scope
from pusher.model.staff import AuditEntry
from tests.hostile.surface import ODD_IDS
from tests.makers import make_policy
from tests.profiles.registers import person, table
from tests.sending.delivery_makers import given_batch
from tests.web.browsing import Console

NOTICE = """<html><body><h1>关于发放样例津贴的通知</h1><p>槐政办发〔2026〕9号</p>
<p>具有槐荫区户籍、年满80周岁的老年人，每人每月100元。</p></body></html>""".encode()


RESIDENTS = table(person())


class Caller:
    """A program with its token."""

    def __init__(self, console: Console, *scopes: Scope, name: str = "hub") -> None:
        with console.office() as (session, office):
            self.token = programs.add(
                session, name, scopes, office=office, by="cli", now=console.now
            )
        self.client = console.browser().client

    def get(self, path: str, **more: Any) -> Response:
        answer: Response = self.client.get(f"/api/v1{path}", headers=self._head(), **more)
        return answer

    def post(self, path: str, body: bytes, key: str | None = "k1", **more: Any) -> Response:
        head = self._head() | ({"idempotency-key": key} if key is not None else {})
        answer: Response = self.client.post(f"/api/v1{path}", content=body, headers=head, **more)
        return answer

    def _head(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


def error_of(answer: Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "where"}
    return answer.status_code, error["code"]


def test_without_a_token_of_ours_there_is_nothing(lite: Console) -> None:
    caller = Caller(lite, *Scope)
    for token in ("", "Bearer ", "Bearer pp_x", f"Basic {caller.token}", "Bearer 字"):
        answer = caller.client.get("/api/v1/policies", headers={b"authorization": token.encode()})
        assert error_of(answer) == (401, "no_token")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_scope_opens_what_it_says_and_nothing_else(lite: Console) -> None:
    caller = Caller(lite, Scope.READ_BATCHES)

    assert caller.get("/batches").status_code == 200
    for answer in (
        caller.get("/policies"), caller.get("/receipts"),
        caller.post("/policies?name=a.html", NOTICE),
        caller.post("/roster?kind=resident&name=a.csv", b"x"),
    ):  # fmt: skip
        assert error_of(answer) == (403, "no_scope")


def test_a_program_that_was_ended_is_out_at_once_and_the_audit_says_so(lite: Console) -> None:
    caller = Caller(lite, *Scope)
    with lite.office() as (session, _):
        programs.end(session, "hub", by="cli", now=lite.now)

    assert error_of(caller.get("/policies")) == (401, "no_token")
    with lite.store.reading() as session:
        acts = session.exec(select(AuditEntry.act)).all()
    assert acts[-2:] == ["program.add", "program.end"]


def test_the_token_is_kept_nowhere(lite: Console) -> None:
    caller = Caller(lite, *Scope)

    path = lite.store.url.removeprefix("sqlite:///")
    lite.store.close()

    assert caller.token.encode() not in Path(path).read_bytes()


def test_policies_are_listed_a_page_at_a_time_and_shown_whole(console: Console) -> None:
    with console.office() as (session, office):
        ids = [str(make_policy(session, office).id) for _ in range(3)]
    caller = Caller(console, Scope.READ_POLICIES)

    first = caller.get("/policies?limit=2").json()
    second = caller.get(f"/policies?limit=2&after={first['next']}").json()

    assert [p["id"] for p in first["policies"] + second["policies"]] == ids
    assert second["next"] is None
    shown = caller.get(f"/policies/{ids[0]}").json()
    assert shown["body"] and shown["id"] == ids[0]


def test_a_policy_is_handed_in_once_whatever_the_key(console: Console) -> None:
    caller = Caller(console, Scope.WRITE_POLICIES)

    first = caller.post("/policies?name=a.html", NOTICE, "k1")
    again = caller.post("/policies?name=a.html", NOTICE, "k1")
    other = caller.post("/policies?name=a.html", NOTICE, "k2")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 200)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert other.json()["id"] == first.json()["id"]


def test_a_document_that_cannot_be_read_is_told_and_may_be_sent_again(lite: Console) -> None:
    caller = Caller(lite, Scope.WRITE_POLICIES)

    refused = caller.post("/policies?name=a.html", b"\x89PNG\r\n\x1a\n", "k1")

    assert refused.status_code == 422
    assert refused.json()["error"]["where"] == "body"
    assert caller.post("/policies?name=a.html", b"\x89PNG\r\n\x1a\n", "k1").status_code == 422


def test_a_register_goes_in_by_its_program_and_comes_again_unchanged(console: Console) -> None:
    caller = Caller(console, Scope.WRITE_ROSTER)

    dry = caller.post("/roster?kind=resident&name=a.csv&dry_run=true", RESIDENTS, "k0").json()
    first = caller.post("/roster?kind=resident&name=a.csv", RESIDENTS, "k1").json()
    second = caller.post("/roster?kind=resident&name=a.csv", RESIDENTS, "k2").json()

    assert dry["added"] == first["added"] > 0
    assert (second["added"], second["unchanged"]) == (0, first["added"])
    with console.store.reading() as session:
        assert len(session.exec(select(Profile)).all()) == first["added"]
        assert "api:hub" in session.exec(select(AuditEntry.by)).all()


def test_batches_notices_and_receipts_are_read_and_nobody_is_named(console: Console) -> None:
    batch = given_batch(console.store, 3)
    caller = Caller(console, Scope.READ_BATCHES, Scope.READ_RECEIPTS)

    listed = caller.get("/batches").json()["batches"]
    shown = caller.get(f"/batches/{batch}").json()
    notices = caller.get(f"/batches/{batch}/notices")

    assert str(batch) in {b["id"] for b in listed}
    assert shown["planned"] == len(notices.json()["notices"]) == 3
    assert "1990000" not in notices.text
    assert caller.get("/receipts").json() == {"receipts": [], "next": None}


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (None, (400, "no_key")),
        ("", (400, "no_key")),
        ("x" * 201, (422, "bad_key")),
        ("a\x7fb", (422, "bad_key")),
    ],
)
def test_a_post_needs_a_key(lite: Console, key: str | None, told: tuple[int, str]) -> None:
    caller = Caller(lite, Scope.WRITE_POLICIES)

    assert error_of(caller.post("/policies?name=a.html", NOTICE, key)) == told


def test_a_key_belongs_to_one_request(lite: Console) -> None:
    caller = Caller(lite, Scope.WRITE_POLICIES)
    caller.post("/policies?name=a.html", NOTICE, "k1")

    for answer in (
        caller.post("/policies?name=a.html", NOTICE + b" ", "k1"),
        caller.post("/policies?name=b.html", NOTICE, "k1"),
    ):
        assert error_of(answer) == (409, "key_reused")
    other = Caller(lite, Scope.WRITE_POLICIES, name="other")
    assert other.post("/policies?name=a.html", NOTICE + b" ", "k1").status_code == 200


def test_a_key_whose_request_still_runs_is_told_so_and_freed_when_its_process_died(
    lite: Console,
) -> None:
    caller = Caller(lite, Scope.WRITE_POLICIES)
    caller.post("/policies?name=a.html", NOTICE, "k1")
    with lite.store.writing() as session:
        call = session.exec(select(ProgramCall)).one()
        call.status, call.answer = None, None

    assert error_of(caller.post("/policies?name=a.html", NOTICE, "k1")) == (409, "in_progress")
    lite.later(minutes=31)
    assert caller.post("/policies?name=a.html", NOTICE, "k1").status_code == 200


def test_the_same_key_many_times_at_once_acts_once(console: Console) -> None:
    caller = Caller(console, Scope.WRITE_ROSTER)
    came: list[int] = []

    def send() -> None:
        path = "/roster?kind=resident&name=a.csv"
        came.append(caller.post(path, RESIDENTS, "k1").status_code)

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(came) <= {200, 409}
    assert 200 in came
    with console.store.reading() as session:
        imports = session.exec(select(AuditEntry).where(AuditEntry.act == "roster.import")).all()
    assert len(imports) == 1


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/policies?limit=0", (422, "invalid")),
        ("/policies?limit=201", (422, "invalid")),
        ("/policies?limit=1e3", (422, "invalid")),
        ("/policies?limit=" + "9" * 4_000, (422, "invalid")),
        ("/policies?limit=true", (422, "invalid")),
        ("/policies?after=17", (422, "invalid")),
        ("/policies?state=approved", (422, "invalid")),
        ("/policies?page=2", (422, "unknown_parameter")),
        ("/policies?sort=title", (422, "unknown_parameter")),
        ("/nothing", (404, "not_found")),
        *((f"/batches/{odd}", (404, "not_found")) for odd in ODD_IDS if odd not in ("..",)),
    ],
)
def test_a_wrong_question_is_told_in_one_shape(
    lite: Console, path: str, told: tuple[int, str]
) -> None:
    assert error_of(Caller(lite, *Scope).get(path)) == told


def test_a_method_that_does_not_exist_is_told_in_one_shape(lite: Console) -> None:
    caller = Caller(lite, *Scope)

    answer = caller.client.delete("/api/v1/policies")

    assert error_of(answer) == (405, "method")


def test_the_description_names_every_route_and_the_key_of_every_post(lite: Console) -> None:
    spec = lite.browser().client.get("/api/openapi.json").json()

    assert set(spec["paths"]) == {
        "/api/v1/policies", "/api/v1/policies/{policy_id}", "/api/v1/roster", "/api/v1/batches",
        "/api/v1/batches/{batch_id}", "/api/v1/batches/{batch_id}/notices", "/api/v1/receipts",
    }  # fmt: skip
    for path in spec["paths"].values():
        if "post" in path:
            assert "Idempotency-Key" in {p["name"] for p in path["post"]["parameters"]}
