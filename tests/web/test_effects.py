"""The page of effects: figures and bars from the rows, and a spreadsheet that names nobody."""

import csv
import io

from pusher.model.batch import BatchState
from pusher.model.notice import NoticeState, Outcome
from pusher.model.policy import Policy
from pusher.model.staff import Role
from tests.sending.delivery_makers import make_batch, make_notice, make_person, the_office
from tests.web.browsing import Console


def told(console: Console, number: int, *, sensitive: bool = False) -> str:
    with console.office() as (session, _):
        batch = make_batch(session, state=BatchState.FINISHED)
        session.get_one(Policy, batch.policy_id).short_title = "=高龄津贴"
        for _ in range(number):
            make_notice(
                session, batch, state=NoticeState.ACCEPTED, outcome=Outcome.DELIVERED,
                sensitive=sensitive, accepted_at=console.now,
                reader=make_person(session, the_office(session), name="样例甲"),
            )  # fmt: skip
        return str(batch.policy_id)


def test_the_figures_of_an_office_are_shown_and_explained(console: Console) -> None:
    policy = told(console, 6)
    viewer = console.browser(Role.VIEWER)

    page = viewer.get("/effects").text
    one = viewer.get(f"/effects?policy={policy}").text

    assert "送到占找到的100%" in page
    assert "腊山街道" in page
    assert "2026-11" in page
    assert "0.27" in page, "six segments"
    assert "任何一次名单找到的人" in page
    assert "一份政策" in one
    assert "这段时间没有算过名单的政策" in viewer.get("/effects?since=2026-11-26").text
    for odd in ("since=x", "policy=x", "since=9999-12-31", "since=0001-01-01"):
        assert viewer.get(f"/effects?{odd}").status_code == 200


def test_few_people_of_a_guarded_group_are_not_shown_by_street(lite: Console) -> None:
    told(lite, 3, sensitive=True)

    page = lite.browser(Role.VIEWER).get("/effects").text

    assert "少于5人的数不显示" in page
    assert page.count('<span class="soft">不显示</span>') == 2


def test_the_spreadsheet_names_nobody_and_runs_nothing(lite: Console) -> None:
    told(lite, 2)

    sheet = lite.browser(Role.CLERK).get("/effects.csv")

    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert sheet.headers["content-disposition"].startswith("attachment")
    assert [(row["政策"], row["送到"], row["费用（元）"]) for row in rows] == [
        ("'=高龄津贴", "2", "0.090")
    ]
    assert "样例甲" not in sheet.text
    assert "199" not in sheet.text
