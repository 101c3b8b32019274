"""A clerk who never saw a line of JSON writes a rule with an exception to an exception."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.browser import browsing
from tests.journeys.town import PASSWORDS, Town, opened


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with opened(tmp_path_factory.mktemp("office"), only=frozenset({"console"})) as town:
        yield town


def test_a_rule_is_written_by_plain_forms_and_counted_while_it_is_written(town: Town) -> None:
    policy = town.confirmed("p07")

    with browsing() as browser:
        plain = signed_in(browser, town, scripts=False)
        plain.goto(f"{town.console}/policies/{policy}/confirm")
        for old in plain.locator(".line.depth-0:not(.element)").get_by_label(STRIKE).all():
            old.check()
        built(plain)
        plain.get_by_role("button", name="试算人数").click()
        told = plain.locator("#counts").inner_text()
        plain.get_by_role("button", name="确认这份政策").click()
        plain.wait_for_url(f"{town.console}/policies/{policy}")

        live = signed_in(browser, town, scripts=True)
        live.goto(f"{town.console}/policies/{policy}/confirm")
        counts = live.locator("#counts")
        expect(counts).to_contain_text("核对了")
        card(live, "注册地在槐荫区").get_by_text("改", exact=True).click()
        elsewhere = live.get_by_role("textbox", name="其他地方")
        elsewhere.fill("历下区")
        expect(counts).to_contain_text("注册地在槐荫区、历下区之一")
        elsewhere.fill("哪里")
        expect(counts).to_contain_text("还没有填好")
        expect(live.locator(".line.bad .error")).to_contain_text("不认识的地名")

    for sentence in SENTENCES:
        assert sentence in told
    assert "可能符合" in told
    assert "被除外" in told
    rule = town.run("policy", "show", policy, "--json")["rule_text"]
    assert all(sentence in rule for sentence in SENTENCES)


SENTENCES = (
    "1. 注册地在槐荫区",
    "2. 不包括同时符合以下各项的情形：",
    "（1）特定业态包括小额贷款公司",
    "（2）不包括：特定业态包括政府性融资担保机构的",
    "3. 资质荣誉中至少有一条同时符合：资质为高新技术企业，且批次年度不少于2023",
)


STRIKE = re.compile("^划掉：")


def built(page: Page) -> None:
    """The rule, by typing what is looked at, ticking boxes and pressing buttons."""
    page.get_by_label("面向谁").select_option("enterprise")
    add(page, "看哪一项", "注册地")
    page.get_by_role("checkbox", name="槐荫区", exact=True).check()
    page.get_by_role("button", name="加除外").last.click()
    add_inside(page, "小额贷款")
    page.get_by_role("checkbox", name="小额贷款公司", exact=True).check()
    add_inside(page, "特定业态")
    page.get_by_role("checkbox", name="政府性融资担保机构", exact=True).check()
    page.get_by_role("checkbox", name="除外（不得如此）", exact=True).check()
    add(page, "看哪一项", "资质荣誉")
    in_record = "在这条“资质荣誉”里看哪一项"
    page.get_by_text("在这条“资质荣誉”里加一项").last.click()
    add(page, in_record, "资质")
    page.get_by_label("资质：选一项").select_option("高新技术企业")
    page.get_by_text("在这条“资质荣誉”里加一项").last.click()
    add(page, in_record, "批次年度")
    page.get_by_label("批次年度：关系").select_option("ge")
    page.get_by_label(re.compile("^批次年度：数额")).fill("2023")


def add_inside(page: Page, what: str) -> None:
    """Add to the group that was added last."""
    page.get_by_text("在这一组里加条件").last.click()
    add(page, "这一组里看哪一项", what)


def card(page: Page, says: str) -> Locator:
    return page.locator(".line.leaf", has=page.locator(".asks", has_text=says)).last


def add(page: Page, where: str, what: str) -> None:
    field = page.get_by_label(where, exact=True).locator("visible=true")
    field.fill(what)
    row = page.locator(".line.adding").filter(has=field)
    row.get_by_role("button", name="加条件").click()


def signed_in(browser: Browser, town: Town, *, scripts: bool) -> Page:
    page = browser.new_context(
        viewport={"width": 1440, "height": 900}, java_script_enabled=scripts
    ).new_page()
    page.goto(f"{town.console}/sign-in")
    page.fill("input[name=login]", "clerk")
    page.fill("input[name=password]", PASSWORDS["clerk"])
    page.click("main button")
    page.wait_for_url(f"{town.console}/")
    return page
