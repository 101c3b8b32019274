"""A shop owner in a real browser: joins, hears by subscription, slows down, stops."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import select

from jobs import run
from profiles.consent import has_opted_out
from profiles.model import Channel, Profile, Subscription
from profiles.sealing import Sealer
from pusher.model.batch import Batch, BatchState
from pusher.model.notice import Notice, NoticeState
from pusher.model.staff import Role
from pusher.sending.deliver import deliver
from pusher.store import Store
from tests.journeys.browser import browsing
from tests.sending.makers import make_confirmed
from tests.web.browsing import Console, make_console
from tests.web.joining import FIRM_CODE, PHONE, code_for, sms
from tests.web.window import Window, faults_of, served


@pytest.fixture
def console(tmp_path: Path, sqlite_template: Path, sealer: Sealer) -> Console:
    file = tmp_path / "pusher.db"
    shutil.copy(sqlite_template, file)
    return make_console(Store(f"sqlite:///{file}", sealer=sealer))


def test_a_shop_owner_joins_hears_slows_down_and_stops(console: Console) -> None:
    faults = []
    with (
        browsing() as chromium,
        served(console) as address,
        Window(console, address, chromium).opened() as page,
    ):
        faults += _join(console, page)
        batch = _told_in_a_digest(console)
        page.goto("/p/mine")
        assert "小餐饮店补贴" in page.locator("main").inner_text()
        faults += faults_of(page)
        page.get_by_label("每周一次").check()
        page.get_by_role("button", name="改成这样").click()
        assert page.get_by_label("每周一次").is_checked()
        page.get_by_role("button", name="全部停掉").click()
        assert "现在不给您发任何通知" in page.locator("main").inner_text()
        faults += faults_of(page)
        assert page.locator("script").count() == 0

    assert faults == []
    with console.store.reading() as session:
        (firm,) = session.exec(select(Profile)).all()
        assert {s.pace.value for s in session.exec(select(Subscription))} == {"weekly"}
        assert has_opted_out(
            session, profile_ids=[firm.id], address_index=None, channel=Channel.SMS, topics=[]
        )
        assert session.get_one(Batch, batch).state is BatchState.FINISHED


def _join(console: Console, page: Page) -> list[str]:
    page.goto("/p/join")
    page.get_by_role("link", name="我代表企业").click()
    faults = faults_of(page)
    page.get_by_label("单位全称").fill("槐荫样例小吃店")
    page.get_by_label("统一社会信用代码").fill(FIRM_CODE)
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_label("商贸、餐饮和服务业").check()
    page.get_by_label("我看过告知书").check()
    page.get_by_role("button", name="发送验证码").click()
    faults += faults_of(page)
    page.get_by_label("6位验证码").fill(code_for(console))
    page.get_by_role("button", name="确定").click()
    assert "登记好了" in page.locator("main").inner_text()
    return faults + faults_of(page)


def _told_in_a_digest(console: Console) -> object:
    """The clockwork drafts, two people release, the clockwork sends; returns the batch."""
    with console.office() as (session, office):
        make_confirmed(session, office, short_title="小餐饮店补贴", tags=["Q07"])
    assert _drafted(console) == {"daily": 1, "nothing_new": 1}
    assert _drafted(console) == {"nothing_new": 2}
    with console.store.reading() as session:
        batch = session.exec(select(Batch)).one().id
    clerk, reviewer = console.browser(Role.CLERK), console.browser(Role.REVIEWER)
    path = f"/batches/{batch}"
    page = clerk.get(path).text
    assert "订阅摘要：1 份政策" in page
    assert "订阅了“样例标签”" in page
    clerk.post(f"{path}/submit", {}, page=path)
    shown = reviewer.get(path).text.split('name="shown" value="')[1].split('"')[0]
    approved = reviewer.post(f"{path}/approve", {"shown": shown, "seen": "on"}, page=path)
    assert approved.status_code == 303, approved.text
    console.later(minutes=1)
    for _ in range(2):
        deliver(
            console.store, console.gateways, settings=console.settings, now=console.now,
            owner="test",
        )  # fmt: skip
    with console.store.reading() as session:
        assert session.exec(select(Notice)).one().state is NoticeState.ACCEPTED
    assert sms(console).parcels[-1].params["title1"] == "小餐饮店补贴"
    return batch


def _drafted(console: Console) -> Mapping[str, int]:
    return run(
        "digest", store=console.store, gateways=console.gateways, settings=console.settings,
        now=console.now,
    )  # fmt: skip
