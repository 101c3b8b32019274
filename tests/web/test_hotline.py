"""12345 worksheets on the console: uploaded, looked through, tied anew, taken back."""

from typing import Any

from sqlmodel import select

from pusher.model.policy import PolicyState
from pusher.model.question import Question
from pusher.model.staff import Role
from tests.makers import make_policy
from tests.web.browsing import Browser, Console

PAGE = "/imports/hotline"
SHEET = """工单编号,来电时间,诉求内容,所属街道,是否办结
HY1,2026-11-20 09:30,市民王女士（19900001234）问老人高龄津贴没有到账,腊山街道,否
HY2,2026-11-21 10:00,楼下路灯不亮影响出行,,是
HY3,前天,高龄津贴怎么申请,,否
""".encode()


def upload(browser: Browser, content: bytes = SHEET) -> Any:
    return browser.post(PAGE, {}, page=PAGE, files={"file": ("工单.csv", content)})


def questions(console: Console) -> list[Question]:
    with console.store.reading() as session:
        return list(session.exec(select(Question)))


def test_a_sheet_is_taken_in_shown_without_names_and_taken_back(lite: Console) -> None:
    with lite.office() as (session, office):
        make_policy(session, office, state=PolicyState.CONFIRMED)
    clerk = lite.browser(Role.CLERK)

    where = upload(clerk).headers["location"]
    shown = clerk.get(where).text
    unsure = clerk.post(f"{where}/undo", {}, page=where)
    undone = clerk.post(f"{where}/undo", {"sure": "1"}, page=where)

    assert "某女士" in shown
    assert not any(secret in shown for secret in ("王女士", "0001234"))
    assert "应为日期和时间" in shown
    assert "高龄津贴" in shown
    assert unsure.status_code == 422
    assert undone.headers["location"] == where
    assert "已撤销" in clerk.get(where).text
    assert questions(lite) == []
    assert clerk.post(f"{where}/undo", {"sure": "1"}, page="/imports").status_code == 409


def test_a_clerk_sets_right_what_a_worksheet_is_about(lite: Console) -> None:
    with lite.office() as (session, office):
        other = make_policy(session, office, title="关于路灯的通知（样例）", tags=[])
    clerk = lite.browser(Role.CLERK)
    where = upload(clerk).headers["location"]
    lamp = next(one for one in questions(lite) if one.external_number == "HY2")

    lost = clerk.post(f"{where}/calls/{lamp.id}", {"policy": "没有的"}, page=where)
    tied = clerk.post(f"{where}/calls/{lamp.id}", {"policy": "路灯"}, page=where)

    assert lost.status_code == 422
    assert "没有找到这份政策" in lost.text
    assert tied.status_code == 303
    assert {one.policy_id for one in questions(lite) if one.external_number == "HY2"} == {other.id}
    assert "路灯不亮" not in clerk.get(f"{where}?loose=1").text


def test_what_is_no_sheet_is_refused_beside_the_field(lite: Console) -> None:
    refused = upload(lite.browser(Role.CLERK), "姓名,电话\n甲,乙\n".encode())

    assert refused.status_code == 422
    assert "表头缺少" in refused.text
    assert questions(lite) == []
