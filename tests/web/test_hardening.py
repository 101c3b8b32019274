"""What the web gives nobody: a page to foreign scripts, a hint to guessers, a secret to anybody."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from profiles.sealing import sealer_of
from pusher import staff as accounts
from pusher.model.batch import Batch
from pusher.model.policy import Policy
from pusher.model.staff import Role, StaffSession
from pusher.settings import Settings
from pusher.web.callbacks import callback_key
from pusher.web.place import place_of
from pusher.web.throttle import MOST_FOR_ANYBODY, MOST_FROM_ONE_PLACE, Throttle
from tests.makers import NOW, make_policy
from tests.sending.makers import drafted_for, make_person
from tests.web.browsing import HOST, PASSWORD, Console, token_of
from tests.web.routes import address, all_routes
from tests.web.test_sign_in import with_password

XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "{{7777*7777}}{% for x in range(9) %}{{x}}{% endfor %}",
)


@pytest.mark.parametrize("attack", XSS)
def test_text_of_others_is_shown_as_text(lite: Console, attack: str) -> None:
    with lite.office() as (session, office):
        policy = make_policy(
            session,
            office,
            title=attack,
            short_title=attack[:40],
            body=[attack, f"一、{attack}"],
            document_number=attack[:40],
            issuer=attack[:40],
        )
        person = make_person(session, office, name=attack[:60])
        batch = drafted_for(session, office, [person])
        session.get_one(Policy, batch.policy_id).short_title = attack[:40]
    clerk = lite.browser(Role.CLERK)

    for path in (
        "/policies",
        f"/policies/{policy.id}",
        f"/policies/{policy.id}/confirm",
        f"/batches/{batch.id}",
        f"/policies?words={attack}",
        f"/visits?street={attack}",
        f"/leaflets/{policy.id}?community={attack}",
    ):
        page = clerk.get(path).text
        bare = re.sub(r"<style>.*?</style>", "", page, flags=re.S) if "leaflets" in path else page
        # our own, from a file: what CSP allows
        bare = re.sub(r'<script src="/static/\w+\.js\?v=[0-9a-f]+" defer></script>', "", bare)
        for part in ("<script", "<img src=x", "<svg/onload", "<math", "<style", "<mglyph"):
            assert part not in bare, (path, part)
        assert 'href="javascript:' not in page, path
        assert "60481729" not in page, path


def test_a_foreign_origin_is_given_nothing_to_read(lite: Console) -> None:
    browser = lite.browser(Role.CLERK)

    for path in ("/", "/policies", "/sign-in", "/healthz"):
        answer = browser.client.get(path, headers={"origin": "https://elsewhere.invalid"})
        asked = browser.client.options(
            path,
            headers={
                "origin": "https://elsewhere.invalid",
                "access-control-request-method": "POST",
            },
        )
        for response in (answer, asked):
            assert not [h for h in response.headers if h.startswith("access-control-")]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/debug", "/.env", "/config"])
def test_nothing_is_served_that_explains_the_house(lite: Console, path: str) -> None:
    assert lite.browser(Role.ADMIN).get(path).status_code == 404


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(lite: Console, method: str) -> None:
    client = lite.browser(Role.ADMIN).client

    for path in ("/", "/staff", "/sign-in", "/policies"):
        answer = client.request(method, path, headers={"origin": HOST, "cookie2": "secret"})
        assert answer.status_code == 405, path
        assert "secret" not in answer.text


def test_no_answer_names_its_server_or_its_libraries(lite: Console) -> None:
    for path in ("/", "/nothing", "/sign-in"):
        answer = lite.browser().get(path)
        said = str(answer.headers).lower() + answer.text.lower()
        for word in ("uvicorn", "fastapi", "starlette", "python", "sqlalchemy"):
            assert word not in said


def test_every_cookie_is_for_the_server_alone(lite: Console) -> None:
    login = with_password(lite)
    browser = lite.browser()
    answers = [browser.get("/sign-in")]
    answers.append(
        browser.post("/sign-in", {"login": login, "password": PASSWORD}, page="/sign-in")
    )
    answers.append(lite.browser(Role.CLERK).post("/gateways/aliyun/pause", {"because": "演练"}))

    cookies = [line for answer in answers for line in answer.headers.get_list("set-cookie")]

    assert len({line.split("=", 1)[0] for line in cookies}) == 3
    for line in cookies:
        assert "HttpOnly" in line, line
        assert "SameSite=lax" in line, line
        assert "Path=/" in line, line


def test_a_session_that_was_planted_before_the_sign_in_is_not_taken_over(lite: Console) -> None:
    login = with_password(lite)
    browser = lite.browser()
    token = browser.token_on("/sign-in")
    planted = "p" * 43
    browser.client.cookies.set("pusher_session", planted, domain="testserver.local")

    fields = {"login": login, "password": PASSWORD, "token": token}
    entered = browser.client.post("/sign-in", data=fields, headers={"origin": HOST})

    assert entered.status_code == 303
    assert f"pusher_session={planted}" not in str(entered.headers)
    with lite.store.reading() as session:
        kept = {row.token_sha256 for row in session.exec(select(StaffSession))}
    assert accounts.token_sha256(planted) not in kept


def test_a_token_has_256_bits_and_never_comes_twice(lite: Console) -> None:
    with lite.store.writing() as session:
        staff = lite.staff[Role.CLERK]
        tokens = {accounts.open_session(session, staff, now=lite.now) for _ in range(50)}

    assert len(tokens) == 50
    assert {len(token) for token in tokens} == {43}


class Asked:
    """As much of a request as its place needs."""

    def __init__(self, peer: str, *forwarded: str) -> None:
        from starlette.datastructures import Headers

        self.client = type("Peer", (), {"host": peer})()
        self.headers = Headers(raw=[(b"x-forwarded-for", f.encode()) for f in forwarded])


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "place"),
    [
        ("", "10.0.0.9", ["1.1.1.1"], "10.0.0.9"),
        ("10.0.0.1", "10.0.0.9", ["1.1.1.1"], "10.0.0.9"),
        ("10.0.0.1", "10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", "10.0.0.1", ["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", "10.0.0.1", ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1, 10.0.0.2", "10.0.0.1", ["6.6.6.6, 1.1.1.1, 10.0.0.2"], "1.1.1.1"),
        ("10.0.0.1", "10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", ["<script>"], "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", ["1.1.1.1, unknown"], "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
    ],
)
def test_a_forwarded_address_counts_as_far_as_our_own_proxies_wrote_it(
    proxies: str, peer: str, forwarded: list[str], place: str
) -> None:
    request: Any = Asked(peer, *forwarded)

    assert place_of(request, Settings(trusted_proxies=proxies)) == place


def test_a_guesser_who_invents_forwarded_addresses_is_held_all_the_same(lite: Console) -> None:
    browser = lite.browser()
    token = browser.token_on("/sign-in")
    answers = []
    for number in range(MOST_FROM_ONE_PLACE + 1):
        fields = {"token": token, "login": "nobody", "password": "不对的密码"}
        sent = {"origin": HOST, "x-forwarded-for": f"10.1.1.{number}"}
        answers.append(browser.client.post("/sign-in", data=fields, headers=sent).status_code)

    assert answers == [*[403] * MOST_FROM_ONE_PLACE, 429]


def test_one_address_cannot_try_one_password_on_everybody() -> None:
    throttle = Throttle()
    for number in range(MOST_FOR_ANYBODY):
        assert throttle.wait(f"login{number}", "10.0.0.1", now=NOW) is None
        throttle.count(f"login{number}", "10.0.0.1", now=NOW)

    assert throttle.wait("another", "10.0.0.1", now=NOW) is not None
    assert throttle.wait("another", "10.0.0.2", now=NOW) is None


def test_an_unknown_login_is_checked_as_hard_as_a_known_one(lite: Console) -> None:
    kept = accounts.check.__globals__["_nobodys_hash"]()

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_no_secret_of_a_gateway_stands_on_any_page(lite: Console) -> None:
    canary = "c4n4ry-of-the-vendor"
    tables = {
        name: {**table, "access_key_secret": canary, "secret": canary, "token": canary}
        for name, table in lite.settings.gateways.items()
    }
    console = lite.with_settings(gateways=tables)
    with console.store.reading() as session:
        key = callback_key(sealer_of(session), "aliyun")

    assert canary not in repr(console.settings)
    for role in Role:
        browser = console.browser(role)
        for method, path in all_routes(console):
            if method == "GET":
                page = browser.get(address(path)).text
                assert canary not in page, path
                assert key not in page, path


def test_a_page_of_a_list_has_an_end_whatever_is_asked_for(lite: Console) -> None:
    with lite.office() as (session, office):
        for _ in range(60):
            make_policy(session, office)
        batch = session.exec(select(Batch)).first()
    assert batch is None
    browser = lite.browser(Role.CLERK)

    for query in ("page=1", "page=999999", "page=-1", "page=1e9", "per_page=100000", "limit=9999"):
        page = browser.get(f"/policies?{query}").text
        assert page.count('href="/policies/0') <= 50, query


def test_the_form_before_the_sign_in_is_tied_to_its_browser(lite: Console) -> None:
    other = token_of(lite.browser().get("/sign-in").text)
    browser = lite.browser()
    browser.get("/sign-in")

    fields = {"token": other, "login": "x", "password": "y"}
    answer = browser.client.post("/sign-in", data=fields, headers={"origin": HOST})

    assert answer.status_code == 403


def test_every_test_that_the_security_page_names_exists() -> None:
    root = Path(__file__).parents[2]
    named = set(re.findall(r"`(test_\w+)`", root.joinpath("docs/security.md").read_text("utf-8")))
    written = {
        name
        for file in root.joinpath("tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.M)
    }

    assert len(named) > 50
    assert named - written == set()
