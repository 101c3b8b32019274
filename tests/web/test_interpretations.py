"""Interpretations on the console, and what of them a citizen reads."""

import re

from sqlmodel import col, select

from pusher.model.interpretation import Form, Interpretation
from pusher.model.policy import Policy, PolicyState
from pusher.model.staff import Role
from tests.makers import make_interpretation, make_policy
from tests.reading.pages import NUMBER, page
from tests.web.browsing import Console

HAND = {"title": "一图读懂高龄津贴", "form": "picture", "published_on": "2026-11-20"}
FILE = page(
    title="高龄津贴政策说明会实录",
    number=NUMBER,
    body=("年满80周岁的老年人带身份证和户口簿到社区登记，津贴次月发放到本人银行卡。", "免费办理。"),
).encode()


def of(console: Console) -> list[Interpretation]:
    with console.store.reading() as session:
        return list(session.exec(select(Interpretation).order_by(col(Interpretation.id))))


def a_policy(console: Console) -> str:
    with console.office() as (session, office):
        policy = make_policy(session, office, state=PolicyState.CONFIRMED, document_number=NUMBER)
        return str(policy.id)


def test_a_clerk_registers_one_and_the_public_finds_it(lite: Console) -> None:
    policy, clerk = a_policy(lite), lite.browser(Role.CLERK)
    where = f"/policies/{policy}"

    wrong = clerk.post(f"{where}/interpretations", {**HAND, "address": "区网站"}, page=where)
    told = clerk.post(
        f"{where}/interpretations", {**HAND, "address": "http://www.example.cn/1"}, page=where
    )
    public = lite.browser().get(f"/p/policy/{policy}").text

    assert wrong.status_code == 422
    assert "网址应以 http:// 或 https:// 开头" in wrong.text
    assert 'value="区网站"' in wrong.text
    assert told.headers["location"] == where
    assert [one.form for one in of(lite)] == [Form.PICTURE]
    assert 'href="http://www.example.cn/1"' in public
    assert "一图读懂高龄津贴" in clerk.get(where).text


def test_a_file_handed_in_is_read_and_is_no_version_of_the_policy(lite: Console) -> None:
    policy, clerk = a_policy(lite), lite.browser(Role.CLERK)
    where = f"/policies/{policy}"

    told = clerk.post(
        f"{where}/interpretations", {}, page=where, files={"file": ("实录.html", FILE)}
    )
    (one,) = of(lite)
    text = lite.browser().get(f"/p/interpretation/{one.id}").text

    assert told.headers["location"] == f"/interpretations/{one.id}"
    assert "带身份证和户口簿到社区登记" in text
    with lite.store.reading() as session:
        stands = session.exec(select(Policy).where(Policy.state == PolicyState.CONFIRMED)).one()
        assert str(stands.id) == policy
    assert "高龄津贴政策说明会实录" not in clerk.get("/policies").text


def test_what_was_read_waits_for_a_look_and_staff_may_tie_it_anew(lite: Console) -> None:
    policy, clerk = a_policy(lite), lite.browser(Role.CLERK)
    with lite.office() as (session, office):
        wrong = make_policy(session, office, title="关于甲的通知（样例）")
        one = make_interpretation(session, wrong, checked_at=None, checked_by=None)
        where = f"/interpretations/{one.id}"
    unseen = lite.browser().get(f"/p/interpretation/{one.id}")

    waiting = clerk.get("/").text
    lost = clerk.post(where, {**HAND, "policy": "没有的政策"}, page=where)
    tied = clerk.post(where, {**HAND, "policy": NUMBER}, page=where)

    assert "解读待核对" in waiting
    assert unseen.status_code == 404
    assert "没有找到这份政策" in lost.text
    assert tied.headers["location"] == f"/policies/{policy}"
    assert [(str(o.policy_id), o.title) for o in of(lite)] == [(policy, HAND["title"])]
    assert re.search("没有待核对的解读", clerk.get("/interpretations?waiting=1").text)

    ended = clerk.post(f"{where}/end", {}, page=where)
    again = clerk.post(f"{where}/end", {}, page="/")
    assert (ended.status_code, again.status_code) == (303, 409)
    assert "还没有解读" in clerk.get("/interpretations").text


def test_a_plan_is_set_on_the_policys_page_and_is_shown_when_it_is_late(lite: Console) -> None:
    policy, clerk = a_policy(lite), lite.browser(Role.CLERK)
    where = f"/policies/{policy}"
    plan = {
        "plan_department": "区民政局", "plan_form": "picture", "plan_stage": "at",
        "plan_due_on": "2026-11-27",
    }  # fmt: skip

    bare = clerk.get(where).text
    wrong = clerk.post(f"{where}/interpretation-plan", {**plan, "plan_due_on": ""}, page=where)
    unsaid = clerk.post(f"{where}/interpretation-plan", {**plan, "plan_waives": "1"}, page=where)
    told = clerk.post(f"{where}/interpretation-plan", plan, page=where)
    planned, listed = (clerk.get(path).text for path in (where, "/interpretations"))
    lite.later(days=3)
    late = lite.browser(Role.CLERK).get("/").text

    assert "没有解读方案" in bare
    assert (wrong.status_code, unsaid.status_code) == (422, 422)
    assert "请填写最迟哪天发" in wrong.text
    assert "请填写不用解读的原因" in unsaid.text
    assert told.headers["location"] == where
    assert "方案：区民政局，图解" in planned
    assert "2026年11月27日" in listed
    assert "解读逾期未发" in late
