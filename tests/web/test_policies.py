"""From a file to a confirmed policy and its list, as a clerk does it."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from pusher.model.batch import Batch
from pusher.model.match import MatchRun
from pusher.model.policy import AudienceRule, Policy, PolicyState, PolicyTag
from pusher.model.staff import Role
from pusher.web.highlight import CONDITION, ELEMENT, PERSON, Quote, marked
from tests.makers import AGED, make_policy
from tests.sending.makers import make_confirmed, make_person
from tests.web.browsing import Browser, Console

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>通知</title></head><body>
<h1>关于发放高龄津贴的通知（样例）</h1><p>槐民发〔2026〕9号</p>
<p>各街道办事处：现将有关事项通知如下。</p>
<p>一、发放对象。具有槐荫区户籍、年满80周岁的老年人，可以申领高龄津贴。</p>
<p>二、发放标准。每人每月100元。</p>
<p>三、申请时间为2026年11月1日至2026年12月18日。咨询电话：0531-00000001。</p>
<p>济南市槐荫区民政局</p><p>2026年10月20日</p></body></html>""".encode()


def upload(browser: Browser, content: bytes = PAGE, name: str = "通知.html") -> Any:
    return browser.post(
        "/policies", {}, page="/policies", files={"file": (name, content, "text/html")}
    )


def confirm_fields(**given: Any) -> dict[str, Any]:
    """A form as it would be sent, with the two conditions of `AGED`."""
    return {
        "act": "confirm",
        "short_title": "高龄津贴",
        "benefit_line": "每人每月100元",
        "apply_until": "2026-12-18",
        "audience": "resident",
        "subject": "self",
        "tags": ["M02"],
        "lines": "2",
        "line-0-kind": "leaf",
        "line-0-depth": "0",
        "line-0-fact": "household_area",
        "line-0-op": "within",
        "line-0-value": "槐荫区",
        "line-0-quote": "具有槐荫区户籍",
        "line-1-kind": "leaf",
        "line-1-depth": "0",
        "line-1-fact": "birth_date",
        "line-1-op": "age_ge",
        "line-1-value": "80",
        "line-1-quote": "年满80周岁的老年人",
        **given,
    }


def read_one(console: Console, **given: Any) -> str:
    """A policy as read; its address."""
    draft = {"rule": AGED, "audience": "resident", "subject": "self", **given}
    with console.office() as (session, office):
        return f"/policies/{make_policy(session, office, draft=draft).id}"


def test_a_file_becomes_a_policy_once(console: Console) -> None:
    browser = console.browser(Role.CLERK)

    first, second = upload(browser), upload(browser, name="又一次.html")

    assert first.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    page = browser.get(first.headers["location"]).text
    assert "这是原来那一份" in page
    assert "关于发放高龄津贴的通知" in page
    assert "高龄与老年津贴" in page
    assert '<mark class="condition">' in page
    assert "每人每月100元" in page
    with console.store.reading() as session:
        assert len(session.exec(select(Policy)).all()) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "文件是空的"), (b"\x00\x01\x02" * 50, ""), (b"<html><body></body></html>", "")],
)
def test_a_file_that_cannot_be_read_says_why_beside_the_field(
    console: Console, content: bytes, says: str
) -> None:
    response = upload(console.browser(Role.CLERK), content)

    assert response.status_code == 422
    assert 'id="file-error"' in response.text
    assert says in response.text
    with console.store.reading() as session:
        assert session.exec(select(Policy)).all() == []


def test_an_upload_needs_a_file(lite: Console) -> None:
    response = lite.browser(Role.CLERK).post("/policies", {}, page="/policies")

    assert response.status_code == 422
    assert "请选择要上传的文件" in response.text


def test_a_file_name_is_shown_as_text(lite: Console) -> None:
    browser = lite.browser(Role.CLERK)

    where = upload(browser, name='../../<img src=x onerror="1">.html').headers["location"]

    page = browser.get(where).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_the_list_is_searched_by_title_number_and_state(console: Console) -> None:
    with console.office() as (session, office):
        make_policy(session, office, title="关于甲的通知", document_number="槐政〔2026〕1号")
        make_policy(session, office, title="100%补贴的公告", state=PolicyState.CONFIRMED)
    browser = console.browser(Role.VIEWER)

    def found(query: str) -> tuple[bool, bool]:
        page = browser.get(f"/policies?{query}").text
        return "关于甲的通知" in page, "100%补贴的公告" in page

    assert found("") == (True, True)
    assert found("words=甲") == (True, False)
    assert found("words=〔2026〕1号") == (True, False)
    assert found("words=100%25补") == (False, True)
    assert found("words=%25") == (False, True)
    assert found("state=confirmed") == (False, True)
    assert found("state=nonsense") == (True, True)
    assert found("page=99999") == (False, False)


def test_a_clerk_confirms_and_computes_the_list(console: Console) -> None:
    where = read_one(console)
    with console.office() as (session, office):
        make_person(session, office, facts={"household_area": "370104"}, name="欧阳样例")
    browser = console.browser(Role.CLERK)

    confirmed = browser.post(f"{where}/confirm", confirm_fields())
    assert confirmed.status_code == 303
    with console.store.reading() as session:
        policy = session.exec(select(Policy)).one()
        rule = session.exec(select(AudienceRule)).one()
        tags = session.exec(select(PolicyTag.tag_code)).all()
    assert policy.state is PolicyState.CONFIRMED
    assert policy.short_title == "高龄津贴"
    assert policy.elements["benefit_line"] == "每人每月100元"
    assert rule.confirmed_by == console.staff[Role.CLERK].number
    assert rule.rule == AGED
    assert tags == ["M02"]

    matched = browser.post(f"{where}/match")
    assert matched.headers["location"] == f"{where}/matches"
    page = browser.get(f"{where}/matches").text
    assert "欧**例" in page
    assert "欧阳样例" not in page
    assert "年满80周岁" in page

    drafted = browser.post(
        f"{where}/batches", {"kind": "first", "include": "eligible", "channels": ["sms", "wechat"]}
    )
    assert drafted.headers["location"].startswith("/batches/")
    with console.store.reading() as session:
        assert session.exec(select(Batch)).one().drafted_by == rule.confirmed_by


def test_the_form_shows_what_was_read_and_stores_nothing(console: Console) -> None:
    where = read_one(console, needs_person=["其他困难情形"])
    browser = console.browser(Role.CLERK)

    page = browser.get(f"{where}/confirm").text
    checked = browser.post(f"{where}/confirm", confirm_fields(act="check"))

    assert "先决定这 1 处读不懂的条件" in page
    assert 'value="槐荫区"' in page
    assert checked.status_code == 200
    assert "1. 户籍地在槐荫区" in checked.text
    with console.store.reading() as session:
        assert session.exec(select(AudienceRule)).all() == []


def test_a_condition_is_added_changed_and_dropped(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)

    typed = {"add-root": "居住形态"}
    added = browser.post(f"{where}/confirm", confirm_fields(act="add-root-condition", **typed))
    assert added.status_code == 200
    assert 'name="line-2-fact" value="living_arrangement"' in added.text

    third = {
        "lines": "3",
        "line-2-kind": "leaf",
        "line-2-depth": "0",
        "line-2-turned": "1",
        "line-2-fact": "living_arrangement",
        "line-2-op": "eq",
        "line-2-value": "独居",
        "line-2-quote": "",
    }
    dropped = browser.post(f"{where}/confirm", confirm_fields(act="drop-0", **third))
    assert "户籍地在槐荫区" not in dropped.text
    kept = {
        name.replace("line-1", "line-0").replace("line-2", "line-1"): value
        for name, value in confirm_fields(**third).items()
        if not name.startswith("line-0")
    }
    done = browser.post(f"{where}/confirm", {**kept, "lines": "2"})

    assert done.status_code == 303, done.text
    with lite.store.reading() as session:
        rule = session.exec(select(AudienceRule)).one().rule
    assert rule == {
        "all": [
            {"fact": "birth_date", "op": "age_ge", "quote": "年满80周岁的老年人", "value": 80},
            {
                "not": {
                    "fact": "living_arrangement",
                    "op": "eq",
                    "quote": None,
                    "value": "alone",
                }
            },
        ]
    }


def test_every_error_stands_at_its_field_and_nothing_typed_is_lost(lite: Console) -> None:
    where = read_one(lite, needs_person=["其他困难情形"])
    wrong = confirm_fields(
        short_title="",
        benefit_line="字" * 40,
        apply_until="明天",
        tags=[],
        clauses="其他困难情形",
        **{"line-1-value": "八十"},
    )

    response = lite.browser(Role.CLERK).post(f"{where}/confirm", wrong)

    assert response.status_code == 422
    page = response.text
    for field in ("short_title", "benefit_line", "apply_until", "tags", "rows", "clause-0"):
        assert f'id="{field}-error"' in page, field
    assert 'value="八十"' in page
    assert "字" * 40 in page
    assert 'value="明天"' in page
    with lite.store.reading() as session:
        assert session.exec(select(AudienceRule)).all() == []


@pytest.mark.parametrize(
    ("decision", "checks", "conditions"),
    [("check", ["其他困难情形"], 0), ("condition", [], 1), ("none", [], 0)],
)
def test_a_clause_nobody_understood_is_decided(
    lite: Console, decision: str, checks: list[str], conditions: int
) -> None:
    where = read_one(lite, needs_person=["其他困难情形"])
    fields = confirm_fields(clauses="其他困难情形", **{"clause-0": decision})

    assert lite.browser(Role.CLERK).post(f"{where}/confirm", fields).status_code == 303

    with lite.store.reading() as session:
        rule = session.exec(select(AudienceRule)).one()
    assert [check["quote"] for check in rule.manual_checks] == checks
    asked = [part for part in (rule.rule or {})["all"] if part["op"] == "manual"]
    assert len(asked) == conditions


def test_a_rule_file_takes_the_place_of_the_rows(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)
    given = '{"rule": {"fact": "care_need", "op": "is", "value": true}}'

    pasted = browser.post(f"{where}/confirm", confirm_fields(act="replace", pasted=given))
    broken = browser.post(f"{where}/confirm", confirm_fields(act="replace", pasted='{"all": 3}'))
    nonsense = browser.post(f"{where}/confirm", confirm_fields(act="replace", pasted="[" * 9000))

    assert 'name="line-0-fact" value="care_need"' in pasted.text
    assert "line-1-fact" not in pasted.text
    assert "应为列表" in broken.text
    assert 'id="pasted-error"' in nonsense.text


def test_the_rule_is_tried_on_everybody_without_being_kept(console: Console) -> None:
    where = read_one(console)
    with console.office() as (session, office):
        make_person(session, office, facts={"household_area": "370104"})
        make_person(session, office, facts={})

    response = console.browser(Role.CLERK).post(f"{where}/confirm", confirm_fields(act="trial"))

    assert "待核实的主要缺：户籍地（1）" in response.text
    assert "分街道" in response.text
    with console.store.reading() as session:
        assert session.exec(select(MatchRun)).all() == []


def test_counts_come_alone_while_somebody_is_at_it(console: Console) -> None:
    where = read_one(console)
    with console.office() as (session, office):
        make_person(session, office, facts={"household_area": "370104"})
        make_person(session, office, facts={"household_area": "370104"}, born=date(1990, 1, 1))
    browser = console.browser(Role.CLERK)
    excluded = {
        "lines": "3",
        "line-2-kind": "leaf",
        "line-2-depth": "0",
        "line-2-turned": "1",
        "line-2-fact": "birth_date",
        "line-2-op": "age_ge",
        "line-2-value": "85",
    }

    counts = browser.post(f"{where}/confirm/counts", confirm_fields(**excluded))
    half_typed = browser.post(f"{where}/confirm/counts", confirm_fields(**{"line-1-value": "八"}))

    assert "<html" not in counts.text
    assert "<dt>被除外</dt><dd>1</dd>" in counts.text
    assert "没有一个符合" in counts.text
    assert "还没有填好" in half_typed.text
    with console.store.reading() as session:
        assert session.exec(select(AudienceRule)).all() == []


def test_only_the_page_with_a_script_may_run_one_and_only_ours(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)

    policy = browser.get(f"{where}/confirm").headers["content-security-policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in browser.get(where).headers["content-security-policy"]


def test_what_was_meant_is_picked_among_several(lite: Console) -> None:
    where = read_one(lite)
    browser = lite.browser(Role.CLERK)

    several = browser.post(
        f"{where}/confirm", confirm_fields(act="add-root-condition", **{"add-root": "收入"})
    )
    nothing = browser.post(
        f"{where}/confirm", confirm_fields(act="add-root-condition", **{"add-root": "星座"})
    )

    assert "有几项，请选一项" in several.text
    assert 'value="add-root-fact-household_income_month"' in several.text
    assert 'value="收入"' in several.text
    assert "没有叫“星座”的情况" in nothing.text


def test_conditions_that_exclude_one_another_are_told(lite: Console) -> None:
    where = read_one(lite)
    fields = confirm_fields(
        act="check",
        **{
            "line-0-fact": "birth_date",
            "line-0-op": "age_lt",
            "line-0-value": "18",
        },
    )

    assert "不可能同时" in lite.browser(Role.CLERK).post(f"{where}/confirm", fields).text


def test_a_draft_for_comment_may_have_no_rule(lite: Console) -> None:
    where = read_one(lite)

    done = lite.browser(Role.CLERK).post(f"{where}/confirm", confirm_fields(lines="0", never="1"))

    assert done.status_code == 303
    with lite.store.reading() as session:
        assert session.exec(select(AudienceRule)).one().rule is None


def test_a_policy_is_repealed_with_a_reason_and_then_stays_so(console: Console) -> None:
    where = read_one(console)
    browser = console.browser(Role.CLERK)

    assert browser.post(f"{where}/repeal", {"reason": " "}).status_code == 422
    assert browser.post(f"{where}/repeal", {"reason": "已有新办法"}).status_code == 303
    assert "已有新办法" in browser.get(where).text
    again = browser.post(f"{where}/confirm", confirm_fields())
    assert again.status_code == 409
    assert "已废止" in again.text


def test_a_batch_that_cannot_be_drafted_says_why_and_keeps_the_choice(console: Console) -> None:
    with console.office() as (session, office):
        policy = make_confirmed(session, office)
    where = f"/policies/{policy.id}"
    browser = console.browser(Role.CLERK)
    browser.post(f"{where}/match")

    empty = browser.post(f"{where}/batches", {"kind": "first", "channels": "sms"})
    nobody = browser.post(
        f"{where}/batches", {"kind": "first", "include": "possible", "channels": "sms"}
    )

    assert empty.status_code == 422
    assert "请至少选择一项对象" in empty.text
    assert nobody.status_code == 409
    assert 'value="possible" checked' in nobody.text


def test_a_list_before_the_first_match_is_not_found(lite: Console) -> None:
    with lite.office() as (session, office):
        policy = make_confirmed(session, office)

    assert lite.browser(Role.VIEWER).get(f"/policies/{policy.id}/matches").status_code == 404


def test_marks_never_change_the_text_and_the_louder_wins() -> None:
    body = ["年满80周岁的老年人，每人每月100元，其他情形另定。", "没有标记"]
    quotes = [
        Quote("年满80周岁的老年人", CONDITION),
        Quote("每人每月100元，其他情形", ELEMENT),
        Quote("其他情形", PERSON),
        Quote("不在文中", PERSON),
        Quote(" ", CONDITION),
    ]

    first, second = marked(body, quotes)

    assert "".join(piece.text for piece in first) == body[0]
    assert [(piece.text, piece.kind) for piece in first] == [
        ("年满80周岁的老年人", CONDITION),
        ("，", ""),
        ("每人每月100元，", ELEMENT),
        ("其他情形", PERSON),
        ("另定。", ""),
    ]
    assert [piece.kind for piece in second] == [""]


def test_a_new_version_shows_which_conditions_changed(console: Console) -> None:
    browser = console.browser(Role.CLERK)
    upload(browser)
    newer = PAGE.replace("年满80周岁的老年人".encode(), "年满70周岁的低保对象".encode())

    second = upload(browser, newer, "新版.html")

    page = browser.get(second.headers["location"]).text
    assert "与第1版相比" in page
    assert "改动" in page
    assert "增加" in page
    assert '<del><b>年满80周岁</b><q class="from">年满80周岁的老年人</q></del>' in page
    assert "<b>年满70周岁</b>" in page
    assert "与第1版相比" in browser.get(f"{second.headers['location']}/confirm").text
