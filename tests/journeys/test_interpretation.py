"""A clerk's Monday: last week's calls come in, what many ask is explained to who was told of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from profiles.sealing import Sealer
from pusher.model.notice import NoticeState
from pusher.model.staff import Role
from pusher.store import Store
from tests.journeys.browser import browsing
from tests.sending.makers import (
    draft,
    make_confirmed,
    make_matches,
    make_person,
    make_run,
    notices_of,
)
from tests.web.browsing import make_console
from tests.web.window import Window, served

CALLS = "工单编号,来电时间,诉求内容,所属街道,是否办结\n" + "".join(
    f"HY{n},2026-11-2{n} 10:00,{text},腊山街道,否\n"
    for n, text in enumerate(
        (
            "市民王女士问老人高龄津贴没有到账",
            "高龄津贴这个月没到卡上",
            "高龄津贴几号发，一直没收到",
            "父亲的高龄津贴停发了",
            "老人高龄津贴怎么还没发",
        )
    )
)


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, sealer: Sealer) -> Iterator[Page]:
    """The clerk's browser, without scripts, in an office that told two people of a policy."""
    file = tmp_path / "pusher.db"
    file.write_bytes(sqlite_template.read_bytes())
    console = make_console(Store(f"sqlite:///{file}", sealer=sealer))
    with console.office() as (session, office):
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office) for _ in range(2)])
        for notice in notices_of(session, draft(session, policy, run)):
            notice.state = NoticeState.ACCEPTED
    with browsing() as browser, served(console) as address:
        window = Window(console, address, browser)
        with window.opened(Role.CLERK, scripts=False) as page:
            yield page


def test_from_the_calls_of_a_week_to_the_batch_that_explains(desk: Page, tmp_path: Path) -> None:
    sheet = tmp_path / "十一月工单.csv"
    sheet.write_text(CALLS, "gb18030")

    desk.goto("/imports")
    desk.click("text=导入12345工单")
    desk.set_input_files("#file", sheet)
    desk.click("text=上传并导入")
    imported = desk.inner_text("main")

    desk.click("nav >> text=热点")
    desk.click("main table a")
    asked = desk.inner_text("main")
    desk.fill("#i-title", "津贴没到账怎么查")
    desk.fill("#i-address", "http://www.example.gov.cn/jd/2.html")
    desk.click("text=登记解读并办结")
    settled = desk.inner_text("main")
    desk.click("text=起草解读批次")
    batch = desk.inner_text("main")

    assert "某女士" in imported
    assert "王女士" not in imported
    assert "钱到没到" in asked
    assert "已办结" in settled
    assert "满意回1，不满意回2" in batch
    assert "解读" in desk.inner_text("h1")
