"""From a dropped file to an approved batch, by mouse, and the confirming by keyboard alone."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import col, select

from profiles.sealing import Sealer
from pusher.model.policy import AudienceRule
from pusher.model.staff import Role
from pusher.store import Store
from tests.journeys.browser import browsing
from tests.makers import make_policy
from tests.sending.makers import make_person
from tests.web.browsing import make_console
from tests.web.window import Window, faults_of, served

TEXT = """关于发放高龄津贴的通知（样例）
槐民发〔2026〕9号
一、发放对象。具有槐荫区户籍、年满80周岁的老年人，可以申领高龄津贴；其他生活确有困难的除外。
二、发放标准。每人每月100元。
三、申请时间为2026年11月1日至2026年12月18日。咨询电话：0531-00000001。
济南市槐荫区民政局
2026年10月20日"""
DROP = """([text, name]) => {
  const held = new DataTransfer();
  held.items.add(new File([text], name, { type: "text/plain" }));
  document.getElementById("drop").dispatchEvent(
    new DragEvent("drop", { dataTransfer: held, bubbles: true, cancelable: true }));
}"""
HERE = {"fact": "household_area", "op": "within", "value": ["370104"], "quote": "具有槐荫区户籍"}
AGED = {"fact": "birth_date", "op": "age_ge", "value": 80, "quote": "年满80周岁的老年人"}
BODY = ["具有槐荫区户籍、年满80周岁的老年人，可以申领。", "确有特殊困难的，另行研究。"]


@pytest.fixture(scope="module")
def window(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, sealer: Sealer
) -> Iterator[Window]:
    file = tmp_path_factory.mktemp("console") / "pusher.db"
    shutil.copy(sqlite_template, file)
    console = make_console(Store(f"sqlite:///{file}", sealer=sealer))
    with console.office() as (session, office):
        for name in ("王样例", "李样例"):
            make_person(session, office, facts={"household_area": "370104"}, name=name)
        make_person(session, office, facts={"household_area": "370102"})
    with served(console) as address, browsing() as browser:
        yield Window(console, address, browser)


def a_draft(window: Window, **given: object) -> str:
    """A policy with two conditions and a clause that nobody understood; its address."""
    draft = {"audience": "resident", "subject": "self", "rule": {"all": [HERE, AGED]}, **given}
    with window.console.office() as (session, office):
        policy = make_policy(session, office, draft={"needs_person": [BODY[1]], **draft}, body=BODY)
        return f"/policies/{policy.id}"


def card(page: Page, says: str) -> Locator:
    return page.locator(".line.stop", has=page.locator(".asks", has_text=says)).first


def tab_to(page: Page, what: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(300):
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never came to {what}")


def tally(page: Page) -> Locator:
    return page.locator("#tally .main dd")


def test_a_dropped_file_is_confirmed_drafted_and_approved(window: Window) -> None:
    with window.opened(Role.CLERK) as page:
        page.goto("/policies/intake")
        page.evaluate(DROP, [TEXT, "高龄.txt"])
        page.locator("#progress a").click()
        page.get_by_role("link", name="核对并确认").click()
        expect(tally(page)).to_have_text("2")
        for clause in page.locator(".clause").all():
            clause.get_by_label("与资格无关").check()
        for accept in page.get_by_label(re.compile("^认可：")).all():
            accept.check()
        expect(page.locator("#seen")).to_have_text("都看过了")
        page.get_by_role("button", name="确认这份政策").click()
        page.get_by_role("button", name="计算名单").click()
        page.get_by_role("button", name="起草批次").click()
        batch = page.url
        page.get_by_role("button", name="提交审核").click()
        expect(page.locator("main")).to_contain_text("待审核")

    with window.opened(Role.REVIEWER) as page:
        page.goto(batch)
        page.get_by_label(re.compile("^我已")).check()
        page.get_by_role("button", name="批准").click()
        expect(page.locator("main")).to_contain_text("已批准")


def test_the_same_is_confirmed_by_keyboard_alone(window: Window) -> None:
    where = a_draft(window)
    with window.opened(Role.CLERK) as page:
        page.goto(where)
        tab_to(page, "a[href$='/confirm']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/confirm")

        page.keyboard.press("j")
        page.keyboard.press("3")
        expect(card(page, "户籍地在槐荫区")).to_be_focused()
        page.keyboard.press("a")
        expect(card(page, "年满80周岁")).to_be_focused()
        page.keyboard.press("e")
        page.keyboard.press("Control+A")
        page.keyboard.type("60")
        expect(card(page, "年满60周岁")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("x")
        page.keyboard.press("k")
        page.keyboard.press("x")
        page.keyboard.press("k")
        page.keyboard.press("a")
        tab_to(page, "button[value=confirm]")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{where}")

    with window.console.store.reading() as session:
        rule = session.exec(select(AudienceRule).order_by(col(AudienceRule.id).desc())).first()
    assert rule is not None
    assert rule.rule is not None
    assert [leaf["value"] for leaf in rule.rule["all"]] == [["370104"], 60]


def test_clause_and_condition_show_one_another(window: Window) -> None:
    with window.opened(Role.CLERK) as page:
        page.goto(f"{a_draft(window)}/confirm")
        clause = page.locator("mark", has_text="年满80周岁的老年人")

        clause.hover()
        expect(card(page, "年满80周岁")).to_have_class(re.compile("lit"))
        card(page, "户籍地在槐荫区").hover()
        expect(page.locator("mark", has_text="具有槐荫区户籍")).to_have_class(re.compile("lit"))
        expect(clause).not_to_have_class(re.compile("lit"))
        clause.locator("a").focus()
        expect(card(page, "年满80周岁")).to_have_class(re.compile("lit"))
        page.keyboard.press("Enter")
        expect(card(page, "年满80周岁")).to_be_focused()


def test_the_count_moves_and_a_struck_condition_comes_back_without_a_new_page(
    window: Window,
) -> None:
    with window.opened(Role.CLERK) as page:
        page.goto(f"{a_draft(window)}/confirm")
        page.evaluate("window.same = true")
        expect(tally(page)).to_have_text("2")

        card(page, "户籍地在槐荫区").get_by_label(re.compile("^划掉：")).check()
        expect(tally(page)).to_have_text("3 +1")
        card(page, "户籍地在槐荫区").get_by_label(re.compile("再按一次恢复")).uncheck()
        expect(tally(page)).to_have_text("2")
        assert page.evaluate("window.same")


def test_what_is_selected_in_the_text_is_the_clause_of_the_next_condition(window: Window) -> None:
    with window.opened(Role.CLERK) as page:
        page.goto(f"{a_draft(window)}/confirm")
        page.locator(".document p", has_text="确有特殊困难").select_text()

        expect(page.get_by_label("出自原文")).to_have_value(BODY[1])
        page.get_by_role("button", name="加待核实").click()
        expect(card(page, f"待核实：{BODY[1]}")).to_be_visible()


def test_keys_are_for_who_wants_them_and_never_while_somebody_types(window: Window) -> None:
    with window.opened(Role.CLERK) as page:
        page.goto(f"{a_draft(window)}/confirm")

        page.get_by_label("短标题").fill("")
        page.keyboard.type("jaxe")
        assert page.get_by_label("短标题").input_value() == "jaxe"
        page.get_by_text("键盘快捷键").click()
        page.get_by_label("使用快捷键").uncheck()
        card(page, "户籍地在槐荫区").focus()
        page.keyboard.press("a")
        assert not page.get_by_label("认可：户籍地在槐荫区").is_checked()


def test_the_cards_can_be_read_and_used_in_every_state_at_desk_and_phone(window: Window) -> None:
    with window.opened(Role.CLERK) as page:
        page.goto(f"{a_draft(window)}/confirm")
        card(page, "户籍地在槐荫区").get_by_label(re.compile("^认可：")).check()
        card(page, "年满80周岁").get_by_label(re.compile("^划掉：")).check()
        for fold in page.locator(".confirm details").all():
            fold.evaluate("fold => { fold.open = true; }")
        assert faults_of(page) == []

        boxes = page.get_by_role("group", name="户籍地：可选几项")
        boxes.get_by_role("checkbox", name="槐荫区", exact=True).uncheck()
        expect(page.locator(".line.bad .error").first).to_be_visible()
        page.get_by_role("button", name="确认这份政策").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert faults_of(page) == []


def test_without_scripts_every_click_still_does_its_work(window: Window) -> None:
    where = a_draft(window)
    with window.opened(Role.CLERK, scripts=False) as page:
        page.goto(f"{where}/confirm")
        expect(tally(page)).to_have_text("2")
        page.locator("mark a", has_text="年满80周岁").click()
        assert page.url.endswith("#line-1")
        card(page, "年满80周岁").get_by_text("改", exact=True).click()
        page.get_by_label("出生日期：关系").select_option("on_or_before")
        page.get_by_label("出生日期：日期").fill("1950-01-01")
        card(page, "户籍地在槐荫区").get_by_label(re.compile("^划掉：")).check()
        page.locator(".clause").get_by_label("与资格无关").check()
        page.get_by_role("button", name="试算人数").click()
        expect(page.locator("#counts")).to_contain_text("1950年1月1日")
        page.get_by_role("button", name="确认这份政策").click()
        expect(page.locator("h1")).to_contain_text("高龄津贴")
