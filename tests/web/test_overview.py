"""The overview says what waits and whether everything lives; sending is stopped and opened."""

import re
from datetime import timedelta

import pytest
from sqlmodel import col, select

from profiles.model import (
    Contact,
    Doubt,
    ImportState,
    ProfileKind,
    RosterImport,
)
from pusher.model.batch import BatchKind, BatchState
from pusher.model.clockwork import Heartbeat, Pause
from pusher.model.notice import NoticeState
from pusher.model.staff import AuditEntry, Role
from tests.listening.callbacks import answer, folded, push
from tests.makers import make_policy
from tests.sending.delivery_makers import make_batch, make_notice, make_visit
from tests.sending.makers import make_confirmed
from tests.web.browsing import Console


def beat(console: Console, ago: float) -> None:
    with console.store.writing() as session:
        at = console.now - timedelta(seconds=ago)
        session.add(Heartbeat(owner="jobs", at=at, since=at))


def waits(page: str, unit: str, name: str) -> int | None:
    """How many of one kind the overview says are waiting; None where it says none."""
    found = re.search(rf"<b>(\d+)<small>{unit}</small></b>\s*<div><strong>{name}<", page)
    return int(found[1]) if found else None


def test_the_overview_says_what_waits_for_whom(console: Console) -> None:
    with console.office() as (session, office):
        make_policy(session, office)
        make_batch(session, state=BatchState.APPROVED)
        make_visit(session, make_batch(session))
        unsure = make_notice(session, make_batch(session, state=BatchState.SENDING))
        unsure.state, unsure.left_to_staff_at = NoticeState.UNSURE, console.now
        phone = session.get_one(Contact, unsure.contact_id)
        phone.doubt, phone.doubted_at = Doubt.WRONG_PERSON, console.now
        session.add(
            RosterImport(
                office_id=office.id, file_sha256="0" * 64, file_name="居民.csv", at=console.now,
                kind=ProfileKind.RESIDENT, state=ImportState.CHECKED, added=1, changed=0,
                unchanged=0, rejected=[],
            )
        )  # fmt: skip
    push(console.store, [answer("19900000001", "别烦我")])
    folded(console.store)

    clerk = console.browser(Role.CLERK).get("/").text
    reviewer = console.browser(Role.REVIEWER).get("/").text
    admin = console.browser(Role.ADMIN).get("/").text

    assert waits(clerk, "份", "政策待确认")
    for unit, name in (("条", "回复待处理"), ("条", "通知存疑"), ("户", "待上门"),
                       ("个", "号码待核实"), ("份", "名册未导完")):  # fmt: skip
        assert waits(clerk, unit, name) == 1, name
    assert "居民.csv" in clerk
    assert waits(reviewer, "个", "批次待审核") is None, "said as a place without arrears"
    assert "批次待审核" in reviewer
    assert "政策待确认" not in reviewer
    assert "件事等您处理" in clerk
    assert "正在发送" in clerk
    assert "政策待确认" not in admin
    assert "30天内截止" not in admin
    assert waits(admin, "年", "节假日未录入")


def test_a_drafted_reminder_waits_apart_from_other_drafts(lite: Console) -> None:
    with lite.office() as (session, _):
        make_batch(session, state=BatchState.DRAFT, kind=BatchKind.REMINDER)
        make_batch(session, state=BatchState.DRAFT)

    page = lite.browser(Role.CLERK).get("/").text

    assert (waits(page, "个", "待审提醒"), waits(page, "个", "批次草稿")) == (1, 1)


def test_the_overview_names_what_ends_soon_and_whether_people_were_told(console: Console) -> None:
    def policy(title: str, days: int) -> None:
        with console.office() as (session, office):
            made = make_confirmed(session, office)
            made.short_title = title
            made.apply_until = console.now.date() + timedelta(days=days)

    for title, days in (
        ("明天的津贴", 1),
        ("今天的补贴", 0),
        ("昨天的补助", -1),
        ("明年的奖励", 60),
    ):
        policy(title, days)

    page = console.browser(Role.CLERK).get("/").text

    assert page.index("今天的补贴") < page.index("明天的津贴"), "the nearest first"
    assert "还有 1 天" in page
    assert "昨天的补助" not in page
    assert "明年的奖励" not in page
    assert "未算名单" in page


def test_a_new_office_is_told_where_to_begin(lite: Console) -> None:
    assert "从这里开始" in lite.browser(Role.CLERK).get("/").text
    assert "从这里开始" not in lite.browser(Role.ADMIN).get("/").text


@pytest.mark.parametrize(("ago", "alive"), [(5, True), (59, True), (61, False), (None, False)])
def test_the_clockwork_lives_by_its_row(lite: Console, ago: float | None, alive: bool) -> None:
    if ago is not None:
        beat(lite, ago)

    page = lite.browser(Role.VIEWER).get("/").text

    assert ("自动任务运转正常" in page) is alive
    assert ("自动任务没有在运行" in page) is not alive


def test_the_office_clock_stands_on_every_page_and_runs(lite: Console) -> None:
    assert "2026年11月25日 周三 09:30" in lite.browser().get("/sign-in").text
    lite.later(hours=1)
    page = lite.browser(Role.VIEWER).get("/policies").text
    assert "2026年11月25日 周三 10:30" in page
    assert "演示时钟" not in page

    assert "演示时钟" in lite.with_settings(clock_ahead_s=60.0).browser().get("/sign-in").text


def test_quiet_hours_switched_off_are_shown_in_red(lite: Console) -> None:
    loud = lite.with_settings(quiet_hours=False)

    for path in ("/", "/policies", "/batches", "/visits", "/replies", "/notices/unsure"):
        assert "静默时段已关闭" in loud.browser(Role.CLERK).get(path).text, path
        assert "静默时段已关闭" not in lite.browser(Role.CLERK).get(path).text, path


def test_a_gateway_is_stopped_and_opened_again(console: Console) -> None:
    clerk = console.browser(Role.CLERK)

    assert clerk.post("/gateways/aliyun/pause", {"because": " "}).status_code == 422
    for _ in range(2):
        assert clerk.post("/gateways/aliyun/pause", {"because": "余额不足"}).status_code == 303
    assert clerk.post("/gateways/fax/pause", {"because": "没有"}).status_code == 404
    page = console.browser(Role.VIEWER).get("/").text
    assert "余额不足" in page

    for _ in range(2):
        assert clerk.post("/gateways/aliyun/resume").status_code == 303
    with console.store.reading() as session:
        assert session.exec(select(Pause)).all() == []
        acts = session.exec(
            select(AuditEntry.act).where(col(AuditEntry.act).startswith("gateway."))
        ).all()
    assert acts.count("gateway.pause") == 1
    assert acts.count("gateway.resume") == 1


def test_what_is_wrong_with_one_stop_form_stands_at_that_form(lite: Console) -> None:
    clerk = lite.browser(Role.CLERK)
    long = "余额不足" * 60

    pages = {
        where: clerk.post(address, {"because": long}).text
        for where, address in (
            ("all", "/holds"),
            ("aliyun", "/gateways/aliyun/pause"),
            ("wechat", "/gateways/wechat/pause"),
        )
    }

    for where, page in pages.items():
        assert page.count("不能超过200字，现有240字") == 1
        before, _, after = page.partition('id="because-error"')
        assert before.rsplit("<label for=", 1)[1].startswith(f'"because-{where}"')
        assert after.split("<input", 1)[1].split(">", 1)[0].count(long) == 1, (
            "nothing typed is lost"
        )


def test_a_hold_is_shown_in_red_on_every_page_until_a_reviewer_lifts_it(console: Console) -> None:
    clerk, reviewer = console.browser(Role.CLERK), console.browser(Role.REVIEWER)

    assert clerk.post("/holds", {"because": " "}).status_code == 422
    assert clerk.post("/holds", {"because": "发现文字有误"}).status_code == 303

    for role, path in (
        (Role.CLERK, "/"),
        (Role.VIEWER, "/batches"),
        (Role.ADMIN, "/staff"),
        (Role.AUDITOR, "/audit"),
    ):
        page = console.browser(role).get(path).text
        assert "全部停发中（工作人员紧急停发" in page
        assert "发现文字有误" in page
    assert "解除停发" not in clerk.get("/").text

    assert reviewer.post("/holds/staff/lift", {"remark": ""}).status_code == 422
    assert reviewer.post("/holds/staff/lift", {"remark": "文字已更正"}).status_code == 303
    assert reviewer.post("/holds/staff/lift", {"remark": "再来一次"}).status_code == 404
    assert "全部停发中" not in clerk.get("/").text
    with console.store.reading() as session:
        acts = session.exec(
            select(AuditEntry.act).where(col(AuditEntry.act).startswith("hold."))
        ).all()
    assert acts == ["hold.place", "hold.lift"]
