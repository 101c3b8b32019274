"""A clerk who never saw a line of JSON writes a rule with an exception to an exception."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import browsing
from tests.journeys.town import PASSWORDS, Town, opened


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with opened(tmp_path_factory.mktemp("office")) as town:
        yield town


def test_a_rule_is_written_by_plain_forms_and_counted_while_it_is_written(town: Town) -> None:
    policy = town.confirmed("p07")

    with browsing() as browser:
        plain = signed_in(browser, town, scripts=False)
        plain.goto(f"{town.console}/policies/{policy}/confirm")
        while plain.get_by_label(re.compile("^去掉：")).count():
            plain.get_by_label(re.compile("^去掉：")).first.click()
        built(plain)
        plain.get_by_role("button", name="试算人数").click()
        told = plain.locator("#counts").inner_text()
        plain.get_by_role("button", name="确认这份政策").click()
        plain.wait_for_url(f"{town.console}/policies/{policy}")

        live = signed_in(browser, town, scripts=True)
        live.goto(f"{town.console}/policies/{policy}/confirm")
        counts = live.locator("#counts")
        expect(counts).to_contain_text("核对了")
        live.get_by_label("注册地：取值").fill("历下区")
        expect(counts).to_contain_text("注册地在历下区")
        live.get_by_label("注册地：取值").fill("哪里")
        expect(counts).to_contain_text("还没有填好")

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


def built(page: Page) -> None:
    """The rule, by typing what is looked at and pressing buttons."""
    page.get_by_label("面向谁").select_option("enterprise")
    add(page, "看哪一项", "注册地")
    page.get_by_label("注册地：取值").fill("槐荫区")
    page.get_by_role("button", name="加除外").last.click()
    add(page, "这一组里看哪一项", "小额贷款")
    page.get_by_label("特定业态：取值").fill("小额贷款公司")
    add(page, "这一组里看哪一项", "特定业态")
    page.get_by_label("特定业态：取值").nth(1).fill("政府性融资担保机构")
    page.locator(".line.leaf", has_text="特定业态").nth(1).get_by_label("除外（不得如此）").check()
    add(page, "看哪一项", "资质荣誉")
    in_record = "在这条“资质荣誉”里看哪一项"
    add(page, in_record, "资质")
    page.get_by_label("资质：取值").fill("高新技术企业")
    add(page, in_record, "批次年度")
    page.get_by_label("批次年度：关系").select_option("ge")
    page.get_by_label("批次年度：取值").fill("2023")


def add(page: Page, where: str, what: str) -> None:
    field = page.get_by_label(where, exact=True)
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
