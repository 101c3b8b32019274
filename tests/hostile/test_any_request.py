"""Whatever is sent, to any address, as anybody: an answer, and never a 500."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from hypothesis import HealthCheck, Phase, given, seed, settings

from pusher.model.staff import Role
from pusher.web.gate import Gate, gate_of, routes_of
from tests.hostile.conftest import Target
from tests.hostile.surface import Surface
from tests.web.browsing import HOST, Browser

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis

MANY, FEW = 10, 2
"""Requests to one route by somebody its gate lets pass, and by somebody it does not."""


@pytest.fixture(scope="module")
def surface(target: Target) -> Surface:
    """What all roles together find on their pages."""
    surface = Surface(target.console, target.ids)
    starts = [
        re.sub(r"{(\w+)}", lambda m: target.ids.get(m[1], [str(uuid4())])[0], path)
        for method, path, _ in surface.routes
        if method == "GET"
    ]
    for role in (*Role, None):
        surface.walk(target.console.browser(role), ["/", *starts])
    return surface


@pytest.fixture(scope="module")
def requests(surface: Surface) -> list[tuple[Any, bool, list[Any]]]:
    """What is sent to each route, once with ids of something and once of nothing.

    It is made up once for all roles: that costs more than sending it.
    """
    return [
        (operation, real, made_up(operation, MANY if real else FEW))
        for real in (True, False)
        for operation in described(surface.openapi(real=real))
    ]


def passing(target: Target, role: Role | None) -> set[tuple[str, str]]:
    """Routes that the gate opens for *role*."""
    return {
        (method, route.path)
        for route in routes_of(target.console.app)
        for method in route.methods or ()
        if not isinstance(gate := gate_of(route), Gate) or role in gate.roles
    }


def sent(browser: Browser, case: Any, *, token: str, keys: dict[str, str]) -> int:
    """Send what schemathesis made, as the browser of somebody with a valid form token."""
    made = case.as_transport_kwargs(base_url=HOST)
    params = dict(made.get("params") or {})
    if case.operation.path.startswith("/callbacks/"):
        params["key"] = keys.get(case.path_parameters.get("name", ""), "")
    more: dict[str, Any] = {"content": made.get("data") or b""}
    if "json" in made:
        more = {"json": made["json"]}
    elif case.method == "POST" and not case.operation.path.startswith("/callbacks/"):
        fields = {**(case.body if isinstance(case.body, dict) else {}), "token": token}
        files = {"file": ("x.html", str(fields.pop("file")).encode())} if "file" in fields else None
        more = {"data": fields, "files": files}
    answer: Response = browser.client.request(
        made["method"], made["url"], params=params, headers={"origin": HOST}, **more
    )
    return answer.status_code


def described(spec: dict[str, Any]) -> Iterator[Any]:
    """Every operation of an OpenAPI description."""
    for found in schemathesis.openapi.from_dict(spec).get_all_operations():
        yield found.ok()  # type: ignore[union-attr]


def made_up(operation: Any, times: int) -> list[Any]:
    """At most so many requests to it, the same in every run."""
    cases: list[Any] = []

    @seed(20261128)
    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def keep(case: Any) -> None:
        cases.append(case)

    keep()
    return cases


@pytest.mark.parametrize("role", [*Role, None], ids=lambda r: r.value if r else "anybody")
def test_no_request_breaks_a_door(
    target: Target, requests: list[tuple[Any, bool, list[Any]]], role: Role | None
) -> None:
    allowed = passing(target, role)
    answered: Counter[int] = Counter()
    broken: list[str] = []
    for operation, real, cases in requests:
        if operation.path == "/sign-out" or (role and operation.path.startswith("/p/")):
            continue
        browser = target.console.browser(role)
        token = (
            browser.token_on("/settings" if role else "/sign-in")
            if operation.method == "post"
            else ""
        )
        opens = (operation.method.upper(), operation.path) in allowed
        for case in cases if opens and real else cases[:FEW]:
            status = sent(browser, case, token=token, keys=target.keys)
            answered[status] += 1
            if status >= 500:
                broken.append(f"{case.method} {case.formatted_path} {case.query} {case.body!r}")
    assert broken == [], "\n".join(line[:300] for line in broken)
    assert {200, 404} <= set(answered), answered
    assert sum(answered.values()) >= 200
