"""Two stories of people who err: a clerk in a hurry, and a reviewer who does not just nod."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from profiles.sealing import Sealer
from pusher.model.batch import Batch, BatchState
from pusher.model.policy import Policy
from pusher.model.staff import AuditEntry, Role
from pusher.store import Store
from tests.journeys.browser import browsing
from tests.sending.makers import make_confirmed, make_person
from tests.web.browsing import Browser, Console, make_console
from tests.web.window import Window, served

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
FIRST = {"kind": "first", "include": "eligible", "channels": ["sms", "wechat"]}


def ready(console: Console, people: int = 1) -> str:
    """A confirmed policy and people whom it means; its address."""
    with console.office() as (session, office):
        for _ in range(people):
            make_person(session, office, facts={"household_area": "370104"})
        return f"/policies/{make_confirmed(session, office).id}"


def drafted(clerk: Browser, policy: str, **given: Any) -> str:
    clerk.post(f"{policy}/match", page=policy)
    answer = clerk.post(f"{policy}/batches", {**FIRST, **given}, page=f"{policy}/matches")
    assert answer.status_code == 303, answer.text[-3000:]
    return str(answer.headers["location"])


def acts(console: Console, act: str) -> list[AuditEntry]:
    with console.store.reading() as session:
        return list(session.exec(select(AuditEntry).where(col(AuditEntry.act) == act)))


def batches(console: Console) -> list[Batch]:
    with console.store.reading() as session:
        return list(session.exec(select(Batch).order_by(col(Batch.id))))


def shown_on(page: str) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    assert found, "the reviewer is not asked"
    return found[1]


def test_a_picture_instead_of_the_policy_leaves_nothing_behind(lite: Console) -> None:
    clerk = lite.browser(Role.CLERK)

    for name in ("通知.html", "通知.png"):
        answer = clerk.post("/policies", {}, page="/policies", files={"file": (name, PICTURE)})
        assert answer.status_code == 422
        assert 'id="file-error"' in answer.text

    with lite.store.reading() as session:
        assert session.exec(select(Policy)).all() == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"send_after": "下周一"}, "应为日期和时间"),
        ({"send_after": "2026-12-30T09:30"}, ""),
        ({"channels": []}, "请至少选择一项渠道"),
        ({"include": []}, "请至少选择一项对象"),
    ],
)
def test_wrong_dates_and_choices_are_told_and_what_was_chosen_stays(
    lite: Console, given: dict[str, Any], says: str
) -> None:
    policy, clerk = ready(lite), lite.browser(Role.CLERK)
    clerk.post(f"{policy}/match", page=policy)

    answer = clerk.post(
        f"{policy}/batches", {**FIRST, "kind": "reminder", **given}, page=f"{policy}/matches"
    )

    assert answer.status_code in (409, 422)
    assert says in answer.text
    assert 'role="alert"' in answer.text
    assert '<option value="reminder" selected>' in answer.text
    assert str(given.get("send_after", "")) in answer.text
    assert batches(lite) == []


def test_a_batch_of_nobody_is_not_taken_and_can_be_thrown_away(lite: Console) -> None:
    with lite.office() as (session, office):
        make_person(session, office, facts={"household_area": "370104"}, scopes=())
        policy = f"/policies/{make_confirmed(session, office).id}"
    clerk = lite.browser(Role.CLERK)
    batch = drafted(clerk, policy)

    refused = clerk.post(f"{batch}/submit", page=batch)
    assert refused.status_code == 409
    assert "没有一条可发送的通知，也没有需要上门的人" in refused.text
    assert "未同意接收" in refused.text, "and the page says why nobody is left"

    assert clerk.post(f"{batch}/cancel", {"reason": "名单为空"}, page=batch).status_code == 303
    assert [b.state for b in batches(lite)] == [BatchState.CANCELLED]


def test_a_double_click_and_the_back_button_do_nothing_twice(lite: Console) -> None:
    policy, clerk = ready(lite), lite.browser(Role.CLERK)
    batch = drafted(clerk, policy)
    before = clerk.get(batch).text
    token = re.search(r'name="token" value="(\w+)"', before)
    assert token

    first = clerk.post(f"{batch}/submit", {"token": token[1]}, page=batch)
    again = clerk.post(f"{batch}/submit", {"token": token[1]}, page=batch)

    assert first.status_code == 303
    assert again.status_code == 409
    assert "待审核" in again.text, "the page shows how it stands now"
    assert len(acts(lite, "batch.submit")) == 1
    assert [b.state for b in batches(lite)] == [BatchState.IN_REVIEW]


def test_an_edit_after_the_submission_voids_it(lite: Console) -> None:
    policy, clerk, reviewer = ready(lite), lite.browser(Role.CLERK), lite.browser(Role.REVIEWER)
    batch = drafted(clerk, policy)
    clerk.post(f"{batch}/submit", page=batch)
    shown = shown_on(reviewer.get(batch).text)
    clerk.post(f"{policy}/repeal", {"reason": "金额写错，重新发布"}, page=policy)

    approved = reviewer.post(f"{batch}/approve", {"shown": shown, "seen": "1"}, page=batch)

    assert approved.status_code == 409
    assert 'role="alert"' in approved.text
    assert [b.state for b in batches(lite)] == [BatchState.IN_REVIEW]


def test_a_reviewer_refuses_the_clerk_mends_and_it_is_approved(lite: Console) -> None:
    policy, clerk, reviewer = ready(lite), lite.browser(Role.CLERK), lite.browser(Role.REVIEWER)
    batch = drafted(clerk, policy)
    clerk.post(f"{batch}/submit", page=batch)
    old = shown_on(reviewer.get(batch).text)

    assert reviewer.post(f"{batch}/send-back", {"reason": " "}, page=batch).status_code == 422
    why = {"reason": "只发短信，不用微信"}
    assert reviewer.post(f"{batch}/send-back", why, page=batch).status_code == 303
    assert "只发短信，不用微信" in clerk.get(batch).text
    assert "草稿" in clerk.get(batch).text

    clerk.post(f"{batch}/cancel", {"reason": "按审核意见重做"}, page=batch)
    mended = drafted(clerk, policy, channels=["sms"])
    clerk.post(f"{mended}/submit", page=mended)
    new = shown_on(reviewer.get(mended).text)
    late = reviewer.post(f"{batch}/approve", {"shown": old, "seen": "1"}, page=batch)
    assert late.status_code == 409
    done = reviewer.post(f"{mended}/approve", {"shown": new, "seen": "1"}, page=mended)
    assert done.status_code == 303
    assert [b.state for b in batches(lite)] == [BatchState.CANCELLED, BatchState.APPROVED]
    assert "批准" in clerk.get(mended).text


def test_nobody_approves_what_they_submitted_themselves(lite: Console) -> None:
    policy, clerk = ready(lite), lite.browser(Role.CLERK)
    batch = drafted(clerk, policy)
    clerk.post(f"{batch}/submit", page=batch)
    with lite.store.writing() as session:
        promoted = session.get_one(type(lite.staff[Role.CLERK]), lite.staff[Role.CLERK].id)
        promoted.role = Role.REVIEWER

    page = clerk.get(batch).text
    shown = batches(lite)[0].frozen_sha256 or ""
    forced = clerk.post(f"{batch}/approve", {"shown": shown, "seen": "1"}, page=batch)

    assert "您是提交人，须由另一位审核人员批准" in page
    assert forced.status_code == 409
    assert [b.state for b in batches(lite)] == [BatchState.IN_REVIEW]


@pytest.fixture
def window(tmp_path: Path, sqlite_template: Path, sealer: Sealer) -> Iterator[Window]:
    with browsing() as chromium:
        file = tmp_path / "pusher.db"
        shutil.copy(sqlite_template, file)
        console = make_console(Store(f"sqlite:///{file}", sealer=sealer))
        with served(console) as address:
            yield Window(console, address, chromium)


def test_both_stories_in_a_browser_without_scripts(window: Window) -> None:
    console = window.console
    policy = ready(console, people=2)
    with (
        window.opened(Role.CLERK, scripts=False) as clerk,
        window.opened(Role.REVIEWER, scripts=False) as reviewer,
    ):
        batch = _draft_at_the_second_try(clerk, policy)
        _submit_then_go_back_and_draft_again(clerk, policy)
        _refuse_after_forgetting_the_reason(reviewer, batch)
        clerk.goto(batch)
        expect(clerk.get_by_text("请先核对金额").first).to_be_visible()
        clerk.get_by_role("button", name="提交审核").click()
        expect(clerk.get_by_role("status")).to_be_visible()
        _approve_after_forgetting_the_tick(reviewer, batch)

    assert [b.state for b in batches(console)] == [BatchState.APPROVED, BatchState.DRAFT]
    assert len(acts(console, "batch.submit")) == 2


def _draft_at_the_second_try(clerk: Page, policy: str) -> str:
    clerk.goto(policy)
    clerk.get_by_role("button", name="计算名单").click()
    for way in ("短信", "微信", "企业微信"):
        clerk.get_by_role("checkbox", name=way, exact=True).uncheck()
    clerk.get_by_role("button", name="起草批次").click()
    expect(clerk.get_by_role("alert")).to_be_visible()
    clerk.get_by_role("checkbox", name="短信").check()
    clerk.get_by_role("button", name="起草批次").click()
    clerk.wait_for_url(re.compile("/batches/"))
    return clerk.url


def _submit_then_go_back_and_draft_again(clerk: Page, policy: str) -> None:
    clerk.get_by_role("button", name="提交审核").click()
    expect(clerk.get_by_text("须由另一位审核人员批准")).to_be_visible()
    clerk.go_back()
    # what lies behind is the draft, and not kept: it shows how things stand, and offers nothing
    expect(clerk.get_by_text("须由另一位审核人员批准")).to_be_visible()
    expect(clerk.get_by_role("button", name="提交审核")).to_have_count(0)
    clerk.goto(f"{policy}/matches")
    clerk.get_by_role("button", name="起草批次").click()
    expect(clerk.get_by_role("link", name="该号码已有同一通知").first).to_be_visible()


def _refuse_after_forgetting_the_reason(reviewer: Page, batch: str) -> None:
    reviewer.goto(batch)
    reviewer.get_by_text("退回经办").click()
    reviewer.locator("#send-back-reason").fill("  ")
    reviewer.get_by_role("button", name="退回").click()
    expect(reviewer.get_by_role("alert")).to_be_visible()
    reviewer.get_by_text("退回经办").click()
    reviewer.locator("#send-back-reason").fill("请先核对金额")
    reviewer.get_by_role("button", name="退回").click()
    expect(reviewer.get_by_role("status")).to_be_visible()


def _approve_after_forgetting_the_tick(reviewer: Page, batch: str) -> None:
    reviewer.goto(batch)
    reviewer.get_by_role("button", name="批准发送").click()
    expect(reviewer.get_by_role("alert")).to_be_visible()
    reviewer.get_by_role("checkbox").check()
    reviewer.get_by_role("button", name="批准发送").click()
    expect(reviewer.get_by_role("status")).to_be_visible()
