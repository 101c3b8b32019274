"""Every page in a real browser, empty, full and with an error: legible, reachable, scriptless."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import Session

from profiles.links import WHY_PAGE, make_link_token
from profiles.model import Doubt, OptOut
from profiles.sealing import Sealer
from pusher import staff as accounts
from pusher.duties import open_duty
from pusher.listening.questions import record
from pusher.listening.topics import Heat, group, topics_of
from pusher.model.batch import BatchState
from pusher.model.clockwork import Pause
from pusher.model.duty import DutyKind, Level
from pusher.model.notice import NoticeState
from pusher.model.policy import Policy, PolicyState
from pusher.model.question import QuestionSource
from pusher.model.staff import Role
from pusher.model.topic import Topic
from pusher.store import Store
from pusher.web.gate import Gate, gate_of, routes_of
from pusher.web.interests import NOTICE
from tests.journeys.browser import browsing
from tests.listening.asked_policies import given_policy
from tests.listening.callbacks import answer, folded, push
from tests.makers import AGED, make_interpretation, make_policy
from tests.sending.delivery_makers import make_batch, make_contact, make_notice, make_visit
from tests.sending.makers import drafted_for, make_child, make_firm, make_person
from tests.web.browsing import Console, make_console, submit
from tests.web.window import Window, faults_of, served

NO_PAGES = {
    "/healthz", "/readyz", "/metrics", "/static/{name}", "/callbacks/wechat", "/callbacks/wecom",
    "/policies/{policy_id}/original", "/visits/paper",
    "/visits/postings/{posting_id}/photo", "/leaflets/{policy_id}/pdf",
    "/leaflets/{policy_id}/poster",
}  # fmt: skip
"""Answered to machines, or a file."""


@dataclass(frozen=True, slots=True)
class Street:
    """A full office in its window, and the ids that stand in addresses."""

    window: Window
    holes: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def new_console(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, sealer: Sealer
) -> Callable[[], Console]:
    def make() -> Console:
        file = tmp_path_factory.mktemp("console") / "pusher.db"
        shutil.copy(sqlite_template, file)
        return make_console(Store(f"sqlite:///{file}", sealer=sealer))

    return make


@pytest.fixture(scope="module")
def empty(chromium: Browser, new_console: Callable[[], Console]) -> Iterator[Window]:
    console = new_console()
    with served(console) as address:
        yield Window(console, address, chromium)


@pytest.fixture(scope="module")
def full(chromium: Browser, new_console: Callable[[], Console]) -> Iterator[Street]:
    console = new_console()
    holes = furnish(console)
    with served(console) as address:
        yield Street(Window(console, address, chromium), holes)


def furnish(console: Console) -> dict[str, str]:
    """Something of everything: on every list a row, on every page what it can say."""
    clerk = console.staff[Role.CLERK].number
    with console.office() as (session, office):
        mother = make_person(session, office, name="周样例", facts={"household_area": "370104"})
        child, firm = make_child(session, office, mother), make_firm(session, office)
        alone = make_person(session, office, phone=None, facts={"welfare_status": ["dibao"]})
        session.add(OptOut(profile_id=mother.id, said_at=console.now, how="电话"))
        batch = drafted_for(session, office, [mother, child, alone, firm], by=clerk)
        read = make_policy(
            session, office, title="关于甲的通知（样例）", warnings=["没有找到发文日期"],
            draft={"rule": AGED, "audience": "resident", "subject": "self",
                   "needs_person": ["家庭经济困难的"]},
        )  # fmt: skip
        told = session.get_one(Policy, batch.policy_id)
        told.version = 2
        explained = make_interpretation(session, told)
        make_interpretation(
            session, told, policy_id=None, tied_by=None, checked_at=None, checked_by=None
        )
        earlier = {"family_id": told.family_id, "state": PolicyState.SUPERSEDED}
        make_policy(session, office, **earlier, body=["年满85周岁的老年人。"])
        sending = make_batch(session, state=BatchState.SENDING)
        unsure = make_notice(session, sending)
        unsure.state, unsure.unsure_since = NoticeState.UNSURE, console.now
        unsure.left_to_staff_at = console.now
        visit = make_visit(session, sending, person=alone)
        doubted = make_contact(session, alone)
        doubted.doubt, doubted.doubted_at = Doubt.DEAD_NUMBER, console.now
        make_batch(session, state=BatchState.FINISHED)
        for number, due in enumerate((console.now, console.now - timedelta(days=30))):
            open_duty(
                session, DutyKind.VISITS_OPEN, about=("visits", f"{sending.id}:37010401{number}"),
                title="《高龄津贴》腊山街道还有人家没有送到", due_on=due.date(), now=console.now,
                owner="槐荫区民政局", office_id=office.id, by="supervise",
            ).level = Level.HEAD if number else Level.NONE  # fmt: skip
        waiting = drafted_for(session, office, [make_person(session, office)], by=clerk)
        session.add(Pause(gateway="aliyun", by="0001", because="余额不足", since=console.now))
        invited = accounts.add(
            session, login="xinren", name="新人", number="9001", role=Role.CLERK, office=office,
            by="0001", now=console.now,
        )  # fmt: skip
        ids = {
            "policy_id": batch.policy_id,
            "read_id": read.id,
            "batch_id": batch.id,
            "sending_id": sending.id,
            "waiting_id": waiting.id,
            "profile_id": mother.id,
            "child_id": child.id,
            "visit_id": visit.id,
            "contact_id": doubted.id,
            "interpretation_id": explained.id,
            "topic_id": _topic(session, told, console).id,
            "staff_id": console.staff[Role.COMMUNITY].id,
        }
        notice = unsure.id
    submit(console, waiting)
    ids["import_id"] = _upload(console)
    ids["hotline_id"] = _call(console)
    push(console.store, [answer("19900000001", "别烦我")])
    folded(console.store)
    word = make_link_token(console.app.state.desk.sealer, WHY_PAGE, notice)
    of_text = {"word": word, "invited": invited, "kind": "resident", "version": NOTICE}
    return {**{name: str(one) for name, one in ids.items()}, **of_text}


def _upload(console: Console) -> UUID:
    """A register with a wrong number, looked through."""
    register = "姓名,证件号码,手机号\n王样例,370199194003051234,02\n".encode()
    answer = console.browser(Role.CLERK).post(
        "/imports", {"kind": "resident"}, page="/imports", files={"file": ("名册.csv", register)}
    )
    assert answer.status_code == 303, answer.text[-2000:]
    return UUID(answer.headers["location"].rsplit("/", 1)[1])


def _topic(session: Session, policy: Policy, console: Console) -> Topic:
    """Five worksheets that ask the same."""
    for text in ("津贴没有到账", "津贴没到卡上", "津贴几号发", "津贴停发了吗", "津贴还没发"):
        record(
            session, office_id=policy.office_id, source=QuestionSource.HOTLINE, text=text,
            at=console.now, policy_id=policy.id,
        )  # fmt: skip
    group(session, policy.office_id, keywords={}, heat=Heat(), by="clockwork", now=console.now)
    return topics_of(session, policy.office_id)[0]


def _call(console: Console) -> UUID:
    """A sheet of the hotline with a worksheet that has no time."""
    sheet = "编号,时间,内容\nHY1,2026-11-20 09:30,高龄津贴没有到账\nHY2,,怎么申请津贴\n".encode()
    page = "/imports/hotline"
    answer = console.browser(Role.CLERK).post(
        page, {}, page=page, files={"file": ("工单.csv", sheet)}
    )
    assert answer.status_code == 303, answer.text[-2000:]
    return UUID(answer.headers["location"].rsplit("/", 1)[1])


def pages_of(console: Console) -> dict[Role | None, list[str]]:
    """Every page, by a role that may look at it; new routes are found by themselves."""
    found: dict[Role | None, list[str]] = {}
    for route in routes_of(console.app):
        for_machines = route.path in NO_PAGES or route.path.startswith("/api/")
        is_file = "." in route.path.rsplit("/", 1)[-1]
        if "GET" in (route.methods or ()) and not for_machines and not is_file:
            gate = gate_of(route)
            may = [role for role in PREFERRED if isinstance(gate, Gate) and role in gate.roles]
            found.setdefault(may[0] if may else None, []).append(route.path)
    return found


PREFERRED = (Role.CLERK, Role.REVIEWER, Role.ADMIN, *Role)
"""Who sees the most of a page looks at it."""


def filled(path: str, holes: dict[str, str]) -> str:
    if path == "/invite/{word}":
        return path.replace("{word}", holes["invited"])
    for hole in re.findall(r"{(\w+)}", path):
        assert hole in holes, f"`furnish` makes nothing to put into {{{hole}}} of {path}"
        path = path.replace("{" + hole + "}", holes[hole])
    return path


def look(page: Page, address: str, status: int = 200) -> list[str]:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status, address
    return look_at(page, address)


def look_at(page: Page, name: str) -> list[str]:
    """What is wrong with the page that stands open."""
    found = faults_of(page)
    if page.locator("script:not([src])").count():
        found.append("a script in the page itself")
    if page.locator("h1").count() != 1:
        found.append("not one h1")
    page.set_viewport_size({"width": 1440, "height": 900})
    return [f"{name}: {fault}" for fault in found]


def test_every_page_of_an_empty_office(empty: Window) -> None:
    faults = []
    for role, paths in pages_of(empty.console).items():
        with empty.opened(role) as page:
            for path in paths:
                if "{" not in path:
                    faults += look(page, path)

    assert faults == []


def test_every_page_of_a_full_office(full: Street) -> None:
    faults = []
    for role, paths in pages_of(full.window.console).items():
        with full.window.opened(role) as page:
            for path in paths:
                faults += look(page, filled(path, full.holes))

    assert faults == []


def test_the_same_pages_in_their_other_states(full: Street) -> None:
    ids = full.holes
    seen = {
        Role.CLERK: (
            f"/policies/{ids['read_id']}",
            f"/policies/{ids['read_id']}/confirm",
            f"/batches/{ids['sending_id']}",
            f"/profiles/{ids['child_id']}?policy={ids['policy_id']}",
            "/replies?all=1",
            "/duties?state=done",
            "/policies?state=repealed",
        ),
        Role.REVIEWER: ("/", f"/batches/{ids['waiting_id']}"),
        Role.VIEWER: ("/", f"/batches/{ids['batch_id']}", f"/profiles/{ids['child_id']}"),
        Role.ADMIN: ("/", "/settings"),
        Role.AUDITOR: ("/", "/audit"),
    }
    faults = []
    for role, paths in seen.items():
        with full.window.opened(role) as page:
            for path in paths:
                faults += look(page, path)

    assert faults == []


def test_every_form_with_an_error(full: Street) -> None:
    ids = full.holes
    wrong: dict[Role | None, list[tuple[str, str, dict[str, str]]]] = {
        None: [("/sign-in", "main form", {"login": "nobody", "password": "wrong"})],
        Role.CLERK: [
            ("/policies", "#upload form", {}),
            ("/profiles", "main form[role=search]", {"words": " "}),
            (f"/profiles/{ids['profile_id']}", "form[action$=reveal]", {"reveal": " "}),
            (f"/profiles/{ids['profile_id']}/rights", "form[action$=forget]", {}),
            ("/replies", "form[action$=settle]", {}),
            ("/notices/unsure", "form[action$=settle]", {}),
            (f"/policies/{ids['read_id']}/confirm", "#main-form", {"short_title": ""}),
        ],
        Role.REVIEWER: [(f"/batches/{ids['waiting_id']}", "form[action$=approve]", {})],
        Role.ADMIN: [
            ("/staff", "form[action='/staff']", {"login": "空 格"}),
            (f"/staff/{ids['staff_id']}/role", "main form", {}),
            ("/settings", "form[action='/settings/office']", {"phone": "19900000001"}),
        ],
    }
    faults = []
    for role, forms in wrong.items():
        for path, form, typed in forms:
            with full.window.opened(role) as page:
                page.goto(path)
                sent = page.locator(form).first
                sent.evaluate("form => { form.noValidate = true }")
                for name, text in typed.items():
                    sent.locator(f"[name={name}]").fill(text)
                sent.locator("button:not(.first-button)").last.click()
                assert page.locator(".error, .wrong").count(), f"{path} says nothing of its error"
                faults += look_at(page, f"{path} with an error")

    assert faults == []


def test_a_question_is_asked_answered_and_followed_to_its_clause(full: Street) -> None:
    with full.window.console.office() as (session, office):
        given_policy(session, office)
    faults = []
    with full.window.opened() as page:
        page.goto("/p/ask")
        page.get_by_label("想问什么").fill("老人钱一个月多少，我电话199 0000 4321")
        page.get_by_role("button", name="问一问").click()
        faults += look_at(page, "an answer")
        page.get_by_label("户籍地").select_option(label="槐荫区")
        page.get_by_label("年龄（周岁）").fill("81")
        page.get_by_role("button", name="看看是否可能符合").click()
        assert "可能符合" in page.locator("main").inner_text()
        assert "4321" not in page.content()
        faults += look_at(page, "an answer with what was told")
        page.get_by_role("link", name="二，看原文").click()
        page.wait_for_url("**#c7")
        assert "每人每月100元" in page.locator("p:target").inner_text()

    assert faults == []


def test_what_is_not_there_not_allowed_or_too_late(full: Street) -> None:
    faults = []
    with full.window.opened(Role.VIEWER) as page:
        faults += look(page, "/nothing", 404)
        faults += look(page, "/staff", 403)
    with full.window.opened() as page:
        faults += look(page, "/p/why/nothing", 404)
        faults += look(page, "/invite/nothing", 410)
        page.goto(f"/p/stop/{full.holes['word']}")
        page.get_by_role("button").click()
        faults += look_at(page, "stopped")
    full.window.console.later(hours=9)
    faults += _after_the_session_ended(full)

    assert faults == []


def _after_the_session_ended(full: Street) -> list[str]:
    console = full.window.console
    with full.window.opened(Role.CLERK) as page:
        page.goto("/profiles")
        console.now += timedelta(hours=9)
        page.get_by_role("searchbox").fill("王样例")
        page.get_by_role("button", name="查找").click()
        return look_at(page, "after the session ended")


def test_the_page_that_asks_who_sits_there(full: Street) -> None:
    faults = []
    with full.window.opened(Role.CLERK) as page:
        page.goto(f"/profiles/{full.holes['profile_id']}/rights")
        full.window.console.later(minutes=16)
        page.locator("form[action$=copy]").get_by_role("textbox").fill("本人持证到窗口")
        page.locator("form[action$=copy] button").click()
        assert page.locator("#proof").evaluate("field => field === document.activeElement")
        faults += look_at(page, "asked for the password")
        page.locator("#proof").fill("not the password")
        page.get_by_role("button").click()
        assert page.get_by_text("密码不正确").is_visible()
        faults += look_at(page, "a wrong password")

    assert faults == []


def test_every_page_says_the_same_without_scripts(full: Street) -> None:
    for role, paths in pages_of(full.window.console).items():
        with full.window.opened(role, scripts=False) as page:
            for path in paths:
                answer = page.goto(filled(path, full.holes))

                assert answer is not None
                assert answer.status == 200, path
                assert page.locator("h1").is_visible(), path


def test_a_condition_lights_its_clause_when_it_is_reached_by_keyboard(full: Street) -> None:
    with full.window.console.office() as (session, office):
        body = ["具有槐荫区户籍、年满80周岁的老年人，可以申领。", "其他事项另行通知。"]
        draft = {"rule": AGED, "audience": "resident", "subject": "self"}
        policy = make_policy(session, office, draft=draft, body=body)
        address = f"/policies/{policy.id}/confirm"

    with full.window.opened(Role.CLERK) as page:
        page.goto(address)
        assert page.locator("mark.lit").count() == 0

        page.get_by_label("认可：年满80周岁").focus()

        assert "80周岁" in page.locator("mark.lit").first.inner_text()
