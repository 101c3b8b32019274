"""Three people's stories, from the office's door to theirs, through pages and commands alone."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.browser import browsing
from tests.journeys.town import PASSWORDS, Town, opened, until


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with opened(tmp_path_factory.mktemp("office")) as town:
        yield town


def test_a_firm_hears_by_wechat_reads_why_and_the_office_can_prove_it(
    town: Town, tmp_path: Path
) -> None:
    clerk, reviewer, firm = town.person("clerk"), town.person("reviewer"), town.person()
    before = {t["reference"] for t in town.texts()}

    batch = town.drafted(clerk, town.confirmed("p09"), include=["eligible", "subscribed"])
    preview = html.unescape(clerk.sees(batch))
    assert town.texts() == [] or {t["reference"] for t in town.texts()} == before
    town.released(clerk, reviewer, batch)

    counted = town.counted(batch)
    texts = [t for t in town.texts() if t["reference"] not in before]
    assert str(counted["cost"]).rstrip("0") in preview, "the cost stood there before it left"
    assert counted["planned"] == sum(counted["by_state"].values())
    assert counted["receipts"] >= counted["by_state"]["accepted"] == len(texts) > 0
    lines = _notices(town, batch, tmp_path)
    assert len(lines) == counted["planned"]
    assert "审计链完整" in town.run("audit", "verify")

    by_wechat = [text for text in texts if text["provider"] == "wechat"]
    assert any("可能符合" in text["text"] for text in by_wechat)
    assert not any("您符合" in text["text"] for text in texts)
    link = re.search(r"/p/why/[\w.\-]+", json.dumps(by_wechat[0]))
    assert link
    assert "您符合" not in firm.sees(link[0])
    stop = link[0].replace("/why/", "/stop/")
    assert firm.sees(stop) == firm.sees(stop), "opening the page changes nothing"
    opt_outs = town.run("report", "--json")["opt_outs"]
    firm.browser.post(stop, data={"what": "all"}, headers={"origin": town.console})
    assert town.run("report", "--json")["opt_outs"] == opt_outs + 1


def test_a_guardian_who_answers_stop_is_left_out_from_then_on_with_that_reason(
    town: Town, tmp_path: Path
) -> None:
    clerk, reviewer = town.person("clerk"), town.person("reviewer")
    first = town.drafted(clerk, town.confirmed("p04"))
    before = {t["reference"] for t in town.texts()}
    town.released(clerk, reviewer, first)
    sms = [t for t in town.texts() if t["provider"] == "aliyun" and t["reference"] not in before]
    assert sms, "a guardian is told by SMS"
    assert "您照护的家人可能符合" in sms[0]["text"]

    town.answers(sms[0]["to"], " 退 订 ")
    until(lambda: town.rows("optout") > 0)
    assert town.run("report", "--json")["opt_outs"] > 0
    second = town.drafted(clerk, town.confirmed("p06"))
    town.released(clerk, reviewer, second)

    assert town.counted(second)["by_reason"]["opted_out"] > 0
    again = {t["reference"] for t in town.texts(sms[0]["to"])} - before
    assert again == {sms[0]["reference"]}
    left_out = [n for n in _notices(town, second, tmp_path) if n["reason"] == "opted_out"]
    assert left_out
    assert all(n["attempts"] == [] for n in left_out)


def test_an_elderly_person_without_a_phone_gets_a_leaflet_and_a_ticked_visit(
    town: Town, tmp_path: Path
) -> None:
    clerk, reviewer = town.person("clerk"), town.person("reviewer")
    policy = town.confirmed("p02")
    batch = town.drafted(clerk, policy)
    town.released(clerk, reviewer, batch)
    number = batch.rsplit("/", 1)[1]

    doors = town.run("visits", "list", "--batch", number, "--json")
    assert doors, "somebody is to be visited"
    leaf = html.unescape(clerk.sees(f"/leaflets/{policy}"))
    town.run("leaflet", policy, "--community", "青园社区", "--out", str(tmp_path / "纸.html"))
    clerk.sends(f"/visits/{doors[0]['id']}", on="/visits", met="yes", remark="已送到")

    assert "高龄" in leaf
    assert "青园社区" in (tmp_path / "纸.html").read_text("utf-8")
    after = town.run("visits", "list", "--batch", number, "--json")
    assert [d["state"] for d in after if d["id"] == doors[0]["id"]] == ["done"]
    assert town.counted(batch)["visits"]["done"] == 1


def test_a_policy_of_which_nobody_was_told_is_owed_until_somebody_is(town: Town) -> None:
    clerk, policy = town.person("clerk"), town.confirmed("p08")
    town.run("jobs", "--run", "supervise")

    with browsing() as browser:
        page = browser.new_page(base_url=town.console)
        page.goto("/sign-in")
        page.fill("input[name=login]", "clerk")
        page.fill("input[name=password]", PASSWORDS["clerk"])
        page.click("main button")
        page.goto("/duties?kind=policy_unsent")
        page.click(f"main a[href='/policies/{policy}']")
        assert page.url.endswith(f"/policies/{policy}"), "a duty leads to where it is done"

        batch = town.drafted(clerk, policy)
        clerk.sends(f"{batch}/submit", on=batch)
        town.run("jobs", "--run", "supervise")

        page.goto("/duties?kind=policy_unsent")
        assert page.locator(f"main a[href='/policies/{policy}']").count() == 0
        page.goto("/duties?state=done")
        assert "系统核对：已经办好" in page.inner_text("main")
        page.goto("/effects")
        page.click(f"main a[href*='{policy}']")
        assert "一份政策" in page.inner_text("main")


def _notices(town: Town, batch: str, folder: Path) -> list[dict[str, object]]:
    out = folder / "notices.jsonl"
    town.run("batch", "notices", batch.rsplit("/", 1)[1], "--out", str(out))
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_every_page_of_the_route_fits_a_desk_and_a_phone_without_scripts(
    town: Town, tmp_path: Path
) -> None:
    clerk = town.person("clerk")
    policy = town.confirmed("p07")
    batch = town.drafted(clerk, policy)
    paths = (
        "/", "/policies", f"/policies/{policy}", f"/policies/{policy}/confirm",
        f"/policies/{policy}/matches", "/batches", batch, "/visits", "/visits/postings",
        "/replies", "/notices/unsure", "/duties", "/duties/sheet", "/effects",
        f"/p/policy/{policy}",
    )  # fmt: skip

    with browsing() as browser:
        for width in (1440, 390):
            desk = browser.new_context(viewport={"width": width, "height": 900})
            page = desk.new_page()
            page.goto(f"{town.console}/sign-in")
            page.fill("input[name=login]", "clerk")
            page.fill("input[name=password]", PASSWORDS["clerk"])
            page.click("main button")
            page.wait_for_url(f"{town.console}/")
            for path in paths:
                answer = page.goto(town.console + path)
                assert answer is not None
                assert answer.status == 200, path
                assert page.locator("h1").count() == 1, path
                assert page.locator("main").count() == 1, path
                # scripts are files of ours, never lines of the page
                assert page.locator("script:not([src])").count() == 0, path
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{path} is {wide} px wide at {width}"
            desk.close()
