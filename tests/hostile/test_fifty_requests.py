"""Fifty requests that somebody made by hand to hurt: each is refused, told plainly, and no more."""

from collections.abc import Mapping
from typing import Any

import pytest

from pusher.model.staff import Role
from tests.hostile.conftest import Target
from tests.web.browsing import HOST, Browser

DEEP = 100_000
HUGE = "9" * 100_000


@pytest.fixture(scope="module")
def clerk(target: Target) -> Browser:
    return target.console.browser(Role.CLERK)


@pytest.fixture(scope="module")
def admin(target: Target) -> Browser:
    return target.console.browser(Role.ADMIN)


def status_of(browser: Browser, method: str, path: str, **more: Any) -> int:
    headers: Mapping[str, Any] = {"origin": HOST, **more.pop("headers", {})}
    answer = browser.client.request(method, path, headers=headers, **more)
    assert answer.status_code < 500, path
    assert "Traceback" not in answer.text
    assert "site-packages" not in answer.text
    return int(answer.status_code)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/policies?words=%00", {200}),
        ("/policies?words=%25_%5C", {200}),
        ("/policies?words=" + "a" * 50_000, {200, 414, 422}),
        ("/policies?words=(a%2B)%2B%24" + "a" * 5_000, {200}),
        ("/policies?page=" + HUGE[:5_000], {200, 404, 422}),
        ("/policies?page=-1", {200, 404, 422}),
        ("/policies?page=0", {200, 404, 422}),
        ("/policies?page=1e3", {200, 404, 422}),
        ("/policies?page=%EF%BC%91", {200, 404, 422}),
        ("/policies?page=9223372036854775808", {200, 404, 422}),
        ("/batches?page=99999999999999999999999999", {200, 404, 422}),
        ("/policies?sort=nothing;DROP%20TABLE%20policy", {200}),
        ("/policies?state=x&state=y&state=read", {200}),
        ("/policies?" + "&".join(f"id={n}" for n in range(5_000)), {200, 414}),
        ("/policies?%5B%5D=&=&&&", {200}),
        ("/policies/..%2f..%2fkeys.json", {404}),
        ("/policies/%2e%2e/%2e%2e/keys.json", {404}),
        ("/static/%2e%2e%2f%2e%2e%2fpusher.toml", {404}),
        ("/static/..%5c..%5cpusher.toml", {404}),
        ("/static/style.css%00.html", {404}),
        ("/policies;x=1", {404}),
        ("/policies/.", {200, 404}),
        ("/%ff%fe", {404}),
        ("/policies/" + "a" * 10_000, {404}),
        ("/.git/config", {404}),
        ("/openapi.json", {404}),
        ("/docs", {404}),
        ("/p/why/" + "A" * 5_000, {404, 410}),
        ("/p/why/%00", {404, 410}),
        ("/p/stop/..%2f..%2f", {404, 410}),
        ("/callbacks/nobody/receipts", {404, 405}),
    ],
    ids=lambda each: each[:40] if isinstance(each, str) else "",
)
def test_an_address_made_to_hurt_is_answered_plainly(
    clerk: Browser, path: str, expected: set[int]
) -> None:
    assert status_of(clerk, "GET", path) in expected


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "XX"])
def test_a_method_that_nobody_asked_for_is_not_allowed(clerk: Browser, method: str) -> None:
    assert status_of(clerk, method, "/policies") in {403, 405}


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "pusher_session=" + "a" * 100_000},
        {"cookie": "pusher_session=a; pusher_session=b"},
        {"cookie": "pusher_session=\x80\xff".encode("latin-1")},
        {"cookie": "pusher_said=" + "eyJ" * 2_000},
        {"cookie": ";;;=;a"},
    ],
    ids=["100 kB", "two", "bytes", "forged", "nothing"],
)
def test_a_bad_cookie_is_as_good_as_none(target: Target, headers: dict[str, Any]) -> None:
    browser = target.console.browser()

    answer = browser.client.get("/policies", headers=headers)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", "evil.invalid"),
        ("x-forwarded-for", "127.0.0.1, ::1"),
        ("x-forwarded-host", "evil.invalid"),
        ("x-forwarded-proto", "gopher"),
        ("x-original-url", "/staff"),
        ("x-http-method-override", "DELETE"),
        ("range", "bytes=0-,0-,0-,0-"),
        ("accept-encoding", "gzip;q=nan"),
        ("accept-language", "x" * 8_000),
        ("if-modified-since", "not a date"),
        ("content-length", "-1"),
        ("content-type", "multipart/form-data; boundary="),
    ],
)
def test_a_header_made_to_hurt_changes_nothing(admin: Browser, name: str, value: str) -> None:
    answer = admin.client.get("/staff", headers={name: value})

    assert answer.status_code in {200, 413}
    assert "evil.invalid" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "value",
    ["a\r\nset-cookie: x=1", "\0", "\u202e管理员", "<script>alert(1)</script>", "x" * 5_000,
     "=HYPERLINK(1)", "{{7777*7777}}", "${7777*7777}",
     "\ud800".encode("utf-8", "surrogatepass"), HUGE],
    ids=str,
)  # fmt: skip
def test_a_field_made_to_hurt_stays_a_field(admin: Browser, value: Any) -> None:
    fields = {"login": value, "name": value, "number": value, "role": "admin\0"}

    answer = admin.client.post(
        "/staff", data={**fields, "token": admin.token_on("/")}, headers={"origin": HOST}
    )

    assert answer.status_code == 422
    assert "set-cookie" not in {k for k in answer.headers if "x=1" in answer.headers[k]}
    assert "<script>alert" not in answer.text
    assert "60481729" not in answer.text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"token=%zz&%=%&&=="),
        ("application/x-www-form-urlencoded", b"a=1&" * 5_000),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"token=+ADw-"),
        ("application/json", b"[" * DEEP),
        ("application/json", b'{"role":"admin"}'),
        ("text/xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: x\r\n\r\na\r\n--x--"),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=" + "x" * 5_000, b"--x"),
        ("", b"token=1"),
    ],
    ids=str,
)  # fmt: skip
def test_a_body_made_to_hurt_is_refused(clerk: Browser, kind: str, body: bytes) -> None:
    told = status_of(clerk, "POST", "/policies", content=body, headers={"content-type": kind})

    assert told in {400, 403, 413, 415, 422}


@pytest.mark.parametrize(
    "name", ["../../x.html", "<img src=x>.html", "x" * 300, "a\0b.html", "\u202elmth.x", ""]
)
def test_the_name_of_an_upload_is_only_a_name(clerk: Browser, name: str) -> None:
    answer = clerk.post("/policies", files={"file": (name, b"<p>x</p>")})

    assert answer.status_code in {303, 422}
    assert "<img src=x>" not in answer.text


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("aliyun/receipts", b"[" * DEEP, {200, 400}),
        ("aliyun/receipts", b'{"a":' * DEEP, {200, 400}),
        ("aliyun/receipts", b"[]", {200}),
        ("aliyun/receipts", b"{}", {200, 400}),
        ("aliyun/receipts", b"null", {200, 400}),
        ("aliyun/receipts", b"[1, null, [], {}]", {200, 400}),
        ("aliyun/receipts", b'[{"phone_number": 1, "success": "perhaps"}]', {200, 400}),
        ("aliyun/receipts", f'[{{"report_time": {HUGE}}}]'.encode(), {200, 400}),
        ("aliyun/receipts", b'[{"report_time": NaN}]', {200, 400}),
        ("aliyun/receipts", b"\xff\xfe[]", {200, 400}),
        ("aliyun/receipts", b"[" + b"{}," * 10_000 + b"{}]", {200, 400}),
        ("aliyun/receipts", b"[] trailing", {400}),
        ("aliyun/replies", b'[{"content": "' + b"x" * 10_000 + b'"}]', {200, 400}),
        ("aliyun/replies", b'[{"phone_number": "19900000001", "content": "\\u0000"}]', {200, 400}),
        ("wechat", b"<xml>" * 10_000, {400, 403}),
        ("wechat", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>&a;</xml>', {403}),
        ("aliyun/receipts", b"x" * 2_000_000, {413}),
    ],
    ids=lambda each: str(sorted(each) if isinstance(each, set) else each)[:40],
)
def test_a_vendor_s_word_made_to_hurt_breaks_nothing(
    target: Target, path: str, body: bytes, expected: set[int]
) -> None:
    browser = target.console.browser()
    key = target.keys["aliyun"]

    told = status_of(browser, "POST", f"/callbacks/{path}?key={key}", content=body)

    assert told in expected


def test_a_vendor_s_words_made_to_hurt_are_folded_without_breaking_the_rest(target: Target) -> None:
    from pusher.listening.receipts import fold

    console = target.console
    with console.store.writing() as session:
        folded = fold(session, console.gateways, now=console.now, at_most=1_000)

    assert folded.bodies > 0
