"""Whatever a program with a token sends to the interface that it was described: never a 500."""

from collections import Counter
from typing import Any
from uuid import uuid4

from httpx import Response

from pusher import programs
from pusher.model.program import Scope
from tests.hostile.conftest import Target
from tests.hostile.test_any_request import described, made_up
from tests.web.browsing import HOST


def test_no_request_of_a_program_breaks_the_interface(target: Target) -> None:
    console = target.console
    with console.office() as (session, office):
        token = programs.add(session, "foe", set(Scope), office=office, by="cli", now=console.now)
    client = console.browser().client
    answered: Counter[int] = Counter()

    def send(case: Any) -> int:
        made = case.as_transport_kwargs(base_url=HOST)
        given = {k: v for k, v in (made.get("headers") or {}).items() if k == "Idempotency-Key"}
        headers = {"idempotency-key": uuid4().hex, **given, "authorization": f"Bearer {token}"}
        body = made.get("data") or b"\xe5\xa7\x93,1\n"
        answer: Response = client.request(
            made["method"], made["url"], params=made.get("params"), content=body,
            headers={k.lower(): v.encode("utf-8", "replace") for k, v in headers.items()},
        )  # fmt: skip
        if answer.status_code >= 400:
            assert set(answer.json()["error"]) == {"code", "message", "where"}
        return answer.status_code

    for operation in described(client.get("/api/openapi.json").json()):
        for case in made_up(operation, 20):
            status = send(case)
            answered[status] += 1
            assert status < 500, f"{case.method} {case.formatted_path} {case.query}"
    assert {200, 404, 422} <= set(answered), answered
