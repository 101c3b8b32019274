"""A folder of mixed files goes in at once, and a newcomer knows what happened to each."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import FilePayload
from sqlmodel import select

from pusher.model.policy import Genre, Policy
from pusher.model.source import Intake, IntakeOutcome, PolicyCorrection
from pusher.model.staff import Role
from tests.journeys.browser import browsing
from tests.reading.misbehaving_site import site
from tests.reading.pages import LABELS, NUMBER, TITLE, page, text_of
from tests.reading.paper import notice_docx, notice_pdf, pdf, printed
from tests.web.browsing import Browser, Console

PAGE = "/policies/intake"


def given(console: Console, *files: tuple[str, bytes], addresses: str = "") -> Browser:
    browser = console.browser(Role.CLERK)
    parts = [("files", (name, content, "application/octet-stream")) for name, content in files]
    answer = browser.post(PAGE, {"addresses": addresses}, page=PAGE, files=parts or None)
    assert answer.status_code == 303, answer.text
    return browser


def other(number: int) -> bytes:
    """The notice under another number, so that it is another document."""
    title = f"槐荫区民政局关于第{number}批补贴的通知"
    return page(title=title, number=f"槐民发〔2026〕{number}号").encode()


def attempts(console: Console) -> dict[str, Intake]:
    with console.store.reading() as session:
        return {row.name: row for row in session.exec(select(Intake))}


def test_each_file_of_a_folder_has_its_outcome(console: Console) -> None:
    browser = given(
        console, ("通知.html", page().encode()), ("另一份.html", other(8)),
        ("同一份.html", page().encode()), ("扫描.pdf", pdf([[]])), ("坏.docx", b"PK\x03\x04bad"),
        ("照片.jpg", b"\xff\xd8\xff" + b"x" * 99), ("空.txt", b" "),
    )  # fmt: skip

    found = attempts(console)
    outcomes = {name: row.outcome.value for name, row in found.items()}
    assert outcomes == {
        "通知.html": "new", "另一份.html": "new", "同一份.html": "known", "扫描.pdf": "refused",
        "坏.docx": "refused", "照片.jpg": "refused", "空.txt": "refused",
    }  # fmt: skip
    shown = browser.get(PAGE).text
    assert "7 份处理完：新收 2，已有 1，未收 4" in shown
    for name, row in found.items():
        assert name in shown
        assert row.outcome is not IntakeOutcome.REFUSED or (row.reason and row.reason in shown)


def test_the_same_text_from_another_file_is_the_same_policy(lite: Console) -> None:
    lines = page().replace("浏览次数：15", "浏览次数：16")

    given(lite, ("一.html", page().encode()), ("二.html", lines.encode()))

    one, two = attempts(lite).values()
    assert one.policy_id == two.policy_id
    assert two.outcome is IntakeOutcome.KNOWN


def test_a_new_text_under_the_same_number_shows_what_changed(lite: Console) -> None:
    changed = page().replace("每人每月100元", "每人每月120元")
    browser = given(lite, ("一.html", page().encode()), ("二.html", changed.encode()))

    row = attempts(lite)["二.html"]
    shown = browser.get(f"/policies/{row.policy_id}/changes").text

    assert row.outcome is IntakeOutcome.VERSION
    assert "每人每月<del>100</del><ins>120</ins>元" in shown
    assert "没有告知过任何人" in shown


def test_a_text_that_shares_only_the_number_is_kept_apart_with_a_warning(lite: Console) -> None:
    body = (
        "经研究，决定表彰2025年度先进集体。",
        "名单见附件，请各单位向先进集体学习，争创一流业绩。",
    )
    stranger = page(title="关于表彰先进集体的决定", body=body).encode()
    given(lite, ("一.html", page().encode()), ("二.html", stranger))

    rows = attempts(lite)
    with lite.store.reading() as session:
        policy = session.get_one(Policy, rows["二.html"].policy_id)
        assert policy.version == 1
        assert any("内容却不同" in line for line in policy.warnings)
        assert session.get_one(Policy, rows["一.html"].policy_id).state.value == "read"


def test_an_address_is_taken_in_and_an_inner_one_is_not(lite: Console) -> None:
    allowing = lite.with_settings(fetch_allow="127.0.0.0/8")
    with site() as here:
        here.put("/a.html", page())
        address = here.address("/a.html")
        given(allowing, addresses=f"{address}\n{here.address('/none.html')}\nftp://a.cn/")
        given(lite, addresses=f"{address}?again=1")

    rows = attempts(lite)
    assert rows[address].outcome is IntakeOutcome.NEW
    assert "没有这个页面" in (rows[here.address("/none.html")].reason or "")
    assert "http" in (rows["ftp://a.cn/"].reason or "")
    assert "内部网络" in (rows[f"{address}?again=1"].reason or "")


def test_the_original_stands_beside_every_field_with_its_place(lite: Console) -> None:
    html = page(labels=LABELS + "<script>alert(1)</script><img src=x onerror=alert(2)>")
    html = html.replace("成文日期：</td><td>2026-02-09", "成文日期：</td><td>2026-02-10")
    browser = given(lite, ("通知.html", html.encode()))
    policy = attempts(lite)["通知.html"].policy_id

    shown = browser.get(f"/policies/{policy}/source").text

    assert "出自：落款" in shown
    assert "网页标签“发文字号”" in shown
    assert "网页标签写作 2026-02-10" in shown
    assert "请核对" in shown
    assert "栏目1" in shown  # the page itself, menu and all, not our reading of it
    assert "alert(" not in shown
    assert "onerror" not in shown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(7)</script>", "<img src=x onerror=alert(7)>",
        "<a href='javascript:alert(7)'>看</a>", "<svg onload=alert(7)><path/></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(7)>",
        "<iframe srcdoc='<script>alert(7)</script>'></iframe>", "<p style='position:fixed'>甲</p>",
        "<form action=/sign-out method=post><button>甲</button></form>", "<base href=//evil.cn/>",
        "<noscript><p title='</noscript><img src=x onerror=alert(7)>'>",
        "<meta http-equiv=refresh content=0>",
    ],
)  # fmt: skip
def test_stored_html_is_cleaned_before_it_is_shown(hostile: str) -> None:
    from pusher.reading.cleaning import clean

    cleaned = clean(f"<div>{hostile}<p>正文</p></div>")

    for sign in ("alert", "<svg", "<math", "<form", "<base", "<meta", "style=", "javascript:"):
        assert sign not in cleaned or (
            sign == "alert" and "<" not in cleaned.split("alert")[0][-8:]
        )
    assert "onerror=" not in cleaned or "&lt;" in cleaned
    assert clean(cleaned) == cleaned


def test_a_pdf_is_shown_as_pictures_and_saved_as_it_came(lite: Console) -> None:
    browser = given(lite, ("通知.pdf", notice_pdf()))
    policy = attempts(lite)["通知.pdf"].policy_id

    shown = browser.get(f"/policies/{policy}/source").text
    picture = browser.get(f"/policies/{policy}/original/1.png")
    saved = browser.get(f"/policies/{policy}/original")

    assert f"/policies/{policy}/original/1.png" in shown
    assert picture.content.startswith(b"\x89PNG")
    assert saved.content == notice_pdf()
    assert saved.headers["content-disposition"].startswith("attachment")
    assert saved.headers["x-content-type-options"] == "nosniff"
    assert browser.get(f"/policies/{policy}/original/9.png").status_code == 404


def test_a_correction_is_kept_with_what_stood_before(console: Console) -> None:
    browser = given(console, ("通知.docx", notice_docx()))
    policy = attempts(console)["通知.docx"].policy_id
    path = f"/policies/{policy}/source"

    answer = browser.post(
        path, {"document_number": "槐民发[2026] 17号", "genre": "notice", "title": TITLE}, page=path
    )
    refused = browser.post(path, {"written_on": "去年", "title": ""}, page=path)

    assert answer.status_code == 303
    assert refused.status_code == 422
    with console.store.reading() as session:
        kept = session.get_one(Policy, policy)
        assert kept.document_number == "槐民发〔2026〕17号"
        assert kept.genre is Genre.NOTICE
        assert kept.places["document_number"]["where"].startswith("人工更正")
        rows = {row.field: row.was for row in session.exec(select(PolicyCorrection))}
        assert rows["document_number"] == NUMBER
    assert f"{NUMBER} → 槐民发〔2026〕17号" in browser.get(path).text


def test_an_interpretation_and_what_it_interprets_point_at_each_other(lite: Console) -> None:
    body = (
        f"近日，区民政局印发了《{TITLE.replace(' ', '')}》（{NUMBER}），现解读如下：",
        "一、政策背景。为保障高龄老年人的基本生活，区民政局会同区财政局制定了本通知。",
    )
    reading = page(title="关于高龄津贴的政策解读", number="", body=body).encode()
    browser = given(lite, ("解读.html", reading), ("通知.html", page().encode()))
    rows = attempts(lite)

    of_policy = browser.get(f"/policies/{rows['通知.html'].policy_id}").text
    of_reading = browser.get(f"/policies/{rows['解读.html'].policy_id}").text

    assert "被解读于" in of_policy
    assert str(rows["解读.html"].policy_id) in of_policy
    assert str(rows["通知.html"].policy_id) in of_reading


def test_only_a_clerk_takes_in_and_nothing_is_taken_in_for_nothing(lite: Console) -> None:
    assert lite.browser(Role.REVIEWER).post(PAGE, {}, page="/policies").status_code == 403
    answer = lite.browser(Role.CLERK).post(PAGE, {}, page=PAGE)
    assert answer.status_code == 422
    assert "请选择文件" in answer.text


def test_a_column_is_watched_and_left_again(lite: Console) -> None:
    browser = lite.browser(Role.CLERK)
    fields = {"name": "区民政局通知", "address": "http://mz.example.gov.cn/tz/"}

    browser.post("/columns", fields, page=PAGE)
    again = browser.post("/columns", fields, page=PAGE)
    shown = browser.get(PAGE).text
    (end,) = re.findall(r'action="(/columns/[^"]+/end)"', shown)
    browser.post(end, {}, page=PAGE)

    assert again.status_code == 422
    assert "区民政局通知" in shown
    assert "区民政局通知" not in browser.get(PAGE).text


@contextmanager
def served(console: Console) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(console.app, port=0, log_level="critical"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def test_in_a_browser_fifty_mixed_files_go_in_one_by_one(lite: Console) -> None:
    good = [(f"通知{n}.html", other(n)) for n in range(1, 41)]
    mixed = [
        ("红头.pdf", notice_pdf()), ("文本.txt", text_of(number="槐民发〔2026〕77号").encode()),
        ("扫描.pdf", pdf([[], []])), ("坏.docx", b"PK\x03\x04 broken"),
        ("图.png", b"\x89PNG\r\n\x1a\n0"),
        ("空.txt", b""), ("长.pdf", pdf(printed(["区民政局负责发放高龄津贴。" * 30] * 9))),
        *((f"再来{n}.html", other(n)) for n in range(1, 4)),
    ]  # fmt: skip
    cookies = lite.browser(Role.CLERK).client.cookies
    with served(lite) as base, browsing() as chromium:
        context = chromium.new_context()
        context.add_cookies(
            [{"name": c.name, "value": c.value or "", "url": base} for c in cookies.jar]
        )
        wrong: list[str] = []
        tab = context.new_page()
        tab.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        tab.goto(f"{base}{PAGE}")
        tab.set_input_files(
            "#files",
            [FilePayload(name=n, mimeType="text/html", buffer=c) for n, c in [*good, *mixed]],
        )
        tab.click("#intake button")
        tab.get_by_text("50 / 50").wait_for(timeout=120_000)
        lines = tab.locator("#progress li").all_inner_texts()
        context.close()

    assert wrong == []
    assert len(lines) == 50
    starts = [line.split()[0] for line in lines]
    assert (starts.count("新收"), starts.count("已有"), starts.count("未收")) == (42, 4, 4)
    assert "扫描" in next(line for line in lines if "扫描.pdf" in line)
    assert len(attempts(lite)) == 50
